//! The contract as JSON: what the command line reads and writes, and what
//! golden cases are kept in.
//!
//! - Fields have the contract's names in `snake_case`, words of enumerations
//!   are the contract's own, in kebab-case.
//! - What the contract leaves optional may be absent or null in a request,
//!   and is left out of a result.
//! - Requests are read strictly: an unknown field or a value of another type
//!   is an [`Error`] that names the place.
//! - Bytes are base64; what the contract carries as JSON text (schemas,
//!   arguments, `extra`) may be given as JSON, which is passed through
//!   byte for byte, or as a string.
//!
//! One module for each interface of the contract. `parse_…` reads a document
//! from text, `read_…` from a JSON value, `write_…` returns the JSON of the
//! contract's value. Each goes through a serde type of the document.
//!
//! ```
//! use higress_host::json::text_generation::parse_request;
//!
//! let request = parse_request(r#"{"messages": [{"role": "user", "content": "Hi"}]}"#)?;
//! assert_eq!(request.messages.len(), 1);
//!
//! let error = parse_request(r#"{"messages": [{"role": "user", "contents": "Hi"}]}"#).unwrap_err();
//! assert_eq!(error.path, "messages[0].contents");
//! assert!(error.reason.starts_with("unknown field `contents`, expected one of `role`, `content`"));
//! # Ok::<(), higress_host::json::Error>(())
//! ```

pub mod credentials;
pub mod description;
pub mod error;
mod field;
pub mod image_generation;
pub mod options;
mod read;
pub mod response;
pub mod text_embedding;
pub mod text_generation;
pub mod text_rerank;
mod write;

pub use read::{Error, parse};
