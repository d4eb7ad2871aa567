//! Calls with one response: a spinner while they run, then one line of JSON, or
//! text and a summary.

use crate::call_context::CallContext;
use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::spinner::with_spinner;
use crate::output::summary::summary;
use crate::output::{self, Format, Medium};
use higress_host::json;
use provider_host::contract::types::{ResponseMetadata, Usage};
use provider_host::contract::{image_generation, text_embedding, text_rerank};
use provider_host::error::CallError;
use serde_json::Value;
use std::future::Future;

/// Such a response.
pub(crate) trait Unary {
    fn to_json(&self) -> Value;
    fn usage(&self) -> Option<&Usage>;
    fn metadata(&self) -> &ResponseMetadata;
}

/// Implements [`Unary`] for the response of one kind.
macro_rules! unary {
    ($kind:ident) => {
        impl Unary for $kind::Response {
            fn to_json(&self) -> Value {
                json::$kind::write_response(self)
            }

            fn usage(&self) -> Option<&Usage> {
                self.usage.as_ref()
            }

            fn metadata(&self) -> &ResponseMetadata {
                &self.metadata
            }
        }
    };
}

unary!(image_generation);
unary!(text_embedding);
unary!(text_rerank);

/// Runs the call and prints its response; `show` prints it as text.
pub(crate) fn run<T: Unary>(
    context: &CallContext,
    doing: &str,
    call: impl Future<Output = Result<T, CallError>>,
    show: impl FnOnce(Medium, &T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let response = run_until_interrupted(async {
        with_spinner(context.format, doing, call)
            .await
            .map_err(|error| context.failure(error))
    })?;
    match context.format {
        Format::JsonLines => output::write_json(&response.to_json())?,
        Format::Text => {
            show(Medium::of_standard_output(), &response)?;
            output::note(&summary(context, response.usage(), response.metadata()));
        }
    }
    Ok(())
}
