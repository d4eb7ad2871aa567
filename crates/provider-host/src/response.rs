//! What came of a call that is answered whole.

use crate::contract::types::ResponseMetadata;
use std::ops::Deref;

/// What a call asked for, which this dereferences to, and the facts about the
/// response that brought it.
#[derive(Clone, Debug, PartialEq)]
pub struct Response<T> {
    /// What the call asked for.
    pub content: T,
    /// Who answered, when, and how the gateway governed it.
    pub info: ResponseMetadata,
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}
