//! The sandbox: a component reaches its tenant's endpoint and nothing else.

use super::caller::user;
use super::fixture::Fixture;
use super::report::{Report, Verdict};
use super::verdict::fails_unsent;
use crate::commands::gateway::persona;
use crate::failure::Failure;
use mock_gateway::{Gateway, GatewayConfig, Route};
use provider_host::contract::types::ErrorKind;

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("The sandbox")?;
    let elsewhere = GatewayConfig::new().route(Route::new("", persona()));
    let elsewhere = Gateway::start(elsewhere).await;
    let elsewhere = elsewhere
        .map_err(|error| Failure::setup(format!("cannot start a second gateway: {error}")))?;
    // The tenant may reach the first gateway; its form names the second.
    let caller = fixture.caller("/open")?;
    let caller = caller.with("endpoint_url", &elsewhere.url("/v1"));
    let refused = caller.ask(&[user("Hello")]).await;
    report.check(
        "a tenant cannot reach a host that is not its own",
        fails_unsent(ErrorKind::Connection, &refused),
    )?;
    report.check("and that host heard nothing", heard_nothing(&elsewhere))
}

fn heard_nothing(gateway: &Gateway) -> Verdict {
    match gateway.requests().len() {
        0 => Ok(String::new()),
        heard => Err(format!("it heard {heard} requests")),
    }
}
