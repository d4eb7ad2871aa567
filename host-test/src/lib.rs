//! A plugin host for model-provider components, and a mock gateway to test
//! them against.
//!
//! A [`host::Host`] is a component, compiled once. A [`tenant::Tenant`] calls
//! it with limits and an egress policy of its own; each call runs in a fresh
//! sandbox that is thrown away afterwards.
//!
//! ```no_run
//! use higress_host::contract::text_generation::{
//!     ContentPart, Event, Message, Parameters, Request, Role,
//! };
//! use higress_host::contract::types::{CallOptions, Model, ModelKind};
//! use higress_host::egress::EgressPolicy;
//! use higress_host::host::Host;
//! use higress_host::tenant::{Tenant, TenantPolicy};
//!
//! # fn options() -> CallOptions { unimplemented!() }
//! # fn parameters() -> Parameters { unimplemented!() }
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // Once for the process.
//! let host = Host::load("manifest.yaml")?;
//!
//! // Once for each customer: nothing but its own endpoint can be reached.
//! let endpoint = "https://gateway.example.com/v1";
//! let egress = EgressPolicy::for_endpoint(endpoint)?;
//! let tenant = Tenant::new(&host, TenantPolicy::new("team-a", host.limits(), egress))?;
//!
//! let model = Model {
//!     kind: ModelKind::TextGeneration,
//!     name: "qwen-plus".to_owned(),
//!     credentials: vec![("endpoint_url".to_owned(), endpoint.to_owned())],
//! };
//! let question = Message {
//!     role: Role::User,
//!     content: vec![ContentPart::Text("Why is the sky blue?".to_owned())],
//!     name: None,
//! };
//! let request = Request {
//!     messages: vec![question],
//!     tools: Vec::new(),
//!     tool_choice: None,
//!     parallel_tool_calls: None,
//!     response_format: None,
//!     parameters: parameters(), // all of them absent
//! };
//!
//! let mut answer = tenant.generate_stream(&model, &request, &options()).await?;
//! loop {
//!     let events = answer.next().await?;
//!     if events.is_empty() {
//!         break; // complete; dropping `answer` earlier would cancel it
//!     }
//!     for event in events {
//!         if let Event::Text(text) = event {
//!             print!("{text}");
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```

// One place may hand machine code to the runtime: `code_cache`.
#![deny(unsafe_code)]

pub mod answered;
pub mod code_cache;
pub mod contract;
pub mod egress;
pub mod engine;
pub mod error;
pub mod form;
pub mod gateway;
pub mod host;
mod inspection;
pub mod json;
pub mod limits;
mod link;
pub mod manifest;
pub mod metrics;
pub mod report;
mod sandbox;
pub mod stream;
pub mod tenant;
mod transport;
pub mod trust;

/// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
