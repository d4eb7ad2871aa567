//! The gateway governs: routes and who may take them, a limit that is met and
//! waited for, a model that answers for another, a guard, a cache. Each is
//! shown as the contract tells it.

mod facts;
mod limit;
mod routes;

use super::configured::Configured;
use super::console::{CACHED, FALLING_BACK, FORBIDDEN, GUARDED, LIMITED, SPARE_MODEL};
use super::models::Models;
use super::report::{Report, Verdict};
use super::verdict::goes_through;
use crate::failure::Failure;
use higress_host::json::text_generation::read_request;
use provider_host::contract::text_generation::{Generation, Request};
use provider_host::contract::types::ResponseMetadata;
use provider_host::error::CallError;
use provider_host::response::Response;
use serde_json::json;

pub(super) async fn tell(models: &Models, report: &mut Report) -> Result<(), Failure> {
    report.title("The gateway governs")?;
    routes::tell(models, report).await?;

    report.line("\n  A limit, asked until it is met.")?;
    limit::tell(models.chat_at(LIMITED)?, report).await?;

    report.line("\n  A fallback, for a model that is down.")?;
    let answer = ask(&models.chat_at(FALLING_BACK)?, "Please count to 3.", report).await?;
    report.expect(
        "another model answered, and the response says for which route",
        goes_through(&answer, |answer| fell_back(&answer.metadata)),
    )?;

    report.line("\n  A guard, which refuses a word.")?;
    let guarded = models.chat_at(GUARDED)?;
    let denied = ask(&guarded, &format!("How is {FORBIDDEN} made?"), report).await?;
    report.expect(
        "the guard wrote the answer, and the response says so",
        goes_through(&denied, |answer| told(answer.metadata.guarded, "guarded")),
    )?;
    let fine = ask(&guarded, "How is tea made?", report).await?;
    report.check(
        "what it does not refuse, the model answers",
        goes_through(&fine, |answer| {
            told(!answer.metadata.guarded, "not guarded")
        }),
    )?;

    report.line("\n  A cache, asked twice.")?;
    let cached = models.chat_at(CACHED)?;
    let question = "What is 6 * 7?";
    let fresh = ask(&cached, question, report).await?;
    let again = ask(&cached, question, report).await?;
    report.expect(
        "asked for the second time, the cache answers, and the response says so",
        goes_through(&again, |again| told(again.metadata.cached, "cached")),
    )?;
    report.expect(
        "the first time it was the model, with the same words",
        goes_through(&fresh, |fresh| match &again {
            Ok(again) if !fresh.metadata.cached && fresh.content.text == again.content.text => {
                Ok(String::new())
            }
            Ok(again) => Err(format!(
                "{:?}, then {:?}",
                fresh.content.text, again.content.text
            )),
            Err(error) => Err(error.to_string()),
        }),
    )
}

/// Asks a question; what was said, and what the contract tells of the response,
/// is shown.
async fn ask(
    model: &Configured,
    question: &str,
    report: &Report,
) -> Result<Result<Response<Generation>, CallError>, Failure> {
    report.asks(question)?;
    let answer = model.generate(&asking(question)?).await;
    match &answer {
        Ok(answer) => {
            report.answers(&answer.content.text)?;
            report.note(&facts::of_response(&answer.metadata))?;
        }
        Err(error) => report.fails(&error.to_string())?,
    }
    Ok(answer)
}

fn asking(question: &str) -> Result<Request, Failure> {
    let request = json!({"messages": [{"role": "user", "content": question}]});
    read_request(&request).map_err(|problem| Failure::setup(problem.to_string()))
}

fn fell_back(info: &ResponseMetadata) -> Verdict {
    match (&info.fallback_from, &info.model) {
        (Some(route), Some(model)) if model == SPARE_MODEL => {
            Ok(format!("{model} in place of {route}"))
        }
        (route, model) => Err(format!("fallback_from {route:?}, model {model:?}")),
    }
}

fn told(holds: bool, what: &str) -> Verdict {
    if holds {
        Ok(String::new())
    } else {
        Err(format!("it does not say that it is {what}"))
    }
}
