//! Whom an encrypted connection trusts: the platform's certificate store and what the config adds;
//! where both are empty (bare containers), Mozilla's list. Never everybody.
//!
//! A certificate that nobody trusted signed is named by its issuer: on most networks that is the
//! name of the middlebox that opens TLS, which is what a person must know to go on.

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};

use crate::config::trust::Trust;
use crate::platform::certificates;
use crate::uplink::issuer;

/// Why a server's certificate was not accepted, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Signed by somebody who is not trusted.
    #[error(
        "the certificate shown for {server} was issued by \"{issuer}\", whom this computer does not \
         trust. If something on this network opens TLS (a company's proxy, a virus scanner), or the \
         relay has an authority of its own, get that authority's certificate as a PEM file and \
         write it into the config as ca_file = \"FILE\""
    )]
    Issuer {
        /// For whom it was shown.
        server: String,
        /// Who issued it.
        issuer: String,
    },
    /// Not yet or no longer valid by this computer's clock.
    #[error(
        "the certificate of {server} is not valid at this time ({reason}): is this computer's clock \
         right? If it is, the relay's certificate must be renewed"
    )]
    Time {
        /// Whose.
        server: String,
        /// Which of the two.
        reason: &'static str,
    },
    /// For another name.
    #[error(
        "the certificate shown for {server} (issued by \"{issuer}\") is for another name: check the \
         relay's address, and whether this network wants a sign-in page to be visited first"
    )]
    Name {
        /// For whom it was shown.
        server: String,
        /// Who issued it.
        issuer: String,
    },
}

/// The settings of TLS for the one HTTP client. Without `encrypted` nobody is trusted, and the
/// memory of a hundred certificates is saved.
///
/// # Errors
/// When the cryptography library offers no protocol version: a fault of the build.
pub fn client_config(encrypted: bool, trust: &Trust) -> Result<ClientConfig, rustls::Error> {
    // The provider is named: two rustls providers in one program would make the default a panic.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    if !encrypted {
        return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = verifier(roots(trust), provider)?;
    // "Dangerous" names any verifier of one's own; this one only words what the usual one says.
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Whether a chain of certificates leads to an authority of Mozilla's list. If it does not and was
/// accepted all the same, an authority of this machine's own stands at its end.
#[must_use]
pub fn is_publicly_trusted(chain: &[CertificateDer<'_>], server: &ServerName<'_>) -> bool {
    let Some((end_entity, intermediates)) = chain.split_first() else { return false };
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let now = UnixTime::now();
    usual.is_ok_and(|usual| {
        usual.verify_server_cert(end_entity, intermediates, server, &[], now).is_ok()
    })
}

fn roots(trust: &Trust) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let (mut added, _) =
        roots.add_parsable_certificates(certificates::store(trust.store_is_hidden));
    let hidden = trust.store_is_hidden && !certificates::CAN_LOOK_BEHIND;
    if added == 0 || hidden {
        log::info!("the system's certificate store cannot be read; trusting Mozilla's list");
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    (added, _) = roots.add_parsable_certificates(trust.extra.iter().cloned());
    if added < trust.extra.len() {
        log::warn!("{} certificates of ca_file cannot be used", trust.extra.len() - added);
    }
    roots
}

fn verifier(
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let usual = usual.map_err(|error| rustls::Error::General(error.to_string()))?;
    Ok(Arc::new(NamesTheIssuer { usual }))
}

/// Decides as the usual verifier does, and keeps what the certificate says when it refuses.
struct NamesTheIssuer {
    usual: Arc<WebPkiServerVerifier>,
}

impl fmt::Debug for NamesTheIssuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NamesTheIssuer")
    }
}

impl ServerCertVerifier for NamesTheIssuer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.usual.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        verified.map_err(|error| match distrust(&error, end_entity, server_name) {
            Some(distrust) => rustls::Error::Other(OtherError(Arc::new(distrust))),
            None => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

fn distrust(
    error: &rustls::Error,
    certificate: &CertificateDer<'_>,
    server: &ServerName<'_>,
) -> Option<Distrust> {
    use CertificateError as Error;
    let rustls::Error::InvalidCertificate(reason) = error else { return None };
    let (server, issuer) = (server.to_str().into_owned(), issuer::name(certificate));
    Some(match reason {
        Error::UnknownIssuer | Error::BadSignature => Distrust::Issuer { server, issuer },
        Error::Expired | Error::ExpiredContext { .. } => {
            Distrust::Time { server, reason: "it has ended" }
        }
        Error::NotValidYet | Error::NotValidYetContext { .. } => {
            Distrust::Time { server, reason: "it has not begun" }
        }
        Error::NotValidForName | Error::NotValidForNameContext { .. } => {
            Distrust::Name { server, issuer }
        }
        _ => return None,
    })
}
