//! Whom an encrypted connection trusts: the platform's certificate store, which knows a company's
//! own CA, and where that is empty (bare containers) Mozilla's list.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// The settings of TLS for the one HTTP client. Without `encrypted` nobody is trusted, and the
/// memory of a hundred certificates is saved.
///
/// # Errors
/// When the cryptography library offers no protocol version: a fault of the build.
pub fn client_config(encrypted: bool) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    if encrypted {
        trust(&mut roots);
    }
    // The provider is named: two rustls providers in one program would make the default a panic.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn trust(roots: &mut RootCertStore) {
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        log::debug!("a certificate of the system cannot be read: {error}");
    }
    let (added, _ignored) = roots.add_parsable_certificates(native.certs);
    if added == 0 {
        log::info!("this system has no certificate store; trusting Mozilla's list");
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
}
