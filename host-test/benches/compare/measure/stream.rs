//! One stream, as fast as it comes: many small events, and few large ones.

use super::Measure;
use super::compared::{events_per_second, rates, speed_over};
use crate::bench::Bench;
use crate::contender::Name;
use crate::contender::task::Task;
use crate::proof::number;
use crate::report::figure::{throughput, times};
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use crate::turns::Turns;
use anyhow::Result;

const CHUNK: usize = 245;
/// Speed of the component, over the native client's and the Dify SDK's.
const OVER_NATIVE: f64 = 0.65;
const OVER_DIFY: f64 = 50.0;
/// Bytes per second of large events.
const LARGE: f64 = 500e6;

pub(super) struct Stream {
    /// Events of the small stream.
    events: usize,
    small: Turns,
    large: Vec<Large>,
}

/// Few events of many bytes.
struct Large {
    title: &'static str,
    bytes: usize,
    events: usize,
    turns: Turns,
}

impl Measure for Stream {
    fn new(bench: &Bench) -> Result<Self> {
        let effort = bench.effort;
        let events = effort.choose(800, 10_000);
        let stream = |events, bytes| Task::read(Scenario::Stream { events, bytes });
        let large = |title, bytes, events| {
            let turns = Turns::new(stream(events, bytes), effort.choose(2.0, 15.0));
            Large {
                title,
                bytes,
                events,
                turns,
            }
        };
        let mut largest = large("4 MiB", 4 << 20, effort.choose(2, 6));
        // The SDK's reader copies what came of an event at each half KiB:
        // minutes for some MiB.
        largest.turns = largest.turns.without(Name::Dify);
        Ok(Self {
            events,
            small: Turns::new(stream(events, CHUNK), effort.choose(2.0, 30.0)),
            large: vec![large("64 KiB", 64 << 10, effort.choose(20, 160)), largest],
        })
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        self.small.round(bench).await?;
        for large in &mut self.large {
            large.turns.round(bench).await?;
        }
        Ok(())
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut sections = vec![self.small()?];
        for large in &self.large {
            sections.push(large.report()?);
        }
        Ok(sections)
    }
}

impl Stream {
    fn small(&self) -> Result<Section> {
        let chunks = number(self.events);
        let mut section = rates(
            "Chunks per second on one stream",
            &format!(
                "{} events of {CHUNK} bytes, each a chunk, sent as fast as can be.",
                self.events
            ),
            &self.small,
            ("chunks", events_per_second(chunks)),
            ("CPU a chunk", chunks),
        )?
        .with_bars("chunks", "chunks per second", &self.small, |taken| {
            chunks / taken.wall.median()
        });
        for name in [Name::Warm, Name::Fresh] {
            let over = |slow| speed_over(&self.small, name, slow);
            let native = over(Name::Native);
            let native = native.map(|got| Goal::at_least(OVER_NATIVE, got.median, times));
            section.aim(name, native.map(|goal| goal.of(Name::Native.text())));
            let dify = over(Name::Dify).map(|got| Goal::faster(OVER_DIFY, got));
            section.aim(name, dify.map(|goal| goal.of(Name::Dify.text())));
        }
        Ok(section)
    }
}

impl Large {
    fn report(&self) -> Result<Section> {
        let (title, events) = (self.title, self.events);
        let all = number(self.bytes * events);
        let mut section = rates(
            &format!("Events of {title}"),
            &format!(
                "A stream of {events} events of {title}, of which each 40th letter is an escape."
            ),
            &self.turns,
            ("throughput", move |seconds| throughput(all / seconds)),
            ("CPU an event", number(events)),
        )?;
        for name in [Name::Warm, Name::Fresh] {
            let taken = self.turns.of(name);
            let got = taken.map(|taken| all / taken.wall.median());
            section.aim(name, got.map(|got| Goal::at_least(LARGE, got, throughput)));
        }
        Ok(section)
    }
}
