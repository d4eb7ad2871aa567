//! Reading a request's messages and what they hold.

use crate::json::node::{Fields, Node};
use crate::json::problem::Problem;
use provider_host::contract::text_generation::{
    AssistantTurn, ContentPart, ImageDetail, Media, MediaKind, MediaSource, Message, Role, ToolCall,
};

#[derive(Clone, Copy)]
enum RoleName {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

#[derive(Clone, Copy)]
enum PartType {
    Text,
    Image,
    Audio,
    Video,
    Document,
}

/// A message: its `role`, and what that role may say.
pub(super) fn read_message(node: &Node<'_>) -> Result<Message, Problem> {
    node.record(|fields| {
        let role = fields.required("role")?.word(&[
            ("system", RoleName::System),
            ("developer", RoleName::Developer),
            ("user", RoleName::User),
            ("assistant", RoleName::Assistant),
            ("tool", RoleName::Tool),
        ])?;
        let role = match role {
            RoleName::System => Role::System,
            RoleName::Developer => Role::Developer,
            RoleName::User => Role::User,
            RoleName::Assistant => Role::Assistant(AssistantTurn {
                reasoning: fields.read("reasoning", Node::string)?,
                tool_calls: fields.list("tool_calls", read_tool_call)?,
            }),
            RoleName::Tool => Role::Tool(fields.required("tool_call_id")?.string()?),
        };
        let content = match role {
            Role::Assistant(_) => fields.read("content", read_content)?.unwrap_or_default(),
            _ => read_content(&fields.required("content")?)?,
        };
        let name = match role {
            Role::Tool(_) => None,
            _ => fields.read("name", Node::string)?,
        };
        Ok(Message {
            role,
            content,
            name,
        })
    })
}

/// A text, or a list of parts.
fn read_content(node: &Node<'_>) -> Result<Vec<ContentPart>, Problem> {
    if node.value().is_string() {
        Ok(vec![ContentPart::Text(node.string()?)])
    } else if node.value().is_array() {
        node.list(read_part)
    } else {
        Err(node.problem("must be a text or a list of parts"))
    }
}

fn read_part(node: &Node<'_>) -> Result<ContentPart, Problem> {
    node.record(|fields| {
        let part_type = fields.required("type")?.word(&[
            ("text", PartType::Text),
            ("image", PartType::Image),
            ("audio", PartType::Audio),
            ("video", PartType::Video),
            ("document", PartType::Document),
        ])?;
        let kind = match part_type {
            PartType::Text => {
                return Ok(ContentPart::Text(fields.required("text")?.string()?));
            }
            PartType::Image => MediaKind::Image(fields.read("detail", read_detail)?),
            PartType::Audio => MediaKind::Audio,
            PartType::Video => MediaKind::Video,
            PartType::Document => MediaKind::Document(fields.read("file_name", Node::string)?),
        };
        Ok(ContentPart::Media(Media {
            kind,
            source: read_source(fields)?,
            mime_type: fields.read("mime_type", Node::string)?,
        }))
    })
}

fn read_source(fields: &mut Fields<'_>) -> Result<MediaSource, Problem> {
    let url = fields.read("url", Node::string)?;
    let bytes = fields.read("bytes", Node::bytes)?;
    match (url, bytes) {
        (Some(url), None) => Ok(MediaSource::Url(url)),
        (None, Some(bytes)) => Ok(MediaSource::Bytes(bytes)),
        (None, None) | (Some(_), Some(_)) => {
            Err(fields.problem("must have one of `url` and `bytes`"))
        }
    }
}

fn read_detail(node: &Node<'_>) -> Result<ImageDetail, Problem> {
    node.word(&[
        ("automatic", ImageDetail::Automatic),
        ("low", ImageDetail::Low),
        ("high", ImageDetail::High),
    ])
}

fn read_tool_call(node: &Node<'_>) -> Result<ToolCall, Problem> {
    node.record(|fields| {
        Ok(ToolCall {
            id: fields.required("id")?.string()?,
            name: fields.required("name")?.string()?,
            arguments: fields.required("arguments")?.json_text()?,
            // Ignored in requests; accepted so that an answer's calls can be
            // sent back as they are.
            arguments_valid: fields
                .read("arguments_valid", Node::boolean)?
                .unwrap_or(true),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::read_message;
    use crate::json::node::Node;
    use provider_host::contract::text_generation::{
        ContentPart, ImageDetail, MediaKind, MediaSource, Message, Role, ToolCall,
    };
    use serde_json::{Value, json};

    fn read(value: &Value) -> Message {
        read_message(&Node::root(value)).unwrap()
    }

    fn problem(value: &Value) -> String {
        read_message(&Node::root(value)).unwrap_err().to_string()
    }

    fn part(value: &Value) -> ContentPart {
        read(&json!({"role": "user", "content": [value]}))
            .content
            .remove(0)
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
        let message = read(&message);
        assert!(message.content.is_empty());
        let Role::Assistant(turn) = message.role else {
            panic!("not an assistant");
        };
        let expected = ToolCall {
            id: "call-1".to_owned(),
            name: "t".to_owned(),
            arguments: "{\"a\":1}".to_owned(),
            arguments_valid: true,
        };
        assert_eq!(turn.tool_calls, [expected]);
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
            ContentPart::Text(text) => panic!("{text}"),
        }
        for kind in ["audio", "video", "document", "image"] {
            part(&json!({"type": kind, "bytes": "AAEC", "mime_type": "x/y"}));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let table = [
            (json!("Hi"), "must be an object, not a text"),
            (json!({"content": "Hi"}), "role: is missing"),
            (
                json!({"role": "robot"}),
                "role: \"robot\" is not one of `system`, `developer`, `user`, `assistant`, `tool`",
            ),
            (json!({"role": "user"}), "content: is missing"),
            (
                json!({"role": "user", "content": 1}),
                "content: must be a text or a list of parts",
            ),
            (
                json!({"role": "tool", "content": "42"}),
                "tool_call_id: is missing",
            ),
            (
                json!({"role": "user", "content": [{"type": "image"}]}),
                "content[0]: must have one of `url` and `bytes`",
            ),
            (
                json!({"role": "user", "content": [{"type": "audio", "url": "u", "bytes": "AAEC"}]}),
                "content[0]: must have one of `url` and `bytes`",
            ),
            (
                json!({"role": "assistant", "tool_calls": [{"id": "1", "name": "t"}]}),
                "tool_calls[0].arguments: is missing",
            ),
        ];
        for (message, expected) in table {
            assert_eq!(problem(&message), expected);
        }
        let message = problem(&json!({"role": "user", "content": "Hi", "tool_calls": []}));
        assert!(
            message.starts_with("tool_calls: is not a known field"),
            "{message}"
        );
    }
}
