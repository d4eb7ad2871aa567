//! An answer: as it comes, whole, and over a connection that cuts it into
//! single bytes.

use super::caller::{Streamed, user};
use super::report::{Report, Verdict};
use super::stage::Stage;
use super::verdict::{goes_through, same};
use crate::failure::Failure;
use crate::output::summary::tokens;
use provider_host::contract::text_generation::FinishReason;
use std::time::Instant;

const QUESTION: &str = "Please count to 12.";
const ANSWER: &str = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.";

pub(super) async fn tell(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    report.title("An answer")?;
    let question = [user(QUESTION)];
    let caller = stage.caller("/open")?;

    report.asks(QUESTION)?;
    let mut speech = report.begins_to_answer()?;
    let mut arrivals = Vec::new();
    let streamed = caller
        .listen(&question, |piece| {
            arrivals.push(Instant::now());
            speech.piece(piece)
        })
        .await?;
    speech.end()?;
    report.check(
        "the answer is right",
        goes_through(&streamed, |streamed| same(&streamed.text, ANSWER)),
    )?;
    report.check(
        "it was shown piece by piece, while it was still being written",
        goes_through(&streamed, |streamed| came_slowly(streamed, &arrivals)),
    )?;
    report.check(
        "its end says why it ended, and what it cost",
        goes_through(&streamed, ended_well),
    )?;

    let whole = caller.ask(&question).await;
    report.check(
        "asked for as a whole, it is the same",
        goes_through(&whole, |whole| same(&whole.content.text, ANSWER)),
    )?;

    let bytes = stage
        .caller("/bytes")?
        .listen(&question, |_| Ok(()))
        .await?;
    report.check(
        "cut into single bytes on its way, it is the same",
        goes_through(&bytes, |streamed| same(&streamed.text, ANSWER)),
    )
}

/// A network may join two pieces, but not most of them.
fn came_slowly(streamed: &Streamed, arrivals: &[Instant]) -> Verdict {
    let took = match (arrivals.first(), arrivals.last()) {
        (Some(first), Some(last)) => last.duration_since(*first),
        (None, _) | (_, None) => return Err("no text came".to_owned()),
    };
    let seen = format!("{} pieces over {} ms", streamed.pieces, took.as_millis());
    if streamed.pieces >= 12 && took.as_millis() >= 100 {
        Ok(seen)
    } else {
        Err(seen)
    }
}

fn ended_well(streamed: &Streamed) -> Verdict {
    let cost = streamed.usage.as_ref().and_then(tokens);
    match (&streamed.finish, cost) {
        (Some(FinishReason::Stop), Some(cost)) => Ok(format!("stop, {cost}")),
        (finish, cost) => Err(format!("{finish:?}, {cost:?}")),
    }
}
