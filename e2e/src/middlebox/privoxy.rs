//! privoxy, which filters what it can read.

use std::fs;
use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::{Middlebox, free_address, shared_folder};

/// Where Debian keeps its templates and rules.
const INSTALLED: &str = "/etc/privoxy";

/// Starts it with the rules that it is installed with; `filters` says whether it also looks for a
/// word in every text, for which it reads each answer to its end.
///
/// # Errors
/// When it does not come up.
pub async fn start(parent: &Path, filters: bool) -> Result<Middlebox> {
    let address = free_address()?;
    let folder = shared_folder(parent, "privoxy")?;
    let here = folder.display();
    let mut configuration = format!(
        "listen-address {address}\nconfdir {INSTALLED}\nlogdir {here}\nlogfile log\n\
         actionsfile match-all.action\nactionsfile default.action\nfilterfile default.filter\n\
         toggle 1\nsocket-timeout 600\nkeep-alive-timeout 60\n"
    );
    if filters {
        fs::write(folder.join("all.action"), "{+filter{words}}\n/\n")?;
        fs::write(folder.join("words.filter"), "FILTER: words Words\ns@tsetse@fly@g\n")?;
        configuration +=
            &format!("actionsfile {here}/all.action\nfilterfile {here}/words.filter\n");
    }
    let file = folder.join("config");
    fs::write(&file, configuration)?;
    let mut command = Command::new("privoxy");
    Middlebox::start("privoxy", command.arg("--no-daemon").arg(&file), address).await
}
