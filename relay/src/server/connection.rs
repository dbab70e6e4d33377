//! One connection: HTTP/2 with prior knowledge (RFC 9113 §3.3) when it opens with the preface, else
//! HTTP/1.1. Two builders of hyper instead of the automatic one halve the memory of an idle feed.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What an HTTP/2 connection opens with, as far as it takes to tell: no method starts like this.
const PREFACE_START: &[u8] = b"PRI ";
/// How long the first bytes and the head of a request may take.
const HEAD_DEADLINE: Duration = Duration::from_secs(15);
/// How often to look again while less than [`PREFACE_START`] has arrived.
const PEEK_AGAIN: Duration = Duration::from_millis(5);
/// A peer that acknowledges nothing, or reads nothing, for so long is gone: without this a machine
/// in a black hole would stay online until the system gives up after a quarter of an hour.
const DEAD_AFTER: Duration = Duration::from_secs(30);
/// Streams that one HTTP/2 connection may have open.
const STREAMS_MAX: u32 = 250;

/// Serves one connection to its end. With `stop`, it ends after what is under way.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    stop: CancellationToken,
    streams: TaskTracker,
) {
    notice_dead_peers(&stream);
    let first = tokio::select! {
        () = stop.cancelled() => return,
        first = tokio::time::timeout(HEAD_DEADLINE, opens_with_preface(&stream)) => first,
    };
    let Ok(Ok(is_http2)) = first else { return };
    let (io, service) = (TokioIo::new(stream), TowerToHyperService::new(router));
    if is_http2 {
        let mut builder = http2::Builder::new(Owned(streams));
        builder.timer(TokioTimer::new()).max_concurrent_streams(STREAMS_MAX);
        builder.keep_alive_interval(DEAD_AFTER).keep_alive_timeout(DEAD_AFTER);
        let mut connection = pin!(builder.serve_connection(io, service));
        tokio::select! {
            ended = connection.as_mut() => return log(ended),
            () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        log(connection.await);
    } else {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE * 4);
        let mut connection = pin!(builder.serve_connection(io, service));
        tokio::select! {
            ended = connection.as_mut() => return log(ended),
            () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        log(connection.await);
    }
}

/// Peers go away all the time: worth a word only to whoever looks for it.
fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Whether the first bytes are those of HTTP/2. They are left where they are.
async fn opens_with_preface(stream: &TcpStream) -> std::io::Result<bool> {
    let mut first = [0; PREFACE_START.len()];
    loop {
        let arrived = stream.peek(&mut first).await?;
        if arrived == 0 || first[..arrived] != PREFACE_START[..arrived] {
            return Ok(false);
        }
        if arrived == PREFACE_START.len() {
            return Ok(true);
        }
        tokio::time::sleep(PEEK_AGAIN).await;
    }
}

fn notice_dead_peers(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(DEAD_AFTER).with_interval(DEAD_AFTER / 3);
    let done = socket.set_tcp_nodelay(true).and_then(|()| socket.set_tcp_keepalive(&keepalive));
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let done = done.and_then(|()| socket.set_tcp_user_timeout(Some(DEAD_AFTER)));
    if let Err(error) = done {
        tracing::debug!(%error, "could not set the options of a connection");
    }
}

/// The streams of an HTTP/2 connection run as tasks that the server waits for.
#[derive(Clone)]
struct Owned(TaskTracker);

impl<F> hyper::rt::Executor<F> for Owned
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        self.0.spawn(future);
    }
}
