//! Errors in `OpenAI`'s shape.

use http::StatusCode;
use serde_json::json;

use crate::gateway::answer::Answer;

/// An error reply: `{"error":{"message","type","param","code"}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenAiError {
    status: StatusCode,
    message: String,
    parameter: Option<String>,
    code: Option<&'static str>,
}

impl OpenAiError {
    /// An error of type `invalid_request_error` with this status.
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

    /// A 400 about a field that is not there.
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

    /// Adds the machine-readable code.
    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The error as a reply.
    pub(crate) fn into_answer(self) -> Answer {
        let body = json!({
            "error": {
                "message": self.message,
                "type": "invalid_request_error",
                "param": self.parameter,
                "code": self.code,
            }
        });
        Answer::document(self.status, "application/json", body.to_string())
    }
}
