//! One request over `wasi:http`.

use crate::chat;
use crate::contract::types::{CallOptions, Error, ErrorKind};
use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme, http_error_code,
};
use wasi::io::poll::Pollable;
use wasi::io::streams::{InputStream, StreamError};

/// Bytes to read at once. A read returns what has arrived.
const READ_BYTES: u64 = 64 << 10;

/// Bytes that a blocking write takes, by `wasi:io`.
const WRITE_BYTES: usize = 4_096;

/// Bytes of an error's body that are read.
const MAX_REFUSAL_BYTES: usize = 64 << 10;

/// Where the server is.
pub(crate) struct Endpoint {
    scheme: Scheme,
    authority: String,
    /// Without a slash at its end.
    prefix: String,
}

impl Endpoint {
    /// Parses `http://host:port/prefix`.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = match scheme {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.is_empty() || url.contains(['?', '#', '@', ' ']) {
            return None;
        }
        Some(Self {
            scheme,
            authority: authority.to_owned(),
            prefix: path.trim_end_matches('/').to_owned(),
        })
    }
}

/// Sends `json` and waits for the head of the response.
pub(crate) fn post(
    endpoint: &Endpoint,
    path: &str,
    json: &[u8],
    options: &CallOptions,
) -> Result<Body, Error> {
    let internal = |()| Error::new(ErrorKind::Internal, "the request cannot be made");
    let request = OutgoingRequest::new(headers(options)?);
    let path = format!("{}{path}", endpoint.prefix);
    request.set_method(&Method::Post).map_err(internal)?;
    let scheme = Some(&endpoint.scheme);
    request.set_scheme(scheme).map_err(internal)?;
    let authority = Some(endpoint.authority.as_str());
    request.set_authority(authority).map_err(internal)?;
    request.set_path_with_query(Some(&path)).map_err(internal)?;
    let body = request.body().map_err(internal)?;

    let failed = |code| failure(&code, &endpoint.authority);
    let response = outgoing_handler::handle(request, Some(timeouts(options))).map_err(failed)?;
    let stream = body.write().map_err(internal)?;
    // A failure to write shows in the response.
    let _ = json
        .chunks(WRITE_BYTES)
        .try_for_each(|chunk| stream.blocking_write_and_flush(chunk));
    drop(stream);
    let _ = OutgoingBody::finish(body, None);

    response.subscribe().block();
    let response = response.get().and_then(Result::ok).ok_or(());
    let response = response.map_err(internal)?.map_err(failed)?;
    let status = response.status();
    let body = Body::of(response).map_err(internal)?;
    match status {
        200 => Ok(body),
        _ => Err(chat::refusal(status, &body.start()?)),
    }
}

fn headers(options: &CallOptions) -> Result<Fields, Error> {
    let headers = Fields::new();
    let own = [("content-type", "application/json")];
    let optional = [
        ("traceparent", options.traceparent.as_deref()),
        ("x-request-id", options.request_id.as_deref()),
    ];
    let optional = optional
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let given = options.headers.iter();
    let given = given.map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.into_iter().chain(optional).chain(given) {
        let is_new = !headers.has(name) || name != "content-type";
        let added = headers.append(name, value.as_bytes());
        if !is_new || added.is_err() {
            let message = format!("the header `{}` cannot be set", name.escape_debug());
            return Err(Error::new(ErrorKind::InvalidRequest, &message));
        }
    }
    Ok(headers)
}

/// The contract's timeouts, as far as the host takes them.
fn timeouts(options: &CallOptions) -> RequestOptions {
    let nanoseconds = |ms: Option<u32>, default: u32| {
        let ms = ms.unwrap_or(default).clamp(1, 600_000);
        Some(u64::from(ms) * 1_000_000)
    };
    let set = RequestOptions::new();
    let given = &options.timeouts;
    let _ = set.set_connect_timeout(nanoseconds(given.connect_ms, 10_000));
    let _ = set.set_first_byte_timeout(nanoseconds(given.first_byte_ms, 300_000));
    let _ = set.set_between_bytes_timeout(nanoseconds(given.between_bytes_ms, 120_000));
    set
}

/// The body of a response. Dropping it closes the connection.
pub(crate) struct Body {
    // A child of the body, which is one of the response: each must be dropped
    // before its parent, as the order of the fields has it.
    stream: InputStream,
    _parents: (IncomingBody, IncomingResponse),
}

impl Body {
    fn of(response: IncomingResponse) -> Result<Self, ()> {
        let body = response.consume()?;
        let stream = body.stream()?;
        Ok(Self {
            stream,
            _parents: (body, response),
        })
    }

    /// Waits for more bytes. None is the end.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        match self.stream.blocking_read(READ_BYTES) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StreamError::Closed) => Ok(None),
            Err(StreamError::LastOperationFailed(error)) => Err(match http_error_code(&error) {
                Some(ErrorCode::ConnectionReadTimeout) => {
                    Error::new(ErrorKind::Timeout, "the response paused for too long").sent()
                }
                _ => Error::new(ErrorKind::Protocol, "the response was cut off").sent(),
            }),
        }
    }

    /// Ready when [`read`](Self::read) would not block.
    pub(crate) fn subscribe(&self) -> Pollable {
        self.stream.subscribe()
    }

    /// The first bytes of the body.
    fn start(&self) -> Result<Vec<u8>, Error> {
        let mut start = Vec::new();
        while let Some(bytes) = self.read()? {
            start.extend_from_slice(&bytes);
            if start.len() > MAX_REFUSAL_BYTES {
                break;
            }
        }
        Ok(start)
    }
}

/// The error of a request that got no response.
fn failure(code: &ErrorCode, authority: &str) -> Error {
    let unsent = |what| Error::new(ErrorKind::Connection, &format!("{authority} {what}"));
    match code {
        ErrorCode::HttpRequestDenied => unsent("is not allowed by the plugin host"),
        ErrorCode::DnsTimeout | ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => {
            unsent("cannot be found; check `base_url`")
        }
        ErrorCode::ConnectionRefused | ErrorCode::ConnectionTimeout => {
            unsent("does not accept connections; check `base_url`, and that the server runs")
        }
        ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionReadTimeout => {
            let message = format!("{authority} did not respond in time");
            Error::new(ErrorKind::Timeout, &message).sent()
        }
        _ => {
            let message = format!("{authority} closed the connection without a response");
            Error::new(ErrorKind::Connection, &message).sent()
        }
    }
}
