//! Governance by the gateway: routes with authentication, a rate limit, a
//! fallback, a guard, a cache. Each is shown as the contract reports it.

mod facts;
mod limit;
mod routes;

use super::configured::Configured;
use super::console::{CACHED, FALLING_BACK, FORBIDDEN, GUARDED, LIMITED, SPARE_MODEL};
use super::models::Models;
use super::report::{Report, Verdict};
use super::verdict::succeeds;
use crate::failure::Failure;
use provider_host::contract::text_generation::{Message, Request, Response};
use provider_host::contract::types::ResponseMetadata;
use provider_host::error::CallError;

pub(super) async fn run(models: &Models, report: &mut Report) -> Result<(), Failure> {
    report.title("Governance by the gateway")?;
    routes::run(models, report).await?;

    report.line("\n  A rate limit, called until it is exceeded.")?;
    limit::run(models.chat_at(LIMITED)?, report).await?;

    report.line("\n  A fallback for a model that is down.")?;
    let answer = ask(&models.chat_at(FALLING_BACK)?, "Please count to 3.", report).await?;
    report.expect(
        "another model answered, and the metadata names the route",
        succeeds(&answer, |answer| fell_back(&answer.metadata)),
    )?;

    report.line("\n  A guard that blocks a word.")?;
    let guarded = models.chat_at(GUARDED)?;
    let denied = ask(&guarded, &format!("How is {FORBIDDEN} made?"), report).await?;
    report.expect(
        "the guard wrote the answer, and the metadata says so",
        succeeds(&denied, |answer| {
            reported(is_guarded(&answer.metadata), "guarded")
        }),
    )?;
    let fine = ask(&guarded, "How is tea made?", report).await?;
    report.check(
        "the model answers what the guard does not block",
        succeeds(&fine, |answer| {
            reported(!is_guarded(&answer.metadata), "not guarded")
        }),
    )?;

    report.line("\n  A cache, called twice.")?;
    let cached = models.chat_at(CACHED)?;
    let question = "What is 6 * 7?";
    let fresh = ask(&cached, question, report).await?;
    let again = ask(&cached, question, report).await?;
    report.expect(
        "the cache answers the second call, and the metadata says so",
        succeeds(&again, |again| {
            reported(is_cached(&again.metadata), "cached")
        }),
    )?;
    report.expect(
        "the model answered the first call with the same text",
        succeeds(&fresh, |fresh| match &again {
            Ok(again) if !is_cached(&fresh.metadata) && fresh.text == again.text => {
                Ok(String::new())
            }
            Ok(again) => Err(format!("{:?}, then {:?}", fresh.text, again.text)),
            Err(error) => Err(error.to_string()),
        }),
    )
}

/// Sends a prompt, and reports the answer and its metadata.
async fn ask(
    model: &Configured,
    question: &str,
    report: &Report,
) -> Result<Result<Response, CallError>, Failure> {
    report.user(question)?;
    let answer = model.generate(&request(question)).await;
    match &answer {
        Ok(answer) => {
            report.model(&answer.text)?;
            report.note(&facts::of_response(&answer.metadata))?;
        }
        Err(error) => report.error(&error.to_string())?,
    }
    Ok(answer)
}

fn request(question: &str) -> Request {
    Request::new([Message::user(question)])
}

fn fell_back(info: &ResponseMetadata) -> Verdict {
    let gateway = info.gateway.clone().unwrap_or_default();
    match (&gateway.fallback_from, &info.model) {
        (Some(route), Some(model)) if model == SPARE_MODEL => Ok(format!("{model} for {route}")),
        (route, model) => Err(format!("fallback_from {route:?}, model {model:?}")),
    }
}

fn is_cached(info: &ResponseMetadata) -> bool {
    info.gateway.as_ref().is_some_and(|gateway| gateway.cached)
}

fn is_guarded(info: &ResponseMetadata) -> bool {
    info.gateway.as_ref().is_some_and(|gateway| gateway.guarded)
}

fn reported(holds: bool, what: &str) -> Verdict {
    if holds {
        Ok(String::new())
    } else {
        Err(format!("the metadata does not say {what}"))
    }
}
