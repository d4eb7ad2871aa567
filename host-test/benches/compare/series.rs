//! Figures of the same thing, measured in many turns: medians, and how far
//! they can be trusted.

/// Measured values, each with its turn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series(Vec<(usize, f64)>);

/// A median, and the tenth and ninetieth percentile of what it is the median of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Series {
    pub(crate) fn add(&mut self, turn: usize, value: f64) {
        self.0.push((turn, value));
    }

    /// The value that `percent` of all have at most. Of few values, the one
    /// further from the median.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let place = values.len().saturating_sub(1) * percent;
        let place = if percent < 50 {
            place / 100
        } else {
            place.div_ceil(100)
        };
        values.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub(crate) fn spread(&self) -> Spread {
        Spread {
            low: self.percentile(10),
            median: self.median(),
            high: self.percentile(90),
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

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().enumerate().collect())
    }
}
