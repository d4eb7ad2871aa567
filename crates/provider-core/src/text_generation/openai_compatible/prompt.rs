//! The prompt of completion mode, which has texts alone.

use super::messages::{content_of, empty};
use crate::error::Error;
use crate::text_generation::{ContentPart, Message};

/// A conversation as one prompt, for completion mode.
///
/// # Errors
///
/// `unsupported` for anything but text.
pub(super) fn write(messages: &[Message]) -> Result<String, Error> {
    let mut prompt = String::new();
    for (index, message) in messages.iter().enumerate() {
        let has_tools = match message {
            Message::Assistant(m) => !m.tool_calls.is_empty(),
            message => matches!(message, Message::Tool(_)),
        };
        if has_tools {
            return Err(not_for_prompts());
        }
        let content = content_of(message);
        if content.is_empty() {
            return Err(empty(index));
        }
        if index > 0 {
            prompt.push_str("\n\n");
        }
        for part in content {
            match part {
                ContentPart::Text(text) => prompt.push_str(text),
                // A prompt has no parts that could be marked.
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
