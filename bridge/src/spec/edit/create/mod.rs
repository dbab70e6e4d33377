//! New specs: their folder's name, and their text from the project's own template. Pure.

mod name;
mod settings;
mod template;
mod variables;

pub use name::{check_name, folder_name, next_number, title_of};
pub use settings::Settings;
pub use template::{FALLBACK_TEMPLATE, Variables, render, template_candidates};
