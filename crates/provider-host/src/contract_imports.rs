//! The interfaces that the contract's world lets a component import: what a
//! manifest may list, what the linker provides and what a component is checked
//! against.

/// The granted interfaces, each in any version 0.2.x.
pub(crate) const GRANTED: [&str; 8] = [
    "wasi:http/types",
    "wasi:http/outgoing-handler",
    "wasi:clocks/wall-clock",
    "wasi:clocks/monotonic-clock",
    "wasi:random/random",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
];

/// The contract's own interface of types. A component names it among its
/// imports; it has no functions.
pub(crate) const CONTRACT_TYPES: &str = "higress:model-provider/types";
