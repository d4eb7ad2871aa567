//! A conversation of two turns: the second refers back to the first.

use super::caller::{assistant, user};
use super::report::Report;
use super::stage::Stage;
use super::verdict::{goes_through, mentions};
use crate::failure::Failure;

const INTRODUCTION: &str = "Hello, my name is Ada.";
const QUESTION: &str = "What is my name?";

pub(super) async fn tell(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    report.title("A conversation")?;
    let caller = stage.caller("/open")?;

    report.asks(INTRODUCTION)?;
    let greeting = caller.ask(&[user(INTRODUCTION)]).await;
    let greeting = greeting.map_or_else(|error| error.to_string(), |answer| answer.content.text);
    report.answers(&greeting)?;

    let conversation = [user(INTRODUCTION), assistant(&greeting), user(QUESTION)];
    report.asks(QUESTION)?;
    let mut speech = report.begins_to_answer()?;
    let answer = caller
        .listen(&conversation, |piece| speech.piece(piece))
        .await?;
    speech.end()?;
    report.check(
        "the answer refers back to the first turn",
        goes_through(&answer, |answer| mentions(&answer.text, "Ada")),
    )?;

    let forgetful = caller.ask(&[user(QUESTION)]).await;
    report.check(
        "without the first turn nothing is remembered: each call stands alone",
        goes_through(&forgetful, |answer| {
            match mentions(&answer.content.text, "Ada") {
                Ok(_) => Err(answer.content.text.clone()),
                Err(_) => Ok(answer.content.text.clone()),
            }
        }),
    )
}
