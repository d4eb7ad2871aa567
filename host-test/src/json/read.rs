//! Reading a document: from JSON text or from a JSON value, by serde, with
//! errors that name the place.

use serde::Deserializer;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;
use serde_json::error::Category;

/// JSON that is not the expected document. Names the field by its path.
///
/// String values are never repeated: they may be secrets, or long.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{reason}", .path, if .path.is_empty() { "" } else { ": " })]
pub struct Error {
    /// The place: `messages[0].content`; empty for the whole document.
    pub path: String,
    /// What is wrong there; with line and column if it was read from text.
    pub reason: String,
}

/// Parses JSON text without reading it as a document.
///
/// # Errors
///
/// If it is not JSON; the reason names line and column.
pub fn parse(text: &str) -> Result<Value, Error> {
    any_from_text(text)
}

/// Reads a document from text. What the contract carries as JSON text keeps
/// its bytes.
pub(super) fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    // serde would fill a document's fields from the items of a list.
    if text.trim_start().starts_with('[') {
        return Err(list_for_object());
    }
    any_from_text(text)
}

fn list_for_object() -> Error {
    Error {
        path: String::new(),
        reason: "invalid type: sequence, expected an object".to_owned(),
    }
}

pub(super) fn any_from_text<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let document = from_deserializer(&mut deserializer)?;
    deserializer.end().map_err(|error| Error {
        path: String::new(),
        reason: reason(&error),
    })?;
    Ok(document)
}

/// Reads a document from a value.
pub(super) fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    if value.is_array() {
        return Err(list_for_object());
    }
    from_deserializer(value)
}

fn from_deserializer<'de, T: DeserializeOwned>(
    deserializer: impl Deserializer<'de, Error = serde_json::Error>,
) -> Result<T, Error> {
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path();
        let path = match path.iter().len() {
            0 => String::new(),
            _ => path.to_string(),
        };
        Error {
            path,
            reason: reason(error.inner()),
        }
    })
}

fn reason(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => format!("invalid JSON: {error}"),
        Category::Data => without_string_value(&error.to_string()),
    }
}

/// serde's message without the string that was found in place of another type:
/// `invalid type: string "…", expected u32`.
fn without_string_value(message: &str) -> String {
    const BEFORE: &str = ": string \"";
    const AFTER: &str = "\", expected ";
    match (message.find(BEFORE), message.rfind(AFTER)) {
        (Some(start), Some(end)) if start < end => {
            let (before, after) = (&message[..start], &message[end + 1..]);
            format!("{before}: string{after}")
        }
        _ => message.to_owned(),
    }
}

/// The error for a value of a type that is not accepted; names the type alone.
pub(super) fn wrong_type(found: &Value, expected: &str) -> serde_json::Error {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "sequence",
        Value::Object(_) => "map",
    };
    serde_json::Error::custom(format!("invalid type: {found}, expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::{Error, from_text, from_value, parse};
    use serde_json::json;
    use std::collections::BTreeMap;

    type Numbers = BTreeMap<String, u32>;

    #[test]
    fn broken_json_is_reported_with_its_line() {
        let error = parse("{\n  \"a\": }").unwrap_err().to_string();
        assert!(error.contains("invalid JSON: "), "{error}");
        assert!(error.contains("line 2"), "{error}");
        let error = parse("[1] x").unwrap_err().to_string();
        assert!(error.starts_with("invalid JSON: trailing"), "{error}");
    }

    #[test]
    fn a_string_of_another_type_is_named_and_not_repeated() {
        for secret in ["sk-secret", "sk-secret\", expected sk-secret"] {
            let error = from_value::<Numbers>(&json!({"a": 1, "b": secret})).unwrap_err();
            let expected = Error {
                path: "b".to_owned(),
                reason: "invalid type: string, expected u32".to_owned(),
            };
            assert_eq!(error, expected);
        }
        let error = from_text::<Numbers>("\"sk-secret\"").unwrap_err();
        assert!(!error.to_string().contains("sk-"), "{error}");
    }

    #[test]
    fn a_list_in_place_of_a_document_is_an_error() {
        for error in [
            from_text::<Numbers>(" [1]").unwrap_err(),
            from_value::<Numbers>(&json!([1])).unwrap_err(),
        ] {
            assert_eq!(
                error.to_string(),
                "invalid type: sequence, expected an object"
            );
        }
    }
}
