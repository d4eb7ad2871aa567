//! Evidence that a contender has read a response, and read it right: small enough
//! to compare, and the same for all of them.

use anyhow::{Result, ensure};
use std::ops::{Add, Mul};

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Proof {
    /// Bytes of text, values of vectors, or documents.
    pub(crate) items: usize,
    /// The sum of them; of documents, of index times place.
    pub(crate) sum: f64,
}

impl Proof {
    pub(crate) fn of_text(text: &str) -> Self {
        let sum = text.bytes().map(u64::from).sum::<u64>();
        Self {
            items: text.len(),
            sum: number(usize::try_from(sum).unwrap_or(usize::MAX)),
        }
    }

    pub(crate) fn of_values(values: &[f32]) -> Self {
        Self {
            items: values.len(),
            sum: values.iter().map(|value| f64::from(*value)).sum(),
        }
    }

    pub(crate) fn of_order(order: impl Iterator<Item = usize>) -> Self {
        order
            .enumerate()
            .fold(Self::default(), |sum, (place, index)| {
                let one = Self {
                    items: 1,
                    sum: number((place + 1) * index),
                };
                sum + one
            })
    }

    /// # Errors
    ///
    /// If this is not `expected`, but for the rounding of sums.
    pub(crate) fn check(self, expected: Self, who: &str) -> Result<()> {
        let tolerance = 1e-6 * number(expected.items);
        ensure!(
            self.items == expected.items && (self.sum - expected.sum).abs() <= tolerance,
            "{who} read {self:?}, and the gateway sent {expected:?}"
        );
        Ok(())
    }
}

impl Add for Proof {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            items: self.items + other.items,
            sum: self.sum + other.sum,
        }
    }
}

impl Mul<usize> for Proof {
    type Output = Self;

    fn mul(self, times: usize) -> Self {
        Self {
            items: self.items * times,
            sum: self.sum * number(times),
        }
    }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}
