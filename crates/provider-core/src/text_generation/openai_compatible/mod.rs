//! `OpenAI`'s completions, in the dialects that gateways and backends speak:
//! strict in what is sent, lenient in what is read.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `dialect` | what the form says of the backend |
//! | `encode`, `messages`, `media`, `tools`, `response_format` | the request |
//! | `reader`, `chunk`, `repair` | the response, from bytes to events |
//! | `answer`, `tool_calls`, `think_tags`, `native` | what becomes of its pieces |

mod answer;
mod chunk;
mod dialect;
mod encode;
mod media;
mod messages;
mod native;
mod reader;
mod repair;
mod response_format;
mod think_tags;
mod tool_calls;
mod tools;

pub use answer::Wanted;
pub use dialect::Dialect;
pub use reader::{BodyEnd, Reader};

use crate::call::Call;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;
use crate::text_generation::{Delivery, Request};

impl Dialect {
    /// The HTTP request for a call.
    ///
    /// # Errors
    ///
    /// `invalid-request` for a call that makes no sense, `unsupported` for
    /// what the form says the model cannot do.
    pub fn encode(
        &self,
        credentials: &Credentials,
        request: &Request,
        call: &Call,
        delivery: Delivery,
    ) -> Result<http::Request, Error> {
        encode::encode(self, credentials, request, call, delivery)
    }
}
