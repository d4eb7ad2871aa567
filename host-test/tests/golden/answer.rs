//! What came of a call, as `expected.jsonl` has it.

use crate::contract::text_generation::{Event, Generation};
use crate::contract::types::{Error, ReplyInfo};
use higress_host::json::error::write_error;
use higress_host::json::reply::write_info;
use higress_host::json::text_generation::{write_event, write_generation};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What came of a call.
pub(crate) enum Answer {
    /// Of a stream: its events, and how it ended.
    Stream(Vec<Event>, Result<ReplyInfo, Error>),
    /// Of a call for a whole answer.
    Whole(Result<Box<Generation>, Error>),
}

impl Answer {
    /// The text of `expected.jsonl`.
    pub(crate) fn lines(&self) -> String {
        let mut lines = Vec::new();
        match self {
            Self::Stream(events, end) => {
                lines.extend(events.iter().map(write_event));
                lines.push(match end {
                    Ok(info) => json!({"info": write_info(&unmeasured(info))}),
                    Err(error) => failure(error),
                });
            }
            Self::Whole(Ok(generation)) => {
                let generation = Generation {
                    info: unmeasured(&generation.info),
                    ..(**generation).clone()
                };
                lines.push(write_generation(&generation));
            }
            Self::Whole(Err(error)) => lines.push(failure(error)),
        }
        let mut text = String::new();
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

fn failure(error: &Error) -> Value {
    json!({"error": write_error(error)})
}

/// Without the times that the component measures.
fn unmeasured(info: &ReplyInfo) -> ReplyInfo {
    ReplyInfo {
        first_byte_ms: None,
        total_ms: None,
        ..info.clone()
    }
}
