//! What the program `higress-host` and the tests of the whole share: the JSON
//! in which calls, responses and errors are written.

#![forbid(unsafe_code)]

pub mod json;
