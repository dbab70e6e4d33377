//! What the `doctor` of either program says, and how both read a probing stream.

pub mod line;
pub mod stream;
