//! A mock of the Higress AI gateway and of the model providers behind it: a
//! real HTTP/1.1 server on loopback, for tests without network or keys.
//!
//! It works with any HTTP client. A test starts a [`Gateway`] with the routes it
//! needs, sends requests to [`Gateway::url`], and reads what arrived from
//! [`Gateway::requests`]:
//!
//! ```
//! use mock_gateway::{
//!     Authentication, Backend, Gateway, GatewayConfig, KeyAuth, KeyAuthFlavour, KeySource, Route,
//!     Upstream,
//! };
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use tokio::net::TcpStream;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let key = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "x-api-key")
//!     .consumer("alice", "sk-alice");
//! let route = Route::new("/team", Backend::Upstream(Upstream::OpenAiCompatible))
//!     .authentication(Authentication::KeyAuth(key));
//! let gateway = Gateway::start(GatewayConfig::new().route(route)).await?;
//!
//! // In place of the client under test, which is given `gateway.url("/team")`.
//! let mut client = TcpStream::connect(gateway.address()).await?;
//! let request = "POST /team/v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n\
//!     connection: close\r\ncontent-length: 0\r\n\r\n";
//! client.write_all(request.as_bytes()).await?;
//! let mut response = String::new();
//! client.read_to_string(&mut response).await?;
//!
//! assert!(response.starts_with("HTTP/1.1 401 Unauthorized"));
//! assert_eq!(gateway.requests()[0].consumer, None);
//! gateway.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! - A route leads to an [`Upstream`], which reads requests as strictly as a
//!   real provider and responds to them, or to a [`Script`] of exact
//!   [`MockResponse`]s, which can pause, wait for a [`Latch`], break off or hang.
//! - [`Authentication`] and plugins ([`Governance`], [`Fallback`]) respond as
//!   those of the gateway do. Their texts are those of the gateway.
//! - [`Chunking`] splits responses anywhere, one byte at a time if need be.
//! - [`ManualClock`] sets the time that tokens, limits and dates are checked
//!   against.
//!
//! The same configuration, seed, clock and requests give the same responses
//! from one version of this crate.
//!
//! Inside, `server` accepts a request; `pipeline` passes it through
//! `authentication` and `governance` to the backend (`upstream` or `script`),
//! and its `response` through the `fallback`; `delivery` and `chunking` split
//! that, `response_body` sends it, and `request_log` records the outcome.
//! `object_storage` serves the images that an image model drew.

#![forbid(unsafe_code)]

mod authentication;
mod backend;
mod chunking;
mod clock;
mod config;
mod delivery;
mod fallback;
mod governance;
mod latch;
mod local_reply;
mod object_storage;
mod pipeline;
mod query;
mod random;
mod received_request;
mod record;
mod request_log;
mod response;
mod response_body;
mod response_headers;
mod route;
mod script;
mod server;
mod upload;
mod upstream;
mod wire_request;

pub use authentication::hmac_auth::{HmacAuth, HmacAuthConfigError};
pub use authentication::hmac_auth_apisix::HmacAuthApisix;
pub use authentication::jwt::{JwtAuth, JwtConsumer, JwtFlavour};
pub use authentication::key_auth::{KeyAuth, KeyAuthFlavour, KeySource};
pub use authentication::{Authentication, Grant, HmacAlgorithm, HmacConsumer, Refusal};
pub use backend::Backend;
pub use chunking::Chunking;
pub use clock::{Clock, ManualClock};
pub use config::GatewayConfig;
pub use fallback::{ErrorClass, Fallback};
pub use governance::Governance;
pub use governance::cluster_rate_limit::ClusterRateLimit;
pub use governance::flow_control::FlowControl;
pub use governance::key_rate_limit::KeyRateLimit;
pub use governance::limit::{Limit, LimitBy, LimitRule};
pub use governance::quota::Quota;
pub use governance::replay_protection::ReplayProtection;
pub use governance::token_rate_limit::TokenRateLimit;
pub use latch::Latch;
pub use record::{Outcome, RecordedRequest};
pub use request_log::WaitTimeout;
pub use response::{Ending, MockResponse, Origin, Step};
pub use route::Route;
pub use script::{Script, ScriptedResponse};
pub use server::Gateway;
pub use upstream::Upstream;
pub use upstream::chat::{Chat, ChatDialect, Rule, Rules};
pub use upstream::embedding::{EmbeddingProvider, EmbeddingQuirk, Embeddings};
pub use upstream::image::{ImageOutcome, Images};
pub use upstream::provider::Provider;
pub use upstream::rerank::{Rerank, RerankProvider};
pub use wire_request::WireRequest;
