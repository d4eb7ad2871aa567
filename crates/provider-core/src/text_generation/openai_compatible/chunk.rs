//! A chunk of a streamed chat completion, or a complete one. They have the same
//! members, except `delta` in the former and `message` in the latter.

use std::borrow::Cow;

use crate::response::error_response::ErrorBody;
use crate::text_generation::FinishReason;
use wire::json::lenient;
use wire::json::{Object, Value};
use wire::json::{ParseError, PullParser};

/// A JSON document of a response. Unused members are skipped; rare ones are
/// kept unparsed.
pub(super) struct Chunk<'a> {
    pub(super) model: Cow<'a, str>,
    pub(super) choices: Choices<'a>,
    pub(super) usage: Option<Value<'a>>,
    /// Replaces `choices` in Alibaba Cloud's native protocol.
    pub(super) output: Option<Value<'a>>,
    error: Option<Value<'a>>,
    code: Option<Value<'a>>,
    message: Option<Value<'a>>,
}

impl<'a> Chunk<'a> {
    /// Reads an object. Null reads as an object without members.
    pub(super) fn read(json: &mut PullParser<'a>) -> Result<Self, ParseError> {
        let names = ["model", "usage", "output", "error", "code", "message"];
        let mut choices = Choices::default();
        let [model, usage, output, error, code, message] =
            json.members_around(names, "choices", &mut |json| {
                choices = Choices::read(json)?;
                Ok(())
            })?;
        Ok(Self {
            model: text(model)?,
            choices,
            usage,
            output,
            error,
            code,
            message,
        })
    }

    /// The error that the document describes, if any: an `error` member, or
    /// `code` and `message` instead of an answer. `json` is the whole document.
    pub(super) fn failure(&self, json: &[u8]) -> Option<ErrorBody> {
        let has_answer = self.choices.first.is_some() || self.output.is_some();
        let is_bare = !has_answer && self.code.is_some() && self.message.is_some();
        if self.error.is_none() && !is_bare {
            return None;
        }
        ErrorBody::from_error_object(json).or_else(|| {
            let says_nothing = self.error.is_none_or(is_empty);
            (!says_nothing).then(|| ErrorBody {
                message: String::from_utf8_lossy(json).into_owned(),
                ..ErrorBody::default()
            })
        })
    }
}

/// Whether a value is empty: null, `false`, zero, an empty string, or an object
/// or array of empty values.
fn is_empty(value: Value<'_>) -> bool {
    if let Some(object) = Object::of(value) {
        return object.members().all(|(_, value)| is_empty(value));
    }
    match value.items() {
        Some(items) => items.into_iter().all(is_empty),
        None => matches!(value.get(), "null" | "false" | "0" | "\"\""),
    }
}

/// Maximum number of choices that are read after the first, which are not
/// requested.
const MAX_OTHER_CHOICES: usize = 8;

/// The choices of a chunk. One is requested, so more are rare: the first needs
/// no allocation.
#[derive(Default)]
pub(super) struct Choices<'a> {
    pub(super) first: Option<Choice<'a>>,
    pub(super) others: Vec<Choice<'a>>,
}

impl<'a> Choices<'a> {
    /// Reads an array or null.
    pub(super) fn read(json: &mut PullParser<'a>) -> Result<Self, ParseError> {
        let mut choices = Self::default();
        if json.takes_null()? {
            return Ok(choices);
        }
        json.open_array()?;
        while json.item()? {
            if choices.others.len() == MAX_OTHER_CHOICES {
                json.skip()?;
                continue;
            }
            let choice = Choice::read(json)?;
            if choices.first.is_none() {
                choices.first = Some(choice);
            } else {
                choices.others.push(choice);
            }
        }
        Ok(choices)
    }
}

/// A choice.
pub(super) struct Choice<'a> {
    pub(super) delta: Option<Delta<'a>>,
    pub(super) message: Option<Delta<'a>>,
    /// Set in completion mode.
    pub(super) text: Cow<'a, str>,
    pub(super) finish_reason: Cow<'a, str>,
    /// Used by Moonshot.
    pub(super) usage: Option<Value<'a>>,
}

impl<'a> Choice<'a> {
    fn read(json: &mut PullParser<'a>) -> Result<Self, ParseError> {
        let names = ["message", "text", "finish_reason", "usage"];
        let mut delta = None;
        let [message, said, finish_reason, usage] =
            json.members_around(names, "delta", &mut |json| {
                delta = Some(Delta::read(json)?);
                Ok(())
            })?;
        let message = message.map(|message| Delta::read(&mut message.parser()));
        Ok(Self {
            delta,
            message: message.transpose()?,
            text: text(said)?,
            finish_reason: text(finish_reason)?,
            usage,
        })
    }
}

/// The content of a choice: a `delta` or a `message`.
pub(super) struct Delta<'a> {
    pub(super) content: Cow<'a, str>,
    reasoning_content: Cow<'a, str>,
    reasoning: Cow<'a, str>,
    pub(super) refusal: Cow<'a, str>,
    pub(super) tool_calls: Option<Value<'a>>,
    pub(super) function_call: Option<Value<'a>>,
}

impl<'a> Delta<'a> {
    fn read(json: &mut PullParser<'a>) -> Result<Self, ParseError> {
        let names = [
            "content",
            "reasoning_content",
            "reasoning",
            "refusal",
            "tool_calls",
            "function_call",
        ];
        let [
            content,
            reasoning_content,
            reasoning,
            refusal,
            tool_calls,
            function_call,
        ] = json.members(names)?;
        Ok(Self {
            content: text(content)?,
            reasoning_content: text(reasoning_content)?,
            reasoning: text(reasoning)?,
            refusal: text(refusal)?,
            tool_calls,
            function_call,
        })
    }

    /// The reasoning. Some relays send it under both names; it is read once.
    pub(super) fn take_reasoning(&mut self) -> Cow<'a, str> {
        let named = core::mem::take(&mut self.reasoning_content);
        if named.is_empty() {
            core::mem::take(&mut self.reasoning)
        } else {
            named
        }
    }
}

/// The text of a member; empty if absent.
pub(super) fn text(member: Option<Value<'_>>) -> Result<Cow<'_, str>, ParseError> {
    match member {
        Some(value) => lenient::text(&mut value.parser()),
        None => Ok(Cow::default()),
    }
}

/// A finish reason, as many backends write it; `None` for values that mean "not
/// finished".
pub(super) fn finish_reason(word: &str) -> Option<FinishReason> {
    Some(match word {
        "" | "null" => return None,
        "stop" | "eos" | "eos_token" | "stop_sequence" | "end_turn" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        "content_filter" | "sensitive" | "safety" => FinishReason::ContentFilter,
        other => FinishReason::Other(other.to_owned()),
    })
}
