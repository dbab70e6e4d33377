//! Whom to trust beyond the platform's certificate store: the files that the config names.

use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::ConfigError;

/// Certificate authorities beside the platform's. There is no setting that trusts everybody.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// From `ca_file`.
    pub extra: Vec<CertificateDer<'static>>,
    /// `SSL_CERT_FILE` or `SSL_CERT_DIR` is set: the library that reads the platform's store then
    /// reads those *instead*, and the store has to be added again.
    pub store_is_hidden: bool,
}

impl Trust {
    /// Reads the files; a relative path counts from `base`.
    ///
    /// # Errors
    /// When one cannot be read or holds no certificate: a private relay would then be refused with
    /// a message that leads astray.
    pub fn read(files: &[PathBuf], base: &Path) -> Result<Self, ConfigError> {
        let mut extra = Vec::new();
        for file in files {
            let path = base.join(file);
            let before = extra.len();
            let unusable = |reason: String| ConfigError::CaFile { path: path.clone(), reason };
            let found = CertificateDer::pem_file_iter(&path);
            for certificate in found.map_err(|error| unusable(error.to_string()))? {
                extra.push(certificate.map_err(|error| unusable(error.to_string()))?);
            }
            if extra.len() == before {
                return Err(unusable("it holds no certificate".to_owned()));
            }
        }
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let store_is_hidden = set("SSL_CERT_FILE") || set("SSL_CERT_DIR");
        Ok(Self { extra, store_is_hidden })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_an_error_and_not_a_silence() {
        let temp = tempfile::tempdir().expect("a folder");
        std::fs::write(temp.path().join("empty.pem"), "nothing here\n").expect("written");
        for name in ["empty.pem", "missing.pem"] {
            let refused = Trust::read(&[name.into()], temp.path()).expect_err(name);
            assert!(refused.to_string().contains(name), "{refused}");
        }
        assert!(Trust::read(&[], temp.path()).expect("nothing to read").extra.is_empty());
    }
}
