//! Reading `messages` of a chat completion request, strictly.

use serde_json::{Map, Value};

use super::conversation::{Conversation, Role, Turn};
use super::tools::Called;
use crate::upstream::api_error::ApiError;

/// The conversation in a request's `messages`.
pub(crate) fn conversation(messages: &Value) -> Result<Conversation, ApiError> {
    let messages = messages
        .as_array()
        .ok_or_else(|| ApiError::wrong_type("messages", "an array of objects"))?;
    if messages.is_empty() {
        let message = "Invalid 'messages': empty array. Expected an array with minimum length 1.";
        return Err(ApiError::field("messages", message).code("empty_array"));
    }
    let mut called = Called::default();
    let turns: Result<Vec<Turn>, ApiError> = messages
        .iter()
        .enumerate()
        .map(|(index, message)| turn(message, &mut called, &format!("messages[{index}]")))
        .collect();
    Ok(Conversation { turns: turns? })
}

fn turn(message: &Value, called: &mut Called, place: &str) -> Result<Turn, ApiError> {
    let message = message
        .as_object()
        .ok_or_else(|| ApiError::wrong_type(place, "an object"))?;
    let role = role(message, place)?;
    let text = match message.get("content") {
        None | Some(Value::Null) => text_of_no_content(message, role, place)?,
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => text_of_parts(parts, place)?,
        Some(_) => {
            let place = format!("{place}.content");
            return Err(ApiError::wrong_type(
                &place,
                "a string or an array of objects",
            ));
        }
    };
    let tool = match role {
        Role::Tool => Some(called.tool_of(message, place)?),
        Role::Assistant => {
            called.note(message, place)?;
            None
        }
        Role::System | Role::User => None,
    };
    Ok(Turn {
        tool,
        ..Turn::new(role, text)
    })
}

fn role(message: &Map<String, Value>, place: &str) -> Result<Role, ApiError> {
    let place = format!("{place}.role");
    let name = message
        .get("role")
        .ok_or_else(|| ApiError::missing(&place))?;
    match name.as_str() {
        Some("system" | "developer") => Ok(Role::System),
        Some("user") => Ok(Role::User),
        Some("assistant") => Ok(Role::Assistant),
        Some("tool") => Ok(Role::Tool),
        Some(other) => Err(invalid_value(
            &place,
            other,
            "'system', 'developer', 'user', 'assistant', and 'tool'",
        )),
        None => Err(ApiError::wrong_type(&place, "a string")),
    }
}

/// Only an assistant message with tool calls may have no content.
fn text_of_no_content(
    message: &Map<String, Value>,
    role: Role,
    place: &str,
) -> Result<String, ApiError> {
    let called_tools = message
        .get("tool_calls")
        .and_then(Value::as_array)
        .is_some_and(|calls| !calls.is_empty());
    match role {
        Role::Assistant if called_tools => Ok(String::new()),
        Role::System | Role::User | Role::Assistant | Role::Tool => {
            Err(ApiError::missing(&format!("{place}.content")))
        }
    }
}

fn text_of_parts(parts: &[Value], place: &str) -> Result<String, ApiError> {
    let texts: Result<Vec<String>, ApiError> = parts
        .iter()
        .enumerate()
        .map(|(index, part)| text_of_part(part, &format!("{place}.content[{index}]")))
        .collect();
    Ok(texts?.join(" "))
}

/// The text of a part; other parts are named in brackets.
fn text_of_part(part: &Value, place: &str) -> Result<String, ApiError> {
    let kind_place = format!("{place}.type");
    let kind = part
        .get("type")
        .ok_or_else(|| ApiError::missing(&kind_place))?;
    let named = |field: &str, name: &str| match part.get(field) {
        Some(Value::Object(_)) => Ok(format!("[{name}]")),
        Some(_) => Err(ApiError::wrong_type(
            &format!("{place}.{field}"),
            "an object",
        )),
        None => Err(ApiError::missing(&format!("{place}.{field}"))),
    };
    match kind.as_str() {
        Some("text") => match part.get("text") {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => Err(ApiError::wrong_type(&format!("{place}.text"), "a string")),
            None => Err(ApiError::missing(&format!("{place}.text"))),
        },
        Some("image_url") => named("image_url", "image"),
        Some("video_url") => named("video_url", "video"),
        Some("input_audio") => named("input_audio", "audio"),
        Some("file") => named("file", "document"),
        Some(other) => Err(invalid_value(
            &kind_place,
            other,
            "'text', 'image_url', 'video_url', 'input_audio', and 'file'",
        )),
        None => Err(ApiError::wrong_type(&kind_place, "a string")),
    }
}

fn invalid_value(place: &str, value: &str, supported: &str) -> ApiError {
    let message = format!("Invalid value: '{value}'. Supported values are: {supported}.");
    ApiError::field(place, message).code("invalid_value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_are_joined_and_images_named() {
        let messages = json!([{"role": "user", "content": [
            {"type": "text", "text": "Look:"},
            {"type": "image_url", "image_url": {"url": "http://127.0.0.1/a.png"}},
        ]}]);
        let conversation = conversation(&messages).unwrap();
        assert_eq!(conversation.turns, [Turn::new(Role::User, "Look: [image]")]);
    }

    #[test]
    fn an_assistant_may_be_silent_only_if_it_called_tools() {
        let silent = json!([{"role": "assistant", "content": null}]);
        let calling = json!([{"role": "assistant", "content": null, "tool_calls": [
            {"id": "1", "type": "function", "function": {"name": "clock", "arguments": "{}"}},
        ]}]);
        assert!(conversation(&silent).is_err());
        assert!(conversation(&calling).is_ok());
    }

    #[test]
    fn a_result_knows_its_tool_and_must_have_been_asked_for() {
        let call = json!({"id": "c-1", "type": "function",
            "function": {"name": "clock", "arguments": "{}"}});
        let asking = json!({"role": "assistant", "content": null, "tool_calls": [call]});
        let result = |id: &str| json!({"role": "tool", "content": "noon", "tool_call_id": id});
        let told = conversation(&json!([asking, result("c-1")])).unwrap();
        assert_eq!(told.turns[1].tool.as_deref(), Some("clock"));
        assert!(conversation(&json!([asking, result("c-2")])).is_err());
        assert!(conversation(&json!([result("c-1")])).is_err());
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for messages in [
            json!({}),
            json!([]),
            json!(["hi"]),
            json!([{"content": "hi"}]),
            json!([{"role": "robot", "content": "hi"}]),
            json!([{"role": "user"}]),
            json!([{"role": "user", "content": 1}]),
            json!([{"role": "tool", "content": "noon"}]),
            json!([{"role": "assistant", "content": null, "tool_calls": [{}]}]),
            json!([{"role": "user", "content": [{"type": "smell"}]}]),
            json!([{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}]),
        ] {
            assert!(conversation(&messages).is_err(), "{messages} was taken");
        }
    }
}
