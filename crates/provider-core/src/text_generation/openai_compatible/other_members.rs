//! The members of chunks and deltas that few backends send. They are kept as
//! JSON and read when the answer uses them, so that ordinary chunks do not pay
//! for them.

use std::borrow::Cow;

use super::provider_data;

/// Maximum number of such members of one object. Known backends send two or
/// three; the limit keeps the look-up of names linear.
const MAX_MEMBERS: usize = 64;

/// Members by name, as JSON; none is null.
#[derive(Debug, Default, PartialEq)]
pub(super) struct OtherMembers<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> OtherMembers<'a> {
    /// Whether a chunk's member of this name is kept.
    pub(super) fn are_read_from_chunks(name: &str) -> bool {
        matches!(
            name,
            "citations" | "search_results" | "web_search" | "search_info" | "x_groq"
        )
    }

    /// Whether a delta's member of this name is kept.
    pub(super) fn are_read_from_deltas(name: &str) -> bool {
        matches!(
            name,
            "thinking" | "reasoning_details" | "images" | "annotations" | "audio"
        ) || provider_data::is_opaque(name)
    }

    /// Sets a member; null removes it. The last of several with the same name
    /// counts.
    pub(super) fn set(&mut self, name: Cow<'a, str>, value: Option<&'a str>) {
        let position = self.0.iter().position(|(known, _)| *known == name);
        if let Some(position) = position {
            self.0.remove(position);
        }
        if let Some(value) = value
            && self.0.len() < MAX_MEMBERS
        {
            self.0.push((name, value));
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON of a member.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let is_it = |(known, _): &&(Cow<'_, str>, &'a str)| *known == name;
        self.0.iter().find(is_it).map(|(_, json)| *json)
    }

    /// All of them, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, json)| (&**name, *json))
    }
}
