//! JSON (RFC 8259): read by a [`PullParser`] in one pass, or as an [`Object`]
//! whose members are looked up by name; written by a [`JsonWriter`].

pub mod escape;
pub mod lenient;
mod number;
mod object;
mod parse_error;
mod pull_parser;
mod read_value;
mod value;
mod writer;

pub use number::Number;
pub use object::{Object, items_of};
pub use parse_error::ParseError;
pub use pull_parser::PullParser;
pub use value::Value;
pub use writer::{JsonWriter, escaped};
