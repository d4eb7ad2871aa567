//! The section of a task that all contenders do.

use crate::contender::Name;
use crate::report::chart::{Chart, Content};
use crate::report::figure::{per_second, time, time_spread};
use crate::report::{Cell, Goal, Section};
use crate::series::{Series, Spread};
use crate::turns::{Taken, Turns};
use anyhow::Result;

/// Times of a call: what stands beyond the native client's.
pub(super) fn beyond(
    title: &str,
    about: &str,
    turns: &Turns,
    series: impl Fn(&Taken) -> &Series,
) -> Result<Section> {
    let columns = ["p50", "p99", "beyond native", "÷ native"];
    let mut section = Section::new(title, about, &columns);
    let floor = series(turns.native()?);
    for taken in &turns.taken {
        let own = series(taken);
        let late = match own.count() {
            ..100 => Cell::dash(),
            _ => time(own.percentile(99)).into(),
        };
        let mut cells = vec![time(own.median()).into(), late];
        if taken.name == Name::Native {
            cells.extend([Cell::empty(), Cell::empty()]);
        } else {
            let beyond = own.beyond(floor).spread();
            cells.push(format!("+{}", time_spread(beyond)).into());
            cells.push(own.over(floor).spread().into());
        }
        section.row(taken.name.text(), cells);
    }
    Ok(section)
}

/// Times of a call, with `rate` of a time as a figure of its own; and the CPU
/// time of one of the so many things that it is made of.
pub(super) fn rates(
    title: &str,
    about: &str,
    turns: &Turns,
    rate: (&'static str, impl Fn(f64) -> String),
    part: (&'static str, f64),
) -> Result<Section> {
    let (column, show) = rate;
    let (cpu, parts) = part;
    let columns = ["time", column, cpu, "time ÷ native"];
    let mut section = Section::new(title, about, &columns);
    let floor = &turns.native()?.wall;
    for taken in &turns.taken {
        let wall = taken.wall.median();
        let cells = vec![
            time(wall).into(),
            show(wall).into(),
            time(taken.cpu.median() / parts).into(),
            match taken.name {
                Name::Native => Cell::empty(),
                _ => taken.wall.over(floor).spread().into(),
            },
        ];
        section.row(taken.name.text(), cells);
    }
    Ok(section)
}

impl Section {
    /// Puts a goal beside a contender, if it took part.
    pub(super) fn aim(&mut self, name: Name, goal: Option<Goal>) {
        let mut rows = self.rows.iter_mut();
        if let (Some(row), Some(goal)) = (rows.find(|row| row.label == name.text()), goal) {
            row.goal(goal);
        }
    }

    /// The section with a plot of one bar a contender.
    pub(super) fn with_bars(
        mut self,
        file: &'static str,
        unit: &'static str,
        turns: &Turns,
        figure: impl Fn(&Taken) -> f64,
    ) -> Self {
        let bar = |taken: &Taken| (taken.name.text().to_owned(), figure(taken));
        self.charts.push(Chart {
            file,
            title: self.title.clone(),
            content: Content::Bars {
                unit,
                bars: turns.taken.iter().map(bar).collect(),
            },
        });
        self
    }
}

/// How many times as fast as `slow` a contender is.
pub(super) fn speed_over(turns: &Turns, fast: Name, slow: Name) -> Option<Spread> {
    let (fast, slow) = (turns.of(fast)?, turns.of(slow)?);
    Some(slow.wall.over(&fast.wall).spread())
}

/// Events in a second.
pub(super) fn events_per_second(events: f64) -> impl Fn(f64) -> String {
    move |seconds| per_second(events / seconds)
}
