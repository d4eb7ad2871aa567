//! A JSON body, posted to an endpoint: the headers that every such request
//! has, and those that the caller and the authentication add.

use crate::VERSION;
use crate::call::Call;
use crate::credentials::Credentials;
use crate::http::{Method, Request};

/// What kind of reply is asked for. The header is always explicit: gateways
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

/// The request that posts `body` to the API at `api_path`.
#[must_use]
pub fn json(
    credentials: &Credentials,
    api_path: &str,
    accept: Accept,
    body: Vec<u8>,
    call: &Call,
) -> Request {
    let own = [
        ("accept", accept.media_type().to_owned()),
        ("content-type", "application/json".to_owned()),
        ("content-length", body.len().to_string()),
        ("user-agent", format!("higress-model-provider/{VERSION}")),
    ];
    let mut headers: Vec<(String, String)> = own
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let virtual_host = credentials.settings.virtual_host.iter();
    headers.extend(virtual_host.map(|host| ("host".to_owned(), host.clone())));
    headers.extend(call.headers.iter().cloned());
    let mut request = Request {
        method: Method::Post,
        scheme: credentials.endpoint.scheme(),
        authority: credentials.endpoint.authority().to_owned(),
        path_and_query: credentials.endpoint.path_and_query(api_path),
        headers,
        body,
    };
    credentials.authentication.place(&mut request);
    request
}
