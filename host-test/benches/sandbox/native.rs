//! The floor: a native client that sends the same request by hyper's pooled
//! client and reads the reply with `serde_json`.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;
use serde_json::json;
use std::net::SocketAddr;

pub(crate) struct Native {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

#[derive(Deserialize)]
struct Reply {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "delta")]
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

impl Native {
    pub(crate) fn new(gateway: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self {
            client,
            url: format!("http://{gateway}/v1/chat/completions"),
        }
    }

    /// The text of a whole answer.
    pub(crate) async fn ask(&self, words: &str) -> Result<String> {
        let request = self.request(words, false)?;
        let response = self.client.request(request).await?;
        ensure!(response.status().is_success());
        let body = response.into_body().collect().await?.to_bytes();
        text(&body)
    }

    /// The text of the first event of a stream, which is then read to its end.
    pub(crate) async fn first(&self, words: &str) -> Result<(String, hyper::body::Incoming)> {
        let request = self.request(words, true)?;
        let response = self.client.request(request).await?;
        ensure!(response.status().is_success());
        let mut body = response.into_body();
        let frame = body.frame().await.context("a piece")??;
        let data = frame.data_ref().context("data")?;
        let data = data.strip_prefix(b"data: ").context("an event")?;
        let line = data.split(|byte| *byte == b'\n').next().context("a line")?;
        Ok((text(line)?, body))
    }

    fn request(&self, words: &str, stream: bool) -> Result<http::Request<Full<Bytes>>> {
        let body = json!({
            "model": "qwen-max",
            "messages": [{"role": "user", "content": words}],
            "stream": stream,
        });
        let accept = if stream {
            "text/event-stream"
        } else {
            "application/json"
        };
        Ok(http::Request::post(&self.url)
            .header("content-type", "application/json")
            .header("accept", accept)
            .body(Full::from(serde_json::to_vec(&body)?))?)
    }
}

fn text(json: &[u8]) -> Result<String> {
    let reply: Reply = serde_json::from_slice(json)?;
    let choice = reply.choices.into_iter().next().context("a choice")?;
    Ok(choice.message.content)
}
