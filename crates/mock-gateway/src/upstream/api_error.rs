//! Errors of model providers, each in its provider's shape.

use http::StatusCode;
use serde_json::{Value, json};

use super::environment::Environment;
use crate::response::MockResponse;

/// The shape of a provider's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorShape {
    /// `{"error":{"message","type","param","code"}}`.
    OpenAi,
    /// The same members, but the code is the status and the type a class.
    Vllm,
    /// Compatible mode: `{"error":{…},"request_id"}`, codes in snake case.
    DashScopeCompatible,
    /// Everywhere else at DashScope: `{"code","message","request_id"}`.
    DashScope,
    /// `{"detail"}`.
    Jina,
    /// `{"id","message"}`.
    Cohere,
}

/// An error, before it is written in a provider's shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
    parameter: Option<String>,
    code: Option<&'static str>,
}

impl ApiError {
    /// An error with this status.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            parameter: None,
            code: None,
        }
    }

    /// A 400 about one field of the body.
    pub(crate) fn field(name: impl Into<String>, message: impl Into<String>) -> Self {
        let error = Self::new(StatusCode::BAD_REQUEST, message);
        Self {
            parameter: Some(name.into()),
            ..error
        }
    }

    /// A 400 about a missing field.
    pub(crate) fn missing(name: &str) -> Self {
        Self::field(name, format!("Missing required parameter: '{name}'."))
            .code("missing_required_parameter")
    }

    /// A 400 about a field of the wrong JSON type.
    pub(crate) fn wrong_type(name: &str, expected: &str) -> Self {
        Self::field(
            name,
            format!("Invalid type for '{name}': expected {expected}."),
        )
        .code("invalid_type")
    }

    /// A 404 about a model that the provider does not have.
    pub(crate) fn unknown_model(name: &str) -> Self {
        let message = format!("The model `{name}` does not exist or you do not have access to it.");
        Self::new(StatusCode::NOT_FOUND, message).code("model_not_found")
    }

    /// Adds the machine-readable code: `OpenAI`'s spelling, from which the
    /// other shapes derive theirs, or DashScope's own.
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The error as a response.
    pub(crate) fn into_response(
        self,
        shape: ErrorShape,
        environment: &mut Environment<'_>,
    ) -> MockResponse {
        let identifier = environment.identifier();
        let body = self.body(shape, &identifier);
        MockResponse::document(self.status, "application/json", body.to_string())
    }

    fn body(&self, shape: ErrorShape, identifier: &str) -> Value {
        let message = self.message.as_str();
        match shape {
            ErrorShape::OpenAi => json!({"error": {
                "message": message,
                "type": "invalid_request_error",
                "param": self.parameter,
                "code": self.code,
            }}),
            ErrorShape::Vllm => json!({"error": {
                "message": message,
                "type": self.class(),
                "param": self.parameter,
                "code": self.status.as_u16(),
            }}),
            ErrorShape::DashScopeCompatible => json!({
                "error": {
                    "message": message,
                    "type": "invalid_request_error",
                    "param": null,
                    "code": self.compatible_code(),
                },
                "request_id": identifier,
            }),
            ErrorShape::DashScope => json!({
                "code": self.native_code(),
                "message": message,
                "request_id": identifier,
            }),
            ErrorShape::Jina => json!({"detail": message}),
            ErrorShape::Cohere => json!({"id": identifier, "message": message}),
        }
    }

    fn class(&self) -> &'static str {
        match self.status {
            StatusCode::NOT_FOUND => "NotFoundError",
            StatusCode::UNPROCESSABLE_ENTITY => "UnprocessableEntityError",
            _ => "BadRequestError",
        }
    }

    fn compatible_code(&self) -> &'static str {
        match self.native_code() {
            "InvalidParameter" => "invalid_parameter_error",
            "ModelNotFound" => "model_not_found",
            "DataInspectionFailed" => "data_inspection_failed",
            "AccessDenied" => "access_denied",
            other => other,
        }
    }

    fn native_code(&self) -> &'static str {
        match self.code {
            Some("model_not_found") => "ModelNotFound",
            Some("content_policy_violation") => "DataInspectionFailed",
            // DashScope's own begin with a capital.
            Some(code) if code.starts_with(|first: char| first.is_ascii_uppercase()) => code,
            _ if self.status == StatusCode::NOT_FOUND => "NotFound",
            _ => "InvalidParameter",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_has_a_body_for_each_provider() {
        let error = ApiError::unknown_model("m");
        let body = |shape| error.body(shape, "r-1");
        assert_eq!(body(ErrorShape::OpenAi)["error"]["code"], "model_not_found");
        assert_eq!(body(ErrorShape::Vllm)["error"]["code"], 404);
        assert_eq!(body(ErrorShape::Vllm)["error"]["type"], "NotFoundError");
        let compatible = body(ErrorShape::DashScopeCompatible);
        assert_eq!(compatible["error"]["code"], "model_not_found");
        assert_eq!(compatible["request_id"], "r-1");
        assert_eq!(body(ErrorShape::DashScope)["code"], "ModelNotFound");
        assert!(body(ErrorShape::Jina)["detail"].is_string());
        assert_eq!(body(ErrorShape::Cohere)["id"], "r-1");
    }

    #[test]
    fn a_wrong_field_is_an_invalid_parameter_at_dashscope() {
        let error = ApiError::missing("query");
        let native = error.body(ErrorShape::DashScope, "");
        assert_eq!(native["code"], "InvalidParameter");
        let compatible = error.body(ErrorShape::DashScopeCompatible, "");
        assert_eq!(compatible["error"]["code"], "invalid_parameter_error");
    }
}
