//! Frames of Alibaba Cloud's native protocol, which a gateway passes on where
//! it does not convert them: the answer stands under `output`, and each frame
//! holds either what is new or all that there is so far.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess};

use super::chunk::Choices;
use crate::reply::lenient::Text;
use crate::reply::members::{self, Members};

/// The value of `output`.
#[derive(Default)]
pub(super) struct Output<'a> {
    pub(super) choices: Choices<'a>,
    /// The answer of models without messages.
    pub(super) text: Text<'a>,
    pub(super) finish_reason: Text<'a>,
}

impl<'de: 'a, 'a> Members<'de> for Output<'a> {
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "choices" => self.choices = map.next_value()?,
            "text" => self.text = map.next_value()?,
            "finish_reason" => self.finish_reason = map.next_value()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Output<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        members::deserialize(deserializer)
    }
}

/// A text of which the frames hold either the next piece or all so far.
#[derive(Debug, Default)]
pub(super) struct Growing {
    seen: String,
    /// A frame came that did not begin with all before it.
    comes_in_pieces: bool,
}

impl Growing {
    /// What a frame adds.
    pub(super) fn added<'a>(&mut self, text: Cow<'a, str>) -> Cow<'a, str> {
        if self.comes_in_pieces || text.is_empty() {
            return text;
        }
        if self.seen.is_empty() {
            self.seen.push_str(&text);
            return text;
        }
        match text.strip_prefix(&*self.seen) {
            Some(added) => {
                let added = added.to_owned();
                self.seen.push_str(&added);
                added.into()
            }
            None => {
                self.comes_in_pieces = true;
                self.seen = String::new();
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Growing;

    fn read(frames: &[&str]) -> String {
        let mut growing = Growing::default();
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
