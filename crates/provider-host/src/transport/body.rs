//! Request and response bodies whose size is counted and limited. Neither
//! buffers anything.

use super::failure;
use super::transfer_limits::TransferLimits;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::OwnedSemaphorePermit;
use wasmtime_wasi_http::{Error, WasiBody};

/// A permit for one request, held until its body is sent and the response has
/// ended.
pub(super) type Permit = Arc<OwnedSemaphorePermit>;

/// A request's body, bounded.
pub(super) struct RequestBody {
    body: WasiBody,
    traffic: Arc<TransferLimits>,
    /// Held until the body is sent or dropped.
    _permit: Permit,
}

impl RequestBody {
    pub(super) fn new(body: WasiBody, traffic: Arc<TransferLimits>, permit: Permit) -> Self {
        Self {
            body,
            traffic,
            _permit: permit,
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && !self.traffic.admits_request_bytes(length(frame))
        {
            let size = self.traffic.request_bytes();
            return Poll::Ready(Some(Err(Error::HttpRequestBodySize(Some(size)))));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A response's body, bounded in size.
pub(super) struct ResponseBody {
    body: Incoming,
    traffic: Arc<TransferLimits>,
    /// Held until the response is over.
    permit: Option<Permit>,
}

impl ResponseBody {
    pub(super) fn new(body: Incoming, traffic: Arc<TransferLimits>, permit: Permit) -> Self {
        Self {
            body,
            traffic,
            permit: Some(permit),
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let last = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            None => None,
            Some(Err(error)) => Some(Err(failure::of_response_body(&error))),
            Some(Ok(frame)) if self.traffic.admits_response_bytes(length(&frame)) => {
                return Poll::Ready(Some(Ok(frame)));
            }
            Some(Ok(_)) => {
                let size = self.traffic.response_bytes();
                Some(Err(Error::HttpResponseBodySize(Some(size))))
            }
        };
        self.permit = None;
        Poll::Ready(last)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

/// The bytes of a frame: data, or trailers.
fn length(frame: &Frame<Bytes>) -> usize {
    match (frame.data_ref(), frame.trailers_ref()) {
        (Some(data), _) => data.len(),
        (None, Some(trailers)) => {
            let fields = trailers.iter();
            let lengths = fields.map(|(name, value)| name.as_str().len() + value.len());
            lengths.fold(0, usize::saturating_add)
        }
        (None, None) => 0,
    }
}
