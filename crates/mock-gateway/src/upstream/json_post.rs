//! What all endpoints of model providers require: POST, a known path, and a
//! JSON object.

use http::{Method, StatusCode, header};
use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::environment::Environment;
use super::field::present;
use crate::received_request::ReceivedRequest;

/// The fields of a request's body.
pub(crate) fn fields(request: &ReceivedRequest) -> Result<Map<String, Value>, ApiError> {
    if request.method != Method::POST {
        let message = "Only POST requests are accepted.";
        return Err(
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message).code("method_not_supported")
        );
    }
    let media_type = request
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(is_json) {
        let message = format!(
            "Unsupported content type: '{}'. This API method only accepts 'application/json' requests.",
            media_type.unwrap_or_default()
        );
        return Err(
            ApiError::new(StatusCode::BAD_REQUEST, message).code("unsupported_content_type")
        );
    }
    object(&request.body)
}

/// The fields of a body, which must be a JSON object.
fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_slice(body).map_err(|_| {
        let message =
            "We could not parse the JSON body of your request: a JSON object was expected.";
        ApiError::new(StatusCode::BAD_REQUEST, message)
    })
}

/// A 404 about a path that the provider does not serve.
pub(crate) fn unknown_url(request: &ReceivedRequest) -> ApiError {
    let message = format!("Invalid URL ({} {})", request.method, request.path);
    ApiError::new(StatusCode::NOT_FOUND, message)
}

/// The model that a request names, if the provider has it.
pub(crate) fn model(
    fields: &Map<String, Value>,
    environment: &Environment<'_>,
) -> Result<String, ApiError> {
    let name = match present(fields, "model") {
        Some(Value::String(name)) if !name.is_empty() => name,
        None | Some(Value::String(_)) => return Err(ApiError::missing("model")),
        Some(_) => return Err(ApiError::wrong_type("model", "a string")),
    };
    if environment.models.is_empty() || environment.models.contains(name) {
        Ok(name.clone())
    } else {
        Err(ApiError::unknown_model(name))
    }
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::{is_json, object};

    #[test]
    fn json_is_recognised_with_parameters_and_in_any_case() {
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=utf-8"));
        assert!(!is_json("text/plain"));
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        for body in ["", "{", "[]", "null", "{\"model\":\"m\"} x", "\u{feff}{}"] {
            assert!(object(body.as_bytes()).is_err(), "{body}");
        }
    }
}
