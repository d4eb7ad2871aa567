//! Responses of every protocol: [metadata](ResponseMetadata), whole
//! [documents](document), [error responses](error_response) and [unexpected
//! ones](unexpected_response).

pub mod document;
mod error_body;
pub mod error_response;
mod hints;
mod metadata;
mod retry_after;
pub mod unexpected_response;

pub use error_body::ErrorBody;
pub use metadata::{GatewayMetadata, RateLimit, ResponseMetadata};
