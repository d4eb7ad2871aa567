//! Between the two bindings of the contract: the host's, in which a case is
//! read and its result is printed, and the component's, which its conversions
//! take. Both are generated from `wit/`, so a value has the same fields in both.

use higress_provider::bindings::types as guest;
use higress_provider::convert;
use provider_core::error::Error;
use provider_host::contract::types::{self as host, CallOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value of one binding as the other one has it.
pub(crate) fn carried<T: Serialize, U: DeserializeOwned>(value: &T) -> U {
    let bytes = postcard::to_allocvec(value).expect("contract values are plain data");
    postcard::from_bytes(&bytes).expect("both bindings are generated from one contract")
}

/// The core's error, in the host's binding.
pub(crate) fn carried_error(error: Error) -> host::Error {
    carried(&convert::error(error))
}

/// Options, which the host's binding keeps from being serialized: their
/// headers may be secrets.
pub(crate) fn carried_options(options: CallOptions) -> guest::CallOptions {
    guest::CallOptions {
        timeouts: carried(&options.timeouts),
        max_retries: options.max_retries,
        headers: options.headers,
        end_user_id: options.end_user_id,
        conversation_id: options.conversation_id,
        traceparent: options.traceparent,
        request_id: options.request_id,
        gateway: carried(&options.gateway),
    }
}
