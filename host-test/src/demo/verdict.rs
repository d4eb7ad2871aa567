//! Judging what a call came to.

use super::report::Verdict;
use higress_host::json::error::error_kind;
use provider_host::contract::types::ErrorKind;
use provider_host::error::CallError;

/// Holds if the call failed with an error of `kind`; what was seen is its
/// message.
pub(super) fn fails_with<T>(kind: ErrorKind, outcome: &Result<T, CallError>) -> Verdict {
    fails_so(kind, outcome, |_| true)
}

/// The same, if nothing can have reached a server.
pub(super) fn fails_unsent<T>(kind: ErrorKind, outcome: &Result<T, CallError>) -> Verdict {
    fails_so(kind, outcome, |error| error.request_sent() == Some(false))
}

fn fails_so<T>(
    kind: ErrorKind,
    outcome: &Result<T, CallError>,
    fits: impl Fn(&CallError) -> bool,
) -> Verdict {
    match outcome {
        Err(error) if error.kind() == Some(kind) && fits(error) => {
            Ok(format!("{}: {error}", kind.as_str()))
        }
        Err(other) => Err(described(other)),
        Ok(_) => Err("the call went through".to_owned()),
    }
}

/// Holds if the call went through and `judge` likes what came.
pub(super) fn goes_through<T>(
    outcome: &Result<T, CallError>,
    judge: impl Fn(&T) -> Verdict,
) -> Verdict {
    match outcome {
        Ok(value) => judge(value),
        Err(error) => Err(described(error)),
    }
}

/// Holds if both texts are the same.
pub(super) fn same(found: &str, expected: &str) -> Verdict {
    if found == expected {
        Ok(String::new())
    } else {
        Err(format!("{found:?} and not {expected:?}"))
    }
}

/// Holds if `found` contains `wanted`.
pub(super) fn mentions(found: &str, wanted: &str) -> Verdict {
    if found.contains(wanted) {
        Ok(String::new())
    } else {
        Err(format!("{found:?} does not mention {wanted:?}"))
    }
}

fn described(error: &CallError) -> String {
    format!("{}: {error}", error_kind(error))
}
