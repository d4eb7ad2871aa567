//! What one call takes: a short question with a whole answer, and the first
//! text of a stream.

use super::compared::beyond;
use crate::bench::{Bench, Outcome};
use crate::contender::Name;
use crate::contender::task::Task;
use crate::report::figure::{per_second, time};
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use anyhow::Result;

/// What the component may take beyond the native client, in seconds.
const WARM: f64 = 15e-6;
const FRESH: f64 = 40e-6;
const FIRST: f64 = 25e-6;

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let outcome = bench
        .turns(&Task::ask(), bench.effort.choose(4.0, 30.0))
        .await?;
    let mut whole = beyond(
        "A call",
        "A short question, answered at once with a whole answer of 300 bytes.",
        &outcome,
        |taken| &taken.wall,
    )?
    .with_bars("calls", "µs a call, median", &outcome, |taken| {
        taken.wall.median() * 1e6
    });
    let over = |name| {
        let floor = &outcome.native().ok()?.wall;
        Some(outcome.of(name)?.wall.beyond(floor).median())
    };
    whole.aim(
        Name::Warm,
        over(Name::Warm).map(|got| Goal::at_most(WARM, got, time)),
    );
    whole.aim(
        Name::Fresh,
        over(Name::Fresh).map(|got| Goal::at_most(FRESH, got, time)),
    );

    let scenario = Scenario::Stream {
        events: 1,
        bytes: 245,
    };
    let task = Task::read(scenario);
    let opened = bench.turns(&task, bench.effort.choose(3.0, 20.0)).await?;
    let mut first = beyond(
        "The first text of a stream",
        "From the call to the first text, of a stream whose first event is sent at once.",
        &opened,
        |taken| &taken.first,
    )?;
    for name in [Name::Warm, Name::Fresh] {
        let floor = &opened.native()?.first;
        let got = opened
            .of(name)
            .map(|taken| taken.first.beyond(floor).median());
        first.aim(name, got.map(|got| Goal::at_most(FIRST, got, time)));
    }
    Ok(vec![ceiling(&outcome)?, whole, first])
}

/// What the gateway can give: everything else is measured below this.
fn ceiling(outcome: &Outcome) -> Result<Section> {
    let mut section = Section::new(
        "The gateway's own ceiling",
        "What the native client gets from the gateway, one call after the other.",
        &["calls", "a call", "of which the client's CPU time"],
    );
    let native = outcome.native()?;
    let (wall, cpu) = (native.wall.median(), native.cpu.median());
    section.row(
        Name::Native.text(),
        vec![per_second(1.0 / wall), time(wall), time(cpu)],
    );
    Ok(section)
}
