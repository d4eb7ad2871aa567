//! Local replies: responses of the gateway itself, without an upstream.
//!
//! Envoy gives a local reply a `content-length`, and `content-type: text/plain`
//! if it has a body.

use std::borrow::Cow;

use http::{HeaderValue, StatusCode, header};

use super::response::{Framing, MockResponse, Origin};

/// No route matches (Envoy): 404 and an empty body.
pub(crate) fn no_route() -> MockResponse {
    text(StatusCode::NOT_FOUND, "")
}

/// The body is over the buffer's limit (Envoy): 413 and a fixed text.
pub(crate) fn payload_too_large() -> MockResponse {
    text(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
}

/// The head is over the listener's limit (Envoy): 431 and an empty body.
pub(crate) fn header_fields_too_large() -> MockResponse {
    text(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "")
}

/// The request is not valid HTTP (Envoy's codec): 400 and a fixed text.
pub(crate) fn bad_request() -> MockResponse {
    text(StatusCode::BAD_REQUEST, "Bad Request")
}

/// A local reply with this status and text.
pub(crate) fn text(status: StatusCode, body: impl Into<Cow<'static, str>>) -> MockResponse {
    let body = body.into();
    let response = MockResponse {
        framing: Framing::Length,
        ..MockResponse::new(status).made_by(Origin::Gateway)
    };
    if body.is_empty() {
        response
    } else {
        response
            .header(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))
            .bytes(body.into_owned())
    }
}
