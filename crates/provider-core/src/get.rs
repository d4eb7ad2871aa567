//! A document, read from an endpoint: the sibling of [`post`](crate::post)
//! for requests without a body.

use crate::call::Call;
use crate::credentials::Credentials;
use crate::http::{Method, Request};
use crate::post::{Accept, request};

/// The request that reads a JSON document from the API at `api_path`.
#[must_use]
pub fn json(credentials: &Credentials, api_path: &str, call: &Call) -> Request {
    let own = [("accept", Accept::Json.media_type().to_owned())];
    request(credentials, Method::Get, api_path, &own, call)
}
