//! A route with an API key: the right key, a wrong key, no key; and a path without
//! a route.

use super::fixture::Fixture;
use super::report::{Report, Verdict};
use super::verdict::{fails_unsent, fails_with, succeeds};
use crate::commands::gateway::DEMO_KEY;
use crate::failure::Failure;
use provider_host::contract::text_generation::Message;
use provider_host::contract::types::ErrorKind;

const WRONG_KEY: &str = "sk-wrong";

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("Keys and routes")?;
    let question = [Message::user("Hello")];
    let with_key = |key: &str| -> Result<_, Failure> {
        let caller = fixture
            .caller("/key")?
            .with("consumer_auth_mode", "api_key");
        Ok(caller.with("api_key", key))
    };

    let right = with_key(DEMO_KEY)?.generate(&question).await;
    report.check(
        "the right key is accepted",
        succeeds(&right, |answer| Ok(answer.text.clone())),
    )?;

    let wrong = with_key(WRONG_KEY)?.generate(&question).await;
    let rejected = fails_with(&ErrorKind::Authorization, &wrong);
    report.check(
        "a wrong key is rejected, and the error says what to check",
        rejected.and_then(hides_the_key),
    )?;

    let empty = with_key("")?.generate(&question).await;
    report.check(
        "a missing key is an error before a request is sent",
        fails_unsent(&ErrorKind::InvalidCredentials, &empty),
    )?;

    let nowhere = fixture.caller("/nowhere")?.generate(&question).await;
    report.check(
        "an unknown route is an error that names it",
        fails_with(&ErrorKind::NotFound, &nowhere),
    )
}

fn hides_the_key(message: String) -> Verdict {
    if message.contains(WRONG_KEY) {
        Err("the message repeats the key".to_owned())
    } else {
        Ok(message)
    }
}
