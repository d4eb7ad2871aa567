//! What a signature costs: the time that the component runs, with and without,
//! in turns.

use super::Measure;
use crate::bench::Bench;
use crate::contender::Name;
use crate::contender::component::{Component, host};
use crate::contender::task::Task;
use crate::report::figure::{time, time_spread};
use crate::report::{Goal, Section};
use crate::series::Series;
use anyhow::Result;
use provider_host::tenant::InstanceReuse;

/// What a signature may cost, in seconds.
const LIMIT: f64 = 2.3e-6;

pub(super) struct Signing {
    plain: Component,
    signed: Component,
    without: Series,
    with: Series,
}

impl Measure for Signing {
    fn new(bench: &Bench) -> Result<Self> {
        let host = host(8)?;
        let component = || Component::new(&host, bench.gateway, InstanceReuse::pooled());
        Ok(Self {
            plain: component()?,
            signed: component()?.signed(),
            without: Series::default(),
            with: Series::default(),
        })
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        let task = Task::ask();
        for call in 0..bench.effort.choose(500, 3_000) {
            let turn = bench.turn(call);
            for (component, series) in [
                (&self.plain, &mut self.without),
                (&self.signed, &mut self.with),
            ] {
                let done = component.run(&task).await?;
                done.proof.check(task.proof(), Name::Warm.text())?;
                series.add(turn, component.guest_time().as_secs_f64());
            }
        }
        Ok(())
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut section = Section::new(
            "Signing",
            "The time in the sandbox of a call without authentication and of one signed by HMAC-SHA-256.",
            &["unsigned", "signed", "a signature"],
        );
        let beyond = self.with.beyond(&self.without).spread();
        let (without, with) = (self.without.median(), self.with.median());
        let cells = [time(without), time(with), time_spread(beyond)];
        section
            .row(Name::Warm.text(), cells.map(Into::into).to_vec())
            .goal(Goal::at_most(LIMIT, beyond.median, time));
        Ok(vec![section])
    }
}
