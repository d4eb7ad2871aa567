//! Recorded requests: the bytes received, and the outcome.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// The state of an exchange, and at last its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The request's body is still arriving.
    Arriving,
    /// The request has arrived; its response is not finished.
    Answering,
    /// The whole response was written to the connection.
    Completed,
    /// The client closed the connection, or the gateway stopped, before the end
    /// of the response.
    AbortedByClient,
    /// The gateway closed the connection on purpose: before the head of the
    /// response, or within its body.
    BrokenOffByGateway,
}

impl Outcome {
    /// Whether the outcome can no longer change.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Arriving | Self::Answering => false,
            Self::Completed | Self::AbortedByClient | Self::BrokenOffByGateway => true,
        }
    }
}

/// One request as it was received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The number of the request at this gateway, from 0.
    pub number: u64,
    /// The number of its connection, from 0. Requests of equal numbers share a
    /// connection.
    pub connection: u64,
    /// The method.
    pub method: Method,
    /// Path and query, undecoded, as in the request line.
    pub path_and_query: String,
    /// Headers in the order received, names in lower case. All values of a name
    /// are at its first position. Bytes outside UTF-8 become U+FFFD.
    pub headers: Vec<(String, String)>,
    /// The body. Empty while it is arriving, and if it was rejected as too
    /// large.
    pub body: Bytes,
    /// The authenticated consumer, if the route requires one.
    pub consumer: Option<String>,
    /// The response's status, once its head is sent.
    pub status: Option<StatusCode>,
    /// The outcome of the exchange.
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

/// The headers of a record.
pub(crate) fn header_list(headers: &HeaderMap) -> Vec<(String, String)> {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    };
    headers.iter().map(pair).collect()
}
