//! Cancellation: dropping a stream cancels its request.

use super::fixture::Fixture;
use super::report::{Report, Verdict};
use super::verdict::succeeds;
use crate::failure::Failure;
use mock_gateway::{Gateway, Outcome};
use provider_host::contract::text_generation::Message;
use std::time::Duration;

/// A connection on this machine closes within milliseconds.
const SOON: Duration = Duration::from_secs(3);

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("Cancelling")?;
    let caller = fixture.caller("/endless")?;
    let first = match caller.stream(&[Message::user("Tell me everything.")]).await {
        // Dropped after the first piece.
        Ok(mut stream) => stream.next().await,
        Err(error) => Err(error),
    };
    report.check(
        "an endless answer starts",
        succeeds(&first, |events| Ok(format!("{} event", events.len()))),
    )?;
    report.check(
        "dropping the stream closes the connection to the gateway",
        was_aborted(fixture.gateway()).await,
    )
}

/// Whether the client closed the last request before its end.
async fn was_aborted(gateway: &Gateway) -> Verdict {
    let Some(last) = gateway.requests().pop() else {
        return Err("the gateway received no request".to_owned());
    };
    match gateway.wait_for_outcome(last.number, SOON).await {
        Ok(request) if request.outcome == Outcome::AbortedByClient => Ok(String::new()),
        Ok(request) => Err(format!("the request was {:?}", request.outcome)),
        Err(error) => Err(error.to_string()),
    }
}
