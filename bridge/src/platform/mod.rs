//! What differs between operating systems: one file per concern, each with all its arms.

pub mod address;
pub mod certificates;
pub mod confined;
pub mod exchange;
pub mod file_stat;
pub mod folder;
pub mod host;
pub mod metadata;
pub mod private;
pub mod process;
pub mod proxy_script;
pub mod read_ahead;
pub mod stop;
pub mod watch_limit;
