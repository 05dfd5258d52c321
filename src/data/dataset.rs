//! Images and labels, in memory.
