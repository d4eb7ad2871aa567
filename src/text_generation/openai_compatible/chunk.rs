//! A chunk of a streamed chat completion, or a whole one: the same members,
//! but for `delta` in the one and `message` in the other.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::reply::lenient::Text;
use crate::reply::members::{self, Members};
use crate::reply::object::{Object, items};
use crate::reply::refusal::Details;
use crate::text_generation::{FinishReason, Usage};

/// A JSON document of a reply. Members that nobody needs are skipped; those
/// that are rarely there are kept as they stand, to be read when they matter.
#[derive(Default)]
pub(super) struct Chunk<'a> {
    pub(super) model: Text<'a>,
    pub(super) choices: Choices<'a>,
    pub(super) usage: Option<&'a RawValue>,
    /// In place of choices in the native protocol of Alibaba Cloud.
    pub(super) output: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
    code: Option<&'a RawValue>,
    message: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Members<'de> for Chunk<'a> {
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "model" => self.model = map.next_value()?,
            "choices" => self.choices = map.next_value()?,
            "usage" => self.usage = map.next_value()?,
            "output" => self.output = map.next_value()?,
            "error" => self.error = map.next_value()?,
            "code" => self.code = map.next_value()?,
            "message" => self.message = map.next_value()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Chunk<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        members::deserialize(deserializer)
    }
}

impl Chunk<'_> {
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
fn is_empty(value: &RawValue) -> bool {
    if let Some(object) = Object::of(value) {
        return object.members().all(|(_, value)| is_empty(value));
    }
    match items(value) {
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

impl<'de: 'a, 'a> Deserialize<'de> for Choices<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChoicesVisitor)
    }
}

struct ChoicesVisitor;

impl<'de> Visitor<'de> for ChoicesVisitor {
    type Value = Choices<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of choices")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Choices::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut choices: A) -> Result<Self::Value, A::Error> {
        let first = choices.next_element()?;
        let mut others = Vec::new();
        while others.len() < MAX_OTHER_CHOICES {
            match choices.next_element()? {
                Some(choice) => others.push(choice),
                None => return Ok(Choices { first, others }),
            }
        }
        while choices.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Choices { first, others })
    }
}

/// One choice.
#[derive(Default)]
pub(super) struct Choice<'a> {
    pub(super) delta: Option<Piece<'a>>,
    pub(super) message: Option<Piece<'a>>,
    /// Of the completion of a prompt.
    pub(super) text: Text<'a>,
    pub(super) finish_reason: Text<'a>,
    /// Where Moonshot puts it.
    pub(super) usage: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Members<'de> for Choice<'a> {
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "delta" => self.delta = map.next_value()?,
            "message" => self.message = map.next_value()?,
            "text" => self.text = map.next_value()?,
            "finish_reason" => self.finish_reason = map.next_value()?,
            "usage" => self.usage = map.next_value()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Choice<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        members::deserialize(deserializer)
    }
}

/// What a choice says: a `delta` or a `message`.
#[derive(Default)]
pub(super) struct Piece<'a> {
    pub(super) content: Text<'a>,
    reasoning_content: Text<'a>,
    reasoning: Text<'a>,
    pub(super) refusal: Text<'a>,
    pub(super) tool_calls: Option<&'a RawValue>,
    pub(super) function_call: Option<&'a RawValue>,
}

impl<'de: 'a, 'a> Members<'de> for Piece<'a> {
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "content" => self.content = map.next_value()?,
            "reasoning_content" => self.reasoning_content = map.next_value()?,
            "reasoning" => self.reasoning = map.next_value()?,
            "refusal" => self.refusal = map.next_value()?,
            "tool_calls" => self.tool_calls = map.next_value()?,
            "function_call" => self.function_call = map.next_value()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Piece<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        members::deserialize(deserializer)
    }
}

impl<'a> Piece<'a> {
    /// What the model thinks. Some relays send it under both names: it is
    /// taken once.
    pub(super) fn take_reasoning(&mut self) -> Cow<'a, str> {
        let named = core::mem::take(&mut self.reasoning_content.0);
        if named.is_empty() {
            core::mem::take(&mut self.reasoning.0)
        } else {
            named
        }
    }
}

/// Usage as backends write it, none if nothing is reported (`{}`).
pub(super) fn usage(value: &RawValue) -> Option<Usage> {
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
