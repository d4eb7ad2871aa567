//! The sandbox: a component can connect to its tenant's endpoint only.

use super::fixture::Fixture;
use super::report::{Report, Verdict};
use super::verdict::fails_unsent;
use crate::commands::gateway::{persona, start_here};
use crate::failure::Failure;
use mock_gateway::{Gateway, GatewayConfig, Route};
use provider_host::contract::text_generation::Message;
use provider_host::contract::types::ErrorKind;

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("The sandbox")?;
    let elsewhere = GatewayConfig::new().route(Route::new("", persona()));
    let elsewhere = start_here(elsewhere).await?;
    // The tenant may connect to the first gateway; its form names the second.
    let caller = fixture.caller("/open")?;
    let caller = caller.with("endpoint_url", &elsewhere.url("/v1"));
    let rejected = caller.generate(&[Message::user("Hello")]).await;
    report.check(
        "a tenant cannot connect to a host outside of its policy",
        fails_unsent(&ErrorKind::Connection, &rejected),
    )?;
    report.check(
        "that host received no request",
        received_nothing(&elsewhere),
    )
}

fn received_nothing(gateway: &Gateway) -> Verdict {
    match gateway.requests().len() {
        0 => Ok(String::new()),
        received => Err(format!("{received} requests received")),
    }
}
