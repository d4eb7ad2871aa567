//! What a failed exchange means: the transport's error codes as errors that
//! tell a person what to look at.

use wasi::http::types::ErrorCode;

use provider_core::error::{Error, ErrorKind};

/// How far an exchange had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No byte of a response had come.
    BeforeResponse,
    /// The response's head was in.
    WithinResponse,
}

/// The error for a transport's failure while `url` was asked.
pub(crate) fn error(code: &ErrorCode, stage: Stage, url: &str) -> Error {
    let (kind, sent, problem) = describe(code);
    match stage {
        Stage::BeforeResponse if sent => Error::after_sending(kind, format!("{url}: {problem}")),
        Stage::BeforeResponse => Error::before_sending(kind, format!("{url}: {problem}")),
        Stage::WithinResponse if kind == ErrorKind::Timeout => {
            Error::after_sending(kind, format!("the response stalled: {problem}"))
        }
        // A response that breaks off is no answer, however it broke.
        Stage::WithinResponse => Error::protocol(format!("the response was cut off: {problem}")),
    }
}

/// Kind, whether a request may have reached the server, and what to say.
fn describe(code: &ErrorCode) -> (ErrorKind, bool, &'static str) {
    use ErrorKind::{Connection, Protocol, Timeout};
    match code {
        ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => (
            Connection,
            false,
            "no such host; check the host name in endpoint_url",
        ),
        ErrorCode::DnsTimeout | ErrorCode::ConnectionTimeout => (
            Timeout,
            false,
            "no connection in time; check host and port in endpoint_url, and that the host may reach it",
        ),
        ErrorCode::ConnectionRefused => (
            Connection,
            false,
            "connection refused: nothing listens there; check host and port in endpoint_url",
        ),
        ErrorCode::DestinationUnavailable | ErrorCode::DestinationIpUnroutable => (
            Connection,
            false,
            "the address cannot be reached; check host and port in endpoint_url",
        ),
        ErrorCode::DestinationIpProhibited | ErrorCode::HttpRequestDenied => (
            Connection,
            false,
            "the plugin host does not allow requests to this address; ask its operator",
        ),
        ErrorCode::TlsCertificateError => (
            Connection,
            false,
            "the server's certificate is not trusted, or is for another host",
        ),
        ErrorCode::TlsProtocolError | ErrorCode::TlsAlertReceived(_) => (
            Connection,
            false,
            "no TLS connection; should endpoint_url start with http:// ?",
        ),
        ErrorCode::ConnectionLimitReached => (
            Connection,
            false,
            "too many connections at once; try again later",
        ),
        ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionReadTimeout => (
            Timeout,
            true,
            "the server took too long; raise the timeouts, or stream the answer",
        ),
        ErrorCode::ConnectionWriteTimeout => {
            (Timeout, true, "the server does not take the request")
        }
        ErrorCode::ConnectionTerminated | ErrorCode::HttpResponseIncomplete => {
            (Connection, true, "the connection broke; try again")
        }
        ErrorCode::HttpResponseBodySize(_)
        | ErrorCode::HttpResponseHeaderSectionSize(_)
        | ErrorCode::HttpResponseHeaderSize(_) => (
            Protocol,
            true,
            "the response is larger than the plugin host allows",
        ),
        ErrorCode::HttpRequestBodySize(_)
        | ErrorCode::HttpRequestHeaderSectionSize(_)
        | ErrorCode::HttpRequestHeaderSize(_) => (
            ErrorKind::InvalidRequest,
            false,
            "the request is larger than the plugin host allows",
        ),
        _ => (Connection, true, "the request with the server failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_connection_sent_nothing() {
        let error = error(
            &ErrorCode::ConnectionRefused,
            Stage::BeforeResponse,
            "http://h",
        );
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::Connection, false)
        );
        assert!(error.message.starts_with("http://h: "), "{}", error.message);
    }

    #[test]
    fn a_break_within_a_response_is_a_protocol_error() {
        let error = error(
            &ErrorCode::ConnectionTerminated,
            Stage::WithinResponse,
            "http://h",
        );
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::Protocol, true)
        );
    }

    #[test]
    fn a_stall_within_a_response_is_a_timeout() {
        let error = error(
            &ErrorCode::ConnectionReadTimeout,
            Stage::WithinResponse,
            "http://h",
        );
        assert_eq!(error.kind, ErrorKind::Timeout);
    }
}
