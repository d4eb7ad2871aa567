//! The tools of a request, in the modern form (`tools`) and in the legacy one
//! (`functions`).

use serde::Serialize;

use super::dialect::FunctionCalling;
use crate::error::Error;
use crate::reply::object::Value;
use crate::text_generation::{Request, Tool, ToolChoice};

/// Longest name of a tool or a schema, in bytes (`wit/text-generation.wit`).
const MAX_NAME_BYTES: usize = 64;

/// A tool as both forms describe it.
#[derive(Serialize)]
pub(super) struct WireFunction<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: Value<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// A tool in the modern form.
#[derive(Serialize)]
pub(super) struct WireTool<'a> {
    #[serde(rename = "type")]
    tool_type: &'static str,
    function: WireFunction<'a>,
}

impl<'a> From<WireFunction<'a>> for WireTool<'a> {
    fn from(function: WireFunction<'a>) -> Self {
        Self {
            tool_type: "function",
            function,
        }
    }
}

/// Which tools to call, in either form.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum WireChoice<'a> {
    Word(&'static str),
    /// The legacy form of a named tool.
    Name {
        name: &'a str,
    },
    /// The modern form of a named tool.
    Tool {
        #[serde(rename = "type")]
        choice_type: &'static str,
        function: NamedFunction<'a>,
    },
}

/// A tool by its name.
#[derive(Serialize)]
pub(super) struct NamedFunction<'a> {
    name: &'a str,
}

/// The tools of a request.
///
/// # Errors
///
/// `invalid-request` for a name or a schema that is none, `unsupported` if the
/// model is not configured for tools.
pub(super) fn functions<'a>(
    request: &'a Request,
    form: FunctionCalling,
) -> Result<Vec<WireFunction<'a>>, Error> {
    if request.tools.is_empty() {
        return if request.tool_choice.is_some() || request.parallel_tool_calls.is_some() {
            Err(Error::invalid_request(
                "`tool_choice` and `parallel_tool_calls` make no sense without `tools`",
            ))
        } else {
            Ok(Vec::new())
        };
    }
    match form {
        FunctionCalling::Absent => Err(not_configured()),
        FunctionCalling::Functions | FunctionCalling::Tools => {
            request.tools.iter().map(function).collect()
        }
    }
}

/// Tools, or what came of them, where the form says that there are none.
pub(super) fn not_configured() -> Error {
    Error::not_configured("tools", "function_calling_type")
}

fn function(tool: &Tool) -> Result<WireFunction<'_>, Error> {
    check_name("a tool", &tool.name)?;
    Ok(WireFunction {
        name: &tool.name,
        description: tool.description.as_deref(),
        parameters: json_object(&tool.parameters).ok_or_else(|| {
            Error::invalid_request(format!(
                "`parameters` of the tool `{}` are not a JSON object",
                tool.name
            ))
        })?,
        strict: tool.strict,
    })
}

/// Whether and which tools to call.
///
/// # Errors
///
/// `unsupported` for what the legacy form cannot say, `invalid-request` for a
/// tool that is not offered.
pub(super) fn choice(
    request: &Request,
    form: FunctionCalling,
) -> Result<Option<WireChoice<'_>>, Error> {
    let Some(choice) = &request.tool_choice else {
        return Ok(None);
    };
    Ok(Some(match (choice, form) {
        (ToolChoice::Automatic, _) => WireChoice::Word("auto"),
        (ToolChoice::None, _) => WireChoice::Word("none"),
        (ToolChoice::Required, FunctionCalling::Functions) => {
            return Err(Error::not_configured(
                "`tool_choice` required, which the legacy form cannot say",
                "function_calling_type",
            ));
        }
        (ToolChoice::Required, _) => WireChoice::Word("required"),
        (ToolChoice::Tool(name), _) if request.tools.iter().all(|tool| tool.name != *name) => {
            return Err(Error::invalid_request(
                "`tool_choice` names a tool that is not among `tools`",
            ));
        }
        (ToolChoice::Tool(name), FunctionCalling::Functions) => WireChoice::Name { name },
        (ToolChoice::Tool(name), _) => WireChoice::Tool {
            choice_type: "function",
            function: NamedFunction { name },
        },
    }))
}

/// Whether a name can be sent: letters, digits, `_` and `-`.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), Error> {
    let is_name = (1..=MAX_NAME_BYTES).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_name {
        return Ok(());
    }
    Err(Error::invalid_request(format!(
        "the name of {what} is not 1 to {MAX_NAME_BYTES} of A-Z a-z 0-9 _ -"
    )))
}

/// A text that is a JSON object, to be sent as it stands.
pub(super) fn json_object(text: &str) -> Option<Value<'_>> {
    let json = Value::read(text.as_bytes())?;
    json.get().starts_with('{').then_some(json)
}
