//! What differs between operating systems: one file per concern, each with all its arms.

pub mod confined;
pub mod file_stat;
pub mod host;
pub mod private;
pub mod process;
pub mod stop;
