//! Provider data of a turn or of a tool call: members that a backend put there
//! and wants back, such as signatures of reasoning. They are sent as they came.
//!
//! | backend | where | members |
//! | --- | --- | --- |
//! | Gemini | tool call | `extra_content` (`google.thought_signature`), `thought_signature`, or the same in `function` |
//! | Claude through Higress | turn | `reasoning_signature`, `reasoning_redacted_content`, `claude_content_blocks` |
//! | OpenRouter | turn | `reasoning_details` |

use super::json_object::Members;
use crate::error::Error;

/// The provider data of a tool call, by the object that its members belong to.
#[derive(Debug, Default)]
pub(super) struct CallData<'a> {
    /// Members of the call.
    pub(super) call: Members<'a>,
    /// Members of its `function`.
    pub(super) function: Members<'a>,
}

/// The members of a message that have a field in the request.
pub(super) const OF_MESSAGE: &[&str] = &[
    "role",
    "content",
    "name",
    "reasoning_content",
    "tool_calls",
    "function_call",
    "tool_call_id",
];

/// The members of a tool call that have a field in the request.
pub(super) const OF_CALL: &[&str] = &["id", "type"];

/// Parses the provider data of an assistant message.
///
/// # Errors
///
/// `invalid-request` naming `field` for JSON that is not an object, or for a
/// member that the provider writes.
pub(super) fn of_turn(
    json: Option<&str>,
    field: impl Fn() -> String,
) -> Result<Members<'_>, Error> {
    let Some(json) = json else {
        return Ok(Members::default());
    };
    members(json, OF_MESSAGE).map_err(|problem| problem.at(&field()))
}

/// Whether the provider data of a turn includes a signature of its
/// `reasoning_content`.
pub(super) fn signs_reasoning(data: &Members<'_>) -> bool {
    data.first_of(&["reasoning_signature"]).is_some()
}

/// Parses the provider data of a tool call. `own` are the members, written by
/// the provider, of the object that it becomes a part of.
///
/// # Errors
///
/// As for [`of_turn`]; also if `function` is not an object.
pub(super) fn of_call<'a>(
    json: Option<&'a str>,
    own: &[&'static str],
    field: impl Fn() -> String,
) -> Result<CallData<'a>, Error> {
    let Some(json) = json else {
        return Ok(CallData::default());
    };
    let parse = || {
        let mut call = members(json, own)?;
        let function = match call.take("function") {
            Some(function) => {
                members(function.get(), &["name", "arguments"]).map_err(Problem::in_function)?
            }
            None => Members::default(),
        };
        Ok(CallData { call, function })
    };
    parse().map_err(|problem: Problem| problem.at(&field()))
}

fn members<'a>(json: &'a str, own: &[&'static str]) -> Result<Members<'a>, Problem> {
    let members = Members::read(json).ok_or(Problem::NotAnObject)?;
    match members.first_of(own) {
        Some(name) => Err(Problem::Own(name)),
        None => Ok(members),
    }
}

/// What is wrong with provider data.
enum Problem {
    NotAnObject,
    FunctionIsNoObject,
    /// It has a member that the provider writes.
    Own(&'static str),
}

impl Problem {
    fn in_function(self) -> Self {
        match self {
            Self::NotAnObject => Self::FunctionIsNoObject,
            Self::FunctionIsNoObject | Self::Own(_) => self,
        }
    }

    fn at(self, field: &str) -> Error {
        let problem = match self {
            Self::NotAnObject => "must be a JSON object; send it as the answer had it".to_owned(),
            Self::FunctionIsNoObject => "has a `function` that is not a JSON object".to_owned(),
            Self::Own(name) => {
                format!("contains `{name}`, which the provider writes; use the message's own field")
            }
        };
        Error::invalid_request(format!("{field} {problem}")).with_field(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(json: &str) -> Result<Members<'_>, Error> {
        of_turn(Some(json), || "messages[1].provider_data".to_owned())
    }

    fn call(json: &str) -> Result<CallData<'_>, Error> {
        let field = || "messages[1].tool_calls[0].provider_data".to_owned();
        of_call(Some(json), OF_CALL, field)
    }

    #[test]
    fn what_a_message_has_without_it_is_refused_in_it() {
        for (json, said) in [
            ("[]", "JSON object"),
            ("{", "JSON object"),
            ("\"{}\"", "JSON object"),
            (r#"{"x":1,"content":"c"}"#, "`content`"),
            (r#"{"role":"user"}"#, "`role`"),
            (r#"{"tool_calls":[]}"#, "`tool_calls`"),
            (r#"{"reasoning_content":"c"}"#, "`reasoning_content`"),
        ] {
            let error = turn(json).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("messages[1].provider_data"));
            assert!(error.message.contains(said), "{}", error.message);
        }
        for (json, said) in [
            ("1", "JSON object"),
            (r#"{"id":"1"}"#, "`id`"),
            (r#"{"type":"function"}"#, "`type`"),
            (r#"{"function":[]}"#, "`function`"),
            (r#"{"function":{"name":"f"}}"#, "`name`"),
            (r#"{"function":{"arguments":"{}"}}"#, "`arguments`"),
        ] {
            let error = call(json).unwrap_err();
            let field = Some("messages[1].tool_calls[0].provider_data");
            assert_eq!(error.field.as_deref(), field);
            assert!(error.message.contains(said), "{}", error.message);
        }
    }

    #[test]
    fn a_legacy_call_may_not_replace_members_of_its_message() {
        for json in [r#"{"role":"system"}"#, r#"{"content":"c"}"#] {
            assert!(call(json).is_ok(), "{json}");
            let legacy = of_call(Some(json), OF_MESSAGE, || "f".to_owned());
            assert_eq!(legacy.unwrap_err().field.as_deref(), Some("f"), "{json}");
        }
    }

    #[test]
    fn members_of_the_function_are_kept_apart() {
        let data = call(r#"{"a":1,"function":{"thought_signature":"s"},"b":2}"#).unwrap();
        let names = |members: &Members<'_>| -> Vec<String> {
            members.iter().map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(&data.call), ["a", "b"]);
        assert_eq!(names(&data.function), ["thought_signature"]);
        assert!(names(&of_call(None, OF_CALL, String::new).unwrap().call).is_empty());
    }
}
