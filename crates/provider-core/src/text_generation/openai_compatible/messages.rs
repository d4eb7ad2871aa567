//! Writes the messages of a request, and checks that tool calls and results
//! match.

use super::dialect::{Dialect, FunctionCalling};
use super::media;
use super::tools::not_configured;
use crate::error::Error;
use crate::text_generation::{AssistantMessage, ContentPart, Message, ToolCall};
use wire::json::JsonWriter;

/// The approximate size of a conversation, in bytes.
pub(super) fn room(messages: &[Message]) -> usize {
    let parts = messages.iter().flat_map(content);
    let bytes = parts.map(|part| match part {
        ContentPart::Text(text) => text.len(),
        ContentPart::Media(medium) => media::room(medium),
        ContentPart::Other(json) => json.len(),
        ContentPart::CachePoint(_) => 0,
    });
    bytes.sum()
}

/// Writes the messages of a conversation.
///
/// # Errors
///
/// `invalid-request` for an empty message, a tool call without a result or a
/// result without a call; `unsupported` for a feature that the form does not
/// enable.
pub(super) fn write(
    messages: &[Message],
    dialect: &Dialect,
    json: &mut JsonWriter,
) -> Result<(), Error> {
    let mut conversation = Conversation {
        dialect,
        json,
        open_calls: Vec::new(),
    };
    conversation.json.begin_array();
    for (index, message) in messages.iter().enumerate() {
        conversation.add(index, message)?;
    }
    conversation.expect_no_open_call(messages.len())?;
    conversation.json.end_array();
    Ok(())
}

struct Conversation<'a, 'b> {
    dialect: &'b Dialect,
    json: &'b mut JsonWriter,
    /// Tool calls of the last assistant message without a result so far.
    open_calls: Vec<&'a ToolCall>,
}

impl<'a> Conversation<'a, '_> {
    fn add(&mut self, index: usize, message: &'a Message) -> Result<(), Error> {
        let content = content(message);
        let may_be_empty = matches!(message, Message::Assistant(m) if !m.tool_calls.is_empty());
        if content.is_empty() && !may_be_empty {
            return Err(wrong(index, "`content` is empty"));
        }
        if let Message::Tool(result) = message {
            return self.add_result(index, &result.tool_call_id, content);
        }
        self.expect_no_open_call(index)?;
        let (role, name) = match message {
            Message::System(m) => ("system", &m.name),
            Message::Developer(m) => (self.dialect.developer_role, &m.name),
            Message::User(m) => ("user", &m.name),
            Message::Assistant(m) => return self.add_answer(index, m),
            Message::Tool(_) => return Ok(()), // above
        };
        self.begin(index, role, content)?;
        self.json.string_if_some("name", name.as_deref());
        self.json.end_object();
        Ok(())
    }

    fn add_answer(&mut self, index: usize, answer: &'a AssistantMessage) -> Result<(), Error> {
        let calls = &answer.tool_calls;
        self.open_calls = calls.iter().collect();
        match self.dialect.function_calling {
            FunctionCalling::Absent if !calls.is_empty() => return Err(not_configured()),
            // The legacy format has one call per message: each is written
            // directly before its result.
            FunctionCalling::Functions if answer.content.is_empty() => return Ok(()),
            _ => {}
        }
        self.begin(index, "assistant", &answer.content)?;
        self.json.string_if_some("name", answer.name.as_deref());
        if self.dialect.sends_reasoning {
            self.json
                .string_if_some("reasoning_content", answer.reasoning.as_deref());
        }
        if self.dialect.function_calling == FunctionCalling::Tools && !calls.is_empty() {
            self.json.member("tool_calls").begin_array();
            for call in calls {
                self.json.item().begin_object();
                self.json.member("id").string(&call.id);
                self.json.member("type").string("function");
                self.add_call("function", call);
                self.json.end_object();
            }
            self.json.end_array();
        }
        self.json.end_object();
        Ok(())
    }

    fn add_call(&mut self, member: &str, call: &ToolCall) {
        let arguments = match call.arguments.trim() {
            "" => "{}",
            arguments => arguments,
        };
        self.json.member(member).begin_object();
        self.json.member("name").string(&call.name);
        self.json.member("arguments").string(arguments);
        self.json.end_object();
    }

    fn add_result(
        &mut self,
        index: usize,
        call_id: &str,
        content: &[ContentPart],
    ) -> Result<(), Error> {
        let Some(place) = self.open_calls.iter().position(|call| call.id == call_id) else {
            return Err(unmatched_result(index, call_id));
        };
        let call = self.open_calls.remove(place);
        match self.dialect.function_calling {
            FunctionCalling::Absent => return Err(not_configured()),
            FunctionCalling::Functions => {
                self.begin(index, "assistant", &[])?;
                self.add_call("function_call", call);
                self.json.end_object();
                self.begin(index, "function", content)?;
                self.json.member("name").string(&call.name);
            }
            FunctionCalling::Tools => {
                self.begin(index, "tool", content)?;
                self.json.member("tool_call_id").string(call_id);
            }
        }
        self.json.end_object();
        Ok(())
    }

    /// Begins a message. A single text is sent as a string, which every backend
    /// accepts; parts as an array, which some reject.
    fn begin(&mut self, index: usize, role: &str, content: &[ContentPart]) -> Result<(), Error> {
        let json = &mut *self.json;
        json.item().begin_object();
        json.member("role").string(role);
        json.member("content");
        match content {
            [] => {
                json.string("");
            }
            [ContentPart::Text(text)] => {
                json.string(text);
            }
            parts => {
                json.begin_array();
                for (part_index, part) in parts.iter().enumerate() {
                    self.add_part(part).map_err(|error| {
                        error.about(&format!("messages[{index}].content[{part_index}]"))
                    })?;
                }
                self.json.end_array();
            }
        }
        Ok(())
    }

    fn add_part(&mut self, part: &ContentPart) -> Result<(), Error> {
        let json = self.json.item();
        match part {
            ContentPart::Text(text) => {
                json.begin_object();
                json.member("type").string("text");
                json.member("text").string(text);
                json.end_object();
                Ok(())
            }
            ContentPart::Media(medium) if self.dialect.media => {
                media::write(medium, self.dialect.media_form, json)
            }
            ContentPart::CachePoint(_) | ContentPart::Other(_) => {
                Err(Error::unsupported("cache points and parts of the backend"))
            }
            ContentPart::Media(_) => Err(Error::not_configured(
                "image, audio, video and document parts",
                "multimodal_support",
            )),
        }
    }

    /// Backends reject a conversation with a tool call that has no result.
    fn expect_no_open_call(&self, index: usize) -> Result<(), Error> {
        if self.open_calls.is_empty() {
            Ok(())
        } else {
            Err(wrong(
                index,
                "expected a tool result; every call of the preceding assistant message needs one",
            ))
        }
    }
}

/// The content of a message of any role.
fn content(message: &Message) -> &[ContentPart] {
    match message {
        Message::System(m) | Message::Developer(m) | Message::User(m) => &m.content,
        Message::Assistant(m) => &m.content,
        Message::Tool(m) => &m.content,
    }
}

fn wrong(index: usize, problem: &str) -> Error {
    Error::invalid_request(format!("messages[{index}]: {problem}"))
}

/// A tool result whose call is missing.
fn unmatched_result(index: usize, call_id: &str) -> Error {
    const MAX_SHOWN: usize = 64;
    let shown: String = call_id
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_SHOWN)
        .collect();
    wrong(
        index,
        &format!(
            "`tool_call_id` `{shown}` does not match any call of the preceding assistant message"
        ),
    )
}

/// A conversation as one prompt, for completion mode.
///
/// # Errors
///
/// `unsupported` for anything but text.
pub(super) fn prompt(messages: &[Message]) -> Result<String, Error> {
    let mut prompt = String::new();
    for (index, message) in messages.iter().enumerate() {
        let has_tools = match message {
            Message::Assistant(m) => !m.tool_calls.is_empty(),
            message => matches!(message, Message::Tool(_)),
        };
        if has_tools {
            return Err(not_for_prompts());
        }
        let content = content(message);
        if content.is_empty() {
            return Err(wrong(index, "`content` is empty"));
        }
        if index > 0 {
            prompt.push_str("\n\n");
        }
        for part in content {
            match part {
                ContentPart::Text(text) => prompt.push_str(text),
                ContentPart::CachePoint(_) => {}
                ContentPart::Media(_) | ContentPart::Other(_) => return Err(not_for_prompts()),
            }
        }
    }
    Ok(prompt)
}

/// The error for features that completion mode does not support.
pub(super) fn not_for_prompts() -> Error {
    Error::not_configured(
        "tools, media and response formats in completion mode",
        "completion_mode",
    )
}
