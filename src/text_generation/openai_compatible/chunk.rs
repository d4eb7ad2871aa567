//! A chunk of a streamed chat completion, or a whole one: the same members,
//! but for `delta` in the one and `message` in the other.

use std::borrow::Cow;

use crate::reply::lenient::text;
use crate::reply::object::{Object, Value};
use crate::reply::refusal::Details;
use crate::reply::scanner::{Fault, Scanner};
use crate::text_generation::{FinishReason, Usage};

/// A JSON document of a reply. Members that nobody needs are skipped; those
/// that are rarely there are kept as they stand, to be read when they matter.
#[derive(Default)]
pub(super) struct Chunk<'a> {
    pub(super) model: Cow<'a, str>,
    pub(super) choices: Choices<'a>,
    pub(super) usage: Option<Value<'a>>,
    /// In place of choices in the native protocol of Alibaba Cloud.
    pub(super) output: Option<Value<'a>>,
    error: Option<Value<'a>>,
    code: Option<Value<'a>>,
    message: Option<Value<'a>>,
}

impl<'a> Chunk<'a> {
    /// The next value of a document, which is an object, or null: one without
    /// members.
    pub(super) fn read(json: &mut Scanner<'a>) -> Result<Self, Fault> {
        let mut chunk = Self::default();
        if json.takes_null() {
            return Ok(chunk);
        }
        json.open_object()?;
        while let Some(name) = json.member()? {
            match &*name {
                "model" => chunk.model = text(json)?,
                "choices" => chunk.choices = Choices::read(json)?,
                "usage" => chunk.usage = json.value()?.unless_null(),
                "output" => chunk.output = json.value()?.unless_null(),
                "error" => chunk.error = json.value()?.unless_null(),
                "code" => chunk.code = json.value()?.unless_null(),
                "message" => chunk.message = json.value()?.unless_null(),
                _ => json.skip()?,
            }
        }
        Ok(chunk)
    }

    /// The failure that this describes, if it does: in an `error` member, or
    /// in a bare `code` and `message` where an answer should be. `json` is the
    /// whole document.
    pub(super) fn failure(&self, json: &[u8]) -> Option<Details> {
        let has_answer = self.choices.first.is_some() || self.output.is_some();
        let is_bare = !has_answer && self.code.is_some() && self.message.is_some();
        if self.error.is_none() && !is_bare {
            return None;
        }
        Details::of_error_object(json).or_else(|| {
            let says_nothing = self.error.is_none_or(is_empty);
            (!says_nothing).then(|| Details {
                message: String::from_utf8_lossy(json).into_owned(),
                ..Details::default()
            })
        })
    }
}

/// Whether a value says nothing: null, `false`, zero, an empty text, or
/// members and items that are such.
fn is_empty(value: Value<'_>) -> bool {
    if let Some(object) = Object::of(value) {
        return object.members().all(|(_, value)| is_empty(value));
    }
    match value.items() {
        Some(items) => items.into_iter().all(is_empty),
        None => matches!(value.get(), "null" | "false" | "0" | "\"\""),
    }
}

/// Most choices that are read beside the first: a bound for what nobody asked
/// for.
const MAX_OTHER_CHOICES: usize = 8;

/// The choices of a chunk. One is asked for, so more than one is rare: no
/// list is allocated for the first.
#[derive(Default)]
pub(super) struct Choices<'a> {
    pub(super) first: Option<Choice<'a>>,
    pub(super) others: Vec<Choice<'a>>,
}

impl<'a> Choices<'a> {
    /// The next value of a document: an array, or null.
    pub(super) fn read(json: &mut Scanner<'a>) -> Result<Self, Fault> {
        let mut choices = Self::default();
        if json.takes_null() {
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

/// One choice.
#[derive(Default)]
pub(super) struct Choice<'a> {
    pub(super) delta: Option<Piece<'a>>,
    pub(super) message: Option<Piece<'a>>,
    /// Of the completion of a prompt.
    pub(super) text: Cow<'a, str>,
    pub(super) finish_reason: Cow<'a, str>,
    /// Where Moonshot puts it.
    pub(super) usage: Option<Value<'a>>,
}

impl<'a> Choice<'a> {
    fn read(json: &mut Scanner<'a>) -> Result<Self, Fault> {
        let mut choice = Self::default();
        if json.takes_null() {
            return Ok(choice);
        }
        json.open_object()?;
        while let Some(name) = json.member()? {
            match &*name {
                "delta" => choice.delta = Piece::read(json)?,
                "message" => choice.message = Piece::read(json)?,
                "text" => choice.text = text(json)?,
                "finish_reason" => choice.finish_reason = text(json)?,
                "usage" => choice.usage = json.value()?.unless_null(),
                _ => json.skip()?,
            }
        }
        Ok(choice)
    }
}

/// What a choice says: a `delta` or a `message`.
#[derive(Default)]
pub(super) struct Piece<'a> {
    pub(super) content: Cow<'a, str>,
    reasoning_content: Cow<'a, str>,
    reasoning: Cow<'a, str>,
    pub(super) refusal: Cow<'a, str>,
    pub(super) tool_calls: Option<Value<'a>>,
    pub(super) function_call: Option<Value<'a>>,
}

impl<'a> Piece<'a> {
    fn read(json: &mut Scanner<'a>) -> Result<Option<Self>, Fault> {
        if json.takes_null() {
            return Ok(None);
        }
        let mut piece = Self::default();
        json.open_object()?;
        while let Some(name) = json.member()? {
            match &*name {
                "content" => piece.content = text(json)?,
                "reasoning_content" => piece.reasoning_content = text(json)?,
                "reasoning" => piece.reasoning = text(json)?,
                "refusal" => piece.refusal = text(json)?,
                "tool_calls" => piece.tool_calls = json.value()?.unless_null(),
                "function_call" => piece.function_call = json.value()?.unless_null(),
                _ => json.skip()?,
            }
        }
        Ok(Some(piece))
    }

    /// What the model thinks. Some relays send it under both names: it is
    /// taken once.
    pub(super) fn take_reasoning(&mut self) -> Cow<'a, str> {
        let named = core::mem::take(&mut self.reasoning_content);
        if named.is_empty() {
            core::mem::take(&mut self.reasoning)
        } else {
            named
        }
    }
}

/// Usage as backends write it, none if nothing is reported (`{}`).
pub(super) fn usage(value: Value<'_>) -> Option<Usage> {
    let object = Object::of(value)?;
    let part = |whole: &str, part: &str| object.object(whole)?.count(part);
    let either = |one: &str, other: &str| object.count(one).or_else(|| object.count(other));
    let input_tokens = either("prompt_tokens", "input_tokens");
    let output_tokens = either("completion_tokens", "output_tokens");
    let sum = || {
        input_tokens
            .zip(output_tokens)
            .map(|(input, output)| input.saturating_add(output))
    };
    let usage = Usage {
        input_tokens,
        output_tokens,
        total_tokens: object.count("total_tokens").or_else(sum),
        cached_input_tokens: part("prompt_tokens_details", "cached_tokens")
            .or_else(|| part("input_tokens_details", "cached_tokens"))
            // `DeepSeek`, and Moonshot.
            .or_else(|| either("prompt_cache_hit_tokens", "cached_tokens")),
        reasoning_tokens: part("completion_tokens_details", "reasoning_tokens")
            .or_else(|| part("output_tokens_details", "reasoning_tokens")),
    };
    (usage != Usage::default()).then_some(usage)
}

/// A finish reason, in the words of many backends; none for those that mean
/// "not yet".
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
