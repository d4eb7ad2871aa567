//! What is known of the response to a session's last call: kept for the session,
//! and written by the call, which may be a stream that outlives a borrow.

use core::cell::RefCell;
use std::rc::Rc;

use super::contract::types;
use super::convert;
use provider_core::response::ResponseMetadata;

/// A clone is of the same facts.
#[derive(Clone)]
pub(super) struct Facts(Rc<RefCell<types::ResponseMetadata>>);

impl Facts {
    /// Nothing is known.
    pub(super) fn none() -> Self {
        Self(Rc::new(RefCell::new(nothing())))
    }

    /// Forgets what is known.
    pub(super) fn clear(&self) {
        self.note(nothing());
    }

    /// Keeps these in place of what was known.
    pub(super) fn note(&self, info: types::ResponseMetadata) {
        self.0.replace(info);
    }

    /// What is known.
    pub(super) fn known(&self) -> types::ResponseMetadata {
        self.0.borrow().clone()
    }
}

fn nothing() -> types::ResponseMetadata {
    convert::response_metadata(ResponseMetadata::default(), None, None)
}
