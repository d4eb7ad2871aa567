//! Requests to the API of an endpoint: common headers, those of the caller, and
//! authentication.

use serde::Serialize;
use wire::to_json::to_json;

use crate::VERSION;
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::http::{Method, Request};

/// The requested response type. The `accept` header is always sent: gateways
/// sign and route by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// One JSON document.
    Json,
    /// Server-sent events.
    EventStream,
}

impl Accept {
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::EventStream => "text/event-stream",
        }
    }
}

/// A body as JSON. `text_bytes` is the length of its large texts, for which
/// memory is reserved at once: a growing buffer needs up to three times its
/// size, and sandboxes have little memory.
pub(crate) fn body_as_json(body: &impl Serialize, text_bytes: usize) -> Vec<u8> {
    /// Names, small values, escapes.
    const REST: usize = 1 << 10;
    // A derived type without maps cannot fail.
    to_json(body, text_bytes.saturating_add(REST)).unwrap_or_default()
}

/// The length of a list of texts in JSON, without escapes.
pub(crate) fn json_bytes(texts: &[String]) -> usize {
    const QUOTES_AND_COMMA: usize = 3;
    let lengths = texts
        .iter()
        .map(|text| text.len().saturating_add(QUOTES_AND_COMMA));
    lengths.fold(0, usize::saturating_add)
}

/// The request that posts `body` to the API at `api_path`.
#[must_use]
pub fn post_json(
    credentials: &Credentials,
    api_path: &str,
    accept: Accept,
    body: Vec<u8>,
    options: &ResolvedOptions,
) -> Request {
    let content = [
        ("accept", accept.media_type().to_owned()),
        ("content-type", "application/json".to_owned()),
        ("content-length", body.len().to_string()),
    ];
    let mut request = request(credentials, Method::Post, api_path, &content, options);
    request.body = body;
    request
}

/// The request that reads a JSON document from the API at `api_path`.
#[must_use]
pub fn get_json(credentials: &Credentials, api_path: &str, options: &ResolvedOptions) -> Request {
    let own = [("accept", Accept::Json.media_type().to_owned())];
    request(credentials, Method::Get, api_path, &own, options)
}

/// A request without a body, with `own` headers before the common ones.
fn request(
    credentials: &Credentials,
    method: Method,
    api_path: &str,
    own: &[(&str, String)],
    options: &ResolvedOptions,
) -> Request {
    let mut headers = Vec::new();
    let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    for (name, value) in own {
        add(name, value);
    }
    add("user-agent", &format!("higress-model-provider/{VERSION}"));
    if let Some(host) = &credentials.settings.virtual_host {
        add("host", host);
    }
    for (name, value) in &options.headers {
        add(name, value);
    }
    let mut request = Request {
        method,
        scheme: credentials.endpoint.scheme(),
        authority: credentials.endpoint.authority().to_owned(),
        path_and_query: credentials.endpoint.path_and_query(api_path),
        headers,
        body: Vec::new(),
    };
    credentials.authentication.apply(&mut request);
    request
}
