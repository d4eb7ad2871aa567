//! The conversation of a request: its messages as they are sent, and that
//! calls of tools and their results belong together.

use std::borrow::Cow;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::dialect::{Dialect, FunctionCalling, MediaForm};
use super::media;
use super::tools::not_configured;
use crate::error::Error;
use crate::text_generation::{AssistantMessage, ContentPart, Message, ToolCall};

/// A message as it is sent.
#[derive(Default, Serialize)]
pub(super) struct WireMessage<'a> {
    role: &'static str,
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<WireCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<Function<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

#[derive(Serialize)]
struct WireCall<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    call_type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl<'a> From<&'a ToolCall> for Function<'a> {
    fn from(call: &'a ToolCall) -> Self {
        let arguments = match call.arguments.trim() {
            "" => "{}",
            arguments => arguments,
        };
        Self {
            name: &call.name,
            arguments,
        }
    }
}

/// The content of a message. One text is sent as a string, which every backend
/// takes; parts as an array, which some refuse.
#[derive(Default)]
struct Content<'a>(Vec<Part<'a>>);

enum Part<'a> {
    Text(&'a str),
    Media(media::WireMedia<'a>),
}

impl<'a> Content<'a> {
    fn new(parts: &'a [ContentPart], form: MediaForm) -> Result<Self, Error> {
        let part = |part: &'a ContentPart| match part {
            ContentPart::Text(text) => Ok(Part::Text(text)),
            ContentPart::Media(medium) => media::encode(medium, form).map(Part::Media),
        };
        parts.iter().map(part).collect::<Result<_, _>>().map(Self)
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [] => serializer.serialize_str(""),
            [Part::Text(text)] => serializer.serialize_str(text),
            parts => {
                let mut array = serializer.serialize_seq(None)?;
                for part in parts {
                    array.serialize_element(part)?;
                }
                array.end()
            }
        }
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match self {
            Part::Text(text) => {
                object.serialize_entry("type", "text")?;
                object.serialize_entry("text", text)?;
            }
            Part::Media(medium) => {
                object.serialize_entry("type", medium.part_type)?;
                object.serialize_entry(medium.part_type, &Members(&medium.members))?;
            }
        }
        object.end()
    }
}

/// An object of texts.
struct Members<'a>(&'a [(&'static str, Cow<'a, str>)]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for (name, value) in self.0 {
            object.serialize_entry(name, &**value)?;
        }
        object.end()
    }
}

/// The messages of a conversation.
///
/// # Errors
///
/// `invalid-request` for an empty message, or a call without its result and
/// the reverse; `unsupported` for what the form says the model cannot do.
pub(super) fn encode<'a>(
    messages: &'a [Message],
    dialect: &Dialect,
) -> Result<Vec<WireMessage<'a>>, Error> {
    let mut conversation = Conversation {
        dialect,
        wire: Vec::with_capacity(messages.len()),
        open_calls: Vec::new(),
    };
    for (index, message) in messages.iter().enumerate() {
        conversation.add(index, message)?;
    }
    conversation.expect_no_open_call(messages.len())?;
    Ok(conversation.wire)
}

struct Conversation<'a, 'd> {
    dialect: &'d Dialect,
    wire: Vec<WireMessage<'a>>,
    /// Calls of the last answer that have no result yet.
    open_calls: Vec<&'a ToolCall>,
}

impl<'a> Conversation<'a, '_> {
    fn add(&mut self, index: usize, message: &'a Message) -> Result<(), Error> {
        let content = match message {
            Message::System(m) | Message::Developer(m) | Message::User(m) => &m.content,
            Message::Assistant(m) => &m.content,
            Message::Tool(m) => &m.content,
        };
        let may_be_empty = matches!(message, Message::Assistant(m) if !m.tool_calls.is_empty());
        if content.is_empty() && !may_be_empty {
            return Err(wrong(index, "has no content"));
        }
        if !self.dialect.media
            && content
                .iter()
                .any(|part| matches!(part, ContentPart::Media(_)))
        {
            return Err(Error::not_configured(
                "images, sound, video and documents",
                "multimodal_support",
            ));
        }
        let content = Content::new(content, self.dialect.media_form)?;
        if let Message::Tool(result) = message {
            return self.add_result(index, &result.tool_call_id, content);
        }
        self.expect_no_open_call(index)?;
        let (role, name) = match message {
            Message::System(m) => ("system", &m.name),
            Message::Developer(m) => (self.dialect.developer_role, &m.name),
            Message::User(m) => ("user", &m.name),
            Message::Assistant(m) => return self.add_answer(m, content),
            Message::Tool(_) => return Ok(()), // above
        };
        self.wire.push(WireMessage {
            role,
            content,
            name: name.as_deref(),
            ..WireMessage::default()
        });
        Ok(())
    }

    fn add_answer(
        &mut self,
        answer: &'a AssistantMessage,
        content: Content<'a>,
    ) -> Result<(), Error> {
        self.open_calls = answer.tool_calls.iter().collect();
        let mut message = WireMessage {
            role: "assistant",
            content,
            name: answer.name.as_deref(),
            reasoning_content: answer
                .reasoning
                .as_deref()
                .filter(|_| self.dialect.sends_reasoning),
            ..WireMessage::default()
        };
        match self.dialect.function_calling {
            FunctionCalling::Absent if answer.tool_calls.is_empty() => {}
            FunctionCalling::Absent => return Err(not_configured()),
            // The legacy form has one call in a message: each is written
            // right before its result.
            FunctionCalling::Functions if message.content.0.is_empty() => return Ok(()),
            FunctionCalling::Functions => {}
            FunctionCalling::Tools => {
                let calls = answer.tool_calls.iter();
                message.tool_calls = calls
                    .map(|call| WireCall {
                        id: &call.id,
                        call_type: "function",
                        function: call.into(),
                    })
                    .collect();
            }
        }
        self.wire.push(message);
        Ok(())
    }

    fn add_result(
        &mut self,
        index: usize,
        call_id: &'a str,
        content: Content<'a>,
    ) -> Result<(), Error> {
        let Some(place) = self.open_calls.iter().position(|call| call.id == call_id) else {
            return Err(wrong(
                index,
                "is the result of a call that the answer before it does not hold",
            ));
        };
        let call = self.open_calls.remove(place);
        let result = match self.dialect.function_calling {
            FunctionCalling::Absent => return Err(not_configured()),
            FunctionCalling::Functions => {
                self.wire.push(WireMessage {
                    role: "assistant",
                    function_call: Some(call.into()),
                    ..WireMessage::default()
                });
                WireMessage {
                    role: "function",
                    content,
                    name: Some(&call.name),
                    ..WireMessage::default()
                }
            }
            FunctionCalling::Tools => WireMessage {
                role: "tool",
                content,
                tool_call_id: Some(call_id),
                ..WireMessage::default()
            },
        };
        self.wire.push(result);
        Ok(())
    }

    /// Backends refuse a conversation that goes on while a call is open.
    fn expect_no_open_call(&self, index: usize) -> Result<(), Error> {
        if self.open_calls.is_empty() {
            Ok(())
        } else {
            Err(wrong(
                index,
                "must be the result of a call: each call of an answer needs one",
            ))
        }
    }
}

fn wrong(index: usize, problem: &str) -> Error {
    Error::invalid_request(format!("`messages[{index}]` {problem}"))
}

/// A conversation as one prompt, for models that take no messages.
///
/// # Errors
///
/// `unsupported` for anything but text.
pub(super) fn prompt(messages: &[Message]) -> Result<String, Error> {
    let mut prompt = String::new();
    for (index, message) in messages.iter().enumerate() {
        let (content, calls): (&[ContentPart], &[ToolCall]) = match message {
            Message::System(m) | Message::Developer(m) | Message::User(m) => (&m.content, &[]),
            Message::Assistant(m) => (&m.content, &m.tool_calls),
            Message::Tool(_) => return Err(not_for_prompts()),
        };
        if !calls.is_empty() {
            return Err(not_for_prompts());
        }
        if content.is_empty() {
            return Err(wrong(index, "has no content"));
        }
        if index > 0 {
            prompt.push_str("\n\n");
        }
        for part in content {
            match part {
                ContentPart::Text(text) => prompt.push_str(text),
                ContentPart::Media(_) => return Err(not_for_prompts()),
            }
        }
    }
    Ok(prompt)
}

/// What a completion of a prompt has no place for.
pub(super) fn not_for_prompts() -> Error {
    Error::not_configured(
        "tools, media and the form of the answer, for a model that completes a prompt",
        "completion_mode",
    )
}
