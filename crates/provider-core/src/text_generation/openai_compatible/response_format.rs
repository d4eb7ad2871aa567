//! Writes `response_format`.

use super::tools::{check_name, json_object};
use crate::error::Error;
use crate::text_generation::{JsonSchema, ResponseFormat};
use wire::json::JsonWriter;
use wire::json::{Object, Value};

/// The name of a schema without one: backends require a name.
const DEFAULT_NAME: &str = "response";

/// Writes the response format.
///
/// # Errors
///
/// `invalid-request` for a schema that is not a JSON object, or an invalid
/// name.
pub(super) fn write(format: &ResponseFormat, json: &mut JsonWriter) -> Result<(), Error> {
    let (format_type, schema) = match format {
        ResponseFormat::Text => ("text", None),
        ResponseFormat::JsonObject => ("json_object", None),
        ResponseFormat::JsonSchema(schema) => ("json_schema", Some(schema)),
        ResponseFormat::Other(_) => return Err(Error::unsupported("this response format")),
    };
    json.begin_object();
    json.member("type").string(format_type);
    if let Some(schema) = schema {
        write_schema(schema, json.member("json_schema"))?;
    }
    json.end_object();
    Ok(())
}

fn write_schema(schema: &JsonSchema, json: &mut JsonWriter) -> Result<(), Error> {
    let Some(object) = json_object(&schema.schema) else {
        return Err(Error::invalid_request(
            "the `schema` of the response format must be a JSON object",
        ));
    };
    if schema.name.is_none() && is_named(object) {
        // The caller's schema includes its name.
        json.raw(object);
        return Ok(());
    }
    let name = schema.name.as_deref().unwrap_or(DEFAULT_NAME);
    check_name("the schema", name)?;
    json.begin_object();
    json.member("name").string(name);
    json.string_if_some("description", schema.description.as_deref());
    json.member("schema").raw(object);
    json.boolean_if_some("strict", schema.strict);
    json.end_object();
    Ok(())
}

/// Whether this is the whole value of `json_schema` rather than a schema.
fn is_named(json: Value<'_>) -> bool {
    Object::of(json)
        .is_some_and(|object| object.object("schema").is_some() && !object.text("name").is_empty())
}
