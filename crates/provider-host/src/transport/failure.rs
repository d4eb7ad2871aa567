//! Turns what went wrong below into the error codes of wasi:http, so that the
//! component can tell a person what happened.

use super::connector::ConnectTimedOut;
use super::proxy::{Problem, ProxyFailure};
use super::tcp::ResolveFailure;
use hyper_util::client::legacy;
use std::error::Error as StdError;
use std::io;
use wasmtime_wasi_http::Error;
use wasmtime_wasi_http::p2::bindings::http::types::{DnsErrorPayload, ErrorCode};

/// Why no response came.
pub(super) fn of_request(error: &legacy::Error) -> Error {
    tracing::debug!(?error, "request failed");
    let cause = causes(error).find_map(classify);
    if error.is_connect() {
        return cause.unwrap_or(Error::DestinationUnavailable);
    }
    match cause {
        // These tell a component that nothing was sent. On a connection that
        // stood already, some of the request may have been.
        None
        | Some(
            Error::ConnectionTimeout
            | Error::DestinationIpUnroutable
            | Error::TlsProtocolError
            | Error::TlsCertificateError
            | Error::TlsAlertReceived { .. },
        ) => Error::ConnectionTerminated,
        Some(cause) => cause,
    }
}

/// Why a response's body broke off.
pub(super) fn of_response_body(error: &hyper::Error) -> Error {
    tracing::debug!(?error, "response broke off");
    match causes(error).find_map(io_kind) {
        // The end came before the body's length, or its last chunk, said so.
        Some(io::ErrorKind::UnexpectedEof) => Error::HttpResponseIncomplete,
        _ if error.is_incomplete_message() => Error::HttpResponseIncomplete,
        _ => causes(error)
            .find_map(classify)
            .unwrap_or(Error::HttpProtocolError),
    }
}

/// The code for an error that the component met while it read a body. These
/// are the codes that a [`super::body`] ends with; the rest has no meaning to
/// a component.
pub(crate) fn body_error_code(error: &Error) -> ErrorCode {
    match error {
        Error::ConnectionReadTimeout => ErrorCode::ConnectionReadTimeout,
        Error::ConnectionTerminated => ErrorCode::ConnectionTerminated,
        Error::ConnectionTimeout => ErrorCode::ConnectionTimeout,
        Error::DnsError { rcode, info_code } => ErrorCode::DnsError(DnsErrorPayload {
            rcode: rcode.clone(),
            info_code: *info_code,
        }),
        Error::HttpResponseBodySize(size) => ErrorCode::HttpResponseBodySize(*size),
        Error::HttpResponseIncomplete => ErrorCode::HttpResponseIncomplete,
        Error::HttpResponseTimeout => ErrorCode::HttpResponseTimeout,
        Error::HttpProtocolError => ErrorCode::HttpProtocolError,
        Error::TlsProtocolError => ErrorCode::TlsProtocolError,
        other => ErrorCode::InternalError(Some(other.to_string())),
    }
}

/// An error and what caused it, outermost first.
fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| inner(*error))
}

/// The cause of an error. `io::Error` skips the error that it wraps, and that
/// is where TLS puts its own.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn io_kind(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    error.downcast_ref().map(io::Error::kind)
}

fn classify(error: &(dyn StdError + 'static)) -> Option<Error> {
    if error.is::<ConnectTimedOut>() {
        return Some(Error::ConnectionTimeout);
    }
    if let Some(failure) = error.downcast_ref::<ProxyFailure>() {
        return Some(of_proxy(failure));
    }
    if let Some(failure) = error.downcast_ref() {
        return Some(of_resolving(failure));
    }
    if let Some(failure) = error.downcast_ref() {
        return Some(of_tls(failure));
    }
    if let Some(Error::HttpRequestBodySize(size)) = error.downcast_ref() {
        return Some(Error::HttpRequestBodySize(*size));
    }
    if let Some(failure) = error.downcast_ref::<hyper::Error>() {
        return of_http(failure);
    }
    of_io(error.downcast_ref()?)
}

fn of_resolving(failure: &ResolveFailure) -> Error {
    match failure {
        ResolveFailure::Lookup(error) => Error::DnsError {
            rcode: Some(error.to_string()),
            info_code: None,
        },
        ResolveFailure::NoAddress => Error::DestinationNotFound,
        ResolveFailure::Prohibited => Error::DestinationIpProhibited,
    }
}

/// What a proxy did, before anything was sent to a target. All of these codes say
/// so, and none blames the endpoint's name or TLS.
pub(super) fn of_proxy(failure: &ProxyFailure) -> Error {
    match failure.problem() {
        Problem::Connect(error) => {
            let resolving = causes(error.as_ref()).find_map(|cause| cause.downcast_ref());
            match resolving {
                Some(ResolveFailure::Prohibited) => Error::DestinationIpProhibited,
                Some(ResolveFailure::Lookup(_) | ResolveFailure::NoAddress) | None => {
                    Error::DestinationUnavailable
                }
            }
        }
        Problem::Refused(status) if status.is_client_error() => Error::HttpRequestDenied,
        Problem::Refused(_) | Problem::Response(_) | Problem::EarlyData => {
            Error::DestinationUnavailable
        }
    }
}

fn of_tls(failure: &rustls::Error) -> Error {
    match failure {
        rustls::Error::InvalidCertificate(_)
        | rustls::Error::NoCertificatesPresented
        | rustls::Error::UnsupportedNameType => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => Error::TlsAlertReceived {
            alert_id: Some(u8::from(*alert)),
            alert_message: Some(format!("{alert:?}")),
        },
        _ => Error::TlsProtocolError,
    }
}

/// What HTTP itself says; `None` where the cause below says more.
fn of_http(failure: &hyper::Error) -> Option<Error> {
    if failure.is_parse_too_large() {
        Some(Error::HttpResponseHeaderSectionSize(None))
    } else if failure.is_parse() || failure.is_parse_status() {
        Some(Error::HttpProtocolError)
    } else if failure.is_incomplete_message() || failure.is_canceled() || failure.is_closed() {
        Some(Error::ConnectionTerminated)
    } else if failure.is_timeout() {
        Some(Error::HttpResponseTimeout)
    } else {
        None
    }
}

fn of_io(failure: &io::Error) -> Option<Error> {
    match failure.kind() {
        io::ErrorKind::ConnectionRefused => Some(Error::ConnectionRefused),
        io::ErrorKind::TimedOut => Some(Error::ConnectionTimeout),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => Some(Error::ConnectionTerminated),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => Some(Error::DestinationIpUnroutable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ResolveFailure, classify};
    use std::io;
    use wasmtime_wasi_http::Error;

    #[test]
    fn a_failed_lookup_is_a_dns_error_with_the_resolver_s_words() {
        let failure = ResolveFailure::Lookup(io::Error::other("name not known"));
        match classify(&failure) {
            Some(Error::DnsError {
                rcode: Some(words), ..
            }) => assert_eq!(words, "name not known"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_tls_says_is_found_inside_an_io_error() {
        let tls = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        let wrapped = io::Error::other(io::Error::other(tls));
        let found = super::causes(&wrapped).find_map(classify);
        assert!(
            matches!(
                found,
                Some(Error::TlsAlertReceived {
                    alert_id: Some(40),
                    ..
                })
            ),
            "{found:?}"
        );
    }
}
