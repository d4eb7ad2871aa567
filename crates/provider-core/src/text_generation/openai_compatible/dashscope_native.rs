//! Frames of Alibaba Cloud's native protocol, which a gateway may pass through
//! unconverted. The answer is under `output`, and each frame contains either
//! new text or all text so far.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::chunk::{Choices, raw, skip, text};
use super::other_members::OtherMembers;
use wire::lenient::{self, Members};

/// The value of `output`.
#[derive(Default)]
pub(super) struct Output<'a> {
    pub(super) choices: Choices<'a>,
    /// The answer of models without `message`.
    pub(super) text: Cow<'a, str>,
    pub(super) finish_reason: Cow<'a, str>,
    /// The sources of the answer.
    pub(super) others: OtherMembers<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Output<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        lenient::members(json)
    }
}

impl<'de: 'a, 'a> Members<'de> for Output<'a> {
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "choices" => self.choices = members.next_value()?,
            "text" => self.text = text(members)?,
            "finish_reason" => self.finish_reason = text(members)?,
            _ if OtherMembers::are_read_from_chunks(name) => {
                let value = raw(members)?;
                self.others.set(Cow::Owned(name.to_owned()), value);
            }
            _ => skip(members)?,
        }
        Ok(())
    }
}

/// A text whose frames contain either the next part or all text so far.
#[derive(Debug, Default)]
pub(super) struct CumulativeText {
    seen: String,
    /// A frame did not begin with the text so far.
    comes_in_pieces: bool,
}

impl CumulativeText {
    /// Returns the text that a frame adds.
    pub(super) fn added<'a>(&mut self, text: Cow<'a, str>) -> Cow<'a, str> {
        if self.comes_in_pieces || text.is_empty() {
            return text;
        }
        if self.seen.is_empty() {
            self.seen.push_str(&text);
            return text;
        }
        if let Some(added) = text.strip_prefix(&*self.seen) {
            let added = added.to_owned();
            self.seen.push_str(&added);
            added.into()
        } else {
            self.comes_in_pieces = true;
            self.seen = String::new();
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CumulativeText;

    fn read(frames: &[&str]) -> String {
        let mut growing = CumulativeText::default();
        frames
            .iter()
            .map(|frame| growing.added((*frame).into()))
            .collect()
    }

    #[test]
    fn frames_with_all_so_far_and_frames_with_what_is_new_give_the_same() {
        assert_eq!(read(&["a", "ab", "ab", "abc", ""]), "abc");
        assert_eq!(read(&["a", "b", "b", "c"]), "abbc");
        assert_eq!(read(&["", "日", "日本"]), "日本");
    }
}
