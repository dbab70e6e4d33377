//! squid, the proxy that most companies' boxes are made of or behave like.

use std::fs;
use std::path::Path;

use anyhow::Result;
use tokio::process::Command;

use super::authority::Authority;
use super::{Middlebox, free_address, run, shared_folder};

/// Where Debian keeps its helpers.
const HELPERS: &str = "/usr/lib/squid";

/// What it is to do beyond opening tunnels.
#[derive(Debug, Clone, Copy)]
pub enum Squid<'a> {
    /// Nothing.
    Plain,
    /// Wants a name and a password.
    Basic {
        /// The name.
        name: &'a str,
        /// The password.
        password: &'a str,
    },
    /// Offers NTLM only.
    Ntlm,
    /// Opens TLS with certificates of its own, and trusts the relay's authority itself.
    Opens {
        /// Signs what the bridge is shown.
        own: &'a Authority,
        /// Signed what the relay shows.
        relays: &'a Authority,
    },
}

/// Starts it.
///
/// # Errors
/// When it does not come up.
pub async fn start(parent: &Path, kind: Squid<'_>) -> Result<Middlebox> {
    let address = free_address()?;
    let folder = shared_folder(parent, &format!("squid-{}", address.port()))?;
    let (on_port, more) = match kind {
        Squid::Plain => (String::new(), "http_access allow all".to_owned()),
        Squid::Basic { name, password } => {
            let hash = run("openssl", &["passwd", "-apr1", password], &folder).await?;
            fs::write(folder.join("passwords"), format!("{name}:{hash}"))?;
            let helper = format!("{HELPERS}/basic_ncsa_auth {}/passwords", folder.display());
            (String::new(), wants("basic", &helper))
        }
        Squid::Ntlm => (String::new(), wants("ntlm", &format!("{HELPERS}/ntlm_fake_auth"))),
        Squid::Opens { own, relays } => opens(&folder, own, relays).await?,
    };
    let configuration = format!(
        "http_port {address} {on_port}\n{more}\n\
         pid_filename none\ncache deny all\ncache_mem 0\naccess_log none\ncache_log /dev/null\n\
         netdb_filename none\nshutdown_lifetime 0 seconds\nvisible_hostname proxy.example\n\
         coredump_dir {0}\n",
        folder.display()
    );
    let file = folder.join("squid.conf");
    fs::write(&file, configuration)?;
    // The name keeps its shared memory apart from that of others.
    let name = format!("e2e{}p{}", std::process::id(), address.port());
    let mut command = Command::new("squid");
    command.args(["-n", &name, "-N", "-d", "1", "-f"]).arg(&file);
    Middlebox::start("squid", &mut command, address).await
}

fn wants(scheme: &str, helper: &str) -> String {
    format!(
        "auth_param {scheme} program {helper}\nauth_param {scheme} children 1\n\
         acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all"
    )
}

async fn opens(folder: &Path, own: &Authority, relays: &Authority) -> Result<(String, String)> {
    let store = folder.join("certificates").display().to_string();
    let helper = format!("{HELPERS}/security_file_certgen");
    run(&helper, &["-c", "-s", &store, "-M", "4MB"], folder).await?;
    if run("id", &["-u"], folder).await?.trim() == "0" {
        // Started by root, it becomes this user before it writes there.
        run("chown", &["-R", "proxy", &store], folder).await?;
    }
    let on_port = format!(
        "ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB tls-cert={}",
        own.both.display()
    );
    let more = format!(
        "sslcrtd_program {helper} -s {store} -M 4MB\nsslcrtd_children 1\nssl_bump bump all\n\
         tls_outgoing_options cafile={}\nhttp_access allow all",
        relays.certificate.display()
    );
    Ok((on_port, more))
}
