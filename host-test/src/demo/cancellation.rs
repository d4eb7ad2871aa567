//! Losing interest: whoever stops reading stops the request.

use super::caller::user;
use super::report::{Report, Verdict};
use super::stage::Stage;
use super::verdict::goes_through;
use crate::failure::Failure;
use mock_gateway::{Gateway, Outcome};
use std::time::Duration;

/// Closing a connection on this machine takes a moment, not seconds.
const SOON: Duration = Duration::from_secs(3);

pub(super) async fn tell(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    report.title("Cancelling")?;
    let caller = stage.caller("/endless")?;
    let first = match caller.stream(&[user("Tell me everything.")]).await {
        // Dropped with the first piece read.
        Ok(mut stream) => stream.next_events().await.unwrap_or_else(|| Ok(Vec::new())),
        Err(error) => Err(error),
    };
    report.check(
        "an answer without an end begins",
        goes_through(&first, |events| Ok(format!("{} event", events.len()))),
    )?;
    report.check(
        "dropped, it is cancelled: the gateway sees the caller leave",
        left(stage.gateway()).await,
    )
}

/// Whether the caller of the last request left before its end.
async fn left(gateway: &Gateway) -> Verdict {
    let Some(last) = gateway.requests().pop() else {
        return Err("the gateway heard nothing".to_owned());
    };
    match gateway.wait_for_outcome(last.number, SOON).await {
        Ok(request) if request.outcome == Outcome::AbortedByClient => Ok(String::new()),
        Ok(request) => Err(format!("the request was {:?}", request.outcome)),
        Err(error) => Err(error.to_string()),
    }
}
