//! Calls whose replies come whole: a sign of life meanwhile, then one line of
//! JSON, or something for people and a summary.

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::summary::summary;
use crate::output::waiting::while_waiting;
use crate::output::{self, Format, Medium};
use crate::session::Session;
use higress_host::contract::image_generation::Generation;
use higress_host::contract::text_embedding::Embeddings;
use higress_host::contract::text_rerank::Ranking;
use higress_host::contract::types::{ReplyInfo, Usage};
use higress_host::error::CallError;
use higress_host::json;
use serde_json::Value;
use std::future::Future;

/// A reply that comes whole.
pub(crate) trait WholeReply {
    fn to_json(&self) -> Value;
    fn usage(&self) -> Option<&Usage>;
    fn info(&self) -> &ReplyInfo;
}

impl WholeReply for Generation {
    fn to_json(&self) -> Value {
        json::image_generation::write_generation(self)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    fn info(&self) -> &ReplyInfo {
        &self.info
    }
}

impl WholeReply for Embeddings {
    fn to_json(&self) -> Value {
        json::text_embedding::write_embeddings(self)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    fn info(&self) -> &ReplyInfo {
        &self.info
    }
}

impl WholeReply for Ranking {
    fn to_json(&self) -> Value {
        json::text_rerank::write_ranking(self)
    }

    fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    fn info(&self) -> &ReplyInfo {
        &self.info
    }
}

/// Makes the call, and shows what comes of it. `show` is for people.
pub(crate) fn make<R: WholeReply>(
    session: &Session,
    doing: &str,
    call: impl Future<Output = Result<R, CallError>>,
    show: impl FnOnce(Medium, &R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let reply = run_until_interrupted(async {
        while_waiting(session.format, doing, call)
            .await
            .map_err(|error| session.failure(error))
    })?;
    match session.format {
        Format::JsonLines => output::write_json(&reply.to_json())?,
        Format::Text => {
            show(Medium::of_standard_output(), &reply)?;
            output::note(&summary(session, reply.usage(), reply.info()));
        }
    }
    Ok(())
}
