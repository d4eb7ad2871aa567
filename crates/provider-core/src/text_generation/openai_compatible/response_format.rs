//! `response_format`.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use wire::lenient::{self, Object, Text};

use super::json_object::JsonObject;
use super::tools::check_name;
use crate::error::Error;
use crate::text_generation::{JsonSchema, ResponseFormat};

/// The name of a schema without one: backends require a name.
const DEFAULT_NAME: &str = "response";

/// The format of the answer, as it is written. Text is not written: it is what
/// every backend answers by default.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Written<'a> {
    Known(Known<'a>),
    /// A format of the backend's protocol, as the caller wrote it.
    Other(JsonObject<'a>),
}

/// A format that the provider knows.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Known<'a> {
    JsonObject,
    JsonSchema { json_schema: Schema<'a> },
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Schema<'a> {
    /// The caller's schema includes its name.
    Named(JsonObject<'a>),
    Bare {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        schema: JsonObject<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
    },
}

/// The format of the answer; `None` for text.
///
/// # Errors
///
/// `invalid-request` for a schema or a format of the backend that is not a JSON
/// object, or for an invalid name.
pub(super) fn write(format: &ResponseFormat) -> Result<Option<Written<'_>>, Error> {
    Ok(Some(match format {
        ResponseFormat::Text => return Ok(None),
        ResponseFormat::JsonObject => Written::Known(Known::JsonObject),
        ResponseFormat::JsonSchema(format) => Written::Known(Known::JsonSchema {
            json_schema: schema(format)?,
        }),
        ResponseFormat::Other(json) => {
            Written::Other(JsonObject::parse(json).ok_or_else(|| {
                Error::invalid_request("`response_format` must be a JSON object")
                    .with_field("response_format")
            })?)
        }
    }))
}

fn schema(schema: &JsonSchema) -> Result<Schema<'_>, Error> {
    let Some(object) = JsonObject::parse(&schema.schema) else {
        return Err(Error::invalid_request(
            "the `schema` of the response format must be a JSON object",
        )
        .with_field("response_format.schema"));
    };
    if schema.name.is_none() && is_named(&schema.schema) {
        return Ok(Schema::Named(object));
    }
    let name = schema.name.as_deref().unwrap_or(DEFAULT_NAME);
    check_name("the schema", name, || "response_format.name".to_owned())?;
    Ok(Schema::Bare {
        name,
        description: schema.description.as_deref(),
        schema: object,
        strict: schema.strict,
    })
}

/// Whether this is the whole value of `json_schema` rather than a schema.
fn is_named(json: &str) -> bool {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        name: Text<'a>,
        schema: Object<IgnoredAny>,
    }
    lenient::object::<Named<'_>>(json)
        .is_some_and(|object| object.schema.0.is_some() && !object.name.is_empty())
}
