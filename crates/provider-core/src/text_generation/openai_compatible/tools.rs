//! Writes the tools of a request, as `tools` or as legacy `functions`.

use super::dialect::FunctionCalling;
use crate::error::Error;
use crate::text_generation::{Request, Tool, ToolChoice};
use wire::json::JsonWriter;
use wire::json::Value;

/// Longest name of a tool or a schema, in bytes (`wit/text-generation.wit`).
const MAX_NAME_BYTES: usize = 64;

/// Checks the tools of a request.
///
/// # Errors
///
/// `invalid-request` for a tool choice without tools, `unsupported` if the form
/// does not enable tools.
pub(super) fn check(request: &Request, form: FunctionCalling) -> Result<(), Error> {
    if request.tools.is_empty() {
        if request.tool_choice.is_some() || request.parallel_tool_calls.is_some() {
            return Err(Error::invalid_request(
                "`tool_choice` and `parallel_tool_calls` require `tools`",
            ));
        }
    } else if form == FunctionCalling::Absent {
        return Err(not_configured());
    }
    Ok(())
}

/// The error for tools, tool calls and tool results if the form does not enable
/// tools.
pub(super) fn not_configured() -> Error {
    Error::not_configured("tools", "function_calling_type")
}

/// Writes the tools.
///
/// # Errors
///
/// `invalid-request` for an invalid name or schema.
pub(super) fn write(
    tools: &[Tool],
    form: FunctionCalling,
    json: &mut JsonWriter,
) -> Result<(), Error> {
    json.begin_array();
    for tool in tools {
        check_name("a tool", &tool.name)?;
        let Some(parameters) = json_object(&tool.parameters) else {
            return Err(Error::invalid_request(format!(
                "the `parameters` of the tool `{}` must be a JSON object",
                tool.name
            )));
        };
        begin_function(&tool.name, form, json.item());
        json.string_if_some("description", tool.description.as_deref());
        json.member("parameters").raw(parameters);
        json.boolean_if_some("strict", tool.strict);
        end_function(form, json);
    }
    json.end_array();
    Ok(())
}

/// Begins a tool; with `tools`, an object within an object.
fn begin_function(name: &str, form: FunctionCalling, json: &mut JsonWriter) {
    json.begin_object();
    if form == FunctionCalling::Tools {
        json.member("type").string("function");
        json.member("function").begin_object();
    }
    json.member("name").string(name);
}

fn end_function(form: FunctionCalling, json: &mut JsonWriter) {
    json.end_object();
    if form == FunctionCalling::Tools {
        json.end_object();
    }
}

/// Writes the tool choice.
///
/// # Errors
///
/// `unsupported` for choices that legacy function calling lacks,
/// `invalid-request` for an unknown tool.
pub(super) fn write_choice(
    choice: &ToolChoice,
    tools: &[Tool],
    form: FunctionCalling,
    json: &mut JsonWriter,
) -> Result<(), Error> {
    let word = match choice {
        ToolChoice::Automatic => "auto",
        ToolChoice::None => "none",
        ToolChoice::Required if form == FunctionCalling::Functions => {
            return Err(Error::not_configured(
                "`tool_choice: required` with legacy function calling",
                "function_calling_type",
            ));
        }
        ToolChoice::Required => "required",
        ToolChoice::Tool(name) if tools.iter().all(|tool| tool.name != *name) => {
            return Err(Error::invalid_request(
                "`tool_choice` names a tool that is not among `tools`",
            ));
        }
        ToolChoice::Tool(name) => {
            begin_function(name, form, json);
            end_function(form, json);
            return Ok(());
        }
    };
    json.string(word);
    Ok(())
}

/// Checks a name: letters, digits, `_` and `-`.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), Error> {
    let is_name = (1..=MAX_NAME_BYTES).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_name {
        return Ok(());
    }
    Err(Error::invalid_request(format!(
        "the name of {what} must be 1 to {MAX_NAME_BYTES} characters of A-Z a-z 0-9 _ -"
    )))
}

/// A text that is a JSON object, to send unchanged.
pub(super) fn json_object(text: &str) -> Option<Value<'_>> {
    let json = Value::read(text.as_bytes())?;
    json.get().starts_with('{').then_some(json)
}
