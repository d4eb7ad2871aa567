//! The calls that are measured.

use std::fmt;
use std::str::FromStr;
use testing::meter::{Form, Meter, SIGNED};

/// What one measurement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// A streamed answer of this many events.
    Stream(usize),
    /// A whole answer.
    Whole,
    /// A whole answer to a signed request.
    Signed,
    /// Vectors of 1,024 numbers for this many texts.
    Numbers(usize),
    /// The same in base64.
    Base64(usize),
    /// A whole answer to a conversation of this many messages.
    History(usize),
}

/// Values in a vector.
const DIMENSIONS: usize = 1_024;

impl Run {
    /// Does it once; what it took, in units of fuel.
    pub(super) async fn on(self, meter: &Meter) -> u64 {
        let embed = |texts, form| meter.embed(texts, DIMENSIONS, form);
        let cost = match self {
            Self::Stream(events) => meter.stream(events, 1 << 10).await,
            Self::Whole => meter.whole(&[]).await,
            Self::Signed => meter.whole(&SIGNED).await,
            Self::Numbers(texts) => embed(texts, Form::Numbers).await,
            Self::Base64(texts) => embed(texts, Form::Base64).await,
            Self::History(messages) => meter.history(messages).await,
        };
        cost.unwrap().fuel
    }
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(events) => write!(formatter, "stream {events}"),
            Self::Whole => write!(formatter, "whole 1"),
            Self::Signed => write!(formatter, "signed 1"),
            Self::Numbers(texts) => write!(formatter, "numbers {texts}"),
            Self::Base64(texts) => write!(formatter, "base64 {texts}"),
            Self::History(messages) => write!(formatter, "history {messages}"),
        }
    }
}

impl FromStr for Run {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("{text:?} is no run");
        let (name, count) = text.split_once(' ').ok_or_else(unknown)?;
        let count = count.parse().map_err(|_| unknown())?;
        Ok(match name {
            "stream" => Self::Stream(count),
            "whole" => Self::Whole,
            "signed" => Self::Signed,
            "numbers" => Self::Numbers(count),
            "base64" => Self::Base64(count),
            "history" => Self::History(count),
            _ => return Err(unknown()),
        })
    }
}
