//! Responses the gateway makes by itself, without any upstream.
//!
//! Envoy gives a local reply a `content-length`, and `content-type: text/plain`
//! if it has a body.

use std::borrow::Cow;

use http::{HeaderValue, StatusCode, header};

use super::response::{Answer, Framing, Origin};

/// No route's prefix matches (Envoy): 404, nothing in the body.
pub(crate) fn no_route() -> Answer {
    text(StatusCode::NOT_FOUND, "")
}

/// The body is over the buffer's limit (Envoy): 413 and a fixed text.
pub(crate) fn payload_too_large() -> Answer {
    text(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
}

/// The head is over the listener's limit (Envoy): 431, nothing in the body.
pub(crate) fn header_fields_too_large() -> Answer {
    text(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "")
}

/// The request is not what HTTP allows (Envoy's codec): 400 and a fixed text.
pub(crate) fn bad_request() -> Answer {
    text(StatusCode::BAD_REQUEST, "Bad Request")
}

/// Any local reply.
pub(crate) fn text(status: StatusCode, body: impl Into<Cow<'static, str>>) -> Answer {
    let body = body.into();
    let answer = Answer {
        framing: Framing::Length,
        ..Answer::new(status).made_by(Origin::Gateway)
    };
    if body.is_empty() {
        answer
    } else {
        answer
            .header(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))
            .bytes(body.into_owned())
    }
}
