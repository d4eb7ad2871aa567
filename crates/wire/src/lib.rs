//! Byte formats: JSON, read [leniently](lenient) or by a
//! [scanner](json_scanner), [passed through](members) and [written](to_json);
//! [server-sent events](sse), [arrays](mod@array) of
//! embeddings, [base64], [percent-encoding](percent), [HTTP dates](http_date)
//! and [decimal] numbers.
//!
//! What belongs here turns bytes into values or values into bytes, and knows
//! nothing of providers, requests and errors of calls. The formats are a crate
//! of their own so that they can be tested, benchmarked and fuzzed alone: most
//! of what they read comes from outside. Input of any size and in any chunks is
//! read in linear time and bounded memory.

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

pub mod array;
pub mod base64;
pub mod decimal;
pub mod http_date;
pub mod json_scanner;
pub mod lenient;
pub mod members;
pub mod percent;
pub mod sse;
pub mod swar;
pub mod to_json;
