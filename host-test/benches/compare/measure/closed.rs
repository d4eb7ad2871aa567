//! Calls per second of many callers, each of which waits for its answer.

use super::Measure;
use crate::bench::Bench;
use crate::contender::local::Local;
use crate::contender::task::Task;
use crate::contender::{Client, Contender, Name};
use crate::proof::number;
use crate::report::figure::{per_second, times};
use crate::report::{Cell, Goal, Section};
use crate::series::Series;
use anyhow::{Context, Result};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const CALLERS: usize = 16;
/// Calls of the component, over the native client's.
const LIMIT: f64 = 0.75;

pub(super) struct Closed(Vec<(Name, Series)>);

impl Measure for Closed {
    fn new(bench: &Bench) -> Result<Self> {
        let all = bench.contenders.iter();
        let empty = |contender: &Contender| (contender.name, Series::default());
        Ok(Self(all.map(empty).collect()))
    }

    async fn round(&mut self, bench: &mut Bench) -> Result<()> {
        let (calls, seconds) = bench.effort.choose((3, 0.1), (4, 0.4));
        let time = Duration::from_secs_f64(seconds);
        for call in 0..calls {
            let turn = bench.turn(call);
            for (contender, (_, series)) in bench.contenders.iter_mut().zip(&mut self.0) {
                series.add(turn, rate(contender, time).await?);
            }
        }
        Ok(())
    }

    fn report(&self) -> Result<Vec<Section>> {
        let mut section = Section::new(
            "Calls per second",
            format!(
                "{CALLERS} callers on one core, each with its next call when it has its answer."
            ),
            &["calls", "÷ native"],
        );
        let mut rates = self.0.iter();
        let native = rates.find(|(name, _)| *name == Name::Native);
        let (_, native) = native.context("the native client's rates")?;
        for (name, series) in &self.0 {
            let calls = per_second(series.median()).into();
            let ratio = series.over(native).spread();
            let over = match name {
                Name::Native => Cell::empty(),
                _ => ratio.into(),
            };
            let row = section.row(name.text(), vec![calls, over]);
            if matches!(name, Name::Warm | Name::Fresh) {
                row.goal(Goal::at_least(LIMIT, ratio.median, times));
            }
        }
        Ok(vec![section])
    }
}

async fn rate(contender: &mut Contender, time: Duration) -> Result<f64> {
    match &mut contender.client {
        Client::Python(peer) => peer.closed(CALLERS, time),
        Client::Local(local) => {
            let begun = Instant::now();
            let mut callers = JoinSet::new();
            for _ in 0..CALLERS {
                callers.spawn(call(local.clone(), begun + time));
            }
            let calls: usize = callers.join_all().await.into_iter().sum::<Result<_>>()?;
            Ok(number(calls) / begun.elapsed().as_secs_f64())
        }
    }
}

/// Calls until `end`, and counts.
async fn call(local: Local, end: Instant) -> Result<usize> {
    let task = Task::ask();
    let mut calls = 0;
    while Instant::now() < end {
        let done = local.run(&task).await?.context("an answer")?;
        done.proof.check(task.proof(), "a caller")?;
        calls += 1;
    }
    Ok(calls)
}
