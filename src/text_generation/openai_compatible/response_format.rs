//! The form of the answer: `response_format`.

use serde::Serialize;

use super::tools::{check_name, json_object};
use crate::error::Error;
use crate::reply::object::{Object, Value};
use crate::text_generation::{JsonSchema, ResponseFormat};

/// The name of a schema that has none: backends demand one.
const DEFAULT_NAME: &str = "response";

/// The form of an answer as it is sent.
#[derive(Serialize)]
pub(super) struct WireFormat<'a> {
    #[serde(rename = "type")]
    format_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    json_schema: Option<WireSchema<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireSchema<'a> {
    /// With its name and all, as the caller wrote it.
    Named(Value<'a>),
    Bare {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        schema: Value<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
    },
}

/// The form of an answer.
///
/// # Errors
///
/// `invalid-request` for a schema that is not a JSON object, or a name that
/// backends refuse.
pub(super) fn encode(format: &ResponseFormat) -> Result<WireFormat<'_>, Error> {
    let (format_type, json_schema) = match format {
        ResponseFormat::Text => ("text", None),
        ResponseFormat::JsonObject => ("json_object", None),
        ResponseFormat::JsonSchema(schema) => ("json_schema", Some(wire_schema(schema)?)),
    };
    Ok(WireFormat {
        format_type,
        json_schema,
    })
}

fn wire_schema(schema: &JsonSchema) -> Result<WireSchema<'_>, Error> {
    let Some(json) = json_object(&schema.schema) else {
        return Err(Error::invalid_request(
            "`schema` of the response format is not a JSON object",
        ));
    };
    if schema.name.is_none() && is_named(json) {
        return Ok(WireSchema::Named(json));
    }
    let name = schema.name.as_deref().unwrap_or(DEFAULT_NAME);
    check_name("the schema", name)?;
    Ok(WireSchema::Bare {
        name,
        description: schema.description.as_deref(),
        schema: json,
        strict: schema.strict,
    })
}

/// Whether this is what `json_schema` holds, rather than the schema in it.
fn is_named(json: Value<'_>) -> bool {
    Object::of(json)
        .is_some_and(|object| object.object("schema").is_some() && !object.text("name").is_empty())
}
