//! Scales and ticks.
