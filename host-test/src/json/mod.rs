//! The contract as JSON: what the command line reads and writes, and what
//! golden cases are kept in.
//!
//! - Fields have the contract's names in `snake_case`, words of enumerations
//!   are the contract's own, in kebab-case.
//! - What the contract leaves optional may be absent or null in a request,
//!   and is left out of a result.
//! - Requests are read strictly: a field that nobody knows, or a value of
//!   another type, is a [`Problem`] that says where it stands.
//! - Bytes are base64; what the contract carries as JSON text (schemas,
//!   arguments, `extra`) may be given as JSON or as text.
//!
//! One module for each interface of the contract: `read_…` makes the
//! contract's value of JSON, `write_…` the JSON of the contract's value.
//!
//! ```
//! use higress_host::json;
//!
//! let text = r#"{"messages": [{"role": "user", "content": "Hi"}]}"#;
//! let request = json::text_generation::read_request(&json::parse(text)?)?;
//! assert_eq!(request.messages.len(), 1);
//!
//! let wrong = json::parse(r#"{"messages": [{"role": "user", "contents": "Hi"}]}"#)?;
//! let problem = json::text_generation::read_request(&wrong).unwrap_err();
//! assert_eq!(problem.to_string(), "messages[0].content: is missing");
//! # Ok::<(), json::Problem>(())
//! ```

pub mod credentials;
pub mod description;
pub mod error;
pub mod image_generation;
mod node;
pub mod options;
mod problem;
mod record;
pub mod response;
pub mod text_embedding;
pub mod text_generation;
pub mod text_rerank;

pub use problem::{Problem, parse};
