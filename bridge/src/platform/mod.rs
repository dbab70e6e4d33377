//! What differs between operating systems: one file per concern, each with all its arms.

pub mod host;
pub mod private;
pub mod stop;
