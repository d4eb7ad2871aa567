//! The section of a task that all contenders do.

use crate::bench::{Outcome, Taken};
use crate::contender::Name;
use crate::report::chart::{Chart, Content};
use crate::report::figure::{per_second, time, time_spread, times, times_spread};
use crate::report::{Goal, Section};
use crate::series::Series;
use anyhow::Result;

/// Times of a call: what stands beyond the native client's.
pub(crate) fn beyond(
    title: &str,
    about: &str,
    outcome: &Outcome,
    series: impl Fn(&Taken) -> &Series,
) -> Result<Section> {
    let columns = ["p50", "p99", "beyond native", "÷ native"];
    let mut section = Section::new(title, about, &columns);
    let floor = series(outcome.native()?);
    for taken in &outcome.0 {
        let own = series(taken);
        let mut cells = vec![time(own.median()), time(own.percentile(99))];
        if taken.name == Name::Native {
            cells.extend([String::new(), String::new()]);
        } else {
            cells.push(format!("+{}", time_spread(own.beyond(floor).spread())));
            cells.push(times(own.over(floor).median()));
        }
        section.row(taken.name.text(), cells);
    }
    Ok(section)
}

/// Times of a call, with `rate` of a time as a figure of its own; and the CPU
/// time of one of the so many things that it is made of.
pub(crate) fn rates(
    title: &str,
    about: &str,
    outcome: &Outcome,
    rate: (&'static str, impl Fn(f64) -> String),
    part: (&'static str, f64),
) -> Result<Section> {
    let (column, show) = rate;
    let (cpu, parts) = part;
    let columns = ["time", column, cpu, "time ÷ native"];
    let mut section = Section::new(title, about, &columns);
    let floor = &outcome.native()?.wall;
    for taken in &outcome.0 {
        let cells = vec![
            time(taken.wall.median()),
            show(taken.wall.median()),
            time(taken.cpu.median() / parts),
            match taken.name {
                Name::Native => String::new(),
                _ => times_spread(taken.wall.over(floor).spread()),
            },
        ];
        section.row(taken.name.text(), cells);
    }
    Ok(section)
}

impl Section {
    /// Puts a goal beside a contender, if it took part.
    pub(crate) fn aim(&mut self, name: Name, goal: Option<Goal>) {
        let mut rows = self.rows.iter_mut();
        if let (Some(row), Some(goal)) = (rows.find(|row| row.label == name.text()), goal) {
            row.goal(goal);
        }
    }

    /// The section with a plot of one bar a contender.
    pub(crate) fn with_bars(
        mut self,
        file: &'static str,
        unit: &'static str,
        outcome: &Outcome,
        figure: impl Fn(&Taken) -> f64,
    ) -> Self {
        let bar = |taken: &Taken| (taken.name.text().to_owned(), figure(taken));
        self.charts.push(Chart {
            file,
            title: self.title.clone(),
            content: Content::Bars {
                unit,
                bars: outcome.0.iter().map(bar).collect(),
            },
        });
        self
    }
}

/// How many times as fast as `slow` a contender is, for a goal.
pub(crate) fn speed_over(outcome: &Outcome, fast: Name, slow: Name) -> Option<f64> {
    let (fast, slow) = (outcome.of(fast)?, outcome.of(slow)?);
    Some(slow.wall.over(&fast.wall).median())
}

/// Events in a second.
pub(crate) fn events_per_second(events: f64) -> impl Fn(f64) -> String {
    move |seconds| per_second(events / seconds)
}
