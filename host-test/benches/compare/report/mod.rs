//! What is reported: sections of rows, a goal beside the figure that has one.

pub(crate) mod cell;
pub(crate) mod chart;
pub(crate) mod earlier;
pub(crate) mod figure;
pub(crate) mod goal;
pub(crate) mod machine;
pub(crate) mod markdown;
pub(crate) mod terminal;

pub(crate) use cell::Cell;
pub(crate) use goal::Goal;

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
    pub(crate) cells: Vec<Cell>,
    pub(crate) goals: Vec<Goal>,
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

    pub(crate) fn row(&mut self, label: impl Into<String>, cells: Vec<Cell>) -> &mut Row {
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
