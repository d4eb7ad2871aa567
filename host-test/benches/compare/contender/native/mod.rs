//! The floor: hyper's pooled client and `serde_json`, with no more than the
//! work itself.

pub(crate) mod events;
mod wire;

use super::meter;
use super::task::{Done, Format, Task, Work};
use crate::inputs::{EMBEDDING, QUERY, RERANK, texts};
use crate::proof::Proof;
use crate::scenario::Scenario;
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use events::Events;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Serialize;
use std::borrow::Cow;
use std::net::SocketAddr;
use wire::{Chat, Conversation, EmbedRequest, Ranking, RerankRequest, Vectors};

pub(crate) struct Native {
    client: Client<HttpConnector, Full<Bytes>>,
    gateway: SocketAddr,
}

impl Native {
    pub(crate) fn new(gateway: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self { client, gateway }
    }

    pub(crate) async fn run(&self, task: &Task) -> Result<Done> {
        let path = |api| self.url(task.scenario, api);
        match task.work {
            Work::Ask { messages, tools } => {
                let conversation = Conversation::new(messages, tools);
                let url = path("chat/completions");
                meter::read(async |reading| {
                    let body = self.post(&url, &conversation.chat(false)).await?;
                    let response: Chat = serde_json::from_slice(&whole(body).await?)?;
                    reading.add(response.text().context("a choice")?);
                    anyhow::Ok(())
                })
                .await
            }
            Work::Read { messages, tools } => {
                let conversation = Conversation::new(messages, tools);
                let url = path("chat/completions");
                meter::read(async |reading| {
                    let say = &mut |text: &str| reading.add(text);
                    self.stream(&url, &conversation, say).await
                })
                .await
            }
            Work::Embed {
                texts: count,
                batch,
                format,
            } => {
                let texts = texts(count);
                let url = path("embeddings");
                let embedding = self.embed(&url, &texts, batch, format);
                meter::time(embedding, |values| Proof::of_values(&values)).await
            }
            Work::Rerank { documents } => {
                let documents = texts(documents);
                let url = path("rerank");
                let request = RerankRequest {
                    model: RERANK,
                    query: QUERY,
                    documents: &documents,
                };
                let reranking = async {
                    let body = self.post(&url, &request).await?;
                    let ranking: Ranking = serde_json::from_slice(&whole(body).await?)?;
                    anyhow::Ok(ranking.in_order())
                };
                meter::time(reranking, |ranking| ranking.proof()).await
            }
        }
    }

    /// Reads a stream to its end, and tells what it says.
    pub(crate) async fn listen(
        &self,
        scenario: Scenario,
        say: &mut (impl FnMut(&str) + Send),
    ) -> Result<()> {
        let url = self.url(scenario, "chat/completions");
        self.stream(&url, &Conversation::new(1, 0), say).await
    }

    /// A stream of which the first event is read.
    pub(crate) async fn open(&self) -> Result<Incoming> {
        let url = self.url(Scenario::Open, "chat/completions");
        let mut body = self.post(&url, &Conversation::new(1, 0).chat(true)).await?;
        body.frame().await.context("an event")??;
        Ok(body)
    }

    async fn stream(
        &self,
        url: &str,
        conversation: &Conversation,
        say: &mut (impl FnMut(&str) + Send),
    ) -> Result<()> {
        let mut body = self.post(url, &conversation.chat(true)).await?;
        let mut events = Events::default();
        while let Some(frame) = body.frame().await {
            if let Ok(piece) = frame?.into_data() {
                events.push(&piece, say)?;
            }
        }
        ensure!(events.complete(), "the stream was cut off");
        Ok(())
    }

    fn url(&self, scenario: Scenario, api: &str) -> String {
        format!("http://{}/{scenario}/v1/{api}", self.gateway)
    }

    /// One request after the other.
    async fn embed(
        &self,
        url: &str,
        texts: &[String],
        batch: usize,
        format: Format,
    ) -> Result<Vec<f32>> {
        let mut values = Vec::new();
        for input in texts.chunks(batch) {
            let request = EmbedRequest {
                model: EMBEDDING,
                input,
                encoding_format: format,
            };
            let body = whole(self.post(url, &request).await?).await?;
            match format {
                Format::Float => {
                    let response: Vectors<Vec<f32>> = serde_json::from_slice(&body)?;
                    for item in response.in_order() {
                        values.extend(item.embedding);
                    }
                }
                Format::Base64 => {
                    let response: Vectors<Cow<str>> = serde_json::from_slice(&body)?;
                    for item in response.in_order() {
                        let bytes = STANDARD.decode(item.embedding.as_bytes())?;
                        let (floats, _) = bytes.as_chunks();
                        values.extend(floats.iter().map(|bytes| f32::from_le_bytes(*bytes)));
                    }
                }
            }
        }
        Ok(values)
    }

    async fn post(&self, url: &str, request: &impl Serialize) -> Result<Incoming> {
        let request = http::Request::post(url)
            .header("content-type", "application/json")
            .body(Full::from(serde_json::to_vec(request)?))?;
        let response = self.client.request(request).await?;
        ensure!(response.status().is_success(), "{}", response.status());
        Ok(response.into_body())
    }
}

/// Bytes of a request.
pub(crate) fn chat_bytes(messages: usize, tools: usize) -> Result<usize> {
    let conversation = Conversation::new(messages, tools);
    Ok(serde_json::to_vec(&conversation.chat(false))?.len())
}

async fn whole(body: Incoming) -> Result<Bytes> {
    Ok(body.collect().await?.to_bytes())
}
