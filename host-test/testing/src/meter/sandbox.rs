//! The sandbox of a call: a response at hand in place of a network, and the
//! most memory that was in use.

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasmtime::component::ResourceTable;
use wasmtime::{ResourceLimiter, Result};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

/// A response in the pieces in which it comes.
struct Pieces(VecDeque<Bytes>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

/// Answers the one request of a call, without a network.
struct Canned {
    media_type: &'static str,
    pieces: VecDeque<Bytes>,
}

type Finished = Box<dyn Future<Output = wasmtime_wasi_http::Result<()>> + Send>;
type Sent = wasmtime_wasi_http::Result<(http::Response<WasiBody>, Finished)>;

impl WasiHttpHooks for Canned {
    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _processed: Finished,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let pieces = Pieces(std::mem::take(&mut self.pieces));
        let response = http::Response::builder()
            .header("content-type", self.media_type)
            .body(pieces.map_err(|never| match never {}).boxed_unsync())
            .expect("a legal head");
        let finished: Finished = Box::new(async { Ok::<(), Error>(()) });
        Box::new(async { Ok((response, finished)) })
    }
}

pub(super) struct Sandbox {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Canned,
    pub(super) memory: Memory,
}

impl Sandbox {
    /// The one request of the call gets `response`, in pieces of this length.
    pub(super) fn new(media_type: &'static str, response: &[u8], piece: usize) -> Self {
        let pieces = response.chunks(piece).map(Bytes::copy_from_slice).collect();
        Self {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            hooks: Canned { media_type, pieces },
            memory: Memory::default(),
        }
    }
}

/// The most memory that the component had.
#[derive(Default)]
pub(super) struct Memory(pub(super) usize);

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.0 = self.0.max(desired);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool> {
        Ok(true)
    }
}

impl WasiView for Sandbox {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
