//! Changing files on a real file system: nothing is lost, whoever saves and whatever dies meanwhile.

mod replacing;
mod support;
