//! The limits of a sandbox that a component, or the gateway it calls, can
//! exceed, and how an error of the runtime is recognised as one.

use crate::limits::{Limits, MAX_WASM_STACK};
use wasmtime::Trap;
use wasmtime::component::ResourceTableError;
use wasmtime_wasi_http::FieldMapError;

/// A limit of the sandbox that was exceeded; [`limits`](crate::limits) says what
/// each one means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitExceeded {
    /// Linear memory, over all memories together.
    #[error(
        "the component needs {wanted} bytes of memory; the limit is {limit}; raise `resource.memory` in the manifest, or send less at once"
    )]
    Memory {
        /// Bytes requested.
        wanted: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The elements of one table.
    #[error(
        "the component needs a table of {wanted} elements; the limit is {limit}; raise `resource.table_elements`"
    )]
    TableElements {
        /// Elements requested.
        wanted: u64,
        /// Elements allowed.
        limit: u64,
    },
    /// Core instances.
    #[error("the component needs more than {limit} core instances; raise `resource.instances`")]
    Instances {
        /// Instances allowed.
        limit: u32,
    },
    /// Tables.
    #[error("the component has more than {limit} tables; raise `resource.tables`")]
    Tables {
        /// Tables allowed.
        limit: u32,
    },
    /// Linear memories.
    #[error("the component has more than {limit} memories; raise `resource.memories`")]
    Memories {
        /// Memories allowed.
        limit: u32,
    },
    /// The component's handles or the host's table of resources.
    #[error(
        "the component needs more than {limit} resources at once; fix the leak in the component, or raise `resource.handles`"
    )]
    Handles {
        /// Resources allowed.
        limit: u32,
    },
    /// The stack.
    #[error("the component's calls exceed its stack of {limit} bytes")]
    Stack {
        /// Bytes of the stack.
        limit: usize,
    },
    /// Bytes that cross to the host in one call or result.
    #[error(
        "the component passes more than {limit} bytes to the host at once; raise `resource.hostcall_fuel`, or send less at once"
    )]
    Transfer {
        /// Bytes allowed.
        limit: u64,
    },
    /// One set of header fields.
    #[error(
        "the component sets more than {limit} bytes of header fields; raise `resource.max_header_bytes`, or send fewer headers"
    )]
    Fields {
        /// Bytes allowed.
        limit: u32,
    },
    /// The HTTP requests of one call.
    #[error(
        "the component sends more than {limit} requests for one call; raise `resource.requests`, or split the call"
    )]
    Requests {
        /// Requests allowed.
        limit: u32,
    },
    /// The bodies of the requests of one call.
    #[error(
        "the component sends more than {limit} bytes for one call; raise `resource.request_bytes`, or split the call"
    )]
    RequestBytes {
        /// Bytes allowed.
        limit: u64,
    },
    /// The bodies of the responses to one call.
    #[error(
        "the gateway returns more than {limit} bytes; raise `resource.response_bytes`, or split the call"
    )]
    ResponseBytes {
        /// Bytes allowed.
        limit: u64,
    },
    /// The head of one response.
    #[error(
        "the gateway returns a response head of more than {limit} bytes; raise `resource.response_head_bytes`, or check which headers the gateway adds"
    )]
    ResponseHead {
        /// Bytes allowed.
        limit: u32,
    },
}

impl LimitExceeded {
    /// A short word for the limit, the same as in the manifest.
    #[must_use]
    pub fn limit_name(self) -> &'static str {
        match self {
            Self::Memory { .. } => "memory",
            Self::TableElements { .. } => "table_elements",
            Self::Instances { .. } => "instances",
            Self::Tables { .. } => "tables",
            Self::Memories { .. } => "memories",
            Self::Handles { .. } => "handles",
            Self::Stack { .. } => "stack",
            Self::Transfer { .. } => "hostcall_fuel",
            Self::Fields { .. } => "max_header_bytes",
            Self::Requests { .. } => "requests",
            Self::RequestBytes { .. } => "request_bytes",
            Self::ResponseBytes { .. } => "response_bytes",
            Self::ResponseHead { .. } => "response_head_bytes",
        }
    }

    /// The limit that made the runtime fail the call, if one did.
    pub(crate) fn behind(error: &wasmtime::Error, limits: &Limits) -> Option<Self> {
        if let Some(limit_exceeded) = error.downcast_ref() {
            return Some(*limit_exceeded);
        }
        if let Some(ResourceTableError::Full) = error.downcast_ref() {
            let limit = limits.handles;
            return Some(Self::Handles { limit });
        }
        if let Some(FieldMapError::TooManyFields | FieldMapError::TotalSizeTooBig) =
            error.downcast_ref()
        {
            let limit = limits.max_header_bytes;
            return Some(Self::Fields { limit });
        }
        if let Some(Trap::StackOverflow) = error.downcast_ref() {
            return Some(Self::Stack {
                limit: MAX_WASM_STACK,
            });
        }
        Self::by_message(&error.root_cause().to_string(), limits)
    }

    /// wasmtime 48 has no types for these, so they are recognised by its
    /// messages; tests with hostile guests check that these stay the same.
    fn by_message(message: &str, limits: &Limits) -> Option<Self> {
        let known = [
            (
                "fuel allocated for hostcalls has been exhausted",
                Self::Transfer {
                    limit: limits.hostcall_fuel,
                },
            ),
            (
                "store handle limit exceeded",
                Self::Handles {
                    limit: limits.handles,
                },
            ),
            (
                "instance count too high",
                Self::Instances {
                    limit: limits.instances,
                },
            ),
            (
                "table count too high",
                Self::Tables {
                    limit: limits.tables,
                },
            ),
            (
                "memory count too high",
                Self::Memories {
                    limit: limits.memories,
                },
            ),
        ];
        let found = known.into_iter().find(|(known, _)| message.contains(known));
        found.map(|(_, limit_exceeded)| limit_exceeded)
    }
}
