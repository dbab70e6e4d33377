//! A certificate authority that nobody knows: a company's own, or that of a box that opens TLS.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::run;

/// Its certificate and key, as files.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The folder of all its files.
    pub folder: PathBuf,
    /// Its certificate.
    pub certificate: PathBuf,
    /// Certificate and key in one file, as some programs want them.
    pub both: PathBuf,
}

impl Authority {
    /// Makes one with this common name.
    ///
    /// # Errors
    /// When `openssl` fails.
    pub async fn new(folder: &Path, name: &str) -> Result<Self> {
        let subject = format!("/O=Example Corp/CN={name}");
        let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"];
        let files = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", &subject];
        run("openssl", &[&request[..], &files[..]].concat(), folder).await?;
        let both = folder.join("ca-both.pem");
        let parts = [fs::read(folder.join("ca.key"))?, fs::read(folder.join("ca.pem"))?];
        fs::write(&both, parts.concat())?;
        Ok(Self { folder: folder.to_owned(), certificate: folder.join("ca.pem"), both })
    }

    /// Issues a certificate for `localhost`, 127.0.0.1 and the relay of a [`crate::world`]: `server.pem` and `server.key`, and both
    /// in `server-both.pem`.
    ///
    /// # Errors
    /// When `openssl` fails.
    pub async fn issue(&self) -> Result<()> {
        let folder = &self.folder;
        let names =
            format!("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:{}\n", crate::world::RELAY);
        fs::write(folder.join("names"), names)?;
        let request = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"];
        let files = ["-keyout", "server.key", "-out", "server.csr"];
        run("openssl", &[&request[..], &files[..]].concat(), folder).await?;
        let sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"];
        let more = ["-CAcreateserial", "-days", "30", "-extfile", "names", "-out", "server.pem"];
        run("openssl", &[&sign[..], &more[..]].concat(), folder).await?;
        let parts = [fs::read(folder.join("server.key"))?, fs::read(folder.join("server.pem"))?];
        fs::write(folder.join("server-both.pem"), parts.concat())?;
        Ok(())
    }
}
