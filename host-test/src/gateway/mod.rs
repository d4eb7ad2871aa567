//! A mock of the Higress AI gateway: a real HTTP/1.1 server on loopback.
//!
//! It answers as the gateway and the model providers behind it do, so that a
//! client can be tested over real sockets without network or keys. The same
//! seed and the same clock give the same replies.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use higress_host::gateway::{Backend, Gateway, GatewayConfig, Persona, Route};
//!
//! let route = Route::new("/demo", Backend::Persona(Persona::OpenAiCompatible));
//! let gateway = Gateway::start(GatewayConfig::new().route(route)).await?;
//! println!("try {}/v1/chat/completions", gateway.url("/demo"));
//! # Ok(())
//! # }
//! ```
//!
//! One request takes this way: `server` accepts it, `exchange` checks it in
//! the gateway's order, an `authentication` method admits it, a `route`'s
//! backend (`persona` or `script`) makes an `answer`, `chunking` cuts
//! it, `answer_body` sends it, and `record` remembers what became of it.

mod answer;
mod answer_body;
mod arrival;
mod authentication;
mod chunking;
mod clock;
mod config;
mod delivery;
mod exchange;
mod gate;
mod http_date;
mod ledger;
mod local_reply;
mod persona;
mod query;
mod random;
mod record;
mod response_headers;
mod route;
mod script;
mod server;
mod upload;

pub use answer::{Answer, Ending, Origin, Step};
pub use authentication::key_auth::{KeyAuth, KeyAuthFlavour, KeySource};
pub use authentication::{Authentication, Grant};
pub use chunking::Chunking;
pub use clock::{Clock, ManualClock};
pub use config::GatewayConfig;
pub use gate::Gate;
pub use ledger::NotInTime;
pub use persona::Persona;
pub use record::{Outcome, RecordedRequest};
pub use route::{Backend, Route};
pub use script::{Script, ScriptedReply};
pub use server::Gateway;
