//! What stands in a place of a table.

use super::figure::times_spread;
use crate::series::Spread;
use std::fmt;

#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// As it is written.
    Figure(String),
    /// So many times something else: what another run should find again.
    Ratio(Spread),
}

impl Cell {
    /// What a contender does not do, or what is measured of others only.
    pub(crate) fn dash() -> Self {
        Self::Figure("–".to_owned())
    }

    /// What would say nothing.
    pub(crate) fn empty() -> Self {
        Self::Figure(String::new())
    }
}

impl From<String> for Cell {
    fn from(figure: String) -> Self {
        Self::Figure(figure)
    }
}

impl From<Spread> for Cell {
    fn from(ratio: Spread) -> Self {
        Self::Ratio(ratio)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figure(figure) => formatter.write_str(figure),
            Self::Ratio(ratio) => formatter.write_str(&times_spread(*ratio)),
        }
    }
}
