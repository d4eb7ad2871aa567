//! A route's fallback, as Higress's console sets it up: another service that
//! answers where the first one fails.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::local_reply;
use super::received_request::ReceivedRequest;
use super::response::MockResponse;
use super::route::Backend;

/// Largest body that the gateway keeps, to send it a second time.
const BODY_LIMIT_BYTES: usize = 1_024_000;

const FALLBACK_FROM: HeaderName = HeaderName::from_static("x-higress-fallback-from");

/// The errors that lead to a fallback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// Status 4xx.
    Client,
    /// Status 5xx.
    Server,
}

/// What answers in place of a route's own backend, and when. The gateway's own
/// refusals count too, such as those of a limit.
#[derive(Debug)]
pub struct Fallback {
    pub(crate) backend: Backend,
    classes: Vec<ErrorClass>,
    model: Option<String>,
}

impl Fallback {
    /// This backend answers errors of these classes.
    #[must_use]
    pub fn new(classes: impl IntoIterator<Item = ErrorClass>, backend: Backend) -> Self {
        Self {
            backend,
            classes: classes.into_iter().collect(),
            model: None,
        }
    }

    /// Asks the backend for this model, whichever the request names.
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

    /// The request as the backend gets it.
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

/// The response to a request that a route with a fallback does not take.
pub(crate) fn refusal(body: &Bytes) -> Option<MockResponse> {
    (body.len() > BODY_LIMIT_BYTES)
        .then(|| local_reply::text(StatusCode::PAYLOAD_TOO_LARGE, "request_payload_too_large"))
}

/// The response that came in place of that of a route of this prefix.
pub(crate) fn marked(mut response: MockResponse, route: &str) -> MockResponse {
    if let Some(name) = route_name(route) {
        response.headers.insert(FALLBACK_FROM, name);
    }
    response
}

/// The name that the console gives a route.
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
