//! What an event costs in the sandbox, beside `serde_json` on bytes that are
//! there: no network, no kernel.

use super::Measure;
use crate::bench::Bench;
use crate::clock;
use crate::contender::Name;
use crate::contender::native::events::Events;
use crate::contender::task::Task;
use crate::gateway::responses::{LAST, event_of, stream_proof};
use crate::proof::{Proof, number};
use crate::report::figure::{time, times};
use crate::report::{Cell, Goal, Section};
use crate::scenario::Scenario;
use crate::series::Series;
use anyhow::Result;

const CHUNK: usize = 245;
const EVENTS: usize = 5_000;
const LIMIT: f64 = 1.25;
/// Of a round.
const TURNS: usize = 8;

pub(super) struct Guest {
    serde: Series,
    sandboxed: Series,
}

impl Measure for Guest {
    fn new(_: &Bench) -> Result<Self> {
        Ok(Self {
            serde: Series::default(),
            sandboxed: Series::default(),
        })
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        let task = Task::read(Scenario::Stream {
            events: EVENTS,
            bytes: CHUNK,
        });
        let event = event_of(CHUNK);
        let component = bench.component(Name::Warm)?;
        for call in 0..TURNS {
            let turn = bench.turn(call);
            self.serde.add(turn, parse(&event)? / number(EVENTS));
            let done = component.run(&task).await?;
            done.proof.check(task.proof(), Name::Warm.text())?;
            let spent = component.guest_time().as_secs_f64();
            self.sandboxed.add(turn, spent / number(EVENTS));
        }
        Ok(())
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut section = Section::new(
            "CPU time of an event of 245 bytes",
            "Of the component, the time in its sandbox, the host's functions that it calls included; of \
             the native client, the time to find and parse the events in memory.",
            &["an event", "÷ native"],
        );
        let cells = vec![time(self.serde.median()).into(), Cell::empty()];
        section.row(Name::Native.text(), cells);
        let ratio = self.sandboxed.over(&self.serde).spread();
        let cells = vec![time(self.sandboxed.median()).into(), ratio.into()];
        let row = section.row(Name::Warm.text(), cells);
        row.goal(Goal::at_most(LIMIT, ratio.median, times));
        Ok(vec![section])
    }
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
