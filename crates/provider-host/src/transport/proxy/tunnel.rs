//! A tunnel through a forward proxy: `CONNECT` to the target's host and port.
//!
//! hyper-util's `Tunnel` does the same, but does not say which status a proxy
//! refused with, and drops what follows the response's head. This is hyper's
//! client connection, which is given up once the response is in.

use super::failure::Problem;
use crate::egress::Origin;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{HeaderValue, Method, Request};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};

/// Longest head of a response to `CONNECT`, in bytes.
const LONGEST_HEAD: usize = 16 << 10;

/// Opens a tunnel to `target` on a connection to a proxy, and returns the
/// connection. How long that may take is for the caller to bound.
pub(super) async fn open<T>(
    connection: T,
    target: &Origin,
    authorization: Option<&HeaderValue>,
) -> Result<T, Problem>
where
    T: Read + Write + Unpin,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(LONGEST_HEAD)
        .handshake(connection)
        .await?;
    let request = request(target, authorization);
    let answer = async move {
        let status = sender.send_request(request).await?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(Problem::Refused(status))
        }
    };
    // It ends when the connection is no longer HTTP.
    let switched = async { Ok(connection.without_shutdown().await?) };
    let ((), parts) = tokio::try_join!(answer, switched)?;
    if parts.read_buf.is_empty() {
        Ok(parts.io)
    } else {
        Err(Problem::EarlyData)
    }
}

fn request(target: &Origin, authorization: Option<&HeaderValue>) -> Request<Empty<Bytes>> {
    let authority = format!("{}:{}", target.host, target.port);
    let mut request = Request::new(Empty::new());
    *request.method_mut() = Method::CONNECT;
    let fields = request.headers_mut();
    if let Ok(host) = HeaderValue::try_from(&authority) {
        fields.insert(HOST, host);
    }
    if let Some(authorization) = authorization {
        fields.insert(PROXY_AUTHORIZATION, authorization.clone());
    }
    *request.uri_mut() = authority.parse().expect("an origin's host is an authority");
    request
}
