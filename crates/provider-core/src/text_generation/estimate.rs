//! Estimates the token count of a request.

use super::request::{ContentPart, Message, Request, ResponseFormat, ToolCall};
use crate::token_estimate::text;

/// Tokens of a chat template per message: two marks, the role, a line break.
const TOKENS_PER_MESSAGE: u64 = 4;

/// Tokens of a chat template per tool, including its JSON keys.
const TOKENS_PER_TOOL: u64 = 12;

impl Request {
    /// The estimated tokens of messages, tools and the response schema. Media
    /// are not counted, because their cost depends on the model.
    #[must_use]
    pub fn estimated_tokens(&self) -> u64 {
        let messages = self.messages.iter().map(message);
        let tools = self.tools.iter().map(|tool| {
            [&tool.name, &tool.parameters]
                .into_iter()
                .chain(&tool.description)
                .map(|part| text(part))
                .fold(TOKENS_PER_TOOL, u64::saturating_add)
        });
        let format = match &self.response_format {
            ResponseFormat::Text | ResponseFormat::JsonObject | ResponseFormat::Other(_) => 0,
            ResponseFormat::JsonSchema(schema) => text(&schema.schema),
        };
        messages.chain(tools).fold(format, u64::saturating_add)
    }
}

fn message(message: &Message) -> u64 {
    let (content, calls): (&[ContentPart], &[ToolCall]) = match message {
        Message::System(m) | Message::Developer(m) | Message::User(m) => (&m.content, &[]),
        Message::Assistant(m) => (&m.content, &m.tool_calls),
        Message::Tool(m) => (&m.content, &[]),
    };
    let texts = content.iter().map(|part| match part {
        ContentPart::Text(part) => text(part),
        ContentPart::Media(_) | ContentPart::CachePoint(_) | ContentPart::Other(_) => 0,
    });
    let calls = calls
        .iter()
        .map(|call| text(&call.name).saturating_add(text(&call.arguments)));
    texts
        .chain(calls)
        .fold(TOKENS_PER_MESSAGE, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_generation::{CachePoint, ContentMessage, Tool};

    fn asking(text: &str) -> Request {
        Request {
            messages: vec![Message::User(ContentMessage {
                content: vec![ContentPart::Text(text.to_owned())],
                name: None,
            })],
            ..Request::default()
        }
    }

    #[test]
    fn an_empty_request_has_no_tokens() {
        assert_eq!(Request::default().estimated_tokens(), 0);
    }

    #[test]
    fn every_part_of_a_request_adds_to_it() {
        let plain = asking("What is the weather in Paris?");
        let tokens = plain.estimated_tokens();
        assert!((10..=14).contains(&tokens), "{tokens}");
        let mut with_tool = plain.clone();
        with_tool.tools.push(Tool {
            name: "weather".to_owned(),
            description: Some("The weather of a city".to_owned()),
            parameters: r#"{"type":"object","properties":{"city":{"type":"string"}}}"#.to_owned(),
            strict: None,
        });
        assert!(with_tool.estimated_tokens() > tokens + 20);
    }

    #[test]
    fn cache_points_and_parts_of_the_backend_are_not_counted() {
        let plain = asking("What is the weather in Paris?");
        let mut marked = plain.clone();
        if let Some(Message::User(message)) = marked.messages.first_mut() {
            let point = CachePoint {
                ttl: Some("1h".to_owned()),
            };
            message.content.push(ContentPart::CachePoint(point));
            let other = ContentPart::Other("{\"type\":\"input_video\"}".to_owned());
            message.content.push(other);
        }
        assert_eq!(marked.estimated_tokens(), plain.estimated_tokens());
    }
}
