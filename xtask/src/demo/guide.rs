//! What the demo says once it runs: the way in, and what to try.

use std::io::IsTerminal;
use std::path::Path;

use super::qr;
use super::sample::EDIT_FIRST;
use super::{Machine, Relay};
use anyhow::Result;

/// All that the text is made of.
pub(super) struct Guide<'a> {
    pub(super) folder: &'a Path,
    pub(super) machines: &'a [Machine; 2],
    pub(super) relay: &'a Relay,
    pub(super) link: &'a str,
}

impl Guide<'_> {
    /// The whole text.
    pub(super) fn text(&self) -> Result<String> {
        let [newer, older] = self.machines;
        let network =
            if self.relay.address.is_open_to_others() { self.network()? } else { String::new() };
        let edit = match newer.project.join(EDIT_FIRST) {
            sample if sample.is_file() => sample.display().to_string(),
            _ => format!("any spec below {}", newer.project.display()),
        };
        Ok(format!(
            "
A relay and two machines are running; they are equal to their disks.
  {newer_name}  {newer_project}
  {older_name}  {older_project}  (one commit behind)

Open this, once, within ten minutes:
  {link}
{network}
Then try, and watch the page:
  1. Edit and save a spec of the {newer_name}, its status for example:
       {edit}
  2. In the page, open that spec on the {newer_name}, tap its status or a task, and look at the file.
     The {newer_name} allows every change; the {older_name} what a bridge allows when nobody says more:
     metadata and tasks, but neither texts nor new specs.
  3. Bring the {older_name} up to date:
       git -C {older_project} pull
  4. Sign in once more, on another device or in another browser:
       {relay} link --data {data} --public-url {public}

All of it is in {folder}, logs included. Ctrl-C ends it and removes the folder.",
            newer_name = newer.name,
            newer_project = newer.project.display(),
            older_name = older.name,
            older_project = older.project.display(),
            link = self.link,
            relay = self.relay.program.display(),
            data = self.relay.data.display(),
            public = self.relay.address.public_url(),
            folder = self.folder.display(),
        ))
    }

    fn network(&self) -> Result<String> {
        let picture = qr::printed(self.link, std::io::stdout().is_terminal())?;
        Ok(format!(
            "
or scan it with a phone in the same network:

{picture}

WARNING: this is plain HTTP. Whoever shares the network can read the specs and the key. For the demo
only; a real relay stands behind HTTPS.
"
        ))
    }
}
