//! Calls per second of many callers, each of which waits for its answer.

use crate::bench::Bench;
use crate::contender::local::Local;
use crate::contender::task::Task;
use crate::contender::{Client, Contender, Name};
use crate::proof::number;
use crate::report::figure::{per_second, times, times_spread};
use crate::report::{Goal, Section};
use crate::series::Series;
use anyhow::{Context, Result};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const CALLERS: usize = 16;
/// Calls of the component, over the native client's.
const LIMIT: f64 = 0.75;

pub(crate) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let (turns, time) = bench.effort.choose((5, 0.3), (15, 1.0));
    let time = Duration::from_secs_f64(time);
    let mut rates: Vec<(Name, Series)> = Vec::new();
    for turn in 0..turns {
        for (place, contender) in bench.contenders.iter_mut().enumerate() {
            let rate = rate(contender, time).await?;
            if turn == 0 {
                rates.push((contender.name, Series::default()));
            }
            rates[place].1.add(turn, rate);
        }
    }
    let mut section = Section::new(
        "Calls per second",
        format!("{CALLERS} callers on one core, each with its next call when it has its answer."),
        &["calls", "÷ native"],
    );
    let native = rates[0].1.clone();
    for (name, series) in &rates {
        let ratio = series.over(&native);
        let calls = per_second(series.median());
        let row = section.row(name.text(), vec![calls, times_spread(ratio.spread())]);
        if matches!(name, Name::Warm | Name::Fresh) {
            row.goal(Goal::at_least(LIMIT, ratio.median(), times));
        }
    }
    Ok(vec![section])
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
