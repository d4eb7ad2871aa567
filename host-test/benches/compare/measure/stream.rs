//! One stream, as fast as it comes: many small events, and few large ones.

use super::compared::{events_per_second, rates, speed_over};
use crate::bench::{Bench, Outcome};
use crate::contender::Name;
use crate::contender::task::Task;
use crate::proof::number;
use crate::report::figure::{throughput, times};
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use anyhow::Result;

const CHUNK: usize = 245;
/// Speed of the component, over the native client's and the Dify SDK's.
const OVER_NATIVE: f64 = 0.65;
const OVER_DIFY: f64 = 50.0;
/// Bytes per second of large events.
const LARGE: f64 = 500e6;

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let seconds = bench.effort.choose(4.0, 30.0);
    let events = bench.effort.choose(5_000, 20_000);
    let scenario = Scenario::Stream {
        events,
        bytes: CHUNK,
    };
    let outcome = bench.turns(&Task::read(scenario), seconds).await?;
    let chunks = number(events);
    let mut small = rates(
        "Chunks per second on one stream",
        &format!("{events} events of {CHUNK} bytes, each a chunk, sent as fast as can be."),
        &outcome,
        ("chunks", events_per_second(chunks)),
        ("CPU a chunk", chunks),
    )?
    .with_bars("chunks", "chunks per second", &outcome, |taken| {
        chunks / taken.wall.median()
    });
    for name in [Name::Warm, Name::Fresh] {
        let over = |slow, limit| {
            let got = speed_over(&outcome, name, slow)?;
            Some(Goal::at_least(limit, got, times))
        };
        small.aim(
            name,
            over(Name::Native, OVER_NATIVE).map(|goal| of(goal, "native")),
        );
        small.aim(
            name,
            over(Name::Dify, OVER_DIFY).map(|goal| of(goal, "Dify")),
        );
    }
    let mut sections = vec![small];
    for (title, bytes, events) in [("64 KiB", 64 << 10, 160), ("4 MiB", 4 << 20, 6)] {
        let scenario = Scenario::Stream { events, bytes };
        let seconds = bench.effort.choose(3.0, 15.0);
        // The SDK's reader copies what came of an event at each half KiB:
        // minutes for some MiB.
        let takes_part = |name| name != Name::Dify || bytes < 1 << 20;
        let task = Task::read(scenario);
        let outcome = bench.turns_of(&task, seconds, takes_part).await?;
        sections.push(large(title, bytes, events, &outcome)?);
    }
    Ok(sections)
}

fn of(goal: Goal, whom: &str) -> Goal {
    let aim = format!("{} {whom}", goal.aim);
    Goal { aim, ..goal }
}

fn large(title: &str, bytes: usize, events: usize, outcome: &Outcome) -> Result<Section> {
    let all = number(bytes * events);
    let mut section = rates(
        &format!("Events of {title}"),
        &format!("A stream of {events} events of {title}, of which each 40th letter is an escape."),
        outcome,
        ("throughput", move |seconds| throughput(all / seconds)),
        ("CPU an event", number(events)),
    )?;
    for name in [Name::Warm, Name::Fresh] {
        let got = outcome.of(name).map(|taken| all / taken.wall.median());
        section.aim(name, got.map(|got| Goal::at_least(LARGE, got, throughput)));
    }
    Ok(section)
}
