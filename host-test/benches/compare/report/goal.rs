//! What a figure should be, and whether it is.

use super::Cell;
use super::figure::times;
use crate::series::Spread;

#[derive(Clone, Debug)]
pub(crate) struct Goal {
    pub(crate) aim: String,
    pub(crate) got: Cell,
    pub(crate) met: bool,
}

impl Goal {
    /// A figure should be at most `limit`; `show` writes both.
    pub(crate) fn at_most(limit: f64, got: f64, show: impl Fn(f64) -> String) -> Self {
        Self {
            aim: format!("≤ {}", show(limit)),
            got: show(got).into(),
            met: got <= limit,
        }
    }

    pub(crate) fn at_least(limit: f64, got: f64, show: impl Fn(f64) -> String) -> Self {
        Self {
            aim: format!("≥ {}", show(limit)),
            got: show(got).into(),
            met: got >= limit,
        }
    }

    /// Something should be at least so many times as fast as something else,
    /// and the ratio stands nowhere else.
    pub(crate) fn faster(limit: f64, got: Spread) -> Self {
        Self {
            got: got.into(),
            ..Self::at_least(limit, got.median, times)
        }
    }

    /// The same, where what it is of is not plain.
    pub(crate) fn of(self, what: &str) -> Self {
        let aim = format!("{} {what}", self.aim);
        Self { aim, ..self }
    }

    pub(crate) fn verdict(&self) -> &'static str {
        if self.met { "met" } else { "missed" }
    }
}
