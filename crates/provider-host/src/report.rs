//! A report of each call when it is over, also of calls that never began and of
//! those that were dropped half-way. A report holds no credential, no prompt and
//! nothing of a response.
//!
//! A tenant's reports go to the observer of its
//! [`TenantPolicy`](crate::TenantPolicy), to its counters
//! ([`Tenant::usage`](crate::Tenant::usage), and the metrics), and as an event `call ended` to `tracing`,
//! in the span `call` that its other events belong to.

use crate::contract::types::ErrorKind;
use crate::error::{CallError, LimitExceeded};
use std::sync::Arc;
use std::time::Duration;

/// One call, over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallReport {
    /// The tenant's name.
    pub tenant: Arc<str>,
    /// What was called.
    pub function: Function,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether the sandbox was used before, by the same tenant.
    pub warm: bool,
    /// From the call to its permit for an instance.
    pub queue: Duration,
    /// To make the sandbox; zero for a warm one.
    pub instantiate: Duration,
    /// From the call to the head of the first response, if there was one.
    pub first_byte: Option<Duration>,
    /// From the call to its end; for a stream, until it ended or was dropped.
    pub total: Duration,
    /// Time in which the component ran.
    pub cpu: Duration,
    /// HTTP requests that left the sandbox.
    pub requests: u32,
    /// Bytes of their bodies.
    pub request_bytes: u64,
    /// Bytes of the bodies of the responses, as far as they were read.
    pub response_bytes: u64,
    /// Most bytes of linear memory; of a warm sandbox, in all its calls.
    pub memory: u64,
}

/// A function of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// `models.model.validate`.
    Validate,
    /// `description.provider`.
    Provider,
    /// `description.describe-model`.
    Describe,
    /// `text-generation.generate`.
    Generate,
    /// `text-generation.generate-stream`.
    GenerateStream,
    /// `text-generation.estimate-tokens`.
    EstimateTokens,
    /// `token-estimate.estimate-text-tokens`.
    EstimateTextTokens,
    /// `image-generation.generate`.
    GenerateImage,
    /// `text-embedding.embed`.
    Embed,
    /// `text-rerank.rerank`.
    Rerank,
}

impl Function {
    /// The function's name: the contract's, with `-image` where it would be
    /// the same twice.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::Provider => "provider",
            Self::Describe => "describe",
            Self::Generate => "generate",
            Self::GenerateStream => "generate-stream",
            Self::EstimateTokens => "estimate-tokens",
            Self::EstimateTextTokens => "estimate-text-tokens",
            Self::GenerateImage => "generate-image",
            Self::Embed => "embed",
            Self::Rerank => "rerank",
        }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It succeeded.
    Completed,
    /// The component, or the host's check of the form, rejected it with an error
    /// of this kind.
    Refused(ErrorKind),
    /// Too many calls of the tenant waited already.
    QueueFull,
    /// No instance was free in time.
    QueueTimeout,
    /// It took too long.
    DeadlineExceeded,
    /// The component ran too long.
    CpuTimeExceeded,
    /// It exceeded the limit of this name: see [`LimitExceeded::limit_name`].
    Limit(&'static str),
    /// The component trapped.
    Trap,
    /// The caller dropped it.
    Cancelled,
}

impl Outcome {
    /// One word, as in the JSON of a failure; an error of the component has
    /// the contract's word for its kind.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Refused(kind) => kind.as_str(),
            Self::QueueFull => "queue-full",
            Self::QueueTimeout => "busy",
            Self::DeadlineExceeded => "deadline",
            Self::CpuTimeExceeded => "cpu-budget",
            Self::Limit(_) => "limit-exceeded",
            Self::Trap => "trap",
            Self::Cancelled => "cancelled",
        }
    }

    pub(crate) fn of(error: &CallError) -> Self {
        match error {
            CallError::InvalidForm(_) => Self::Refused(ErrorKind::InvalidCredentials),
            CallError::Provider(error) => Self::Refused(error.kind.clone()),
            CallError::MissingInterface { .. } => Self::Refused(ErrorKind::Unsupported),
            CallError::QueueFull { .. } => Self::QueueFull,
            CallError::QueueTimeout { .. } => Self::QueueTimeout,
            CallError::DeadlineExceeded { .. } => Self::DeadlineExceeded,
            CallError::CpuTimeExceeded { .. } => Self::CpuTimeExceeded,
            CallError::LimitExceeded(limit_exceeded) => Self::limit(*limit_exceeded),
            CallError::Trap { .. } | CallError::StreamFailed => Self::Trap,
        }
    }

    fn limit(limit_exceeded: LimitExceeded) -> Self {
        Self::Limit(limit_exceeded.limit_name())
    }
}

/// Observes every call of a tenant when it is over. It is called where the call
/// ends, so it must return quickly.
pub trait Observer: Send + Sync {
    /// A call is over.
    fn call_ended(&self, report: &CallReport);
}

impl<F: Fn(&CallReport) + Send + Sync> Observer for F {
    fn call_ended(&self, report: &CallReport) {
        self(report);
    }
}
