//! Personas: model providers that read the request and answer from it. One
//! file for each provider and endpoint; what is said is apart from how it is
//! written on the wire.

mod chat_completion;
mod chat_message;
mod chat_request;
mod conversation;
mod field;
mod finish;
mod openai_compatible;
mod openai_error;
mod recall;
mod speaker;
mod sums;
mod tokens;

use super::answer::Answer;
use super::arrival::Arrival;
use super::random::Random;

/// A kind of model provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persona {
    /// A strict server of the `OpenAI` chat completions API. Its text model is
    /// a small program: it greets, remembers names, does sums, counts, and
    /// finds answers in what it was told before.
    OpenAiCompatible,
}

/// What a persona knows besides the request.
#[derive(Clone, Debug)]
pub(crate) struct Scene<'a> {
    /// The models it has; none named means any.
    pub(crate) models: &'a [String],
    /// The time in seconds since 1970.
    pub(crate) unix_seconds: u64,
    /// What identifiers are drawn from.
    pub(crate) random: Random,
}

impl Persona {
    /// Answers a request.
    pub(crate) fn answer(self, arrival: &Arrival, scene: Scene<'_>) -> Answer {
        match self {
            Self::OpenAiCompatible => openai_compatible::answer(arrival, scene),
        }
    }
}
