//! Why a call failed: an error of the provider, or of the sandbox.

pub use crate::limit_exceeded::LimitExceeded;
pub use crate::runtime_error::RuntimeError;

use crate::contract::types;
use crate::form::FormError;
use crate::limits::Limits;
use crate::runtime_error::shortened;
use std::time::Duration;
use wasmtime::Trap;

/// Why a call failed. Every message says what to do next; none holds a
/// credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The host rejected the filled form before it started an instance. Nothing
    /// was sent.
    #[error("{}", shortened(.0.to_string()))]
    InvalidForm(#[from] FormError),
    /// The component returned an error: it, the gateway or the provider rejected
    /// the request, or the request could not be sent.
    #[error("{}", .0.message)]
    Provider(Box<types::Error>),
    /// The component does not export the interface of the call: its provider
    /// does not serve the kind. Nothing was sent.
    #[error("the provider does not export `{interface}`; use a provider of this kind of model")]
    MissingInterface {
        /// The interface, such as `text-rerank`.
        interface: &'static str,
    },
    /// Too many calls of the tenant wait already:
    /// [`max_queued_calls`](crate::limits::Limits::max_queued_calls).
    #[error(
        "{limit} calls of the tenant are queued already; try again later, or raise `max_queued_calls` or `concurrent_calls` of the tenant"
    )]
    QueueFull {
        /// The limit.
        limit: u32,
    },
    /// No instance was free for the whole of
    /// [`queue_timeout`](crate::limits::Limits::queue_timeout).
    #[error(
        "no instance was free within {waited:?}; try again later, or raise `concurrent_calls` of the tenant or `max_instances` of the engine"
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
    /// The component, or the gateway it called, exceeded a limit of
    /// the sandbox.
    #[error("the call exceeded a limit of its sandbox: {0}")]
    LimitExceeded(LimitExceeded),
    /// The component trapped: a fault of the component, or a limit that the
    /// runtime reports in its own words.
    #[error(
        "the component trapped and its sandbox was dropped: {}; report this to the component's author",
        .source.reason()
    )]
    Trap {
        /// What the runtime reported.
        source: RuntimeError,
    },
    /// Metadata was requested of a stream that failed earlier.
    #[error("the stream has failed and its metadata is lost; start a new call")]
    StreamFailed,
}

impl From<types::Error> for CallError {
    fn from(error: types::Error) -> Self {
        Self::Provider(Box::new(error))
    }
}

impl CallError {
    /// The contract's kind of the error: the provider's, or
    /// `invalid-credentials` for a form that the host rejected, or `unsupported`
    /// for an interface that the component lacks. `None` for
    /// errors of the sandbox.
    #[must_use]
    pub fn kind(&self) -> Option<types::ErrorKind> {
        match self {
            Self::InvalidForm(_) => Some(types::ErrorKind::InvalidCredentials),
            Self::Provider(error) => Some(error.kind.clone()),
            Self::MissingInterface { .. } => Some(types::ErrorKind::Unsupported),
            _ => None,
        }
    }

    /// Whether the request may have reached a server, as far as it is known.
    #[must_use]
    pub fn request_sent(&self) -> Option<bool> {
        match self {
            Self::InvalidForm(_) | Self::MissingInterface { .. } => Some(false),
            Self::Provider(error) => Some(error.request_sent),
            _ => None,
        }
    }
}

/// Classifies the error with which the runtime ended a call.
pub(crate) fn of_runtime(error: wasmtime::Error, limits: &Limits) -> CallError {
    if let Some(limit_exceeded) = LimitExceeded::behind(&error, limits) {
        return CallError::LimitExceeded(limit_exceeded);
    }
    match error.downcast_ref() {
        Some(Trap::Interrupt) => CallError::CpuTimeExceeded {
            limit: limits.cpu_time,
        },
        Some(_) | None => CallError::Trap {
            source: error.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{CallError, FormError, LimitExceeded, of_runtime};
    use crate::contract::types::ErrorKind;
    use crate::limits::Limits;
    use wasmtime::Trap;
    use wasmtime::component::ResourceTableError;

    fn sort_out(error: wasmtime::Error) -> CallError {
        of_runtime(error, &Limits::default())
    }

    #[test]
    fn each_cause_has_its_own_error() {
        let interrupted = sort_out(wasmtime::Error::new(Trap::Interrupt));
        assert!(matches!(interrupted, CallError::CpuTimeExceeded { .. }));
        let full = sort_out(wasmtime::Error::new(ResourceTableError::Full));
        assert!(matches!(
            full,
            CallError::LimitExceeded(LimitExceeded::Handles { limit: 1_000 })
        ));
        let limit_exceeded = LimitExceeded::Memory {
            wanted: 2,
            limit: 1,
        };
        let memory = sort_out(wasmtime::Error::new(limit_exceeded).context("while growing"));
        assert!(matches!(memory, CallError::LimitExceeded(found) if found == limit_exceeded));
        let unreachable = sort_out(wasmtime::Error::new(Trap::UnreachableCodeReached));
        assert!(matches!(unreachable, CallError::Trap { .. }));
    }

    #[test]
    fn a_wrong_form_is_an_error_of_its_own_of_bounded_length() {
        let error = CallError::from(FormError::UnknownOption {
            variable: "protocol".to_owned(),
            label: "Protocol".to_owned(),
            options: vec!["long".repeat(16); 128],
        });
        assert!(matches!(error, CallError::InvalidForm(_)), "{error}");
        assert_eq!(error.kind(), Some(ErrorKind::InvalidCredentials));
        assert_eq!(error.request_sent(), Some(false));
        let message = error.to_string();
        assert!(message.starts_with("`protocol`"), "{message}");
        assert_eq!(message.len(), 2_048);
    }

    #[test]
    fn a_trap_has_the_runtime_s_error_as_its_source() {
        let error = sort_out(wasmtime::Error::new(Trap::UnreachableCodeReached));
        let source = std::error::Error::source(&error).unwrap();
        let source: &super::RuntimeError = source.downcast_ref().unwrap();
        assert_eq!(source.trap(), Some(Trap::UnreachableCodeReached));
    }
}
