//! `reasoning_details`: the form in which OpenRouter, and MiniMax after it,
//! return reasoning. In a stream, the pieces of one item have the same `type`
//! and `index`: their texts are concatenated, of other members the last counts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use wire::lenient::{self, Count, Text};
use wire::members::write_name;

/// The members whose pieces are concatenated.
const TEXTS: [&str; 3] = ["text", "summary", "data"];

/// Maximum number of members of an item, of those that are merged.
const MAX_MEMBERS: usize = 64;

/// The items of one answer.
#[derive(Debug, Default)]
pub(super) struct ReasoningDetails {
    items: Vec<Item>,
    /// Positions by type and index.
    positions: BTreeMap<(String, u64), usize>,
    bytes: usize,
}

#[derive(Debug)]
enum Item {
    /// The JSON of an item that came in one piece.
    Json(String),
    /// The members of an item that came in several, as JSON.
    Merged(Vec<(String, String)>),
}

/// What is known of an item.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    index: Count,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    summary: Text<'a>,
}

/// The reasoning in a value of `reasoning_details`.
pub(super) fn text(details: &str) -> Cow<'_, str> {
    let mut joined: Cow<'_, str> = Cow::default();
    lenient::each_item(details, &mut |item| {
        let fields: Fields<'_> = lenient::object(item).unwrap_or_default();
        let Text(text) = if fields.text.is_empty() {
            fields.summary
        } else {
            fields.text
        };
        if joined.is_empty() {
            joined = text;
        } else {
            joined.to_mut().push_str(&text);
        }
    });
    joined
}

impl ReasoningDetails {
    /// Adds the items of a list.
    pub(super) fn add(&mut self, details: &str) {
        self.bytes = self.bytes.saturating_add(details.len());
        lenient::each_item(details, &mut |item| self.add_item(item));
    }

    fn add_item(&mut self, json: &str) {
        let fields: Fields<'_> = lenient::object(json).unwrap_or_default();
        if let (Text(kind), Count(Some(index))) = (fields.kind, fields.index) {
            let key = (kind.into_owned(), index);
            if let Some(item) = self
                .positions
                .get(&key)
                .and_then(|position| self.items.get_mut(*position))
            {
                item.merge(json);
                return;
            }
            self.positions.insert(key, self.items.len());
        }
        self.items.push(Item::Json(json.to_owned()));
    }

    /// Number of bytes of all items.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Writes the list.
    pub(super) fn write(&self, json: &mut String) {
        json.push('[');
        for (position, item) in self.items.iter().enumerate() {
            if position > 0 {
                json.push(',');
            }
            item.write(json);
        }
        json.push(']');
    }
}

impl Item {
    fn merge(&mut self, piece: &str) {
        if let Self::Json(json) = self {
            let mut members = Vec::new();
            merge(&mut members, json);
            *self = Self::Merged(members);
        }
        if let Self::Merged(members) = self {
            merge(members, piece);
        }
    }

    fn write(&self, json: &mut String) {
        let members = match self {
            Self::Json(item) => return json.push_str(item),
            Self::Merged(members) => members,
        };
        json.push('{');
        for (position, (name, value)) in members.iter().enumerate() {
            if position > 0 {
                json.push(',');
            }
            write_name(name, json);
            json.push_str(value);
        }
        json.push('}');
    }
}

fn merge(members: &mut Vec<(String, String)>, piece: &str) {
    lenient::each_member(piece, &mut |name, value| {
        let has_room = members.len() < MAX_MEMBERS;
        match members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) if TEXTS.contains(&&*name) && are_strings(known, value) => {
                // Two JSON strings become one without their inner quotes.
                known.pop();
                known.push_str(value.strip_prefix('"').unwrap_or(value));
            }
            Some((_, known)) if value != "null" => value.clone_into(known),
            None if has_room => {
                members.push((name.into_owned(), value.to_owned()));
            }
            Some(_) | None => {}
        }
    });
}

fn are_strings(one: &str, other: &str) -> bool {
    one.starts_with('"') && other.starts_with('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(values: &[&str]) -> String {
        let mut details = ReasoningDetails::default();
        for value in values {
            details.add(value);
        }
        let mut json = String::new();
        details.write(&mut json);
        json
    }

    #[test]
    fn pieces_of_an_item_are_concatenated_and_its_signature_is_kept() {
        assert_eq!(
            merged(&[
                r#"[{"type":"reasoning.text","index":0,"text":"let \"me\" ","signature":null,"format":"x"}]"#,
                r#"[{"type":"reasoning.text","index":0,"text":"think"}]"#,
                r#"[{"type":"reasoning.text","index":0,"signature":"c2ln","format":null}]"#,
                r#"[{"type":"reasoning.encrypted","index":1,"data": "abc"}]"#,
            ]),
            concat!(
                r#"[{"type":"reasoning.text","index":0,"text":"let \"me\" think","signature":"c2ln","format":"x"},"#,
                r#"{"type":"reasoning.encrypted","index":1,"data": "abc"}]"#
            )
        );
    }

    #[test]
    fn items_without_an_index_are_not_merged() {
        assert_eq!(
            merged(&[
                r#"[{"type":"t","text":"a"}]"#,
                r#"[{"type":"t","text":"b"},7]"#
            ]),
            r#"[{"type":"t","text":"a"},{"type":"t","text":"b"},7]"#
        );
    }

    #[test]
    fn texts_and_summaries_are_reasoning() {
        let details = r#"[{"type":"reasoning.text","text":"a"},{"type":"reasoning.summary","summary":"b"},{"type":"reasoning.encrypted","data":"c"}]"#;
        assert_eq!(text(details), "ab");
        assert_eq!(text("null"), "");
    }
}
