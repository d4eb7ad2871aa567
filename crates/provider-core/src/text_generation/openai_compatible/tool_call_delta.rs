//! The deltas of tool calls, as backends write them.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::chunk::{raw, skip, text};
use super::provider_data;
use wire::lenient::{self, Count, Members, Text};

/// A delta of a call.
pub(super) struct CallDelta<'a> {
    pub(super) index: Option<u64>,
    pub(super) id: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    pub(super) arguments: Cow<'a, str>,
    /// Provider data: of the call, and of its function.
    pub(super) opaque: [OpaqueMembers<'a>; 2],
}

/// Names and JSON.
pub(super) type OpaqueMembers<'a> = Vec<(String, &'a str)>;

/// An item of `tool_calls`.
#[derive(Default)]
pub(super) struct WireCall<'a> {
    index: Option<u64>,
    id: Cow<'a, str>,
    /// The value of `function` or `custom`, if it is an object.
    function: Option<WireFunction<'a>>,
    /// What stands in the call itself instead.
    own: WireFunction<'a>,
}

/// The value of `function` or of `function_call`.
#[derive(Default)]
pub(super) struct WireFunction<'a> {
    name: Cow<'a, str>,
    /// A text or, from some backends, an object.
    arguments: Option<&'a str>,
    opaque: OpaqueMembers<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for WireCall<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        lenient::members(json)
    }
}

impl<'de: 'a, 'a> Members<'de> for WireCall<'a> {
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "index" => Count(self.index) = members.next_value()?,
            "id" => self.id = text(members)?,
            "function" | "custom" => {
                let lenient::Object(function) = members.next_value()?;
                self.function = function.or(self.function.take());
            }
            _ => self.own.read_member(name, members)?,
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for WireFunction<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        lenient::members(json)
    }
}

impl<'de: 'a, 'a> Members<'de> for WireFunction<'a> {
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "name" => self.name = text(members)?,
            "arguments" => self.arguments = raw(members)?,
            "input" => self.arguments = self.arguments.or(raw(members)?),
            _ if provider_data::is_opaque(name) => {
                let value = raw(members)?;
                self.opaque
                    .extend(value.map(|value| (name.to_owned(), value)));
            }
            _ => skip(members)?,
        }
        Ok(())
    }
}

impl<'a> WireCall<'a> {
    /// The delta; `position` is its index if it has none.
    pub(super) fn into_delta(self, position: Option<u64>) -> CallDelta<'a> {
        let mut own = self.own;
        let opaque = core::mem::take(&mut own.opaque);
        let function = self.function.unwrap_or(own);
        CallDelta {
            index: self.index.or(position),
            id: self.id,
            arguments: function.arguments_text(),
            name: function.name,
            opaque: [opaque, function.opaque],
        }
    }
}

impl<'a> WireFunction<'a> {
    /// The arguments; an object stays as it is written.
    fn arguments_text(&self) -> Cow<'a, str> {
        match self.arguments {
            Some(json) if json.starts_with('{') => json.into(),
            Some(json) => {
                serde_json::from_str(json).map_or_else(|_| json.into(), |Text(text)| text)
            }
            None => Cow::default(),
        }
    }

    /// The delta of a `function_call`.
    pub(super) fn into_delta(self) -> CallDelta<'a> {
        CallDelta {
            index: Some(0),
            id: Cow::default(),
            arguments: self.arguments_text(),
            name: self.name,
            opaque: [Vec::new(), self.opaque],
        }
    }
}

impl CallDelta<'_> {
    /// Whether there is provider data.
    pub(super) fn has_provider_data(&self) -> bool {
        self.opaque.iter().any(|members| !members.is_empty())
    }
}
