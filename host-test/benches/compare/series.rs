//! Figures of the same thing, measured in many turns: medians, and how far
//! they can be trusted.

use serde::{Deserialize, Serialize};

/// Measured values, each with its turn, in the order of their turns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series(Vec<(Turn, f64)>);

/// When a value was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) round: usize,
    pub(crate) call: usize,
}

/// A median, and between what nineteen of twenty lie that it is the median of.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Series {
    pub(crate) fn add(&mut self, turn: Turn, value: f64) {
        self.0.push((turn, value));
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The value that `percent` of all have at most. Of few values, the one
    /// further from the median.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        self.quantile(percent * 10)
    }

    /// The same in thousandths.
    fn quantile(&self, part: usize) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let place = values.len().saturating_sub(1) * part;
        let place = if part < 500 {
            place / 1_000
        } else {
            place.div_ceil(1_000)
        };
        values.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub(crate) fn spread(&self) -> Spread {
        Spread {
            low: self.quantile(25),
            median: self.median(),
            high: self.quantile(975),
        }
    }

    /// What these are beyond `floor`, turn by turn.
    pub(crate) fn beyond(&self, floor: &Self) -> Self {
        self.joined(floor, |value, floor| value - floor)
    }

    /// How many times `base` these are, turn by turn.
    pub(crate) fn over(&self, base: &Self) -> Self {
        self.joined(base, |value, base| value / base)
    }

    /// The turns in which both took part.
    fn joined(&self, other: &Self, join: impl Fn(f64, f64) -> f64) -> Self {
        let mut others = other.0.iter().peekable();
        let mut pairs = Vec::new();
        for (turn, value) in &self.0 {
            while others.next_if(|(earlier, _)| earlier < turn).is_some() {}
            if let Some((_, other)) = others.next_if(|(same, _)| same == turn) {
                pairs.push((*turn, join(*value, *other)));
            }
        }
        Self(pairs)
    }
}

/// Of one round.
impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let turn = |(call, value)| (Turn { round: 0, call }, value);
        Self(values.into_iter().enumerate().map(turn).collect())
    }
}
