//! What is known of the reply to a session's last call: kept for the session,
//! and written by the call, which may be a stream that outlives a borrow.

use core::cell::RefCell;
use std::rc::Rc;

use super::contract::types;
use super::convert;
use provider_core::reply::ReplyInfo;

/// A clone is of the same facts.
#[derive(Clone)]
pub(super) struct Facts(Rc<RefCell<types::ReplyInfo>>);

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
    pub(super) fn note(&self, info: types::ReplyInfo) {
        self.0.replace(info);
    }

    /// What is known.
    pub(super) fn known(&self) -> types::ReplyInfo {
        self.0.borrow().clone()
    }
}

fn nothing() -> types::ReplyInfo {
    convert::reply_info(ReplyInfo::default(), None, None)
}
