//! What the gateway sends: the first segment of a path, so that every
//! contender asks for it by its base URL alone.

use anyhow::{Context, Result, bail};
use std::fmt;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// One whole answer.
    Whole,
    /// A stream of so many events of so many bytes, each a chunk of its own,
    /// as fast as they can be written.
    Stream { events: usize, bytes: usize },
    /// The same events, in chunks of so many bytes.
    Pieces {
        events: usize,
        bytes: usize,
        piece: usize,
    },
    /// One event, and then silence.
    Open,
    /// So many events, each so many milliseconds after the one before, each
    /// with the time at which it was sent.
    Paced { events: usize, interval: usize },
    /// Vectors of so many values, one for each text of the request.
    Vectors { dimensions: usize },
    /// A ranking of the documents of the request.
    Ranking,
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => write!(formatter, "whole"),
            Self::Stream { events, bytes } => write!(formatter, "stream-{events}-{bytes}"),
            Self::Pieces {
                events,
                bytes,
                piece,
            } => write!(formatter, "pieces-{events}-{bytes}-{piece}"),
            Self::Open => write!(formatter, "open"),
            Self::Paced { events, interval } => write!(formatter, "paced-{events}-{interval}"),
            Self::Vectors { dimensions } => write!(formatter, "vectors-{dimensions}"),
            Self::Ranking => write!(formatter, "ranking"),
        }
    }
}

impl FromStr for Scenario {
    type Err = anyhow::Error;

    fn from_str(segment: &str) -> Result<Self> {
        let mut words = segment.split('-');
        let name = words.next().context("a name")?;
        let sizes: Vec<usize> = words.map(str::parse).collect::<Result<_, _>>()?;
        Ok(match (name, sizes.as_slice()) {
            ("whole", []) => Self::Whole,
            ("stream", &[events, bytes]) => Self::Stream { events, bytes },
            ("pieces", &[events, bytes, piece]) => Self::Pieces {
                events,
                bytes,
                piece,
            },
            ("open", []) => Self::Open,
            ("paced", &[events, interval]) => Self::Paced { events, interval },
            ("vectors", &[dimensions]) => Self::Vectors { dimensions },
            ("ranking", []) => Self::Ranking,
            _ => bail!("no scenario is called {segment}"),
        })
    }
}
