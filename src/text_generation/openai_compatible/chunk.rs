//! A chunk of a streamed chat completion, or a whole one: the same members,
//! but for `delta` in the one and `message` in the other.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::reply::lenient::{Count, Text};
use crate::text_generation::{FinishReason, Usage};

/// A JSON document of a reply. Members that nobody needs are skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    pub(super) model: Text<'a>,
    #[serde(borrow)]
    pub(super) choices: Choices<'a>,
    pub(super) usage: Option<WireUsage>,
    pub(super) error: Presence,
    pub(super) code: Presence,
    pub(super) message: Presence,
}

impl Chunk<'_> {
    /// Whether this is a description of a failure: an `error` member, or a
    /// bare `code` and `message` where choices should be.
    pub(super) fn is_error(&self) -> bool {
        self.error.0 || (self.choices.first.is_none() && self.code.0 && self.message.0)
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
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice<'a> {
    #[serde(borrow)]
    pub(super) delta: Option<Piece<'a>>,
    #[serde(borrow)]
    pub(super) message: Option<Piece<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Text<'a>,
    /// Where Moonshot puts it.
    pub(super) usage: Option<WireUsage>,
}

/// What a choice says: a `delta` or a `message`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Piece<'a> {
    #[serde(borrow)]
    pub(super) content: Text<'a>,
    #[serde(borrow)]
    reasoning_content: Text<'a>,
    #[serde(borrow)]
    reasoning: Text<'a>,
    #[serde(borrow)]
    pub(super) refusal: Text<'a>,
    tool_calls: Presence,
    function_call: Presence,
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

    /// Whether a tool is called. Empty stubs of calls are none.
    pub(super) fn calls_tools(&self) -> bool {
        self.tool_calls.0 || self.function_call.0
    }
}

/// Whether a value says anything: not null, `false`, zero or empty, nor made
/// of such values alone.
#[derive(Clone, Copy, Default)]
pub(super) struct Presence(bool);

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PresenceVisitor)
    }
}

struct PresenceVisitor;

impl<'de> Visitor<'de> for PresenceVisitor {
    type Value = Presence;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Presence, E> {
        Ok(Presence(false))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Presence, E> {
        Ok(Presence(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Presence, E> {
        Ok(Presence(value != 0))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Presence, E> {
        Ok(Presence(true))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Presence, E> {
        Ok(Presence(value != 0.0))
    }

    fn visit_str<E>(self, value: &str) -> Result<Presence, E> {
        Ok(Presence(!value.is_empty()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Presence, A::Error> {
        let mut present = false;
        while let Some(Presence(item)) = items.next_element()? {
            present |= item;
        }
        Ok(Presence(present))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Presence, A::Error> {
        let mut present = false;
        while let Some((_, Presence(value))) = members.next_entry::<Text<'de>, Presence>()? {
            present |= value;
        }
        Ok(Presence(present))
    }
}

/// Usage as backends write it.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
    /// `DeepSeek`.
    prompt_cache_hit_tokens: Count,
    /// Moonshot.
    cached_tokens: Count,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Count,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    reasoning_tokens: Count,
}

impl WireUsage {
    /// The usage, none if nothing is reported (`{}`).
    pub(super) fn usage(self) -> Option<Usage> {
        let input_tokens = self.prompt_tokens.0;
        let output_tokens = self.completion_tokens.0;
        let sum = || {
            input_tokens
                .zip(output_tokens)
                .map(|(input, output)| input.saturating_add(output))
        };
        let usage = Usage {
            input_tokens,
            output_tokens,
            total_tokens: self.total_tokens.0.or_else(sum),
            cached_input_tokens: self
                .prompt_tokens_details
                .and_then(|details| details.cached_tokens.0)
                .or(self.prompt_cache_hit_tokens.0)
                .or(self.cached_tokens.0),
            reasoning_tokens: self
                .completion_tokens_details
                .and_then(|details| details.reasoning_tokens.0),
        };
        (usage != Usage::default()).then_some(usage)
    }
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
