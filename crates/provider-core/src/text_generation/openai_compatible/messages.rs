//! The messages of a request. Checks that tool calls and results match.

use super::content;
use super::dialect::{Dialect, FunctionCalling, SendReasoning, ToolResultMedia};
use super::json_object::Members;
use super::message::{Call, CallKind, Content, Function, Message as Written, Part, Role, WithData};
use super::sent_provider_data::{self, CallData};
use super::tools::not_configured;
use crate::error::Error;
use crate::text_generation::{AssistantMessage, ContentPart, Message, ToolCall, ToolMessage};

/// The messages of a conversation, as they are written.
///
/// # Errors
///
/// `invalid-request` for an empty or invalid message, a tool call without a
/// result or a result without a call; `unsupported` for a feature that the form
/// does not enable.
pub(super) fn write<'a>(
    messages: &'a [Message],
    dialect: &'a Dialect,
) -> Result<Vec<WithData<'a, Written<'a>>>, Error> {
    let mut conversation = Conversation {
        dialect,
        written: Vec::with_capacity(messages.len()),
        calls: Vec::new(),
        open_calls: 0,
        result_media: Vec::new(),
    };
    for (index, message) in messages.iter().enumerate() {
        conversation.add(index, message)?;
    }
    conversation.end_results(messages.len())?;
    Ok(conversation.written)
}

struct Conversation<'a> {
    dialect: &'a Dialect,
    written: Vec<WithData<'a, Written<'a>>>,
    /// Tool calls of the last assistant message, by id.
    calls: Vec<OpenCall<'a>>,
    /// How many of them have no result so far.
    open_calls: usize,
    /// Media of the tool results since then, for a message after them.
    result_media: Vec<Part<'a>>,
}

/// A tool call that needs a result.
struct OpenCall<'a> {
    call: &'a ToolCall,
    /// Its provider data, if it is written before its result.
    data: CallData<'a>,
    has_result: bool,
}

impl<'a> Conversation<'a> {
    fn add(&mut self, index: usize, message: &'a Message) -> Result<(), Error> {
        let may_be_empty = matches!(message, Message::Assistant(m) if !m.tool_calls.is_empty());
        if content_of(message).is_empty() && !may_be_empty {
            return Err(empty(index));
        }
        if !matches!(message, Message::Tool(_)) {
            self.end_results(index)?;
        }
        let (role, message) = match message {
            Message::System(m) => (Role::System, m),
            Message::Developer(m) => (self.dialect.developer_role, m),
            Message::User(m) => (Role::User, m),
            Message::Assistant(m) => return self.add_answer(index, m),
            Message::Tool(m) => return self.add_result(index, m),
        };
        let content = self.content(index, &message.content)?;
        self.push(Written {
            name: message.name.as_deref(),
            ..Written::new(role, content)
        });
        Ok(())
    }

    fn add_answer(&mut self, index: usize, answer: &'a AssistantMessage) -> Result<(), Error> {
        let data = answer.provider_data.as_deref();
        let data =
            sent_provider_data::of_turn(data, || format!("messages[{index}].provider_data"))?;
        let has_calls = !answer.tool_calls.is_empty();
        let tool_calls = self.add_calls(index, &answer.tool_calls)?;
        let sends_reasoning = match self.dialect.send_reasoning {
            // A signature is valid only with the text that it signs.
            SendReasoning::Automatic => has_calls || sent_provider_data::signs_reasoning(&data),
            SendReasoning::Off => false,
            SendReasoning::On => true,
        };
        // The legacy format has one call per message: each is written directly
        // before its result, and a turn of calls alone has no other message.
        if has_calls && tool_calls.is_empty() && answer.content.is_empty() && data.is_empty() {
            return Ok(());
        }
        let content = self.content(index, &answer.content)?;
        let object = Written {
            name: answer.name.as_deref(),
            reasoning_content: answer.reasoning.as_deref().filter(|_| sends_reasoning),
            tool_calls,
            ..Written::new(Role::Assistant, content)
        };
        self.written.push(WithData { object, data });
        Ok(())
    }

    /// Opens the calls of an assistant message; returns those that are written
    /// in it.
    fn add_calls(
        &mut self,
        index: usize,
        calls: &'a [ToolCall],
    ) -> Result<Vec<WithData<'a, Call<'a>>>, Error> {
        let mut written = match self.dialect.function_calling {
            FunctionCalling::Tools => Vec::with_capacity(calls.len()),
            FunctionCalling::Functions | FunctionCalling::Absent => Vec::new(),
        };
        self.calls.clear();
        for (place, call) in calls.iter().enumerate() {
            let own = match self.dialect.function_calling {
                FunctionCalling::Tools | FunctionCalling::Absent => sent_provider_data::OF_CALL,
                // The call is a message of its own.
                FunctionCalling::Functions => sent_provider_data::OF_MESSAGE,
            };
            let data = sent_provider_data::of_call(call.provider_data.as_deref(), own, || {
                format!("messages[{index}].tool_calls[{place}].provider_data")
            })?;
            let data = match self.dialect.function_calling {
                FunctionCalling::Absent => return Err(not_configured()),
                FunctionCalling::Functions => data,
                FunctionCalling::Tools => {
                    let object = Call {
                        id: &call.id,
                        kind: CallKind::Function,
                        function: function(call, data.function),
                    };
                    written.push(WithData {
                        object,
                        data: data.call,
                    });
                    CallData::default()
                }
            };
            self.calls.push(OpenCall {
                call,
                data,
                has_result: false,
            });
        }
        self.open_calls = calls.len();
        // Results are found by binary search. Of calls with the same id, the
        // first gets the first result.
        self.calls.sort_by(|a, b| a.call.id.cmp(&b.call.id));
        Ok(written)
    }

    fn add_result(&mut self, index: usize, result: &'a ToolMessage) -> Result<(), Error> {
        let call_id = &*result.tool_call_id;
        let Some((call, data)) = self.close_call(call_id) else {
            return Err(unmatched_result(index, call_id));
        };
        let content = self.result_content(index, result)?;
        match self.dialect.function_calling {
            FunctionCalling::Absent => return Err(not_configured()),
            FunctionCalling::Functions => {
                let object = Written {
                    function_call: Some(Box::new(function(call, data.function))),
                    ..Written::new(Role::Assistant, Content::text(""))
                };
                self.written.push(WithData {
                    object,
                    data: data.call,
                });
                self.push(Written {
                    name: Some(&call.name),
                    ..Written::new(Role::Function, content)
                });
            }
            FunctionCalling::Tools => self.push(Written {
                tool_call_id: Some(call_id),
                ..Written::new(Role::Tool, content)
            }),
        }
        Ok(())
    }

    /// The first call of this id without a result, which it now has.
    fn close_call(&mut self, call_id: &str) -> Option<(&'a ToolCall, CallData<'a>)> {
        let start = self.calls.partition_point(|open| *open.call.id < *call_id);
        let open = self
            .calls
            .iter_mut()
            .skip(start)
            .take_while(|open| open.call.id == call_id)
            .find(|open| !open.has_result)?;
        open.has_result = true;
        self.open_calls = self.open_calls.saturating_sub(1);
        Some((open.call, core::mem::take(&mut open.data)))
    }

    fn push(&mut self, message: Written<'a>) {
        self.written.push(message.into());
    }

    fn content(&self, index: usize, content: &'a [ContentPart]) -> Result<Content<'a>, Error> {
        content::content(content, self.dialect, || {
            format!("messages[{index}].content")
        })
    }

    /// The content of a tool result. `OpenAI` allows only texts there, so that
    /// media are put aside for a message of the user.
    fn result_content(
        &mut self,
        index: usize,
        result: &'a ToolMessage,
    ) -> Result<Content<'a>, Error> {
        let parts = match (
            self.content(index, &result.content)?,
            self.dialect.tool_result_media,
        ) {
            (Content::Parts(parts), ToolResultMedia::UserMessage) => parts,
            (content, _) => return Ok(content),
        };
        let (texts, media): (Vec<_>, Vec<_>) = parts.into_iter().partition(Part::is_text);
        if media.is_empty() {
            return Ok(Content::Parts(texts));
        }
        let label = format!(
            "Content of the result of tool call {}:",
            result.tool_call_id
        );
        self.result_media.push(Part::text(label));
        self.result_media.extend(media);
        Ok(if texts.is_empty() {
            Content::text("The content follows in the next user message.")
        } else {
            Content::of(texts)
        })
    }

    /// Ends a run of tool results before the message at `index`. Backends reject
    /// a conversation with a tool call that has no result.
    fn end_results(&mut self, index: usize) -> Result<(), Error> {
        if self.open_calls > 0 {
            return Err(wrong(
                format!("messages[{index}]"),
                "expected a tool result; every call of the preceding assistant message needs one",
            ));
        }
        if !self.result_media.is_empty() {
            let media = core::mem::take(&mut self.result_media);
            self.push(Written::new(Role::User, Content::Parts(media)));
        }
        Ok(())
    }
}

fn function<'a>(call: &'a ToolCall, data: Members<'a>) -> WithData<'a, Function<'a>> {
    let object = Function {
        name: &call.name,
        arguments: match call.arguments.trim() {
            "" => "{}",
            arguments => arguments,
        },
    };
    WithData { object, data }
}

/// The content of a message of any role.
pub(super) fn content_of(message: &Message) -> &[ContentPart] {
    match message {
        Message::System(m) | Message::Developer(m) | Message::User(m) => &m.content,
        Message::Assistant(m) => &m.content,
        Message::Tool(m) => &m.content,
    }
}

pub(super) fn empty(index: usize) -> Error {
    let field = format!("messages[{index}].content");
    Error::invalid_request(format!(
        "messages[{index}]: `content` is empty; send at least one part"
    ))
    .with_field(field)
}

fn wrong(field: String, problem: &str) -> Error {
    Error::invalid_request(format!("{field}: {problem}")).with_field(field)
}

/// A tool result whose call is missing.
fn unmatched_result(index: usize, call_id: &str) -> Error {
    const MAX_SHOWN: usize = 64;
    let shown: String = call_id
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_SHOWN)
        .collect();
    Error::invalid_request(format!(
        "messages[{index}]: `tool_call_id` `{shown}` does not match any call of the preceding \
         assistant message"
    ))
    .with_field(format!("messages[{index}].tool_call_id"))
}
