//! A conversation of two turns: the second refers back to the first.

use super::fixture::Fixture;
use super::report::Report;
use super::verdict::{mentions, succeeds};
use crate::failure::Failure;
use provider_host::contract::text_generation::Message;

const INTRODUCTION: &str = "Hello, my name is Ada.";
const QUESTION: &str = "What is my name?";

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("A conversation")?;
    let caller = fixture.caller("/open")?;

    report.user(INTRODUCTION)?;
    let greeting = caller.generate(&[Message::user(INTRODUCTION)]).await;
    let greeting = greeting.map_or_else(|error| error.to_string(), |answer| answer.text);
    report.model(&greeting)?;

    let conversation = [
        Message::user(INTRODUCTION),
        Message::assistant(&greeting),
        Message::user(QUESTION),
    ];
    report.user(QUESTION)?;
    let mut line = report.start_answer()?;
    let answer = caller
        .listen(&conversation, |piece| line.piece(piece))
        .await?;
    line.end()?;
    report.check(
        "the answer uses the first turn",
        succeeds(&answer, |answer| mentions(&answer.text, "Ada")),
    )?;

    let forgetful = caller.generate(&[Message::user(QUESTION)]).await;
    report.check(
        "without the first turn it cannot: calls share no state",
        succeeds(&forgetful, |answer| match mentions(&answer.text, "Ada") {
            Ok(_) => Err(answer.text.clone()),
            Err(_) => Ok(answer.text.clone()),
        }),
    )
}
