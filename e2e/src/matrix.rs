//! The matrix of networks: every kind of thing that stands between bridge and relay, each as one row
//! of data (`rows`), set up with the real program (`setting`, `stand`), driven through the same steps
//! (`drive`), and summed up (`outcome`, `table`).
//!
//! A row runs in a process of its own, where possible in a network of its own (`apart`): ports,
//! addresses and rules of one row cannot meet those of another, and all of it is gone when the
//! process is.

pub mod apart;
pub mod drive;
pub mod outcome;
pub mod rows;
mod setting;
pub mod stand;
pub mod table;
