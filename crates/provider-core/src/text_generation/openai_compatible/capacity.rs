//! The size of a body before it is written, so that it is allocated once: a
//! growing buffer needs twice its size, and sandboxes have little memory.

use super::messages::content_of;
use crate::text_generation::{
    ContentPart, Media, MediaSource, Message, Request, ResponseFormat, Tool, ToolCall,
};
use wire::base64;

/// A size that the body exceeds only if its texts have uncommonly many escapes.
/// It is an estimate: a body that exceeds it is written all the same.
pub(super) fn of_body(request: &Request) -> usize {
    /// Parameters, and the structure around the lists.
    const AROUND: usize = 2048;
    let messages = request.messages.iter().map(of_message);
    let tools = request.tools.iter().map(of_tool);
    let schema = match &request.response_format {
        ResponseFormat::JsonSchema(schema) => schema.schema.len(),
        ResponseFormat::Other(json) => json.len(),
        ResponseFormat::Text | ResponseFormat::JsonObject => 0,
    };
    let extra = request.parameters.extra.as_deref().map_or(0, str::len);
    let stop = request.parameters.stop.iter().map(|stop| of_text(stop));
    let rest = [AROUND, schema, extra];
    sum(messages.chain(tools).chain(stop).chain(rest))
}

fn of_message(message: &Message) -> usize {
    /// The names of the members.
    const AROUND: usize = 64;
    let parts = content_of(message).iter().map(of_part);
    let around = match message {
        Message::System(_) | Message::Developer(_) | Message::User(_) => 0,
        Message::Assistant(m) => {
            let reasoning = m.reasoning.as_deref().map_or(0, of_text);
            let data = m.provider_data.as_deref().map_or(0, str::len);
            sum(m.tool_calls.iter().map(of_call).chain([reasoning, data]))
        }
        Message::Tool(m) => m.tool_call_id.len(),
    };
    sum(parts.chain([AROUND, around]))
}

fn of_part(part: &ContentPart) -> usize {
    /// The names of the members of a part.
    const AROUND: usize = 64;
    let length = match part {
        ContentPart::Text(text) => of_text(text),
        ContentPart::Media(medium) => of_medium(medium),
        ContentPart::Other(json) => json.len(),
        ContentPart::CachePoint(_) => 0,
    };
    length.saturating_add(AROUND)
}

fn of_medium(media: &Media) -> usize {
    match &media.source {
        MediaSource::Url(url) => of_text(url),
        MediaSource::Bytes(bytes) => base64::encoded_len(bytes),
    }
}

fn of_call(call: &ToolCall) -> usize {
    /// The names of the members, and an `id`.
    const AROUND: usize = 128;
    let data = call.provider_data.as_deref().map_or(0, str::len);
    // JSON in a string: each quote is escaped.
    let arguments = call
        .arguments
        .len()
        .saturating_add(call.arguments.len() / 4);
    sum([AROUND, data, call.name.len(), arguments])
}

fn of_tool(tool: &Tool) -> usize {
    /// The names of the members, and what a schema may lack.
    const AROUND: usize = 160;
    let description = tool.description.as_deref().map_or(0, of_text);
    sum([AROUND, tool.name.len(), description, tool.parameters.len()])
}

/// A text with as many escapes as JSON has quotes; source code and prose have
/// fewer.
fn of_text(text: &str) -> usize {
    text.len().saturating_add(text.len() / 4)
}

fn sum(sizes: impl IntoIterator<Item = usize>) -> usize {
    sizes.into_iter().fold(0, usize::saturating_add)
}
