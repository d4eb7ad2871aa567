//! Frames of Alibaba Cloud's native protocol, which a gateway may pass through
//! unconverted. The answer is under `output`, and each frame contains either
//! new text or all text so far.

use std::borrow::Cow;

use super::chunk::{Choices, text};
use wire::json::ParseError;
use wire::json::Value;

/// The value of `output`.
pub(super) struct Output<'a> {
    pub(super) choices: Choices<'a>,
    /// The answer of models without `message`.
    pub(super) text: Cow<'a, str>,
    pub(super) finish_reason: Cow<'a, str>,
}

impl<'a> Output<'a> {
    /// Reads a value; `None` if it is not an object.
    pub(super) fn read(value: Value<'a>) -> Result<Self, ParseError> {
        let names = ["text", "finish_reason"];
        let mut choices = Choices::default();
        let [said, finish_reason] =
            value
                .parser()
                .members_around(names, "choices", &mut |json| {
                    choices = Choices::read(json)?;
                    Ok(())
                })?;
        Ok(Self {
            choices,
            text: text(said)?,
            finish_reason: text(finish_reason)?,
        })
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
