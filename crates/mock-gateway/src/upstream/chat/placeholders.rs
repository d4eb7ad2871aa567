//! Placeholders in the texts of a rule, such as `{name}`, and filling them.

use serde_json::Value;

/// The value that a placeholder is replaced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholder<'a> {
    /// `{message}` in arguments: the last user message.
    Message,
    /// `{}`: the whole result of the rule's tool.
    Whole,
    /// `{name.inner}`: the value at that path of the result.
    Own(&'a str),
    /// `{tool:name.inner}`: the value at that path of another tool's result.
    Of(&'a str, &'a str),
}

/// A sentence whose placeholders have been filled.
pub(super) struct Filled {
    pub(super) text: String,
    /// Whether every placeholder had a value.
    pub(super) is_complete: bool,
}

impl<'a> Placeholder<'a> {
    /// The placeholder of a text between braces.
    fn of(name: &'a str) -> Self {
        match name.split_once(':') {
            Some((tool, path)) => Self::Of(tool, path),
            None if name.is_empty() => Self::Whole,
            None => Self::Own(name),
        }
    }

    /// The placeholder that is a whole argument.
    fn of_argument(text: &'a str) -> Option<Self> {
        let name = text.strip_prefix('{')?.strip_suffix('}')?;
        match Self::of(name) {
            Self::Own("message") => Some(Self::Message),
            Self::Of(tool, path) => Some(Self::Of(tool, path)),
            Self::Message | Self::Whole | Self::Own(_) => None,
        }
    }
}

/// The tools whose results are among these arguments.
pub(super) fn tools_named(arguments: &Value) -> Vec<&str> {
    match arguments {
        Value::String(text) => match Placeholder::of_argument(text) {
            Some(Placeholder::Of(tool, _)) => vec![tool],
            Some(Placeholder::Message | Placeholder::Whole | Placeholder::Own(_)) | None => {
                Vec::new()
            }
        },
        Value::Array(items) => items.iter().flat_map(tools_named).collect(),
        Value::Object(fields) => fields.values().flat_map(tools_named).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// The arguments with their placeholders filled; null where there is no value.
pub(super) fn filled_arguments(
    arguments: &Value,
    fill: &impl Fn(Placeholder<'_>) -> Option<String>,
) -> Value {
    match arguments {
        Value::String(text) => match Placeholder::of_argument(text) {
            Some(placeholder) => fill(placeholder).map_or(Value::Null, Value::String),
            None => arguments.clone(),
        },
        Value::Array(items) => items
            .iter()
            .map(|item| filled_arguments(item, fill))
            .collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), filled_arguments(value, fill)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => arguments.clone(),
    }
}

/// The sentence with its placeholders filled; empty where there is no value.
pub(super) fn filled_sentence(
    sentence: &str,
    fill: &impl Fn(Placeholder<'_>) -> Option<String>,
) -> Filled {
    let mut filled = Filled {
        text: String::new(),
        is_complete: true,
    };
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            break;
        };
        filled.text.push_str(before);
        match fill(Placeholder::of(name)) {
            Some(text) => filled.text.push_str(&text),
            None => filled.is_complete = false,
        }
        rest = behind;
    }
    filled.text.push_str(rest);
    filled
}

/// The value at a path of a JSON text, with commas between the items of a list;
/// `None` if there is none.
pub(super) fn found(json: &str, path: &str) -> Option<String> {
    let json: Value = serde_json::from_str(json).unwrap_or_default();
    let texts = texts_at(&json, path);
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// The values at a path of names and numbers; a list without a number stands
/// for all its items.
fn texts_at(value: &Value, path: &str) -> Vec<String> {
    let (name, inner) = path.split_once('.').unwrap_or((path, ""));
    match value {
        Value::Array(items) => match name.parse::<usize>() {
            Ok(number) => items
                .get(number)
                .map_or_else(Vec::new, |item| texts_at(item, inner)),
            Err(_) => items.iter().flat_map(|item| texts_at(item, path)).collect(),
        },
        Value::Object(fields) => fields
            .get(name)
            .map_or_else(Vec::new, |found| texts_at(found, inner)),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_leads_through_names_lists_and_numbers() {
        let json = json!({"a": [{"b": 1}, {"b": "two"}], "c": true}).to_string();
        for (path, expected) in [
            ("a.b", Some("1, two")),
            ("a.1.b", Some("two")),
            ("a.2.b", None),
            ("c", Some("true")),
            ("d", None),
        ] {
            assert_eq!(found(&json, path).as_deref(), expected, "{path}");
        }
        assert_eq!(found("no JSON", "a"), None);
    }

    #[test]
    fn only_a_whole_argument_is_a_gap() {
        let arguments =
            json!({"a": "{message}", "b": ["{clock:time}"], "c": "{message}!", "d": "{x}"});
        assert_eq!(tools_named(&arguments), ["clock"]);
        let filled = filled_arguments(&arguments, &|placeholder| Some(format!("{placeholder:?}")));
        let expected = json!({
            "a": "Message", "b": ["Of(\"clock\", \"time\")"], "c": "{message}!", "d": "{x}"
        });
        assert_eq!(filled, expected);
    }

    #[test]
    fn a_sentence_knows_whether_a_gap_was_left() {
        let fill = |placeholder: Placeholder<'_>| {
            (placeholder == Placeholder::Own("a")).then(|| "tea".to_owned())
        };
        let filled = filled_sentence("{a} and {b}", &fill);
        assert_eq!(
            (filled.text.as_str(), filled.is_complete),
            ("tea and ", false)
        );
        let filled = filled_sentence("{a} {open", &fill);
        assert_eq!(
            (filled.text.as_str(), filled.is_complete),
            ("tea {open", true)
        );
    }
}
