//! Reading a request's messages. Which fields a message may have depends on
//! its role.

use super::content::ContentDocument;
use crate::json::field::JsonText;
use provider_host::contract::text_generation::{
    AssistantMessage, ContentMessage, Message, ToolCall, ToolMessage,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(try_from = "MessageFields")]
pub(super) struct MessageDocument(pub(super) Message);

/// A message of any role. An enum with the role as its tag would lose the
/// place of what is wrong below it, and the bytes of a tool call's arguments.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct MessageFields {
    role: RoleWord,
    content: Option<ContentDocument>,
    name: Option<String>,
    reasoning: Option<String>,
    tool_calls: Option<Vec<ToolCallDocument>>,
    tool_call_id: Option<String>,
    provider_data: Option<JsonText>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RoleWord {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

/// Why the fields are not those of a message of this role.
#[derive(Debug, thiserror::Error)]
enum RoleError {
    #[error("missing field `{field}`, required for role `{role}`")]
    Missing {
        field: &'static str,
        role: &'static str,
    },
    #[error("unexpected field `{field}` for role `{role}`")]
    Unexpected {
        field: &'static str,
        role: &'static str,
    },
}

impl TryFrom<MessageFields> for MessageDocument {
    type Error = RoleError;

    fn try_from(fields: MessageFields) -> Result<Self, RoleError> {
        fields.check()?;
        let role = fields.role;
        let missing = |field| RoleError::Missing {
            field,
            role: role.as_str(),
        };
        let content = match (role, fields.content) {
            (_, Some(content)) => content.0,
            (RoleWord::Assistant, None) => Vec::new(),
            (_, None) => return Err(missing("content")),
        };
        let name = fields.name;
        Ok(Self(match role {
            RoleWord::System => Message::System(ContentMessage { content, name }),
            RoleWord::Developer => Message::Developer(ContentMessage { content, name }),
            RoleWord::User => Message::User(ContentMessage { content, name }),
            RoleWord::Assistant => {
                let calls = fields.tool_calls.unwrap_or_default();
                Message::Assistant(AssistantMessage {
                    content,
                    name,
                    reasoning: fields.reasoning,
                    tool_calls: calls.into_iter().map(Into::into).collect(),
                    provider_data: fields.provider_data.map(|data| data.0),
                })
            }
            RoleWord::Tool => {
                let id = fields.tool_call_id;
                Message::Tool(ToolMessage {
                    tool_call_id: id.ok_or_else(|| missing("tool_call_id"))?,
                    content,
                })
            }
        }))
    }
}

impl MessageFields {
    /// Rejects fields that belong to other roles.
    fn check(&self) -> Result<(), RoleError> {
        let is_assistant = self.role == RoleWord::Assistant;
        let is_tool = self.role == RoleWord::Tool;
        let unexpected = [
            ("name", self.name.is_some() && is_tool),
            ("reasoning", self.reasoning.is_some() && !is_assistant),
            ("tool_calls", self.tool_calls.is_some() && !is_assistant),
            ("tool_call_id", self.tool_call_id.is_some() && !is_tool),
            (
                "provider_data",
                self.provider_data.is_some() && !is_assistant,
            ),
        ];
        match unexpected.into_iter().find(|(_, unexpected)| *unexpected) {
            None => Ok(()),
            Some((field, _)) => Err(RoleError::Unexpected {
                field,
                role: self.role.as_str(),
            }),
        }
    }
}

impl RoleWord {
    fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ToolCallDocument {
    id: String,
    name: String,
    arguments: JsonText,
    /// Ignored in requests; accepted so that the calls of an answer can be
    /// sent back as they are.
    #[serde(rename = "arguments_valid")]
    _arguments_valid: Option<bool>,
    provider_data: Option<JsonText>,
}

impl From<ToolCallDocument> for ToolCall {
    fn from(document: ToolCallDocument) -> Self {
        Self {
            id: document.id,
            name: document.name,
            arguments: document.arguments.0,
            provider_data: document.provider_data.map(|data| data.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MessageDocument;
    use crate::json::read::{Error, from_value};
    use provider_host::contract::text_generation::{
        CachePoint, ContentPart, ImageDetail, MediaKind, MediaSource, Message, ToolCall,
    };
    use serde_json::{Value, json};

    fn try_read(value: &Value) -> Result<Message, Error> {
        from_value::<MessageDocument>(value).map(|message| message.0)
    }

    fn read(value: &Value) -> Message {
        try_read(value).unwrap()
    }

    fn problem(value: &Value) -> String {
        try_read(value).unwrap_err().to_string()
    }

    fn part(value: &Value) -> ContentPart {
        match read(&json!({"role": "user", "content": [value]})) {
            Message::User(mut message) => message.content.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn content_is_a_text_or_a_list_of_parts() {
        let short = read(&json!({"role": "user", "content": "Hi"}));
        let long = read(&json!({"role": "user", "content": [{"type": "text", "text": "Hi"}]}));
        assert_eq!(short, long);
    }

    #[test]
    fn every_role_is_known() {
        for role in ["system", "developer", "user", "assistant"] {
            read(&json!({"role": role, "content": "Hi", "name": "Ada"}));
        }
        read(&json!({"role": "tool", "content": "42", "tool_call_id": "call-1"}));
    }

    #[test]
    fn an_assistant_may_only_have_called_tools() {
        let call = json!({"id": "call-1", "name": "t", "arguments": {"a": 1}});
        let message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
        let Message::Assistant(message) = read(&message) else {
            panic!("not an assistant");
        };
        assert!(message.content.is_empty());
        assert_eq!(
            message.tool_calls,
            [ToolCall::new("call-1", "t", "{\"a\":1}")]
        );
    }

    #[test]
    fn provider_data_keeps_its_bytes() {
        let data = r#"{"signature": "s", "n": 1.0}"#;
        let call = json!({"id": "1", "name": "t", "arguments": {}, "arguments_valid": true,
                          "provider_data": data});
        let message = json!({"role": "assistant", "tool_calls": [call], "provider_data": data});
        let Message::Assistant(message) = read(&message) else {
            panic!("not an assistant");
        };
        assert_eq!(message.provider_data.as_deref(), Some(data));
        assert_eq!(message.tool_calls[0].provider_data.as_deref(), Some(data));
    }

    #[test]
    fn a_part_may_mark_a_prefix_or_be_the_backend_s_own() {
        let point = part(&json!({"type": "cache-point", "ttl": "1h"}));
        let ttl = Some("1h".to_owned());
        assert_eq!(point, ContentPart::CachePoint(CachePoint { ttl }));
        let other = part(&json!({"type": "other", "json": {"type": "x"}}));
        assert_eq!(other, ContentPart::Other("{\"type\":\"x\"}".to_owned()));
    }

    #[test]
    fn media_come_by_url_or_as_bytes() {
        let image = json!({"type": "image", "url": "https://example.com/a.png", "detail": "low"});
        match part(&image) {
            ContentPart::Media(image) => {
                assert_eq!(
                    image.source,
                    MediaSource::Url("https://example.com/a.png".to_owned())
                );
                assert_eq!(image.kind, MediaKind::Image(Some(ImageDetail::Low)));
            }
            other => panic!("{other:?}"),
        }
        for kind in ["audio", "video", "document", "image"] {
            part(&json!({"type": kind, "bytes": "AAEC", "mime_type": "x/y"}));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let table = [
            (json!("Hi"), "invalid type: string, expected an object"),
            (json!({"content": "Hi"}), "missing field `role`"),
            (
                json!({"role": "robot"}),
                "role: unknown variant `robot`, expected one of `system`, `developer`, `user`, `assistant`, `tool`",
            ),
            (
                json!({"role": "user"}),
                "missing field `content`, required for role `user`",
            ),
            (
                json!({"role": "user", "content": 1}),
                "content: invalid type: integer `1`, expected a string or a list of parts",
            ),
            (
                json!({"role": "tool", "content": "42"}),
                "missing field `tool_call_id`, required for role `tool`",
            ),
            (
                json!({"role": "user", "content": [{"type": "image"}]}),
                "content[0]: expected exactly one of `url` and `bytes`",
            ),
            (
                json!({"role": "user", "content": [{"type": "audio", "url": "u", "bytes": "AAEC"}]}),
                "content[0]: expected exactly one of `url` and `bytes`",
            ),
            (
                json!({"role": "assistant", "tool_calls": [{"id": "1", "name": "t"}]}),
                "tool_calls[0]: missing field `arguments`",
            ),
        ];
        for (message, expected) in table {
            assert_eq!(problem(&message), expected);
        }
        let message = problem(&json!({"role": "user", "content": "Hi", "contents": []}));
        assert!(
            message.starts_with("contents: unknown field `contents`, expected one of `role`"),
            "{message}"
        );
    }

    #[test]
    fn a_field_of_another_role_or_type_is_named() {
        let table = [
            (
                json!({"role": "user", "content": "Hi", "tool_calls": []}),
                "unexpected field `tool_calls` for role `user`",
            ),
            (
                json!({"role": "user", "content": "Hi", "tool_call_id": "1"}),
                "unexpected field `tool_call_id` for role `user`",
            ),
            (
                json!({"role": "tool", "content": "42", "tool_call_id": "1", "name": "t"}),
                "unexpected field `name` for role `tool`",
            ),
            (
                json!({"role": "user", "content": "Hi", "provider_data": {}}),
                "unexpected field `provider_data` for role `user`",
            ),
            (
                json!({"role": "user", "content": [{"type": "cache-point", "url": "u"}]}),
                "content[0]: unexpected field `url` for type `cache-point`",
            ),
            (
                json!({"role": "user", "content": [{"type": "text", "text": "a", "url": "u"}]}),
                "content[0]: unexpected field `url` for type `text`",
            ),
            (
                json!({"role": "user", "content": [{"type": "audio", "url": "u", "detail": "low"}]}),
                "content[0]: unexpected field `detail` for type `audio`",
            ),
        ];
        for (message, expected) in table {
            assert_eq!(problem(&message), expected);
        }
    }
}
