//! What came of a call that is answered whole.

use crate::contract::types::ReplyInfo;
use std::ops::Deref;

/// What a call asked for, which this dereferences to, and the facts about the
/// reply that brought it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered<T> {
    /// What the call asked for.
    pub content: T,
    /// Who answered, when, and how the gateway governed it.
    pub info: ReplyInfo,
}

impl<T> Deref for Answered<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}
