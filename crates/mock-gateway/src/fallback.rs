//! A route's fallback, as the console of Higress configures it: another service
//! that responds where the first one fails.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::backend::Backend;
use super::local_reply;
use super::received_request::ReceivedRequest;
use super::response::MockResponse;

/// The largest body that the gateway buffers to send it again, in bytes.
const BODY_LIMIT_BYTES: usize = 1_024_000;

const FALLBACK_FROM: HeaderName = HeaderName::from_static("x-higress-fallback-from");

/// The errors that a fallback replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Status 4xx.
    Client,
    /// Status 5xx.
    Server,
}

/// The backend that responds in place of a route's own, and the errors that it
/// replaces. The gateway's local replies count too, such as those of a limit.
#[derive(Debug)]
pub struct Fallback {
    pub(crate) backend: Backend,
    classes: Vec<ErrorClass>,
    model: Option<String>,
}

impl Fallback {
    /// Replaces errors of these classes by responses of this backend.
    #[must_use]
    pub fn new(classes: impl IntoIterator<Item = ErrorClass>, backend: Backend) -> Self {
        Self {
            backend,
            classes: classes.into_iter().collect(),
            model: None,
        }
    }

    /// Requests this model from the backend, in place of the one in the
    /// request.
    #[must_use]
    pub fn model(mut self, name: impl Into<String>) -> Self {
        self.model = Some(name.into());
        self
    }

    /// Whether a response of this status is replaced.
    pub(crate) fn replaces(&self, status: StatusCode) -> bool {
        self.classes.iter().any(|class| match class {
            ErrorClass::Client => status.is_client_error(),
            ErrorClass::Server => status.is_server_error(),
        })
    }

    /// The request as the fallback's backend receives it.
    pub(crate) fn redirected(&self, request: &ReceivedRequest, route: &str) -> ReceivedRequest {
        let mut request = request.clone();
        if let Some(name) = route_name(route) {
            request.headers.insert(FALLBACK_FROM, name);
        }
        if let Some(model) = &self.model {
            request.body = with_model(request.body, model);
        }
        request
    }
}

/// The rejection of a request that is too large for a route with a fallback.
pub(crate) fn refusal(body: &Bytes) -> Option<MockResponse> {
    (body.len() > BODY_LIMIT_BYTES)
        .then(|| local_reply::text(StatusCode::PAYLOAD_TOO_LARGE, "request_payload_too_large"))
}

/// The fallback's response, marked with the route it came from.
pub(crate) fn marked(mut response: MockResponse, route: &str) -> MockResponse {
    if let Some(name) = route_name(route) {
        response.headers.insert(FALLBACK_FROM, name);
    }
    response
}

/// The name of a route in the console.
fn route_name(prefix: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("ai-route-{}.internal", prefix.replace('/', "-"))).ok()
}

/// The body with another model, if it is a JSON object.
fn with_model(body: Bytes, model: &str) -> Bytes {
    match serde_json::from_slice(&body) {
        Ok(Value::Object(mut fields)) => {
            fields.insert("model".to_owned(), model.into());
            Value::Object(fields).to_string().into()
        }
        Ok(_) | Err(_) => body,
    }
}
