//! An answer: streamed, complete, and over a connection that delivers single
//! bytes.

use super::caller::Streamed;
use super::fixture::Fixture;
use super::report::{Report, Verdict};
use super::verdict::{same, succeeds};
use crate::failure::Failure;
use crate::output::summary::tokens;
use provider_host::contract::text_generation::{FinishReason, Message};
use std::time::Instant;

const QUESTION: &str = "Please count to 12.";
const ANSWER: &str = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.";

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("An answer")?;
    let question = [Message::user(QUESTION)];
    let caller = fixture.caller("/open")?;

    report.user(QUESTION)?;
    let mut line = report.start_answer()?;
    let mut arrivals = Vec::new();
    let streamed = caller
        .listen(&question, |piece| {
            arrivals.push(Instant::now());
            line.piece(piece)
        })
        .await?;
    line.end()?;
    report.check(
        "the answer is correct",
        succeeds(&streamed, |streamed| same(&streamed.text, ANSWER)),
    )?;
    report.check(
        "it was streamed in pieces while it was being generated",
        succeeds(&streamed, |streamed| was_streamed(streamed, &arrivals)),
    )?;
    report.check(
        "its end has a finish reason and the usage",
        succeeds(&streamed, has_finish_and_usage),
    )?;

    let whole = caller.generate(&question).await;
    report.check(
        "the same answer without streaming is equal",
        succeeds(&whole, |whole| same(&whole.text, ANSWER)),
    )?;

    let bytes = fixture
        .caller("/bytes")?
        .listen(&question, |_| Ok(()))
        .await?;
    report.check(
        "delivered in single bytes it is equal",
        succeeds(&bytes, |streamed| same(&streamed.text, ANSWER)),
    )
}

/// The network may join some pieces, but not most of them.
fn was_streamed(streamed: &Streamed, arrivals: &[Instant]) -> Verdict {
    let took = match (arrivals.first(), arrivals.last()) {
        (Some(first), Some(last)) => last.duration_since(*first),
        (None, _) | (_, None) => return Err("no text arrived".to_owned()),
    };
    let seen = format!("{} pieces over {} ms", streamed.pieces, took.as_millis());
    if streamed.pieces >= 12 && took.as_millis() >= 100 {
        Ok(seen)
    } else {
        Err(seen)
    }
}

fn has_finish_and_usage(streamed: &Streamed) -> Verdict {
    let usage = streamed.usage.as_ref().and_then(tokens);
    match (&streamed.finish, usage) {
        (Some(FinishReason::Stop), Some(usage)) => Ok(format!("stop, {usage}")),
        (finish, usage) => Err(format!("{finish:?}, {usage:?}")),
    }
}
