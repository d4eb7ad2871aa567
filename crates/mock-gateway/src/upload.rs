//! Receiving a request's body, up to a limit.

use std::error::Error;
use std::io;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

/// A received body, or why there is none.
#[derive(Debug)]
pub(crate) enum Upload {
    /// The whole body.
    Whole(Bytes),
    /// It is over the limit, or declares to be.
    TooLarge,
    /// It is not valid HTTP; these bytes came before.
    Malformed(Bytes),
    /// The client closed the connection within it; these bytes came before.
    Abandoned(Bytes),
}

/// Receives a body of at most `limit` bytes. Stops at the first frame over it,
/// or before the first if `content-length` is over it.
pub(crate) async fn receive(mut body: Incoming, limit: usize) -> Upload {
    if usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX) > limit {
        return Upload::TooLarge;
    }
    let mut received = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) if is_malformed(&error) => return Upload::Malformed(received.freeze()),
            Err(_) => return Upload::Abandoned(received.freeze()),
        };
        let data = frame.into_data().unwrap_or_default();
        if data.len() > limit - received.len() {
            return Upload::TooLarge;
        }
        received.extend_from_slice(&data);
    }
    Upload::Whole(received.freeze())
}

/// hyper reports broken framing as invalid input or data from the connection.
fn is_malformed(error: &hyper::Error) -> bool {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| {
        matches!(
            cause.kind(),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
        )
    })
}
