//! What the gateway remembers of a request: what came over the wire, and what
//! became of it.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// What became of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The request's body has not arrived whole yet.
    Arriving,
    /// The request is here; its response is not finished.
    Answering,
    /// The whole response was handed to the connection.
    Completed,
    /// The client left (or the gateway stopped) before the response's end.
    AbortedByClient,
    /// The gateway closed the connection as planned: before the response's head,
    /// or in the middle of its body.
    BrokenOffByGateway,
}

impl Outcome {
    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Arriving | Self::Answering => false,
            Self::Completed | Self::AbortedByClient | Self::BrokenOffByGateway => true,
        }
    }
}

/// One request as it came over the wire.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// Its place among all requests of this gateway, from 0.
    pub number: u64,
    /// Which connection it came on, from 0: equal numbers mean that the
    /// connection was used again.
    pub connection: u64,
    /// The method.
    pub method: Method,
    /// Path and query, undecoded, as in the request line.
    pub path_and_query: String,
    /// Headers in the order received, names in lower case; a name that came
    /// more than once stands where it stood first. Bytes outside UTF-8 are
    /// shown as U+FFFD.
    pub headers: Vec<(String, String)>,
    /// The body: empty while it arrives, and for ever if it was refused as too
    /// large.
    pub body: Bytes,
    /// The consumer that authentication found, if the route asks for one.
    pub consumer: Option<String>,
    /// The response's status, once its head is sent.
    pub status: Option<StatusCode>,
    /// What became of the exchange.
    pub outcome: Outcome,
}

impl RecordedRequest {
    /// The first value of a header, its name given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Headers as a record keeps them.
pub(crate) fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    };
    headers.iter().map(pair).collect()
}
