//! What one call takes: a short question with a whole answer, and the first
//! text of a stream.

use super::Measure;
use super::compared::beyond;
use crate::bench::Bench;
use crate::contender::Name;
use crate::contender::task::Task;
use crate::report::figure::{per_second, time};
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use crate::turns::Turns;
use anyhow::Result;

/// What the component may take beyond the native client, in seconds.
const WARM: f64 = 15e-6;
const FRESH: f64 = 40e-6;
const FIRST: f64 = 25e-6;

pub(super) struct Calls {
    whole: Turns,
    first: Turns,
}

impl Measure for Calls {
    fn new(bench: &Bench) -> Result<Self> {
        let stream = Scenario::Stream {
            events: 1,
            bytes: 245,
        };
        Ok(Self {
            whole: Turns::new(Task::ask(), bench.effort.choose(2.5, 30.0)),
            first: Turns::new(Task::read(stream), bench.effort.choose(2.0, 20.0)),
        })
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        self.whole.round(bench).await?;
        self.first.round(bench).await
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut whole = beyond(
            "A call",
            "A short question, answered at once with a whole answer of 300 bytes.",
            &self.whole,
            |taken| &taken.wall,
        )?
        .with_bars("calls", "µs a call, median", &self.whole, |taken| {
            taken.wall.median() * 1e6
        });
        let floor = &self.whole.native()?.wall;
        for (name, limit) in [(Name::Warm, WARM), (Name::Fresh, FRESH)] {
            let taken = self.whole.of(name);
            let beyond = taken.map(|taken| taken.wall.beyond(floor).median());
            whole.aim(name, beyond.map(|got| Goal::at_most(limit, got, time)));
        }

        let mut first = beyond(
            "The first text of a stream",
            "From the call to the first text, of a stream whose first event is sent at once.",
            &self.first,
            |taken| &taken.first,
        )?;
        let floor = &self.first.native()?.first;
        for name in [Name::Warm, Name::Fresh] {
            let taken = self.first.of(name);
            let beyond = taken.map(|taken| taken.first.beyond(floor).median());
            first.aim(name, beyond.map(|got| Goal::at_most(FIRST, got, time)));
        }
        Ok(vec![ceiling(&self.whole)?, whole, first])
    }
}

/// What the gateway can give: everything else is measured below this.
fn ceiling(turns: &Turns) -> Result<Section> {
    let mut section = Section::new(
        "The gateway's own ceiling",
        "What the native client gets from the gateway, one call after the other.",
        &["calls", "a call", "of which the client's CPU time"],
    );
    let native = turns.native()?;
    let (wall, cpu) = (native.wall.median(), native.cpu.median());
    let cells = [per_second(1.0 / wall), time(wall), time(cpu)];
    section.row(Name::Native.text(), cells.map(Into::into).to_vec());
    Ok(section)
}
