//! Many streams at one time, each at the pace of a model: how late their
//! events come.

use crate::bench::Bench;
use crate::clock;
use crate::contender::Name;
use crate::contender::component::{Component, host};
use crate::contender::local::Local;
use crate::proof::number;
use crate::report::chart::{Chart, Content};
use crate::report::figure::time;
use crate::report::{Goal, Section};
use crate::scenario::Scenario;
use crate::series::Series;
use anyhow::{Context, Result, ensure};
use provider_host::tenant::InstanceReuse;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Milliseconds from one event of a stream to the next.
const INTERVAL: usize = 500;
const QUICK: &[usize] = &[1, 100, 1_000];
const FULL: &[usize] = &[1, 100, 1_000, 5_000];
const PLACES: u32 = 5_200;
/// What the 99th percentile may have more than the native client's, in seconds.
const LATER: f64 = 2e-3;

/// What came of so many streams.
struct Heard {
    /// Seconds from when an event was sent to when it was there.
    delays: Series,
    lost: usize,
    /// CPU time of this process for a second of one stream.
    cpu: f64,
}

/// An event: when it was sent, and when it was there, in nanoseconds.
type Moments = (u64, u64);

pub(super) async fn measure(bench: &mut Bench) -> Result<Vec<Section>> {
    let host = host(PLACES)?;
    let component = |reuse| {
        let component = Component::new(&host, bench.gateway, reuse)?;
        anyhow::Ok(Local::Component(Arc::new(component)))
    };
    let mut contenders = vec![
        (Name::Warm, component(InstanceReuse::pooled())?),
        (Name::Fresh, component(InstanceReuse::PerCall)?),
    ];
    let others = bench.local();
    let others = others.filter(|(_, local)| !matches!(local, Local::Component(_)));
    contenders.extend(others.map(|(name, local)| (name, local.clone())));
    contenders.sort_by_key(|(name, _)| *name != Name::Native);

    let events = bench.effort.choose(5, 24);
    let mut sections = Vec::new();
    let mut lines: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for streams in *bench.effort.choose(&QUICK, &FULL) {
        let mut heard = Vec::new();
        for (name, local) in &contenders {
            heard.push((*name, listen(local, *streams, events).await?));
        }
        for (place, (name, heard)) in heard.iter().enumerate() {
            if lines.len() <= place {
                lines.push((name.text().to_owned(), Vec::new()));
            }
            let late = heard.delays.percentile(99) * 1e6;
            lines[place].1.push((number(*streams), late));
        }
        sections.push(section(*streams, &heard)?);
    }
    if let Some(last) = sections.last_mut() {
        last.charts.push(Chart {
            file: "streams",
            title: "Streams at one time".to_owned(),
            content: Content::Lines {
                across: "streams",
                up: "µs late, p99",
                lines,
            },
        });
    }
    Ok(sections)
}

fn section(streams: usize, heard: &[(Name, Heard)]) -> Result<Section> {
    let plural = if streams == 1 { "stream" } else { "streams" };
    let mut section = Section::new(
        format!("{streams} paced {plural}"),
        format!(
            "Each sends an event every {INTERVAL} ms with the time at which it was sent. Counted from \
             when all are open to when the first one ends; all on one core. The CPU time is the process's, \
             the clocks of its engines included."
        ),
        &["late p50", "late p99", "CPU per stream", "lost"],
    );
    let (_, native) = heard.first().context("the native client")?;
    let floor = native.delays.percentile(99);
    for (name, heard) in heard {
        let late = heard.delays.percentile(99);
        let cells = [
            time(heard.delays.median()),
            time(late),
            format!("{}/s", time(heard.cpu)),
            heard.lost.to_string(),
        ];
        let row = section.row(name.text(), cells.map(Into::into).to_vec());
        if *name == Name::Fresh {
            let goal = Goal::at_most(LATER, late - floor, time);
            row.goal(Goal {
                met: goal.met && heard.lost == 0,
                ..goal.of("beyond native, none lost")
            });
        }
    }
    Ok(section)
}

async fn listen(local: &Local, streams: usize, events: usize) -> Result<Heard> {
    let (cpu, begun) = (clock::cpu_time(), clock::monotonic_nanos());
    let mut listeners = JoinSet::new();
    for _ in 0..streams {
        listeners.spawn(one(local.clone(), events));
    }
    let all = listeners.join_all().await;
    let cpu = clock::cpu_time().saturating_sub(cpu).as_secs_f64();
    let spent = seconds(clock::monotonic_nanos() - begun);
    let all = all.into_iter().collect::<Result<Vec<_>>>()?;

    let there = |moments: Option<&Moments>| moments.map_or(0, |(_, there)| *there);
    let open = all.iter().map(|one| there(one.first())).max().unwrap_or(0);
    let end = all.iter().map(|one| there(one.last())).min().unwrap_or(0);
    let kept = all.iter().flatten();
    let kept = kept.filter(|(sent, _)| (open..end).contains(sent));
    // The last event says nothing: it ends the answer.
    let expected = streams * (events - 1);
    Ok(Heard {
        delays: kept.map(|(sent, there)| seconds(there - sent)).collect(),
        lost: expected - all.iter().map(Vec::len).sum::<usize>(),
        cpu: cpu / spent / number(streams),
    })
}

async fn one(local: Local, events: usize) -> Result<Vec<Moments>> {
    let mut moments = Vec::with_capacity(events);
    let mut malformed = 0;
    let scenario = Scenario::Paced {
        events,
        interval: INTERVAL,
    };
    let mut say = |text: &str| {
        let there = clock::monotonic_nanos();
        // Two events may come as one text.
        for stamp in text.as_bytes().chunks(STAMP) {
            let stamp = std::str::from_utf8(stamp)
                .ok()
                .and_then(|text| text.parse().ok());
            match stamp {
                Some(sent) => moments.push((sent, there)),
                None => malformed += 1,
            }
        }
    };
    local.listen(scenario, &mut say).await?;
    ensure!(malformed == 0, "{malformed} events without their time");
    Ok(moments)
}

/// Digits of a time.
const STAMP: usize = 20;

fn seconds(nanos: u64) -> f64 {
    Duration::from_nanos(nanos).as_secs_f64()
}
