//! The gateway of the measurements, in a process of its own: replies that were
//! made before anybody asked.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::StreamBody;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::task::{Context as TaskContext, Poll};
use tokio::net::TcpListener;

/// Makes this program the gateway.
pub(crate) const ARGUMENT: &str = "--serve-for-the-bench";

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1741570283,"model":"qwen-max","choices":[{"index":0,"message":{"role":"assistant","content":"Hello! How can I help you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}"#;

const FIRST: &str = "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1741570283,\"model\":\"qwen-max\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hello!\"},\"finish_reason\":null}]}\n\n";

const LAST: &str = "data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// The running gateway; it ends with this.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    pub(crate) fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("its output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().context("its address")?;
        Ok(Self { child, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves for ever, after it has said where.
pub(crate) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        loop {
            let (connection, _) = listener.accept().await?;
            connection.set_nodelay(true)?;
            tokio::spawn(async move {
                let http = hyper::server::conn::http1::Builder::new();
                let service = service_fn(answer);
                let _ = http
                    .serve_connection(TokioIo::new(connection), service)
                    .await;
            });
        }
    })
}

type Reply = http::Response<BoxBody<Bytes, Infallible>>;

/// A path that begins with `/open` is answered with a stream that does not
/// end; else a stream ends, and a request for a whole answer gets one.
async fn answer(request: http::Request<Incoming>) -> Result<Reply, hyper::Error> {
    let open = request.uri().path().starts_with("/open");
    let accepts_stream = request
        .headers()
        .get("accept")
        .is_some_and(|accept| accept == "text/event-stream");
    request.into_body().collect().await?;
    Ok(if open {
        let pieces = Pieces(Some(Bytes::from_static(FIRST.as_bytes())));
        reply("text/event-stream", StreamBody::new(pieces).boxed())
    } else if accepts_stream {
        let body = Full::from(format!("{FIRST}{LAST}"));
        reply("text/event-stream", body.boxed())
    } else {
        reply("application/json", Full::from(WHOLE).boxed())
    })
}

fn reply(media_type: &'static str, body: BoxBody<Bytes, Infallible>) -> Reply {
    let mut reply = http::Response::new(body);
    let media_type = http::HeaderValue::from_static(media_type);
    reply
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, media_type);
    reply
}

/// One piece, and then silence.
struct Pieces(Option<Bytes>);

impl futures_core::Stream for Pieces {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        match self.0.take() {
            Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            None => Poll::Pending,
        }
    }
}
