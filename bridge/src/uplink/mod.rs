//! Talking to the relay. Knows no files but the key's, and no projects.

pub mod auth;
pub mod calls;
pub mod coding;
pub mod encode;
pub mod feed;
pub mod handshake;
pub mod heard;
pub mod http;
pub mod issuer;
pub mod lumps;
pub mod probe;
pub mod proxy;
pub mod retry;
pub mod route;
pub mod tls;
