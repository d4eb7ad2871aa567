//! Tools: those offered, those that must be called, and those that were.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::upstream::api_error::ApiError;
use crate::upstream::field::{object, present, text};

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    /// A JSON document.
    pub(crate) arguments: String,
}

/// Which tools must be called (`tool_choice`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ToolChoice {
    /// Any, or none.
    Automatic,
    /// None.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// The names of the tools that a request offers.
pub(crate) fn offered(fields: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    match present(fields, "tools") {
        None => Ok(Vec::new()),
        Some(Value::Array(tools)) => tools
            .iter()
            .enumerate()
            .map(|(index, tool)| function_name(tool, &format!("tools[{index}]")))
            .collect(),
        Some(_) => Err(ApiError::wrong_type("tools", "an array of objects")),
    }
}

/// Reads which of the offered tools must be called.
pub(crate) fn choice(
    fields: &Map<String, Value>,
    offered: &[String],
) -> Result<ToolChoice, ApiError> {
    let choice = match present(fields, "tool_choice") {
        None => return Ok(ToolChoice::Automatic),
        Some(Value::String(word)) => match word.as_str() {
            "auto" => ToolChoice::Automatic,
            "none" => ToolChoice::None,
            "required" => ToolChoice::Required,
            other => {
                let message = format!(
                    "Invalid value: '{other}'. Supported values are: 'none', 'auto', and 'required'."
                );
                return Err(ApiError::field("tool_choice", message).code("invalid_value"));
            }
        },
        Some(named) => ToolChoice::Named(function_name(named, "tool_choice")?),
    };
    if offered.is_empty() {
        let message = "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.";
        return Err(ApiError::field("tool_choice", message));
    }
    match &choice {
        ToolChoice::Named(name) if !offered.contains(name) => {
            let message = format!(
                "Invalid value for 'tool_choice': the function '{name}' is not among 'tools'."
            );
            Err(ApiError::field("tool_choice", message))
        }
        _ => Ok(choice),
    }
}

fn function_name(holder: &Value, place: &str) -> Result<String, ApiError> {
    let place = format!("{place}.function");
    let function = holder
        .get("function")
        .and_then(Value::as_object)
        .ok_or_else(|| ApiError::missing(&place))?;
    text(function, "name")?
        .map(str::to_owned)
        .ok_or_else(|| ApiError::missing(&format!("{place}.name")))
}

/// The calls so far: each identifier and its tool's name.
#[derive(Debug, Default)]
pub(crate) struct Called(BTreeMap<String, String>);

impl Called {
    /// Records the calls of an assistant message.
    pub(crate) fn note(
        &mut self,
        message: &Map<String, Value>,
        place: &str,
    ) -> Result<(), ApiError> {
        let calls = match present(message, "tool_calls") {
            None => return Ok(()),
            Some(Value::Array(calls)) => calls,
            Some(_) => {
                let place = format!("{place}.tool_calls");
                return Err(ApiError::wrong_type(&place, "an array of objects"));
            }
        };
        for (index, call) in calls.iter().enumerate() {
            let place = format!("{place}.tool_calls[{index}]");
            let call = call
                .as_object()
                .ok_or_else(|| ApiError::wrong_type(&place, "an object"))?;
            let (id, name) = identified(call, &place)?;
            self.0.insert(id, name);
        }
        Ok(())
    }

    /// The tool whose result a message has.
    pub(crate) fn tool_of(
        &self,
        message: &Map<String, Value>,
        place: &str,
    ) -> Result<String, ApiError> {
        let id = text(message, "tool_call_id")?
            .ok_or_else(|| ApiError::missing(&format!("{place}.tool_call_id")))?;
        self.0.get(id).cloned().ok_or_else(|| {
            let message = "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
            ApiError::field(format!("{place}.role"), message)
        })
    }
}

/// A call's identifier and name; its arguments must be a string.
fn identified(call: &Map<String, Value>, place: &str) -> Result<(String, String), ApiError> {
    let missing = |name: &str| ApiError::missing(&format!("{place}.{name}"));
    let id = text(call, "id")?.ok_or_else(|| missing("id"))?;
    let function = object(call, "function")?.ok_or_else(|| missing("function"))?;
    let name = text(function, "name")?.ok_or_else(|| missing("function.name"))?;
    match present(function, "arguments") {
        Some(Value::String(_)) => Ok((id.to_owned(), name.to_owned())),
        Some(_) => Err(ApiError::wrong_type(
            &format!("{place}.function.arguments"),
            "a string",
        )),
        None => Err(missing("function.arguments")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: &Value) -> Result<(Vec<String>, ToolChoice), ApiError> {
        let fields = body.as_object().unwrap();
        let offered = offered(fields)?;
        let choice = choice(fields, &offered)?;
        Ok((offered, choice))
    }

    fn clock() -> Value {
        json!({"type": "function", "function": {"name": "clock", "parameters": {}}})
    }

    #[test]
    fn a_choice_is_a_word_or_a_function() {
        for (choice, meant) in [
            (json!("auto"), ToolChoice::Automatic),
            (json!("none"), ToolChoice::None),
            (json!("required"), ToolChoice::Required),
            (clock(), ToolChoice::Named("clock".into())),
        ] {
            let body = json!({"tools": [clock()], "tool_choice": choice});
            assert_eq!(read(&body), Ok((vec!["clock".into()], meant)));
        }
        assert_eq!(read(&json!({})), Ok((Vec::new(), ToolChoice::Automatic)));
    }

    #[test]
    fn tools_that_nobody_could_call_are_refused() {
        for body in [
            json!({"tools": {}}),
            json!({"tools": [{}]}),
            json!({"tools": [{"function": {"name": 1}}]}),
            json!({"tools": [{"function": {"name": ""}}]}),
            json!({"tool_choice": "auto"}),
            json!({"tools": [clock()], "tool_choice": "any"}),
            json!({"tools": [clock()], "tool_choice": {"function": {"name": "watch"}}}),
        ] {
            assert!(read(&body).is_err(), "{body} was taken");
        }
    }
}
