//! A request as it was received, byte for byte: the input to verifying a
//! signature.

use super::received_request::ReceivedRequest;
use super::record::RecordedRequest;

/// A request, undecoded: of a [`RecordedRequest`], or of any other capture.
#[derive(Clone, Debug)]
pub struct WireRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and query as in the request line.
    pub target: &'a str,
    /// Headers in the order received, names in lower case.
    pub headers: Vec<(&'a str, &'a [u8])>,
    /// The body, without its transfer encoding.
    pub body: &'a [u8],
}

impl<'a> WireRequest<'a> {
    /// A header's first value, the only one that Envoy shows a plugin. The name
    /// is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }

    /// A header's first value; an absent header reads as empty.
    pub(crate) fn value(&self, name: &str) -> &'a [u8] {
        self.header(name).unwrap_or_default()
    }

    /// The parts before and after the first `?`.
    pub(crate) fn path_and_query(&self) -> (&'a str, &'a str) {
        self.target.split_once('?').unwrap_or((self.target, ""))
    }

    /// Whether Envoy calls a plugin for the body: a chunked body counts even if
    /// it is empty.
    pub(crate) fn has_body(&self) -> bool {
        !self.body.is_empty() || self.header("transfer-encoding").is_some()
    }
}

impl<'a> From<&'a ReceivedRequest> for WireRequest<'a> {
    fn from(request: &'a ReceivedRequest) -> Self {
        let headers = request.headers.iter();
        Self {
            method: request.method.as_str(),
            target: &request.target,
            headers: headers
                .map(|(name, value)| (name.as_str(), value.as_bytes()))
                .collect(),
            body: &request.body,
        }
    }
}

impl<'a> From<&'a RecordedRequest> for WireRequest<'a> {
    fn from(record: &'a RecordedRequest) -> Self {
        let headers = record.headers.iter();
        Self {
            method: record.method.as_str(),
            target: &record.path_and_query,
            headers: headers
                .map(|(name, value)| (name.as_str(), value.as_bytes()))
                .collect(),
            body: &record.body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: Vec<(&'static str, &'static [u8])>) -> WireRequest<'static> {
        WireRequest {
            method: "GET",
            target: "/a%20b?c?d",
            headers,
            body: b"",
        }
    }

    #[test]
    fn the_first_of_several_values_is_read() {
        let request = request(vec![("x", b"1"), ("x", b"2")]);
        assert_eq!(request.value("x"), b"1");
        assert_eq!(request.value("y"), b"");
        assert_eq!(request.header("y"), None);
    }

    #[test]
    fn the_query_starts_at_the_first_question_mark() {
        assert_eq!(request(Vec::new()).path_and_query(), ("/a%20b", "c?d"));
    }

    #[test]
    fn an_empty_chunked_body_is_a_body() {
        assert!(!request(vec![("content-length", b"0")]).has_body());
        assert!(request(vec![("transfer-encoding", b"chunked")]).has_body());
    }
}
