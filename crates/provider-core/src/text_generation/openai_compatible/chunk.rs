//! A chunk of a streamed chat completion, or a complete one. They have the same
//! members, except `delta` in the former and `message` in the latter.
//!
//! Here are the types and how `serde_json` reads them; [`fast_chunk`] reads
//! ordinary chunks faster, with the same result.
//!
//! [`fast_chunk`]: super::fast_chunk

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::other_members::OtherMembers;
use crate::response::error_response::ErrorBody;
use wire::lenient::{self, Members, Text};

/// A JSON document of a response. Unused members are skipped; rare ones are
/// kept as JSON text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Chunk<'a> {
    pub(super) model: Cow<'a, str>,
    pub(super) choices: Choices<'a>,
    pub(super) usage: Option<&'a str>,
    /// Replaces `choices` in Alibaba Cloud's native protocol.
    pub(super) output: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    pub(super) code: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    /// The sources of the answer, and vendors' usage.
    pub(super) others: OtherMembers<'a>,
}

impl Chunk<'_> {
    /// The error that the document describes, if any: an `error` member, or
    /// `code` and `message` instead of an answer. `json` is the whole document.
    pub(super) fn failure(&self, json: &[u8]) -> Option<ErrorBody> {
        if self.error.is_none() && (self.code.is_none() || self.message.is_none()) {
            return None;
        }
        if self.error.is_none() && self.has_answer() {
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

    /// Whether the document has a part of an answer.
    pub(super) fn has_answer(&self) -> bool {
        let has_output = || self.output.is_some_and(|output| !is_empty(output));
        self.choices.first.is_some() || has_output()
    }

    /// Whether the document is a complete answer, not a part of one.
    pub(super) fn is_whole(&self) -> bool {
        let is_whole = |choice: &Choice<'_>| choice.message.is_some() || !choice.text.is_empty();
        self.choices.first.as_ref().is_some_and(is_whole)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Chunk<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        lenient::members(json)
    }
}

impl<'de: 'a, 'a> Members<'de> for Chunk<'a> {
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "model" => self.model = text(members)?,
            "choices" => self.choices = members.next_value()?,
            "usage" => self.usage = raw(members)?,
            "output" => self.output = raw(members)?,
            "error" => self.error = raw(members)?,
            "code" => self.code = raw(members)?,
            "message" => self.message = raw(members)?,
            _ if OtherMembers::are_read_from_chunks(name) => {
                let value = raw(members)?;
                self.others.set(Cow::Owned(name.to_owned()), value);
            }
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// Maximum number of choices that are read after the first, which are not
/// requested.
pub(super) const MAX_OTHER_CHOICES: usize = 8;

/// The choices of a chunk. One is requested, so more are rare: the first needs
/// no allocation.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Choices<'a> {
    pub(super) first: Option<Choice<'a>>,
    pub(super) others: Vec<Choice<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Choices<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ChoicesVisitor)
    }
}

struct ChoicesVisitor;

impl<'de> Visitor<'de> for ChoicesVisitor {
    type Value = Choices<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of choices")
    }

    fn visit_unit<E: Error>(self) -> Result<Choices<'de>, E> {
        Ok(Choices::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Choices<'de>, A::Error> {
        let mut choices = Choices {
            first: items.next_element()?,
            others: Vec::new(),
        };
        while choices.others.len() < MAX_OTHER_CHOICES {
            match items.next_element()? {
                Some(choice) => choices.others.push(choice),
                None => return Ok(choices),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(choices)
    }
}

/// A choice.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Choice<'a> {
    pub(super) delta: Option<Delta<'a>>,
    pub(super) message: Option<Delta<'a>>,
    /// Set in completion mode.
    pub(super) text: Cow<'a, str>,
    pub(super) finish_reason: Cow<'a, str>,
    /// Used by Moonshot.
    pub(super) usage: Option<&'a str>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Choice<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        lenient::members(json)
    }
}

impl<'de: 'a, 'a> Members<'de> for Choice<'a> {
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "delta" => self.delta = members.next_value()?,
            "message" => self.message = members.next_value()?,
            "text" => self.text = text(members)?,
            "finish_reason" => self.finish_reason = text(members)?,
            "usage" => self.usage = raw(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// The content of a choice: a `delta` or a `message`.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Delta<'a> {
    pub(super) content: Content<'a>,
    pub(super) reasoning_content: Cow<'a, str>,
    pub(super) reasoning: Cow<'a, str>,
    pub(super) refusal: Cow<'a, str>,
    pub(super) tool_calls: Option<&'a str>,
    pub(super) function_call: Option<&'a str>,
    /// Reasoning in other forms, media, sources and provider data.
    pub(super) others: OtherMembers<'a>,
}

impl<'a> Delta<'a> {
    /// Whether there is reasoning beside the content, in any form.
    pub(super) fn has_reasoning(&self) -> bool {
        let is_there = |name| self.others.get(name).is_some();
        !self.reasoning_content.is_empty()
            || !self.reasoning.is_empty()
            || is_there("thinking")
            || is_there("reasoning_details")
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

impl<'de: 'a, 'a> Deserialize<'de> for Delta<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        lenient::members(json)
    }
}

impl<'de: 'a, 'a> Members<'de> for Delta<'a> {
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "content" => self.content = members.next_value()?,
            "reasoning_content" => self.reasoning_content = text(members)?,
            "reasoning" => self.reasoning = text(members)?,
            "refusal" => self.refusal = text(members)?,
            "tool_calls" => self.tool_calls = raw(members)?,
            "function_call" => self.function_call = raw(members)?,
            _ if OtherMembers::are_read_from_deltas(name) => {
                let value = raw(members)?;
                self.others.set(Cow::Owned(name.to_owned()), value);
            }
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// The value of `content`.
#[derive(Debug, PartialEq)]
pub(super) enum Content<'a> {
    /// A text; empty for null.
    Text(Cow<'a, str>),
    /// The JSON of a list of parts, or of a single part.
    Parts(&'a str),
}

impl Default for Content<'_> {
    fn default() -> Self {
        Self::Text(Cow::default())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(json)?.get();
        if json.starts_with(['[', '{']) {
            return Ok(Self::Parts(json));
        }
        let Text(text) = serde_json::from_str(json).map_err(D::Error::custom)?;
        Ok(Self::Text(text))
    }
}

/// The text of a member; empty if it is null.
pub(super) fn text<'de, M: MapAccess<'de>>(members: &mut M) -> Result<Cow<'de, str>, M::Error> {
    members.next_value().map(|Text(text)| text)
}

/// The JSON of a member; `None` for null.
pub(super) fn raw<'de, M: MapAccess<'de>>(members: &mut M) -> Result<Option<&'de str>, M::Error> {
    let value: Option<&RawValue> = members.next_value()?;
    Ok(value.map(RawValue::get))
}

/// Passes over a member.
pub(super) fn skip<'de, M: MapAccess<'de>>(members: &mut M) -> Result<(), M::Error> {
    members.next_value::<IgnoredAny>().map(drop)
}

/// Whether a value is empty: null, `false`, zero, an empty string, or an object
/// or array of empty values.
fn is_empty(json: &str) -> bool {
    serde_json::from_str(json).is_ok_and(|Emptiness(is_empty)| is_empty)
}

/// Whether a value is empty.
struct Emptiness(bool);

impl<'de> Deserialize<'de> for Emptiness {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(EmptinessVisitor).map(Self)
    }
}

struct EmptinessVisitor;

impl<'de> Visitor<'de> for EmptinessVisitor {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(!value)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<bool, E> {
        Ok(number == 0)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        Ok(text.is_empty())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let mut all = true;
        while let Some(Emptiness(is_empty)) = items.next_element()? {
            all &= is_empty;
        }
        Ok(all)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<bool, M::Error> {
        let mut all = true;
        while let Some((_, Emptiness(is_empty))) = members.next_entry::<IgnoredAny, _>()? {
            all &= is_empty;
        }
        Ok(all)
    }
}
