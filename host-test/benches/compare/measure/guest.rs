//! What an event costs in the sandbox, beside `serde_json` on bytes that are
//! there: no network, no kernel.

use crate::bench::Bench;
use crate::clock;
use crate::contender::Name;
use crate::contender::native::events::Events;
use crate::contender::task::Task;
use crate::gateway::replies::{LAST, event_of, stream_proof};
use crate::proof::{Proof, number};
use crate::report::figure::{time, times, times_spread};
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use crate::series::Series;
use anyhow::Result;

const CHUNK: usize = 245;
const EVENTS: usize = 5_000;
const LIMIT: f64 = 1.25;

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let task = Task::read(Scenario::Stream {
        events: EVENTS,
        bytes: CHUNK,
    });
    let event = event_of(CHUNK);
    let mut serde = Series::default();
    let mut guest = Series::default();
    for turn in 0..bench.effort.choose(15, 60) {
        serde.add(turn, parse(&event)? / number(EVENTS));
        let component = bench.component(Name::Warm)?;
        component
            .run(&task)
            .await?
            .proof
            .check(task.proof(), "it")?;
        let spent = component.guest_time().as_secs_f64();
        guest.add(turn, spent / number(EVENTS));
    }
    let mut section = Section::new(
        "CPU time of an event of 245 bytes",
        "Of the component, the time in its sandbox, the host's functions that it calls included; of \
         the native client, the time to find and parse the events in memory.",
        &["an event", "÷ native"],
    );
    section.row(
        Name::Native.text(),
        vec![time(serde.median()), String::new()],
    );
    let ratio = guest.over(&serde);
    section
        .row(
            Name::Warm.text(),
            vec![time(guest.median()), times_spread(ratio.spread())],
        )
        .goal(Goal::at_most(LIMIT, ratio.median(), times));
    Ok(vec![section])
}

/// The seconds that the native client takes for the events of a stream.
fn parse(event: &str) -> Result<f64> {
    let mut events = Events::default();
    let mut text = String::new();
    let begun = clock::cpu_time();
    for _ in 0..EVENTS {
        events.push(event.as_bytes(), &mut |said| text.push_str(said))?;
    }
    events.push(LAST.as_bytes(), &mut |said| text.push_str(said))?;
    let spent = clock::cpu_time().saturating_sub(begun);
    let expected = stream_proof(EVENTS, CHUNK);
    Proof::of_text(&text).check(expected, Name::Native.text())?;
    Ok(spent.as_secs_f64())
}
