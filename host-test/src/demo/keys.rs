//! A route that wants a key: the right one, a wrong one, none; and a path
//! that leads nowhere.

use super::caller::user;
use super::report::{Report, Verdict};
use super::stage::Stage;
use super::verdict::{fails_unsent, fails_with, goes_through};
use crate::commands::gateway::DEMO_KEY;
use crate::failure::Failure;
use provider_host::contract::types::ErrorKind;

const WRONG_KEY: &str = "sk-of-somebody-else";

pub(super) async fn tell(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    report.title("Keys and routes")?;
    let question = [user("Hello")];
    let with_key = |key: &str| -> Result<_, Failure> {
        let caller = stage.caller("/key")?.with("consumer_auth_mode", "api_key");
        Ok(caller.with("api_key", key))
    };

    let right = with_key(DEMO_KEY)?.ask(&question).await;
    report.check(
        "the right key opens the door",
        goes_through(&right, |answer| Ok(answer.content.text.clone())),
    )?;

    let wrong = with_key(WRONG_KEY)?.ask(&question).await;
    let refused = fails_with(ErrorKind::Authorization, &wrong);
    report.check(
        "a wrong key is refused, with what to do about it",
        refused.and_then(keeps_the_key),
    )?;

    let empty = with_key("")?.ask(&question).await;
    report.check(
        "a forgotten key is noticed before anything is sent",
        fails_unsent(ErrorKind::InvalidCredentials, &empty),
    )?;

    let nowhere = stage.caller("/nowhere")?.ask(&question).await;
    report.check(
        "an unknown route is named",
        fails_with(ErrorKind::NotFound, &nowhere),
    )
}

fn keeps_the_key(message: String) -> Verdict {
    if message.contains(WRONG_KEY) {
        Err("the message repeats the key".to_owned())
    } else {
        Ok(message)
    }
}
