//! Reading one field of a JSON object strictly. `null` counts as absent.

use serde_json::{Map, Value};

use super::api_error::ApiError;

/// A field's value, unless it is absent or `null`.
pub(crate) fn present<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

/// An integer of at least 1.
pub(crate) fn positive_integer(
    fields: &Map<String, Value>,
    name: &str,
) -> Result<Option<usize>, ApiError> {
    let Some(value) = present(fields, name) else {
        return Ok(None);
    };
    if !(value.is_i64() || value.is_u64()) {
        return Err(ApiError::wrong_type(name, "an integer"));
    }
    let number = value.as_u64().filter(|&number| number > 0).ok_or_else(|| {
        ApiError::field(
            name,
            format!("Invalid '{name}': expected a value of at least 1."),
        )
        .code("integer_below_min_value")
    })?;
    Ok(Some(usize::try_from(number).unwrap_or(usize::MAX)))
}

/// Checks a number's range, both ends included.
pub(crate) fn check_range(
    fields: &Map<String, Value>,
    name: &str,
    least: f64,
    most: f64,
) -> Result<(), ApiError> {
    let Some(value) = present(fields, name) else {
        return Ok(());
    };
    let number = value
        .as_f64()
        .ok_or_else(|| ApiError::wrong_type(name, "a number"))?;
    if (least..=most).contains(&number) {
        return Ok(());
    }
    let message = format!("Invalid '{name}': expected a value from {least} to {most}.");
    Err(ApiError::field(name, message).code("decimal_out_of_range"))
}

/// A boolean; `false` if absent.
pub(crate) fn flag(fields: &Map<String, Value>, name: &str) -> Result<bool, ApiError> {
    match present(fields, name) {
        None => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(ApiError::wrong_type(name, "a boolean")),
    }
}

/// An object.
pub(crate) fn object<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Map<String, Value>>, ApiError> {
    match present(fields, name) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(ApiError::wrong_type(name, "an object")),
    }
}

/// A string; `None` if it is empty.
pub(crate) fn text<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, ApiError> {
    match present(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(ApiError::wrong_type(name, "a string")),
    }
}
