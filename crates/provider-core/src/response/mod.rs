//! Responses of every protocol: [metadata](ResponseMetadata), whole
//! [documents](document), [error responses](error_response) and [unexpected
//! ones](unexpected_response).

pub mod document;
mod error_body;
pub mod error_response;
mod hints;
mod known_messages;
mod metadata;
mod request_field;
mod retry_after;
pub mod unexpected_response;

pub use error_body::ErrorBody;
pub(crate) use error_body::is_failure;
pub use metadata::{GatewayMetadata, RateLimit, ResponseMetadata};
pub(crate) use request_field::Api;
