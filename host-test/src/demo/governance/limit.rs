//! A rate limit: exceeded, then waited for as long as the error says; and with
//! the component's own retries.

use super::facts;
use crate::demo::configured::Configured;
use crate::demo::report::{Report, Verdict};
use crate::demo::verdict::succeeds;
use crate::failure::Failure;
use provider_host::contract::text_generation::{Message, Request, Response};
use provider_host::contract::types::{Error, ErrorKind};
use provider_host::error::CallError;
use std::time::{Duration, Instant};

const QUESTION: &str = "Please count to 3.";
/// Requests until one must exceed the limit, also on a slow machine.
const MOST_REQUESTS: usize = 6;
/// Waits that may be needed: Redis rounds the rest of a second down.
const MOST_WAITS: usize = 3;
/// No wait is longer.
const LONGEST_WAIT_MS: u64 = 60_000;

type Answer = Result<Response, CallError>;

pub(super) async fn run(model: Configured, report: &mut Report) -> Result<(), Failure> {
    let request = Request::new([Message::user(QUESTION)]);
    let impatient = model.without_retries();
    let rejection = match rejected(&impatient, &request).await {
        Some(CallError::Provider(error)) => *error,
        Some(error) => {
            return report.check(
                "a request over the limit is rejected",
                Err(error.to_string()),
            );
        }
        None => {
            return report.expect(
                "a request over the limit is rejected",
                Err(format!("{MOST_REQUESTS} requests succeeded")),
            );
        }
    };
    report.user(QUESTION)?;
    report.error(&rejection.message)?;
    report.note(&facts::of_error(&rejection))?;
    report.expect(
        "a request over the limit is rejected, and the error says when to retry",
        says_when(&rejection),
    )?;

    let begun = Instant::now();
    let answer = after_waiting(&impatient, &request, rejection).await;
    let waited = begun.elapsed().as_millis();
    report.check(
        "after that time the same request succeeds",
        succeeds(&answer, |_| Ok(format!("after {waited} ms"))),
    )?;

    let patient = impatient.with_retries();
    let begun = Instant::now();
    let answer = patient.generate(&request).await;
    let waited = begun.elapsed().as_millis();
    report.check(
        "with its own retries the component waits: one call, no error",
        succeeds(&answer, |_| Ok(format!("after {waited} ms"))),
    )
}

/// The error of the first of several requests that fails; `None` if all
/// succeed.
async fn rejected(model: &Configured, request: &Request) -> Option<CallError> {
    for _ in 0..MOST_REQUESTS {
        if let Err(error) = model.generate(request).await {
            return Some(error);
        }
    }
    None
}

fn says_when(rejection: &Error) -> Verdict {
    match rejection.retry_after_ms {
        Some(wait) if rejection.kind == ErrorKind::RateLimited => Ok(format!("in {wait} ms")),
        Some(_) | None => Err("no retry time, or another kind of error".to_owned()),
    }
}

/// Waits as the error says, and again if the next error says so.
async fn after_waiting(model: &Configured, request: &Request, rejection: Error) -> Answer {
    let mut last = rejection;
    for _ in 0..MOST_WAITS {
        let Some(wait) = last.retry_after_ms else {
            break;
        };
        tokio::time::sleep(Duration::from_millis(wait.min(LONGEST_WAIT_MS))).await;
        match model.generate(request).await {
            Err(CallError::Provider(error)) if error.kind == ErrorKind::RateLimited => {
                last = *error;
            }
            answer => return answer,
        }
    }
    Err(CallError::from(last))
}
