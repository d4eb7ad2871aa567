//! A limit: met, and waited for as long as the error says; and left to the
//! component, which waits by itself.

use super::{asking, facts};
use crate::demo::configured::Configured;
use crate::demo::report::{Report, Verdict};
use crate::demo::verdict::goes_through;
use crate::failure::Failure;
use provider_host::contract::text_generation::{Generation, Request};
use provider_host::contract::types::{Error, ErrorKind};
use provider_host::error::CallError;
use provider_host::response::Response;
use std::time::{Duration, Instant};

const QUESTION: &str = "Please count to 3.";
/// Requests until one must have been too many, also on a slow machine.
const MOST_REQUESTS: usize = 6;
/// Waits that may be asked for: Redis rounds what is left of a second down.
const MOST_WAITS: usize = 3;
/// No wait is longer.
const LONGEST_WAIT_MS: u64 = 60_000;

type Answer = Result<Response<Generation>, CallError>;

pub(super) async fn run(model: Configured, report: &mut Report) -> Result<(), Failure> {
    let request = asking(QUESTION)?;
    let impatient = model.without_retries();
    let refusal = match refused(&impatient, &request).await {
        Some(CallError::Provider(error)) => error,
        Some(error) => {
            return report.check("a request too many is refused", Err(error.to_string()));
        }
        None => {
            return report.expect(
                "a request too many is refused",
                Err(format!("{MOST_REQUESTS} requests went through")),
            );
        }
    };
    report.asks(QUESTION)?;
    report.fails(&refusal.message)?;
    report.note(&facts::of_error(&refusal))?;
    report.expect(
        "a request too many is refused, and the error says when to come back",
        says_when(&refusal),
    )?;

    let begun = Instant::now();
    let answer = after_waiting(&impatient, &request, refusal).await;
    let waited = begun.elapsed().as_millis();
    report.check(
        "after that time the same request is answered",
        goes_through(&answer, |_| Ok(format!("after {waited} ms"))),
    )?;

    let patient = impatient.with_retries();
    let begun = Instant::now();
    let answer = patient.generate(&request).await;
    let waited = begun.elapsed().as_millis();
    report.check(
        "left to the component, the wait is its own: one call, no error",
        goes_through(&answer, |_| Ok(format!("after {waited} ms"))),
    )
}

/// The first request's failure, of some one after the other; none if all went
/// through.
async fn refused(model: &Configured, request: &Request) -> Option<CallError> {
    for _ in 0..MOST_REQUESTS {
        if let Err(error) = model.generate(request).await {
            return Some(error);
        }
    }
    None
}

fn says_when(refusal: &Error) -> Verdict {
    match refusal.retry_after_ms {
        Some(wait) if refusal.kind == ErrorKind::RateLimited => Ok(format!("in {wait} ms")),
        Some(_) | None => Err("no time, or another kind of error".to_owned()),
    }
}

/// Waits as the error says, and again where the next one says so.
async fn after_waiting(model: &Configured, request: &Request, refusal: Error) -> Answer {
    let mut last = refusal;
    for _ in 0..MOST_WAITS {
        let Some(wait) = last.retry_after_ms else {
            break;
        };
        tokio::time::sleep(Duration::from_millis(wait.min(LONGEST_WAIT_MS))).await;
        match model.generate(request).await {
            Err(CallError::Provider(error)) if error.kind == ErrorKind::RateLimited => last = error,
            answer => return answer,
        }
    }
    Err(CallError::Provider(last))
}
