//! Opaque data of a provider on a turn or a tool call: signatures of reasoning,
//! encrypted reasoning. The next turn must return it as it came, so it is
//! collected here as one JSON object and never interpreted.
//!
//! In a stream, the values of one name are merged: lists are concatenated,
//! objects are merged member by member, and a later value replaces an earlier
//! one unless it is null or an empty string. Values that are not merged stay
//! byte for byte.

use std::borrow::Cow;

use super::reasoning_details::ReasoningDetails;
use crate::error::Error;
use wire::lenient;
use wire::members::write_name;
use wire::sse::MAX_EVENT_BYTES;

/// Known names, and who sends them:
///
/// | name | sender |
/// | --- | --- |
/// | `extra_content` | Gemini's compatible API: `google.thought_signature` |
/// | `reasoning_details` | OpenRouter, MiniMax |
/// | `claude_content_blocks` | Higress, for Claude |
/// | `thinking_blocks`, `provider_specific_fields` | `LiteLLM` |
/// | `reasoning_opaque` | GitHub Copilot |
const NAMES: [&str; 6] = [
    "extra_content",
    "reasoning_details",
    "claude_content_blocks",
    "thinking_blocks",
    "provider_specific_fields",
    "reasoning_opaque",
];

/// Parts of names that mark opaque data in any vendor's extension, such as
/// `thought_signature`, `reasoning_signature`, `reasoning_redacted_content` and
/// `encrypted_content`.
const MARKS: [&str; 3] = ["signature", "encrypted", "redacted"];

/// Maximum number of members of an object, of those that are merged.
const MAX_MEMBERS: usize = 256;

/// Maximum depth to which objects are merged; a deeper one is replaced.
const MAX_MERGED_DEPTH: u8 = 8;

/// Whether a member of this name is opaque data.
pub(super) fn is_opaque(name: &str) -> bool {
    NAMES.contains(&name) || MARKS.iter().any(|mark| name.contains(mark))
}

/// The provider data of one turn or call.
#[derive(Debug, Default)]
pub(super) struct ProviderData {
    members: Vec<(String, Node)>,
    bytes: usize,
}

/// A value.
#[derive(Debug)]
enum Node {
    /// The JSON of the value.
    Json(String),
    /// Merged objects.
    Object(Vec<(String, Node)>),
    /// Merged values of `reasoning_details`.
    Details(ReasoningDetails),
}

impl ProviderData {
    /// Adds the JSON of a member.
    ///
    /// # Errors
    ///
    /// `protocol` if the data exceeds its limits.
    pub(super) fn add(&mut self, name: &str, json: &str) -> Result<(), Error> {
        merge_member(&mut self.members, name, json, &mut self.bytes, 0)?;
        if self.bytes > MAX_EVENT_BYTES {
            return Err(too_large());
        }
        Ok(())
    }

    /// Number of bytes of all values.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The JSON object; `None` if it has no members.
    pub(super) fn into_json(self) -> Option<String> {
        if self.members.is_empty() {
            return None;
        }
        let mut json = String::new();
        write_object(&self.members, &mut json);
        Some(json)
    }
}

fn too_large() -> Error {
    Error::protocol(format!(
        "the provider data of the answer exceeds the limit of {MAX_EVENT_BYTES} bytes or {MAX_MEMBERS} members"
    ))
}

/// Adds a member to an object. `bytes` is the size of everything so far.
fn merge_member(
    members: &mut Vec<(String, Node)>,
    name: &str,
    json: &str,
    bytes: &mut usize,
    depth: u8,
) -> Result<(), Error> {
    if let Some((_, node)) = members.iter_mut().find(|(known, _)| known == name) {
        return node.merge(name, json, bytes, depth);
    }
    if json == "null" {
        return Ok(());
    }
    if members.len() == MAX_MEMBERS {
        return Err(too_large());
    }
    *bytes = bytes.saturating_add(name.len()).saturating_add(json.len());
    members.push((name.to_owned(), Node::Json(json.to_owned())));
    Ok(())
}

impl Node {
    fn merge(&mut self, name: &str, json: &str, bytes: &mut usize, depth: u8) -> Result<(), Error> {
        match (json.as_bytes().first(), &mut *self) {
            (Some(b'n'), _) => Ok(()),
            (Some(b'"'), _) if json == "\"\"" => Ok(()),
            (Some(b'['), Self::Details(details)) => {
                details.add(json);
                *bytes = bytes.saturating_add(json.len());
                Ok(())
            }
            (Some(b'['), Self::Json(list)) if list.starts_with('[') => {
                *bytes = bytes.saturating_add(json.len());
                if name == "reasoning_details" {
                    let mut details = ReasoningDetails::default();
                    details.add(list);
                    details.add(json);
                    *self = Self::Details(details);
                } else {
                    concatenate(list, json);
                }
                Ok(())
            }
            (Some(b'{'), Self::Object(members)) => merge_object(members, json, bytes, depth),
            (Some(b'{'), Self::Json(object))
                if object.starts_with('{') && depth < MAX_MERGED_DEPTH =>
            {
                if object == json {
                    return Ok(()); // repeated in each chunk
                }
                *bytes = bytes.saturating_sub(object.len());
                let mut members = Vec::new();
                merge_object(&mut members, object, bytes, depth)?;
                merge_object(&mut members, json, bytes, depth)?;
                *self = Self::Object(members);
                Ok(())
            }
            _ => {
                *bytes = bytes.saturating_sub(self.len()).saturating_add(json.len());
                *self = Self::Json(json.to_owned());
                Ok(())
            }
        }
    }

    /// Number of bytes of the values.
    fn len(&self) -> usize {
        match self {
            Self::Json(json) => json.len(),
            Self::Details(details) => details.bytes(),
            Self::Object(members) => members.iter().fold(0, |sum, (name, node)| {
                sum.saturating_add(name.len()).saturating_add(node.len())
            }),
        }
    }

    fn write(&self, json: &mut String) {
        match self {
            Self::Json(value) => json.push_str(value),
            Self::Object(members) => write_object(members, json),
            Self::Details(details) => details.write(json),
        }
    }
}

fn merge_object(
    members: &mut Vec<(String, Node)>,
    json: &str,
    bytes: &mut usize,
    depth: u8,
) -> Result<(), Error> {
    let mut outcome = Ok(());
    lenient::each_member(json, &mut |name: Cow<'_, str>, value| {
        if outcome.is_ok() {
            outcome = merge_member(members, &name, value, bytes, depth.saturating_add(1));
        }
    });
    outcome
}

/// Appends the items of a list to another.
fn concatenate(list: &mut String, more: &str) {
    let is_empty = |list: &str| {
        let items = list
            .strip_prefix('[')
            .and_then(|list| list.strip_suffix(']'));
        // From the end, where only the last piece can have whitespace.
        items.is_none_or(|items| items.trim_ascii_end().is_empty())
    };
    if is_empty(more) {
        return;
    }
    if is_empty(list) {
        more.clone_into(list);
        return;
    }
    list.pop();
    list.push(',');
    list.push_str(more.strip_prefix('[').unwrap_or(more));
}

fn write_object(members: &[(String, Node)], json: &mut String) {
    json.push('{');
    for (position, (name, node)) in members.iter().enumerate() {
        if position > 0 {
            json.push(',');
        }
        write_name(name, json);
        node.write(json);
    }
    json.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(members: &[(&str, &str)]) -> Option<String> {
        let mut data = ProviderData::default();
        for (name, json) in members {
            data.add(name, json).unwrap();
        }
        data.into_json()
    }

    #[test]
    fn names_of_opaque_data_are_known_or_say_so() {
        for name in [
            "extra_content",
            "thought_signature",
            "reasoning_redacted_content",
            "reasoning_details",
            "encrypted_content",
        ] {
            assert!(is_opaque(name), "{name}");
        }
        for name in ["role", "content", "audio", "name", ""] {
            assert!(!is_opaque(name), "{name}");
        }
    }

    #[test]
    fn a_value_that_comes_once_stays_byte_for_byte() {
        let extra = r#"{ "google":{"n":1e2, "thought_signature":"AY\u0038"} }"#;
        assert_eq!(
            collected(&[("extra_content", extra)]).unwrap(),
            format!("{{\"extra_content\":{extra}}}")
        );
        assert_eq!(collected(&[]), None);
        assert_eq!(collected(&[("signature", "null")]), None);
    }

    #[test]
    fn values_of_one_name_are_merged() {
        for (values, expected) in [
            (&["\"a\"", "\"\"", "null", "\"b\"", "\"\""][..], "\"b\""),
            (&["[1]", "[]", "[ 2.0 ,3]"], "[1, 2.0 ,3]"),
            (&["[ ]", "[1]"], "[1]"),
            (&["[  1 ]", "[2]", "[ ]", "[3 ]"], "[  1 ,2,3 ]"),
            (
                &[
                    r#"{"a":{"b":1,"c":[1]}}"#,
                    r#"{"a":{"c":[2],"d":"x"},"e":2}"#,
                ],
                r#"{"a":{"b":1,"c":[1,2],"d":"x"},"e":2}"#,
            ),
            (&[r#"{"a":1}"#, r#"{"a":1}"#, r#"{"a":null}"#], r#"{"a":1}"#),
            (&["[1]", "\"a\""], "\"a\""),
            (&["\"a\"", "{}"], "{}"),
        ] {
            let members: Vec<(&str, &str)> = values.iter().map(|value| ("x", *value)).collect();
            let expected = format!("{{\"x\":{expected}}}");
            assert_eq!(collected(&members), Some(expected), "{values:?}");
        }
    }

    #[test]
    fn size_members_and_depth_are_bounded() {
        let mut data = ProviderData::default();
        let mebibyte = format!("[\"{}\"]", "x".repeat(1 << 20));
        let outcome = (0..17).try_for_each(|_| data.add("x", &mebibyte));
        assert!(outcome.is_err());
        // A value that is replaced counts no longer.
        let mut data = ProviderData::default();
        let mebibyte = format!("\"{}\"", "x".repeat(1 << 20));
        let outcome = (0..40).try_for_each(|_| data.add("x", &mebibyte));
        assert!(outcome.is_ok());
        let outcome = (0..1000).try_for_each(|nth| data.add(&nth.to_string(), "1"));
        assert!(outcome.is_err());
        let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        let deeper = format!("{}2{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        let mut data = ProviderData::default();
        data.add("x", &deep).unwrap();
        data.add("x", &deeper).unwrap();
        assert!(data.into_json().unwrap().contains(":2}"));
    }
}
