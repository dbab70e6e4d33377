//! The LeanSpec bridge as a library: the binary is a thin shell around it.

pub mod source;
pub mod spec;
