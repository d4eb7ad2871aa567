//! Calls whose responses come whole: a sign of life meanwhile, then one line of
//! JSON, or something for people and a summary.

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::summary::summary;
use crate::output::waiting::while_waiting;
use crate::output::{self, Format, Medium};
use crate::session::Session;
use higress_host::json;
use provider_host::contract::image_generation::Generation;
use provider_host::contract::text_embedding::Embeddings;
use provider_host::contract::text_rerank::Ranking;
use provider_host::contract::types::Usage;
use provider_host::error::CallError;
use provider_host::response::Response;
use serde_json::Value;
use std::future::Future;

/// What comes whole.
pub(crate) trait Whole: Sized {
    fn to_json(response: &Response<Self>) -> Value;
    fn usage(&self) -> Option<&Usage>;
}

impl Whole for Generation {
    fn to_json(response: &Response<Self>) -> Value {
        json::image_generation::write_generation(response)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }
}

impl Whole for Embeddings {
    fn to_json(response: &Response<Self>) -> Value {
        json::text_embedding::write_embeddings(response)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }
}

impl Whole for Ranking {
    fn to_json(response: &Response<Self>) -> Value {
        json::text_rerank::write_ranking(response)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }
}

/// Makes the call, and shows what comes of it. `show` is for people.
pub(crate) fn make<T: Whole>(
    session: &Session,
    doing: &str,
    call: impl Future<Output = Result<Response<T>, CallError>>,
    show: impl FnOnce(Medium, &T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let response = run_until_interrupted(async {
        while_waiting(session.format, doing, call)
            .await
            .map_err(|error| session.failure(error))
    })?;
    match session.format {
        Format::JsonLines => output::write_json(&T::to_json(&response))?,
        Format::Text => {
            show(Medium::of_standard_output(), &response.content)?;
            output::note(&summary(
                session,
                response.content.usage(),
                &response.metadata,
            ));
        }
    }
    Ok(())
}
