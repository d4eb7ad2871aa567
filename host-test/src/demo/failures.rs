//! Connections that fail: during an answer, and before a request is sent.

use super::fixture::{FRAGMENT, Fixture};
use super::report::Report;
use super::verdict::{fails_unsent, fails_with, same};
use crate::failure::Failure;
use anyhow::Context as _;
use provider_host::contract::text_generation::Message;
use provider_host::contract::types::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

const QUESTION: &str = "Tell me a story.";

pub(super) async fn run(fixture: &Fixture, report: &mut Report) -> Result<(), Failure> {
    report.title("Broken connections")?;
    let question = [Message::user(QUESTION)];

    report.user(QUESTION)?;
    let mut line = report.start_answer()?;
    let cut = fixture
        .caller("/cut")?
        .listen(&question, |piece| line.piece(piece))
        .await?;
    let text = line.end()?;
    report.check(
        "text received before the reset is passed on",
        same(&text, FRAGMENT),
    )?;
    report.check(
        "a truncated answer is an error, not a short answer",
        fails_with(&ErrorKind::Protocol, &cut),
    )?;

    let closed = format!("http://{}/v1", closed_port()?);
    let rejected = fixture.caller_of(&closed)?.generate(&question).await;
    report.check(
        "a refused connection is an error that names the address",
        fails_unsent(&ErrorKind::Connection, &rejected),
    )
}

/// An address on which nothing listens.
fn closed_port() -> anyhow::Result<std::net::SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    listener
        .and_then(|listener| listener.local_addr())
        .context("cannot find a free port")
}
