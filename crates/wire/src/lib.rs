//! What the component reads byte by byte: [JSON](scanner) and its [values](value),
//! if need be [leniently](lenient), [server-sent events](sse), and the [items] of
//! a list of [vectors](vector).
//!
//! A crate of its own for one reason: the component is built for size, and this
//! is the part of it that is built for speed (`profile.component.package` in
//! the workspace's `Cargo.toml`). What belongs here takes a place in the cost
//! of each event of a stream or each value of a vector, and knows nothing of
//! providers, requests and errors. Nothing here is generic over what its
//! callers bring along: the compiler would make it in their crate, and for size.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used,
    )
)]

mod base64_values;
pub mod escape;
pub mod items;
pub mod lenient;
pub mod number;
pub mod scanner;
pub mod search;
pub mod sse;
pub mod value;
pub mod vector;
