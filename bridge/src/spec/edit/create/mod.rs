//! New specs: their folder's name, and their text from the project's own template. Pure.

mod name;
mod template;

pub use name::{check_name, folder_name, next_number, title_of};
pub use template::{FALLBACK_TEMPLATE, Settings, Variables, render, template_candidates};
