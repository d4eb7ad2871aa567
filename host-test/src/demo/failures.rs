//! Connections that fail: in the middle of an answer, and before anything.

use super::caller::user;
use super::fixture::{FRAGMENT, Fixture};
use super::report::Report;
use super::verdict::{fails_unsent, fails_with, same};
use crate::failure::Failure;
use provider_host::contract::types::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

const QUESTION: &str = "Tell me a story.";

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("Broken connections")?;
    let question = [user(QUESTION)];

    report.asks(QUESTION)?;
    let mut speech = report.begins_to_answer()?;
    let cut = fixture
        .caller("/cut")?
        .listen(&question, |piece| speech.piece(piece))
        .await?;
    let heard = speech.end()?;
    report.check(
        "what came before the connection broke was passed on",
        same(&heard, FRAGMENT),
    )?;
    report.check(
        "an answer that breaks off is an error, and no short answer",
        fails_with(ErrorKind::Protocol, &cut),
    )?;

    let closed = format!("http://{}/v1", closed_port()?);
    let refused = fixture.caller_of(&closed)?.ask(&question).await;
    report.check(
        "where nobody listens, the message says where that was",
        fails_unsent(ErrorKind::Connection, &refused),
    )
}

/// An address that was free a moment ago, and is closed now.
fn closed_port() -> Result<std::net::SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener
        .and_then(|listener| listener.local_addr())
        .map_err(|error| Failure::setup(format!("cannot find a free port: {error}")))
}
