//! What a proxy says, and what a person can do about it.
//!
//! The HTTP client tells only that a tunnel did not come about. When that happens, the proxy is
//! asked once more by hand, so that the message can name the scheme it wants or what it refuses.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::PROXY_AUTHENTICATE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config::proxy::ProxyUrl;
use crate::config::way_out::Said;

/// How long asking may take.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest head of an answer that is read, in bytes.
const HEAD_MAX_BYTES: usize = 16 * 1024;
/// Schemes of HTTP authentication (RFC 9110 §11) that proxies are known to offer.
const SCHEMES: &[&str] = &["Basic", "Digest", "NTLM", "Negotiate", "Kerberos", "Bearer"];

/// What a proxy said to a CONNECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// The tunnel is open.
    Open,
    /// Who are you? With the schemes it understands.
    WhoAreYou(Vec<&'static str>),
    /// No, with this HTTP status.
    No(u16),
    /// Nothing that HTTP knows.
    Nonsense,
    /// Nothing: it is not reached, and why.
    Nothing(String),
}

/// Asks a proxy of kind HTTP for a tunnel, and hangs up.
pub async fn ask(proxy: &ProxyUrl, host: &str, port: u16) -> Says {
    match tunnel(proxy, host, port).await {
        Ok(_) => Says::Open,
        Err(says) => says,
    }
}

/// Asks a proxy of kind HTTP for a tunnel.
///
/// # Errors
/// What it said instead.
pub async fn tunnel(proxy: &ProxyUrl, host: &str, port: u16) -> Result<TcpStream, Says> {
    let asked = tokio::time::timeout(ASK_TIMEOUT, async {
        let mut stream = TcpStream::connect((proxy.host(), proxy.port())).await?;
        stream.write_all(connect_request(proxy, host, port).as_bytes()).await?;
        let mut head = Vec::new();
        // Byte by byte: what follows the head belongs to whoever uses the tunnel.
        while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_MAX_BYTES {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(error),
            }
        }
        Ok((stream, head))
    });
    match asked.await {
        Ok(Ok((stream, head))) => match read_head(&head) {
            Says::Open => Ok(stream),
            other => Err(other),
        },
        Ok(Err(error)) => Err(Says::Nothing(error.to_string())),
        Err(_) => Err(Says::Nothing("it did not answer in time".to_owned())),
    }
}

fn connect_request(proxy: &ProxyUrl, host: &str, port: u16) -> String {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let credentials = proxy.credentials().map(|(name, password)| {
        let encoded = STANDARD.encode(format!("{name}:{password}"));
        format!("Proxy-Authorization: Basic {encoded}\r\n")
    });
    let credentials = credentials.unwrap_or_default();
    format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{credentials}\r\n")
}

/// Reads the head of an answer to CONNECT.
#[must_use]
pub fn read_head(head: &[u8]) -> Says {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| {
        let (version, rest) = line.split_once(' ')?;
        version.strip_prefix("HTTP/1.")?;
        rest.get(..3)?.parse::<u16>().ok()
    });
    let offers = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authenticate"));
    match status {
        None => Says::Nonsense,
        Some(200..=299) => Says::Open,
        Some(407) => Says::WhoAreYou(schemes(offers.map(|(_, value)| value))),
        Some(status) => Says::No(status),
    }
}

/// What a refusal of a request that was not tunnelled says.
#[must_use]
pub fn read_headers(headers: &HeaderMap) -> Says {
    let offers = headers.get_all(PROXY_AUTHENTICATE).iter();
    Says::WhoAreYou(schemes(offers.filter_map(|value| value.to_str().ok())))
}

/// The schemes in `Proxy-Authenticate`: one to a header or several, separated by commas.
fn schemes<'a>(offers: impl Iterator<Item = &'a str>) -> Vec<&'static str> {
    let words: Vec<String> = offers
        .flat_map(|offer| offer.split(','))
        .filter_map(|part| Some(part.split_whitespace().next()?.to_ascii_lowercase()))
        .collect();
    let offered = |scheme: &&&str| words.contains(&scheme.to_ascii_lowercase());
    SCHEMES.iter().filter(offered).copied().collect()
}

/// One sentence: what the proxy said, and what to do. `None` when the proxy is not to blame.
#[must_use]
pub fn sentence(proxy: &ProxyUrl, said: &Said, relay: &str, says: &Says) -> Option<String> {
    let named = format!("the proxy {proxy} (named by {said})");
    let place = format!("{}:{}", proxy.host(), proxy.port());
    Some(match says {
        Says::Open => return None,
        Says::WhoAreYou(offered) if offered.contains(&"Basic") => match proxy.credentials() {
            None => format!(
                "{named} wants a name and a password: write them into the config as \
                 proxy = \"http://name:password@{place}\""
            ),
            Some(_) => format!(
                "{named} does not accept the name and the password it was given: correct them \
                 in {said} (signs such as @ and : are written %40 and %3A)"
            ),
        },
        Says::WhoAreYou(offered) => {
            let offered = match &offered[..] {
                [] => "an authentication that it does not name".to_owned(),
                schemes => schemes.join(" or "),
            };
            format!(
                "{named} wants {offered}, which leanspec-bridge does not speak: start cntlm or px on \
                 this computer, which do, and write its address into the config, as in \
                 proxy = \"http://127.0.0.1:3128\" (docs/NETWORKS.md)"
            )
        }
        Says::No(status @ 500..) => format!(
            "{named} does not reach {relay} itself (HTTP status {status}): check the relay's address, \
             and whether the relay runs"
        ),
        Says::No(status) => format!(
            "{named} refuses to connect to {relay} (HTTP status {status}): ask who runs it to allow \
             that host and port"
        ),
        Says::Nonsense => format!(
            "what answers at {place} is not an HTTP proxy: correct {said} (a SOCKS proxy is written \
             socks5h://{place})"
        ),
        Says::Nothing(reason) => format!(
            "{named} is not reached ({reason}): correct {said}, or write proxy = \"none\" into the \
             config where this network needs none"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: &str, offers: &[&str]) -> Vec<u8> {
        let offers: String =
            offers.iter().map(|offer| format!("Proxy-Authenticate: {offer}\r\n")).collect();
        format!("HTTP/1.1 {status}\r\nServer: squid\r\n{offers}\r\n").into_bytes()
    }

    #[test]
    fn an_answer_to_connect_is_read_with_the_schemes_it_offers() {
        let cases = [
            (head("200 Connection established", &[]), Says::Open),
            (head("403 Forbidden", &[]), Says::No(403)),
            (head("503 Service Unavailable", &[]), Says::No(503)),
            (head("407 Who?", &["Basic realm=\"a, b\""]), Says::WhoAreYou(vec!["Basic"])),
            (head("407 Who?", &["Negotiate", "NTLM"]), Says::WhoAreYou(vec!["NTLM", "Negotiate"])),
            (head("407 Who?", &["negotiate, ntlm"]), Says::WhoAreYou(vec!["NTLM", "Negotiate"])),
            (head("407 Who?", &[]), Says::WhoAreYou(vec![])),
            (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), Says::Nonsense),
            (b"\x05\xff".to_vec(), Says::Nonsense),
            (Vec::new(), Says::Nonsense),
        ];
        for (head, wanted) in cases {
            assert_eq!(read_head(&head), wanted, "{}", String::from_utf8_lossy(&head));
        }
    }

    #[test]
    fn each_answer_has_a_sentence_with_the_way_on_and_without_the_password() {
        let bare = ProxyUrl::parse("http://proxy:3128").expect("valid");
        let with = ProxyUrl::parse("http://ann:secret@proxy:3128").expect("valid");
        let cases = [
            (&bare, Says::WhoAreYou(vec!["Basic"]), "name:password@proxy:3128"),
            (&with, Says::WhoAreYou(vec!["Basic"]), "does not accept"),
            (&with, Says::WhoAreYou(vec!["NTLM", "Negotiate"]), "NTLM or Negotiate, which"),
            (&bare, Says::WhoAreYou(vec!["NTLM", "Basic"]), "wants a name and a password"),
            (&bare, Says::WhoAreYou(vec![]), "start cntlm or px"),
            (&bare, Says::No(403), "allow that host"),
            (&bare, Says::No(504), "does not reach relay:443"),
            (&bare, Says::Nonsense, "socks5h://proxy:3128"),
            (&bare, Says::Nothing("refused".into()), "proxy = \"none\""),
        ];
        for (proxy, says, wanted) in cases {
            let said = Said::Variable("HTTPS_PROXY");
            let sentence = sentence(proxy, &said, "relay:443", &says).expect("a sentence");
            assert!(sentence.contains(wanted), "{sentence}");
            assert!(!sentence.contains("secret") && !sentence.contains("ann"), "{sentence}");
        }
        assert_eq!(sentence(&bare, &Said::Here, "relay:443", &Says::Open), None);
    }

    #[test]
    fn the_request_carries_the_credentials_and_brackets_an_address() {
        let proxy = ProxyUrl::parse("http://ann:p%40ss@proxy").expect("valid");
        let request = connect_request(&proxy, "::1", 443);
        assert!(request.starts_with("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n"));
        assert!(request.contains("Proxy-Authorization: Basic YW5uOnBAc3M=\r\n"), "{request}");
    }
}
