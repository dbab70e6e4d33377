//! The static UI, embedded in the program or read from a folder, with headers under which a page can
//! run nothing but its own files.

use std::borrow::Cow;
use std::path::Path;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use leanspec_shared::hash::ContentHash;
use leanspec_shared::path::FilePath;
use leanspec_shared::problem::Code;
use rust_embed::RustEmbed;

use crate::error::ApiError;
use crate::state::Relay;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/ui"]
struct Embedded;

/// Scripts, styles and pictures from here only; requests also to other relays, since one page can
/// show several. The page itself says the same; only the header can say who may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; font-src 'self'; \
    connect-src 'self' https: http://localhost:* http://127.0.0.1:*; worker-src 'self'; \
    frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types svelte-trusted-html worker-url";

/// For the frames in which the page draws diagrams, the folder `diagram/`: no origin, and only this
/// page may hold them. What may run in them they say themselves, by its hash.
const FRAME_POLICY: &str = "frame-ancestors 'self'; sandbox allow-scripts";

/// Answers whatever no call has the address of: a file of the UI, or that there is nothing.
pub(crate) async fn serve(State(relay): State<Relay>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/v1/") {
        let detail = "There is no such call. '/openapi.json' lists all.";
        return ApiError::new(Code::NotFound, detail).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(Code::MethodNotAllowed, "Files are read with GET.").into_response();
    }
    let name = if path == "/" { "index.html" } else { &path[1..] };
    match load(&relay, name).await {
        Some(bytes) => answer(name, bytes, request.headers()),
        None => ApiError::new(Code::NotFound, "There is no such file.").into_response(),
    }
}

async fn load(relay: &Relay, name: &str) -> Option<Cow<'static, [u8]>> {
    // The rules of a path keep it inside the folder.
    let name: FilePath = name.parse().ok()?;
    match &relay.config.ui_dir {
        Some(folder) => read(folder, &name).await.map(Cow::Owned),
        None => Embedded::get(name.as_str()).map(|file| file.data),
    }
}

async fn read(folder: &Path, name: &FilePath) -> Option<Vec<u8>> {
    tokio::fs::read(folder.join(name.as_str())).await.ok()
}

fn answer(name: &str, bytes: Cow<'static, [u8]>, request: &HeaderMap) -> Response {
    let tag = format!("W/\"{}\"", ContentHash::of(&bytes).check());
    let known = request.get(IF_NONE_MATCH).is_some_and(|held| held.as_bytes() == tag.as_bytes());
    let body = match bytes {
        _ if known => Body::empty(),
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    for (header, value) in shown(name) {
        headers.insert(header, HeaderValue::from_static(value));
    }
    headers.insert(ETAG, HeaderValue::from_str(&tag).expect("a hash is ASCII"));
    response
}

fn shown(name: &str) -> [(HeaderName, &'static str); 6] {
    let draws = name.starts_with("diagram/");
    // What stands there carries its hash in its name, or in that of its folder.
    let caching = if draws || name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let policy = if draws { FRAME_POLICY } else { POLICY };
    [
        (CONTENT_TYPE, content_type(name)),
        (CACHE_CONTROL, caching),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ]
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
