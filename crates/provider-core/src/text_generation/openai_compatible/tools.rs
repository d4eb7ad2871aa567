//! The tools of a request, as `tools` or as legacy `functions`.

use serde::Serialize;
use serde_json::value::RawValue;

use super::dialect::FunctionCalling;
use super::json_object::JsonObject;
use crate::error::Error;
use crate::text_generation::{Request, Tool, ToolChoice};

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
        let field = match (&request.tool_choice, request.parallel_tool_calls) {
            (Some(_), _) => "tool_choice",
            (None, Some(_)) => "parallel_tool_calls",
            (None, None) => return Ok(()),
        };
        let problem = "`tool_choice` and `parallel_tool_calls` require `tools`";
        return Err(Error::invalid_request(problem).with_field(field));
    }
    if form == FunctionCalling::Absent {
        return Err(not_configured());
    }
    Ok(())
}

/// The error for tools, tool calls and tool results if the form does not enable
/// tools.
pub(super) fn not_configured() -> Error {
    Error::not_configured("tools", "function_calling_type")
}

/// A tool, as it is written: with `tools`, an object within an object.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Written<'a> {
    Bare(Function<'a>),
    Wrapped {
        #[serde(rename = "type")]
        kind: &'static str,
        function: Function<'a>,
    },
}

/// A function, or its name alone in a tool choice.
#[derive(Debug, Serialize)]
pub(super) struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<JsonObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

impl<'a> Written<'a> {
    fn new(function: Function<'a>, form: FunctionCalling) -> Self {
        match form {
            FunctionCalling::Functions | FunctionCalling::Absent => Self::Bare(function),
            FunctionCalling::Tools => Self::Wrapped {
                kind: "function",
                function,
            },
        }
    }
}

/// The tools, as they are written.
///
/// # Errors
///
/// `invalid-request` for an invalid name or schema.
pub(super) fn write<'a>(
    tools: &'a [Tool],
    form: FunctionCalling,
) -> Result<Vec<Written<'a>>, Error> {
    let tool = |(index, tool): (usize, &'a Tool)| {
        check_name("a tool", &tool.name, || format!("tools[{index}].name"))?;
        let Some(parameters) = parameters(&tool.parameters) else {
            let problem = format!(
                "the `parameters` of the tool `{}` must be a JSON object",
                tool.name
            );
            return Err(
                Error::invalid_request(problem).with_field(format!("tools[{index}].parameters"))
            );
        };
        let function = Function {
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters: Some(parameters),
            strict: tool.strict,
        };
        Ok(Written::new(function, form))
    };
    tools.iter().enumerate().map(tool).collect()
}

/// The schema of arguments. `OpenAI` and LM Studio reject one without `type` or
/// `properties`, which tools without arguments often have.
fn parameters(schema: &str) -> Option<JsonObject<'_>> {
    let (mut schema, found) = JsonObject::parse_with(schema, ["type", "properties"])?;
    match found {
        [true, true] => {}
        [true, false] => schema.add(r#""properties":{}"#),
        [false, true] => schema.add(r#""type":"object""#),
        [false, false] => schema.add(r#""type":"object","properties":{}"#),
    }
    Some(schema)
}

/// A tool choice, as it is written.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Choice<'a> {
    Word(&'static str),
    Tool(Written<'a>),
    Other(&'a RawValue),
}

/// The tool choice, as it is written.
///
/// # Errors
///
/// `unsupported` for choices that legacy function calling lacks,
/// `invalid-request` for an unknown tool.
pub(super) fn write_choice<'a>(
    choice: &'a ToolChoice,
    tools: &[Tool],
    form: FunctionCalling,
) -> Result<Choice<'a>, Error> {
    Ok(match choice {
        ToolChoice::Automatic => Choice::Word("auto"),
        ToolChoice::None => Choice::Word("none"),
        ToolChoice::Required if form == FunctionCalling::Functions => {
            return Err(Error::not_configured(
                "`tool_choice: required` with legacy function calling",
                "function_calling_type",
            ));
        }
        ToolChoice::Required => Choice::Word("required"),
        ToolChoice::Other(json) => Choice::Other(serde_json::from_str(json).map_err(|_| {
            Error::invalid_request("`tool_choice` must be JSON").with_field("tool_choice")
        })?),
        ToolChoice::Tool(name) if tools.iter().all(|tool| tool.name != *name) => {
            return Err(Error::invalid_request(
                "`tool_choice` names a tool that is not among `tools`",
            )
            .with_field("tool_choice"));
        }
        ToolChoice::Tool(name) => {
            let function = Function {
                name,
                description: None,
                parameters: None,
                strict: None,
            };
            Choice::Tool(Written::new(function, form))
        }
    })
}

/// Checks a name: letters, digits, `_` and `-`.
pub(super) fn check_name(what: &str, name: &str, field: impl Fn() -> String) -> Result<(), Error> {
    let is_name = (1..=MAX_NAME_BYTES).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_name {
        return Ok(());
    }
    Err(Error::invalid_request(format!(
        "the name of {what} must be 1 to {MAX_NAME_BYTES} characters of A-Z a-z 0-9 _ -"
    ))
    .with_field(field()))
}
