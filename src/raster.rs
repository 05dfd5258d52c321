//! Images of pixels.
