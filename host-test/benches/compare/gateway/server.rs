//! The gateway's program.

use super::body::{Paced, Response};
use super::responses::{LAST, WHOLE, event, event_of, ranking, vectors};
use crate::clock;
use crate::scenario::Scenario;
use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 8_192;

/// Serves for ever, after it has said where.
pub(crate) fn serve() -> Result<()> {
    clock::stay_on(clock::Core::Gateway)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = listen()?;
        println!("{}", listener.local_addr()?);
        let responses = Rc::new(Responses::default());
        loop {
            let (connection, _) = listener.accept().await?;
            connection.set_nodelay(true)?;
            let responses = Rc::clone(&responses);
            tokio::task::spawn_local(async move {
                let service = service_fn(move |request| answer(Rc::clone(&responses), request));
                // One buffer for many small chunks, in place of a list of them.
                let _ = hyper::server::conn::http1::Builder::new()
                    .writev(false)
                    .serve_connection(TokioIo::new(connection), service)
                    .await;
            });
        }
    })
}

fn listen() -> Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind("127.0.0.1:0".parse()?)?;
    Ok(socket.listen(BACKLOG)?)
}

/// The responses that depend on the request, once made, and the number of
/// streams so far.
#[derive(Default)]
struct Responses {
    made: RefCell<HashMap<String, Bytes>>,
    streams: Cell<u64>,
}

/// What the responses depend on.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    input: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    documents: Vec<serde::de::IgnoredAny>,
    encoding_format: Option<String>,
}

async fn answer(
    responses: Rc<Responses>,
    request: http::Request<Incoming>,
) -> Result<http::Response<Response>> {
    let segment = request.uri().path().split('/').nth(1).context("a path")?;
    let scenario: Scenario = segment.parse()?;
    let body = request.into_body().collect().await?.to_bytes();
    let (media_type, response) = match scenario {
        Scenario::Whole | Scenario::Vectors { .. } | Scenario::Ranking => {
            let response = responses.whole(scenario, &body)?;
            ("application/json", Response::Whole(Some(response)))
        }
        _ => ("text/event-stream", responses.stream(scenario)),
    };
    let mut response = http::Response::new(response);
    let media_type = http::HeaderValue::from_static(media_type);
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, media_type);
    Ok(response)
}

impl Responses {
    fn whole(&self, scenario: Scenario, body: &[u8]) -> Result<Bytes> {
        let (dimensions, asked) = match scenario {
            Scenario::Vectors { dimensions } => (dimensions, serde_json::from_slice(body)?),
            Scenario::Ranking => (0, serde_json::from_slice::<Asked>(body)?),
            _ => return Ok(Bytes::from_static(WHOLE.as_bytes())),
        };
        let base64 = asked.encoding_format.as_deref() == Some("base64");
        let count = asked.input.len() + asked.documents.len();
        Ok(self.once(format!("{scenario} {count} {base64}"), || {
            if dimensions == 0 {
                ranking(count)
            } else {
                vectors(dimensions, count, base64)
            }
        }))
    }

    fn stream(&self, scenario: Scenario) -> Response {
        self.streams.set(self.streams.get() + 1);
        let last = Bytes::from_static(LAST.as_bytes());
        match scenario {
            Scenario::Stream { events, bytes } => Response::Repeated {
                chunk: self.once(format!("event {bytes}"), || event_of(bytes)),
                times: events,
                last: Some(last),
            },
            Scenario::Pieces {
                events,
                bytes,
                piece,
            } => Response::Cut {
                rest: self.once(scenario.to_string(), || {
                    event_of(bytes).repeat(events) + LAST
                }),
                piece,
            },
            Scenario::Paced { events, interval } => {
                Response::Paced(Paced::new(events, interval, self.streams.get()))
            }
            _ => Response::Open(Some(Bytes::from(event("Hello!")))),
        }
    }

    fn once(&self, name: String, make: impl FnOnce() -> String) -> Bytes {
        let mut kept = self.made.borrow_mut();
        kept.entry(name)
            .or_insert_with(|| Bytes::from(make()))
            .clone()
    }
}
