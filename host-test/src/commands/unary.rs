//! Calls with one response: a spinner while they run, then one line of JSON, or
//! text and a summary.

use crate::call_context::CallContext;
use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::spinner::with_spinner;
use crate::output::summary::summary;
use crate::output::{self, Format, Medium};
use higress_host::json;
use provider_host::contract::image_generation::Generation;
use provider_host::contract::text_embedding::Embeddings;
use provider_host::contract::text_rerank::Ranking;
use provider_host::contract::types::Usage;
use provider_host::error::CallError;
use provider_host::response::Response;
use serde_json::Value;
use std::future::Future;

/// The content of such a response.
pub(crate) trait Unary: Sized {
    fn to_json(response: &Response<Self>) -> Value;
    fn usage(&self) -> Option<&Usage>;
}

impl Unary for Generation {
    fn to_json(response: &Response<Self>) -> Value {
        json::image_generation::write_generation(response)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }
}

impl Unary for Embeddings {
    fn to_json(response: &Response<Self>) -> Value {
        json::text_embedding::write_embeddings(response)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }
}

impl Unary for Ranking {
    fn to_json(response: &Response<Self>) -> Value {
        json::text_rerank::write_ranking(response)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }
}

/// Runs the call and prints its response; `show` prints it as text.
pub(crate) fn run<T: Unary>(
    context: &CallContext,
    doing: &str,
    call: impl Future<Output = Result<Response<T>, CallError>>,
    show: impl FnOnce(Medium, &T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let response = run_until_interrupted(async {
        with_spinner(context.format, doing, call)
            .await
            .map_err(|error| context.failure(error))
    })?;
    match context.format {
        Format::JsonLines => output::write_json(&T::to_json(&response))?,
        Format::Text => {
            show(Medium::of_standard_output(), &response)?;
            output::note(&summary(context, response.usage(), &response.info));
        }
    }
    Ok(())
}
