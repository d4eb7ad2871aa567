//! Why a call failed, as the embedder sees it: by the provider's own account,
//! or by the sandbox's.

pub use crate::sandbox::limit_exceeded::LimitExceeded;

use crate::contract::types;
use crate::form::FormError;
use crate::limits::Limits;
use std::time::Duration;
use wasmtime::Trap;

/// The longest reason that is passed on from inside a sandbox, in bytes: as
/// much as the contract allows a message.
const LONGEST_REASON: usize = 2_048;

/// Why a call failed. Every message says what to do next; none holds a
/// credential.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The component answered with an error: the request was refused, by it,
    /// the gateway or the provider, or could not be sent.
    #[error("{}", .0.message)]
    Provider(types::Error),
    /// So many calls of the tenant wait already:
    /// [`max_queued_calls`](crate::limits::Limits::max_queued_calls).
    #[error(
        "{limit} calls of the tenant wait already; try again later, or raise `max_queued_calls` or `concurrent_calls` of the tenant"
    )]
    QueueFull {
        /// The limit.
        limit: u32,
    },
    /// All places were taken for the whole of
    /// [`queue_timeout`](crate::limits::Limits::queue_timeout).
    #[error(
        "no place for another call was free within {waited:?}; try again later, or raise `concurrent_calls` of the tenant or `max_instances` of the engine"
    )]
    QueueTimeout {
        /// How long the call waited.
        waited: Duration,
    },
    /// The call took longer than
    /// [`deadline`](crate::limits::Limits::deadline).
    #[error(
        "the call did not end within {limit:?} and was cancelled; try a shorter request, or raise the tenant's deadline"
    )]
    DeadlineExceeded {
        /// The limit.
        limit: Duration,
    },
    /// The component ran longer than
    /// [`cpu_time`](crate::limits::Limits::cpu_time).
    #[error(
        "the component used more than {limit:?} of processor time and was stopped; send less at once, or raise the tenant's `cpu_time`"
    )]
    CpuTimeExceeded {
        /// The limit.
        limit: Duration,
    },
    /// The component, or the gateway that it talked to, ran into a limit of
    /// the sandbox.
    #[error("the call ran into a limit of its sandbox: {0}")]
    LimitExceeded(LimitExceeded),
    /// The component trapped: a fault of the component, or a limit that the
    /// runtime reports in its own words.
    #[error(
        "the component failed and its sandbox was thrown away: {reason}; report this to the component's author"
    )]
    Trap {
        /// What the runtime said.
        reason: String,
    },
    /// Asked about a stream that failed earlier.
    #[error("the stream has failed and nothing more is known of it; start a new call")]
    StreamFailed,
}

impl From<types::Error> for CallError {
    fn from(error: types::Error) -> Self {
        Self::Provider(error)
    }
}

/// A form that cannot be used is reported as the component would report it.
impl From<FormError> for CallError {
    fn from(error: FormError) -> Self {
        Self::Provider(types::Error {
            kind: types::ErrorKind::InvalidCredentials,
            message: shortened(error.to_string()),
            status: None,
            code: None,
            retry_after_ms: None,
            request_id: None,
            request_sent: false,
        })
    }
}

/// Sorts out why the runtime gave up on a call.
pub(crate) fn of_runtime(error: &wasmtime::Error, limits: &Limits) -> CallError {
    if let Some(limit_exceeded) = LimitExceeded::behind(error, limits) {
        return CallError::LimitExceeded(limit_exceeded);
    }
    match error.downcast_ref() {
        Some(Trap::Interrupt) => CallError::CpuTimeExceeded {
            limit: limits.cpu_time,
        },
        Some(trap) => CallError::Trap {
            reason: trap.to_string(),
        },
        None => CallError::Trap {
            reason: shortened(error.root_cause().to_string()),
        },
    }
}

fn shortened(mut reason: String) -> String {
    reason.truncate(reason.floor_char_boundary(LONGEST_REASON));
    reason
}

#[cfg(test)]
mod tests {
    use super::{CallError, FormError, LimitExceeded, of_runtime, shortened};
    use crate::contract::types::ErrorKind;
    use crate::limits::Limits;
    use wasmtime::Trap;
    use wasmtime::component::ResourceTableError;

    fn sort_out(error: &wasmtime::Error) -> CallError {
        of_runtime(error, &Limits::default())
    }

    #[test]
    fn each_cause_has_its_own_error() {
        let interrupted = sort_out(&wasmtime::Error::new(Trap::Interrupt));
        assert!(matches!(interrupted, CallError::CpuTimeExceeded { .. }));
        let full = sort_out(&wasmtime::Error::new(ResourceTableError::Full));
        assert!(matches!(
            full,
            CallError::LimitExceeded(LimitExceeded::Handles { limit: 1_000 })
        ));
        let limit_exceeded = LimitExceeded::Memory {
            wanted: 2,
            limit: 1,
        };
        let memory = sort_out(&wasmtime::Error::new(limit_exceeded).context("while growing"));
        assert!(matches!(memory, CallError::LimitExceeded(found) if found == limit_exceeded));
        let unreachable = sort_out(&wasmtime::Error::new(Trap::UnreachableCodeReached));
        assert!(matches!(unreachable, CallError::Trap { .. }));
    }

    #[test]
    fn a_wrong_form_is_an_error_of_the_credentials_and_nothing_was_sent() {
        let error = CallError::from(FormError::UnknownOption {
            variable: "protocol".to_owned(),
            label: "Protocol".to_owned(),
            options: vec!["long".repeat(16); 128],
        });
        let CallError::Provider(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind, ErrorKind::InvalidCredentials);
        assert!(!error.request_sent);
        assert!(error.message.starts_with("`protocol`"), "{}", error.message);
        assert_eq!(error.message.len(), 2_048);
    }

    #[test]
    fn a_reason_is_cut_between_characters() {
        let reason = shortened("é".repeat(2_000));
        assert_eq!(reason.len(), 2_048);
        assert_eq!(shortened("x".to_owned() + &"é".repeat(2_000)).len(), 2_047);
    }
}
