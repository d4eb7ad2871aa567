//! The inputs of every call, and the cell that receives its response metadata.

use core::cell::RefCell;
use std::rc::Rc;

use crate::bindings::types;
use crate::convert;
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::form::Form;
use provider_core::response::ResponseMetadata;

/// The parsed form and the options of one call.
pub(crate) struct CallContext<'a> {
    pub(crate) form: Form<'a>,
    pub(crate) credentials: &'a Credentials,
    pub(crate) options: &'a ResolvedOptions,
    /// Receives the metadata of the response.
    pub(crate) metadata: &'a MetadataCell,
}

/// The metadata of the last response of a session. The call writes it, and may be
/// a stream that outlives a borrow of the session; clones share their contents.
#[derive(Clone)]
pub(crate) struct MetadataCell(Rc<RefCell<types::ResponseMetadata>>);

impl MetadataCell {
    /// A cell without metadata.
    pub(crate) fn empty() -> Self {
        Self(Rc::new(RefCell::new(no_metadata())))
    }

    /// Clears the metadata.
    pub(crate) fn clear(&self) {
        self.set(no_metadata());
    }

    /// Replaces the metadata.
    pub(crate) fn set(&self, metadata: types::ResponseMetadata) {
        self.0.replace(metadata);
    }

    /// A copy of the metadata.
    pub(crate) fn get(&self) -> types::ResponseMetadata {
        self.0.borrow().clone()
    }
}

fn no_metadata() -> types::ResponseMetadata {
    convert::response_metadata(ResponseMetadata::default(), None, None)
}
