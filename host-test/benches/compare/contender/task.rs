//! What a contender is asked to do, and what came of it.

use crate::gateway::responses::{ANSWER, ranking_proof, stream_proof, vectors_proof};
use crate::proof::Proof;
use crate::scenario::Scenario;
use serde::Serialize;
use std::time::Duration;

/// One call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) scenario: Scenario,
    pub(crate) work: Work,
}

/// A call as a contender sees it. Its inputs are made before the clock starts.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Work {
    /// A whole answer to a conversation.
    Ask { messages: usize, tools: usize },
    /// A stream, to its end.
    Read { messages: usize, tools: usize },
    /// Vectors of texts, by texts in a request.
    Embed {
        texts: usize,
        batch: usize,
        format: Format,
    },
    /// A ranking of documents.
    Rerank { documents: usize },
}

/// How vectors travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Float,
    Base64,
}

impl Task {
    /// A short question, answered at once.
    pub(crate) fn ask() -> Self {
        Self::history(1, 0)
    }

    pub(crate) fn history(messages: usize, tools: usize) -> Self {
        Self {
            scenario: Scenario::Whole,
            work: Work::Ask { messages, tools },
        }
    }

    pub(crate) fn read(scenario: Scenario) -> Self {
        Self {
            scenario,
            work: Work::Read {
                messages: 1,
                tools: 0,
            },
        }
    }

    pub(crate) fn embed(texts: usize, batch: usize, dimensions: usize, format: Format) -> Self {
        Self {
            scenario: Scenario::Vectors { dimensions },
            work: Work::Embed {
                texts,
                batch,
                format,
            },
        }
    }

    pub(crate) fn rerank(documents: usize) -> Self {
        Self {
            scenario: Scenario::Ranking,
            work: Work::Rerank { documents },
        }
    }

    /// What a contender must have read.
    pub(crate) fn proof(&self) -> Proof {
        match (self.scenario, self.work) {
            (Scenario::Stream { events, bytes } | Scenario::Pieces { events, bytes, .. }, _) => {
                stream_proof(events, bytes)
            }
            (Scenario::Vectors { dimensions }, Work::Embed { texts, .. }) => {
                vectors_proof(dimensions, texts)
            }
            (_, Work::Rerank { documents }) => ranking_proof(documents),
            _ => Proof::of_text(ANSWER),
        }
    }
}

/// A call, done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) wall: Duration,
    /// Of the contender's process.
    pub(crate) cpu: Duration,
    /// From the call to the first text of a stream.
    pub(crate) first: Option<Duration>,
    pub(crate) proof: Proof,
}
