//! The result of a call that returns everything at once.

use crate::contract::types::ResponseMetadata;

/// What a call returned, and what is known of the response that brought it.
#[derive(Clone, Debug, PartialEq)]
pub struct Response<T> {
    /// What the call returned.
    pub content: T,
    /// Who answered, when, and how the gateway governed it.
    pub metadata: ResponseMetadata,
}
