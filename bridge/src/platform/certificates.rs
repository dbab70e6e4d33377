//! The platform's certificate store, which knows a company's own authority.

use rustls::pki_types::CertificateDer;

/// Whether the store can be read although a variable stands in its place.
pub const CAN_LOOK_BEHIND: bool = cfg!(all(unix, not(target_os = "macos")));

/// What is in the store. `hidden` says that `SSL_CERT_FILE` or `SSL_CERT_DIR` is set: the library
/// then reads those and not the store, which is added here where its place is known. See [`CAN_LOOK_BEHIND`].
#[must_use]
pub fn store(hidden: bool) -> Vec<CertificateDer<'static>> {
    let mut found = rustls_native_certs::load_native_certs();
    if hidden {
        behind(&mut found);
    }
    for error in &found.errors {
        log::debug!("a certificate of the system cannot be read: {error}");
    }
    found.certs
}

#[cfg(all(unix, not(target_os = "macos")))]
fn behind(found: &mut rustls_native_certs::CertificateResult) {
    for folder in openssl_probe::candidate_cert_dirs() {
        found.certs.extend(rustls_native_certs::load_certs_from_paths(None, Some(folder)).certs);
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn behind(_: &mut rustls_native_certs::CertificateResult) {}
