//! The inputs of every call.

use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;

/// The credentials of a model, and the options of one call of it.
pub(crate) struct CallContext<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) options: ResolvedOptions,
}
