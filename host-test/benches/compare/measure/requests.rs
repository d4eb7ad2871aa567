//! What large requests and signatures cost.

use super::batches::by_count;
use super::compared::beyond;
use crate::bench::{Bench, Outcome};
use crate::contender::Name;
use crate::contender::component::Component;
use crate::contender::native::chat_bytes;
use crate::contender::task::Task;
use crate::proof::number;
use crate::report::figure::{throughput, time, time_spread};
use crate::report::{Goal, Section};
use crate::series::Series;
use anyhow::Result;
use higress_host::host::Host;
use higress_host::tenant::Reuse;

const MESSAGES: [usize; 3] = [1, 100, 10_000];
const TOOLS: usize = 128;
/// What a signature may cost, in seconds.
const SIGNATURE: f64 = 2.3e-6;

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let seconds = bench.effort.choose(2.0, 12.0);
    let mut outcomes = Vec::new();
    for messages in MESSAGES {
        let task = Task::history(messages, 0);
        outcomes.push((messages, bench.turns(&task, seconds).await?));
    }
    let mut histories = by_count(
        "Long histories",
        "A conversation of so many messages of some 85 bytes (10,000: 1.2 MB to encode and send), \
         and a short answer."
            .to_owned(),
        &["1", "100", "10,000", "10,000 ÷ native"],
        &outcomes,
    );
    histories.columns.push("encode rate");
    for row in &mut histories.rows {
        let rate = encode_rate(&outcomes, &row.label);
        row.cells.push(rate.map(throughput).unwrap_or_default());
    }
    let outcome = bench.turns(&Task::history(1, TOOLS), seconds).await?;
    let tools = beyond(
        "Many tools",
        &format!("A short question with {TOOLS} tools, 27 KB to encode and send."),
        &outcome,
        |taken| &taken.wall,
    )?;
    let host = crate::contender::component::host(8)?;
    Ok(vec![histories, tools, signatures(bench, &host).await?])
}

/// Bytes of the longest conversation, for each second that it takes beyond
/// the shortest.
fn encode_rate(outcomes: &[(usize, Outcome)], label: &str) -> Option<f64> {
    let wall = |outcome: &Outcome| {
        let mut all = outcome.0.iter();
        let taken = all.find(|taken| taken.name.text() == label)?;
        Some(taken.wall.median())
    };
    let ((_, shortest), (messages, longest)) = (outcomes.first()?, outcomes.last()?);
    let bytes = number(chat_bytes(*messages, 0).ok()?);
    Some(bytes / (wall(longest)? - wall(shortest)?))
}

/// The time that the component runs, with and without signing, in turns.
async fn signatures(bench: &Bench, host: &Host) -> Result<Section> {
    let plain = Component::new(host, bench.gateway, Reuse::warm())?;
    let signing = Component::new(host, bench.gateway, Reuse::warm())?
        .with("consumer_auth_mode", "hmac")
        .with("hmac_key", "bench-key")
        .with(
            "hmac_secret",
            "a secret of the usual length, 44 letters or so",
        );
    let task = Task::ask();
    let mut without = Series::default();
    let mut with = Series::default();
    for turn in 0..bench.effort.choose(4_000, 30_000) {
        for (component, series) in [(&plain, &mut without), (&signing, &mut with)] {
            component
                .run(&task)
                .await?
                .proof
                .check(task.proof(), "it")?;
            series.add(turn, component.guest_time().as_secs_f64());
        }
    }
    let mut section = Section::new(
        "Signing",
        "The time in the sandbox of a call without authentication and of one signed by HMAC-SHA-256.",
        &["unsigned", "signed", "a signature"],
    );
    let difference = with.median() - without.median();
    section
        .row(
            Name::Warm.text(),
            vec![
                time(without.median()),
                time(with.median()),
                time_spread(with.beyond(&without).spread()),
            ],
        )
        .goal(Goal::at_most(SIGNATURE, difference, time));
    Ok(section)
}
