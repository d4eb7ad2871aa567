//! Maps the error codes of `wasi:http` to errors of the contract, with advice.

use wasi::http::types::ErrorCode;

use provider_core::error::{Error, ErrorKind};

/// When a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before any byte of the response.
    BeforeResponse,
    /// After the response head.
    WithinResponse,
}

/// The error for a request to `url` that failed with `code`.
pub(crate) fn error(code: &ErrorCode, stage: Stage, url: &str) -> Error {
    let (kind, sent, problem) = describe(code);
    match stage {
        Stage::BeforeResponse if sent => Error::after_sending(kind, format!("{url}: {problem}")),
        Stage::BeforeResponse => Error::before_sending(kind, format!("{url}: {problem}")),
        Stage::WithinResponse if kind == ErrorKind::Timeout => {
            Error::after_sending(kind, format!("the response stalled: {problem}"))
        }
        // A truncated response is a protocol error, whatever the cause.
        Stage::WithinResponse => Error::protocol(format!("the response was cut off: {problem}")),
    }
}

/// The kind, whether a request may have reached the server, and the message.
fn describe(code: &ErrorCode) -> (ErrorKind, bool, &'static str) {
    use ErrorKind::{Connection, Protocol, Timeout};
    match code {
        ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => (
            Connection,
            false,
            "no such host; check the host name in endpoint_url",
        ),
        ErrorCode::DnsTimeout => (
            Timeout,
            false,
            "the host name was not resolved in time; check it in endpoint_url",
        ),
        // Some hosts apply the connect timeout until the response head arrives,
        // so the request may have been sent.
        ErrorCode::ConnectionTimeout => (
            Timeout,
            true,
            "connection timed out; check host and port in endpoint_url, and that the plugin host can reach it",
        ),
        ErrorCode::ConnectionRefused => (
            Connection,
            false,
            "connection refused; check host and port in endpoint_url",
        ),
        ErrorCode::DestinationUnavailable | ErrorCode::DestinationIpUnroutable => (
            Connection,
            false,
            "address unreachable; check host and port in endpoint_url",
        ),
        ErrorCode::DestinationIpProhibited | ErrorCode::HttpRequestDenied => (
            Connection,
            false,
            "the plugin host does not allow requests to this address; contact its operator",
        ),
        ErrorCode::HttpRequestUriInvalid => (
            ErrorKind::InvalidCredentials,
            false,
            "the plugin host does not accept this address; check endpoint_url",
        ),
        ErrorCode::TlsCertificateError => (
            Connection,
            false,
            "the server's certificate is not trusted, or is for another host",
        ),
        ErrorCode::TlsProtocolError | ErrorCode::TlsAlertReceived(_) => (
            Connection,
            false,
            "TLS handshake failed; if the server does not use TLS, start endpoint_url with http://",
        ),
        ErrorCode::ConnectionLimitReached => {
            (Connection, false, "too many connections; try again later")
        }
        ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionReadTimeout => (
            Timeout,
            true,
            "the server did not respond in time; raise the timeouts or use streaming",
        ),
        ErrorCode::ConnectionWriteTimeout => {
            (Timeout, true, "the server stopped reading the request")
        }
        ErrorCode::ConnectionTerminated | ErrorCode::HttpResponseIncomplete => {
            (Connection, true, "the connection was closed; try again")
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
        _ => (Connection, true, "the request failed"),
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
    fn after_a_connection_timeout_the_request_counts_as_sent() {
        for (code, sent) in [
            (ErrorCode::ConnectionTimeout, true),
            (ErrorCode::DnsTimeout, false),
        ] {
            let error = error(&code, Stage::BeforeResponse, "http://h");
            assert_eq!((error.kind, error.request_sent), (ErrorKind::Timeout, sent));
        }
    }

    #[test]
    fn an_address_that_the_host_refuses_is_a_fault_of_the_form() {
        let error = error(
            &ErrorCode::HttpRequestUriInvalid,
            Stage::BeforeResponse,
            "http://[::1]",
        );
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::InvalidCredentials, false)
        );
        assert!(error.message.contains("endpoint_url"), "{}", error.message);
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
