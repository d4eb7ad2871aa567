//! The Rust peer: `async-openai`, on `reqwest` and `eventsource-stream`.

use super::meter;
use super::task::{Done, Format, Task, Work};
use crate::inputs::{CHAT, EMBEDDING, SCHEMA, messages, texts, tools};
use crate::proof::Proof;
use crate::scenario::Scenario;
use anyhow::{Context, Result};
use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::chat::{
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestUserMessage, ChatCompletionTool, ChatCompletionTools,
    CreateChatCompletionRequest, FunctionObject,
};
use async_openai::types::embeddings::{CreateEmbeddingRequest, EmbeddingInput, EncodingFormat};
use futures_core::Stream as _;
use std::future::poll_fn;
use std::net::SocketAddr;

pub(crate) struct AsyncOpenAi {
    /// Of all clients: connections are reused.
    http: reqwest::Client,
    gateway: SocketAddr,
}

impl AsyncOpenAi {
    pub(crate) fn new(gateway: SocketAddr) -> Self {
        Self {
            http: reqwest::Client::new(),
            gateway,
        }
    }

    /// Nothing for what the library does not do.
    pub(crate) async fn run(&self, task: &Task) -> Result<Option<Done>> {
        let client = self.client(task.scenario);
        let done = match task.work {
            Work::Ask { messages, tools } => {
                let request = conversation(messages, tools)?;
                meter::read(async |reading| {
                    let response = client.chat().create(request).await?;
                    let choice = response.choices.first().context("a choice")?;
                    reading.add(choice.message.content.as_deref().context("a text")?);
                    anyhow::Ok(())
                })
                .await
            }
            Work::Read { messages, tools } => {
                let request = conversation(messages, tools)?;
                meter::read(async |reading| {
                    stream(&client, request, &mut |text| reading.add(text)).await
                })
                .await
            }
            Work::Embed {
                texts: count,
                batch,
                format,
            } => {
                let texts = texts(count);
                let embedding = embed(&client, &texts, batch, format);
                meter::time(embedding, |values| Proof::of_values(&values)).await
            }
            Work::Rerank { .. } => return Ok(None),
        };
        done.map(Some)
    }

    /// Reads a stream to its end, and tells what it says.
    pub(crate) async fn listen(
        &self,
        scenario: Scenario,
        say: &mut (impl FnMut(&str) + Send),
    ) -> Result<()> {
        stream(&self.client(scenario), conversation(1, 0)?, say).await
    }

    fn client(&self, scenario: Scenario) -> Client<OpenAIConfig> {
        let config = OpenAIConfig::new()
            .with_api_base(format!("http://{}/{scenario}/v1", self.gateway))
            .with_api_key("none");
        Client::with_config(config).with_http_client(self.http.clone())
    }
}

async fn stream(
    client: &Client<OpenAIConfig>,
    request: CreateChatCompletionRequest,
    say: &mut (impl FnMut(&str) + Send),
) -> Result<()> {
    let mut stream = Box::pin(client.chat().create_stream(request).await?);
    while let Some(event) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        let event = event?;
        let text = event
            .choices
            .first()
            .and_then(|choice| choice.delta.content.as_deref());
        if let Some(text) = text {
            say(text);
        }
    }
    Ok(())
}

/// One request after the other.
async fn embed(
    client: &Client<OpenAIConfig>,
    texts: &[String],
    batch: usize,
    format: Format,
) -> Result<Vec<f32>> {
    let mut values = Vec::new();
    for texts in texts.chunks(batch) {
        let mut request = CreateEmbeddingRequest {
            model: EMBEDDING.to_owned(),
            input: EmbeddingInput::StringArray(texts.to_vec()),
            ..CreateEmbeddingRequest::default()
        };
        match format {
            Format::Float => {
                let response = client.embeddings().create(request).await?;
                for item in response.data {
                    values.extend(item.embedding);
                }
            }
            Format::Base64 => {
                request.encoding_format = Some(EncodingFormat::Base64);
                let response = client.embeddings().create_base64(request).await?;
                for item in response.data {
                    values.extend(Vec::<f32>::from(item.embedding));
                }
            }
        }
    }
    Ok(values)
}

fn conversation(of_messages: usize, of_tools: usize) -> Result<CreateChatCompletionRequest> {
    let messages = messages(of_messages).map(|(of_user, content)| {
        if of_user {
            ChatCompletionRequestMessage::User(ChatCompletionRequestUserMessage::from(content))
        } else {
            let message = ChatCompletionRequestAssistantMessage::from(content);
            ChatCompletionRequestMessage::Assistant(message)
        }
    });
    let tools: Vec<_> = tools(of_tools)
        .map(|(name, description)| {
            let function = FunctionObject {
                name,
                description: Some(description),
                parameters: Some(serde_json::from_str(SCHEMA)?),
                strict: None,
            };
            Ok(ChatCompletionTools::Function(ChatCompletionTool {
                function,
            }))
        })
        .collect::<Result<_>>()?;
    Ok(CreateChatCompletionRequest {
        model: CHAT.to_owned(),
        messages: messages.collect(),
        tools: (!tools.is_empty()).then_some(tools),
        ..CreateChatCompletionRequest::default()
    })
}
