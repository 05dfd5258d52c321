//! Loss series.
