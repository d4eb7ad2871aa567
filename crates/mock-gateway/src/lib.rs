//! A mock of the Higress AI gateway: a real HTTP/1.1 server on loopback.
//!
//! It answers as the gateway and the model providers behind it do, so that a
//! client can be tested over real sockets without network or keys. The same
//! seed and the same clock give the same responses.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use mock_gateway::{Backend, Gateway, GatewayConfig, Upstream, Route};
//!
//! let route = Route::new("/demo", Backend::Upstream(Upstream::OpenAiCompatible));
//! let gateway = Gateway::start(GatewayConfig::new().route(route)).await?;
//! println!("try {}/v1/chat/completions", gateway.url("/demo"));
//! # Ok(())
//! # }
//! ```
//!
//! One request takes this way: `server` accepts it, `exchange` checks it in
//! the gateway's order, an `authentication` method and the `governance` plugins
//! admit it, a `route`'s backend (`upstream` or `script`) makes an `answer`, or where that
//! is an error its `fallback` does, `chunking` cuts it, `answer_body` sends it, and `record` remembers what became of it. What an
//! image model drew lies in `object_storage`.

mod authentication;
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
pub use route::{Backend, Route};
pub use script::{Script, ScriptedResponse};
pub use server::Gateway;
pub use upstream::Upstream;
pub use upstream::chat::{Chat, ChatDialect, Rule, Rules};
pub use upstream::embedding::{EmbeddingProvider, EmbeddingQuirk, Embeddings};
pub use upstream::image::{ImageOutcome, Images};
pub use upstream::provider::Provider;
pub use upstream::rerank::{Rerank, RerankProvider};
pub use wire_request::WireRequest;
