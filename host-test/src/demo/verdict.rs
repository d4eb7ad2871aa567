//! Checks of the outcome of a call.

use super::report::Verdict;
use higress_host::json::error::error_kind;
use provider_host::contract::types::ErrorKind;
use provider_host::error::CallError;

/// Passes if the call failed with an error of `kind`; the observation is its
/// message.
pub(super) fn fails_with<T>(kind: &ErrorKind, outcome: &Result<T, CallError>) -> Verdict {
    fails_so(kind, outcome, |_| true)
}

/// The same, if no request was sent.
pub(super) fn fails_unsent<T>(kind: &ErrorKind, outcome: &Result<T, CallError>) -> Verdict {
    fails_so(kind, outcome, |error| error.request_sent() == Some(false))
}

fn fails_so<T>(
    kind: &ErrorKind,
    outcome: &Result<T, CallError>,
    fits: impl Fn(&CallError) -> bool,
) -> Verdict {
    match outcome {
        Err(error) if error.kind().as_ref() == Some(kind) && fits(error) => {
            Ok(format!("{}: {error}", kind.as_str()))
        }
        Err(other) => Err(described(other)),
        Ok(_) => Err("the call succeeded".to_owned()),
    }
}

/// Passes if the call succeeded and `check` accepts the value.
pub(super) fn succeeds<T>(
    outcome: &Result<T, CallError>,
    check: impl Fn(&T) -> Verdict,
) -> Verdict {
    match outcome {
        Ok(value) => check(value),
        Err(error) => Err(described(error)),
    }
}

/// Passes if both texts are equal.
pub(super) fn same(found: &str, expected: &str) -> Verdict {
    if found == expected {
        Ok(String::new())
    } else {
        Err(format!("{found:?}, expected {expected:?}"))
    }
}

/// Passes if `found` contains `wanted`.
pub(super) fn mentions(found: &str, wanted: &str) -> Verdict {
    if found.contains(wanted) {
        Ok(String::new())
    } else {
        Err(format!("{found:?} does not contain {wanted:?}"))
    }
}

fn described(error: &CallError) -> String {
    format!("{}: {error}", error_kind(error))
}
