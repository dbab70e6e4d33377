//! Which version of HTTP a request is sent in, and when HTTP/2 is to blame for a failure.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use http::Version;

use super::client::Clients;
use super::{Relay, Request};
use crate::state::routes::Obstacle;
use crate::uplink::auth::Key;

impl Relay {
    /// Sends in HTTP/2 where that is not known to fail, and once more in HTTP/1.1 where the version
    /// may be what failed. Every call may be repeated: see `docs/PROTOCOL.md`.
    pub(super) async fn send(
        &self,
        request: &Request,
        key: &Key,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let Clients { best, http1 } =
            self.shared.clients.read().unwrap_or_else(PoisonError::into_inner).clone();
        if self.route().stops(Obstacle::Http2) {
            return self.send_by(&http1, request, key).await;
        }
        let sent = self.send_by(&best, request, key).await;
        match sent {
            Ok(response) => {
                if response.version() == Version::HTTP_2 {
                    self.shared.http2_works.store(true, Ordering::Relaxed);
                    self.shared.http2_failures.store(0, Ordering::Relaxed);
                }
                Ok(response)
            }
            Err(error) if self.may_be_http2s_fault(&error) => {
                // A connection that does not come about again is the plainer reason.
                let again = self.send_by(&http1, request, key).await;
                let again =
                    again.map_err(|second| if second.is_connect() { second } else { error });
                let response = again?;
                let failures = self.shared.http2_failures.fetch_add(1, Ordering::Relaxed) + 1;
                if failures >= self.http2_failures_max() {
                    self.route().found(Obstacle::Http2);
                }
                Ok(response)
            }
            Err(error) => Err(error),
        }
    }

    /// A connection that did not come about, or a silence, has other reasons.
    fn may_be_http2s_fault(&self, error: &reqwest::Error) -> bool {
        let negotiated = self.shared.url.is_encrypted();
        let works = self.shared.http2_works.load(Ordering::Relaxed);
        (negotiated || !works) && !error.is_connect() && !error.is_timeout()
    }

    /// Without TLS nothing negotiates the version: a server or proxy that only knows HTTP/1.1
    /// answers the preface with nonsense or by hanging up, and will do so again. With TLS both
    /// sides said that they speak it, so that one failure may be an accident.
    fn http2_failures_max(&self) -> u32 {
        if self.shared.url.is_encrypted() { 2 } else { 1 }
    }
}
