//! What is reported: sections of rows, a goal beside the figure that has one.

pub(crate) mod chart;
pub(crate) mod figure;
pub(crate) mod machine;
pub(crate) mod markdown;
pub(crate) mod terminal;

use chart::Chart;

/// The figures of one measure.
pub(crate) struct Section {
    pub(crate) title: String,
    /// What is measured, and how.
    pub(crate) about: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
    pub(crate) charts: Vec<Chart>,
}

pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) cells: Vec<String>,
    pub(crate) goals: Vec<Goal>,
}

/// What a figure should be, and whether it is.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    pub(crate) aim: String,
    pub(crate) got: String,
    pub(crate) met: bool,
}

impl Section {
    pub(crate) fn new(
        title: impl Into<String>,
        about: impl Into<String>,
        columns: &[&'static str],
    ) -> Self {
        Self {
            title: title.into(),
            about: about.into(),
            columns: columns.to_vec(),
            rows: Vec::new(),
            charts: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, label: impl Into<String>, cells: Vec<String>) -> &mut Row {
        self.rows.push(Row {
            label: label.into(),
            cells,
            goals: Vec::new(),
        });
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }
}

impl Row {
    pub(crate) fn goal(&mut self, goal: Goal) -> &mut Self {
        self.goals.push(goal);
        self
    }
}

impl Goal {
    /// A figure should be at most `limit`; `show` writes both.
    pub(crate) fn at_most(limit: f64, got: f64, show: impl Fn(f64) -> String) -> Self {
        Self {
            aim: format!("≤ {}", show(limit)),
            got: show(got),
            met: got <= limit,
        }
    }

    pub(crate) fn at_least(limit: f64, got: f64, show: impl Fn(f64) -> String) -> Self {
        Self {
            aim: format!("≥ {}", show(limit)),
            got: show(got),
            met: got >= limit,
        }
    }

    pub(crate) fn verdict(&self) -> &'static str {
        if self.met { "met" } else { "missed" }
    }
}
