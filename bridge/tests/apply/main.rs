//! Changing files on a real file system: nothing is lost, whoever saves and whatever dies meanwhile.

mod crashes;
mod life;
mod replacing;
mod support;
