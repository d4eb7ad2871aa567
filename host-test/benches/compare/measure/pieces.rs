//! What small chunks cost: the same bytes, one by one and by the KiB.

use super::Measure;
use crate::bench::Bench;
use crate::contender::Name;
use crate::contender::task::Task;
use crate::report::figure::{time, times};
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use crate::turns::{Taken, Turns};
use anyhow::Result;

const CHUNK: usize = 245;
/// What bytes one by one may cost, over the same by the KiB.
const LIMIT: f64 = 8.0;

pub(super) struct Pieces {
    events: usize,
    one_by_one: Turns,
    by_the_kibibyte: Turns,
}

impl Measure for Pieces {
    fn new(bench: &Bench) -> Result<Self> {
        let events = bench.effort.choose(25, 400);
        let seconds = bench.effort.choose(1.5, 15.0);
        let turns = |piece| {
            let scenario = Scenario::Pieces {
                events,
                bytes: CHUNK,
                piece,
            };
            Turns::new(Task::read(scenario), seconds)
        };
        Ok(Self {
            events,
            one_by_one: turns(1),
            by_the_kibibyte: turns(1_024),
        })
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        self.one_by_one.round(bench).await?;
        self.by_the_kibibyte.round(bench).await
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut section = Section::new(
            "Small chunks",
            format!(
                "A stream of {} events of {CHUNK} bytes, in chunks of 1 byte and of 1 KiB. A byte as a \
                 chunk is six on the wire, and the native client's ratio is that of the HTTP library.",
                self.events
            ),
            &["by 1 byte", "by 1 KiB", "ratio"],
        );
        for small in &self.one_by_one.taken {
            let Some(large) = self.by_the_kibibyte.of(small.name) else {
                continue;
            };
            let ratio = small.wall.over(&large.wall).spread();
            let wall = |taken: &Taken| time(taken.wall.median()).into();
            let cells = vec![wall(small), wall(large), ratio.into()];
            let row = section.row(small.name.text(), cells);
            if matches!(small.name, Name::Warm | Name::Fresh) {
                row.goal(Goal::at_most(LIMIT, ratio.median, times));
            }
        }
        Ok(vec![section])
    }
}
