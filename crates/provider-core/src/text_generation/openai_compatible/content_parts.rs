//! Content that is a list of parts: text, reasoning and images.
//!
//! Reasoning: Mistral sends `{"type":"thinking","thinking":[{"type":"text",…}]}`,
//! Anthropic's form has a text there, others send `{"type":"reasoning","text":…}`.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::chunk::{raw, skip, text};
use wire::lenient::{self, Members, Text};

/// A part of a content; texts are not empty.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    Text(Cow<'a, str>),
    Reasoning(Cow<'a, str>),
    /// The JSON of the part.
    Image(&'a str),
}

/// Passes each part of a content, which is the JSON of a list or of one part, to
/// `take`. Successive texts are joined, and parts of other types skipped.
pub(super) fn each_part<'a>(content: &'a str, take: &mut dyn FnMut(Part<'a>)) {
    let mut text: Cow<'a, str> = Cow::default();
    let mut take_item = |item: &'a str| match part(item) {
        Some(Part::Text(more)) if text.is_empty() => text = more,
        Some(Part::Text(more)) => text.to_mut().push_str(&more),
        Some(part) => {
            if !text.is_empty() {
                take(Part::Text(core::mem::take(&mut text)));
            }
            take(part);
        }
        None => {}
    };
    if content.starts_with('[') {
        lenient::each_item(content, &mut take_item);
    } else {
        take_item(content);
    }
    if !text.is_empty() {
        take(Part::Text(text));
    }
}

fn part(json: &str) -> Option<Part<'_>> {
    if !json.starts_with('{') {
        let Text(text) = serde_json::from_str(json).ok()?;
        return (!text.is_empty()).then_some(Part::Text(text));
    }
    let part: AnyPart<'_> = serde_json::from_str(json).ok()?;
    let (is_reasoning, text) = match &*part.kind {
        "thinking" | "reasoning" | "reasoning_content" => (true, part.thinking),
        "image_url" | "image" | "output_image" => return Some(Part::Image(json)),
        _ if part.image.is_some() && part.text.is_empty() => return Some(Part::Image(json)),
        _ => (false, Cow::default()),
    };
    let text = if text.is_empty() { part.text } else { text };
    (!text.is_empty()).then_some(if is_reasoning {
        Part::Reasoning(text)
    } else {
        Part::Text(text)
    })
}

/// A part of any type.
#[derive(Default)]
struct AnyPart<'a> {
    kind: Cow<'a, str>,
    text: Cow<'a, str>,
    thinking: Cow<'a, str>,
    image: Option<&'a str>,
}

impl<'de: 'a, 'a> Deserialize<'de> for AnyPart<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        lenient::members(json)
    }
}

impl<'de: 'a, 'a> Members<'de> for AnyPart<'a> {
    fn read_member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        members: &mut M,
    ) -> Result<(), M::Error> {
        match name {
            "type" => self.kind = text(members)?,
            "text" | "msg" => self.text = text(members)?,
            "thinking" | "reasoning" => self.thinking = text(members)?,
            "image_url" | "image" => self.image = raw(members)?,
            _ => skip(members)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(content: &str) -> Vec<String> {
        let mut parts = Vec::new();
        each_part(content, &mut |part| {
            parts.push(match part {
                Part::Text(text) => format!("text {text}"),
                Part::Reasoning(text) => format!("reasoning {text}"),
                Part::Image(json) => format!("image {json}"),
            });
        });
        parts
    }

    #[test]
    fn parts_are_read_in_the_forms_of_several_vendors() {
        for (content, expected) in [
            (
                r#"[{"type":"text","text":"a"},"b",{"text":"c"}]"#,
                &["text abc"][..],
            ),
            (r#"{"text":"a"}"#, &["text a"]),
            (
                r#"[{"type":"thinking","thinking":[{"type":"text","text":"a"},{"text":"b"}]}]"#,
                &["reasoning ab"],
            ),
            (r#"[{"type":"thinking","thinking":"a"}]"#, &["reasoning a"]),
            (r#"[{"type":"reasoning","text":"a"}]"#, &["reasoning a"]),
            (
                r#"["a",{"type":"reasoning","text":"b"},"c"]"#,
                &["text a", "reasoning b", "text c"],
            ),
            (
                r#"[{"image":"https://a"}]"#,
                &[r#"image {"image":"https://a"}"#],
            ),
            (
                r#"[{"type":"image_url","image_url":{"url":"https://a"}}]"#,
                &[r#"image {"type":"image_url","image_url":{"url":"https://a"}}"#],
            ),
            (
                r#"[{"type":"text","text":""},{"type":"reference","ids":[1]},null]"#,
                &[],
            ),
        ] {
            assert_eq!(shown(content), expected, "{content}");
        }
    }
}
