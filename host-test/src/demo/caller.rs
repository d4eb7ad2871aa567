//! A tenant of the tour with its chat model.

use crate::failure::Failure;
use provider_host::Model;
use provider_host::contract::text_generation::{Event, FinishReason, Message, Request, Response};
use provider_host::contract::types::{CallOptions, ModelConfig, Usage};
use provider_host::error::CallError;
use provider_host::stream::ResponseStream;
use provider_host::tenant::Tenant;

/// A tenant and its model.
pub(super) struct Caller {
    tenant: Tenant,
    model: Model,
    options: CallOptions,
}

/// A streamed answer at its end.
#[derive(Debug, Default)]
pub(super) struct Streamed {
    pub(super) text: String,
    /// The number of pieces of the text.
    pub(super) pieces: u32,
    pub(super) usage: Option<Usage>,
    pub(super) finish: Option<FinishReason>,
}

impl Caller {
    pub(super) fn new(tenant: Tenant, endpoint: &str) -> Self {
        Self {
            tenant,
            model: ModelConfig::text("demo")
                .with_credential("endpoint_url", endpoint)
                .into(),
            options: CallOptions::default(),
        }
    }

    /// The same with one more credential.
    pub(super) fn with(mut self, variable: &str, value: &str) -> Self {
        let config = self.model.config().clone();
        self.model = config.with_credential(variable, value).into();
        self
    }

    /// The complete answer to a conversation.
    pub(super) async fn generate(&self, messages: &[Message]) -> Result<Response, CallError> {
        let request = Request::new(messages.to_vec());
        let call = self.tenant.generate(&self.model, &request, &self.options);
        call.await
    }

    /// The answer to a conversation as a stream.
    pub(super) async fn stream(&self, messages: &[Message]) -> Result<ResponseStream, CallError> {
        let request = Request::new(messages.to_vec());
        let call = self
            .tenant
            .generate_stream(&self.model, &request, &self.options);
        call.await
    }

    /// The answer to a conversation, read to its end. `show` gets each piece of
    /// text when it arrives, also of an answer that fails.
    pub(super) async fn listen(
        &self,
        messages: &[Message],
        mut show: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<Result<Streamed, CallError>, Failure> {
        let mut stream = match self.stream(messages).await {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(error)),
        };
        let mut streamed = Streamed::default();
        loop {
            match stream.next_events().await {
                Some(Err(error)) => return Ok(Err(error)),
                None => return Ok(Ok(streamed)),
                Some(Ok(events)) => {
                    for event in events {
                        if let Event::Text(text) = &event {
                            show(text)?;
                        }
                        streamed.add(event);
                    }
                }
            }
        }
    }
}

impl Streamed {
    fn add(&mut self, event: Event) {
        match event {
            Event::Text(text) => {
                self.text.push_str(&text);
                self.pieces += 1;
            }
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Finish(reason) => self.finish = Some(reason),
            Event::Reasoning(_)
            | Event::Refusal(_)
            | Event::ToolCall(_)
            | Event::CompletedToolCall(_)
            | Event::Citation(_)
            | Event::Image(_)
            | Event::Audio(_)
            | Event::ProviderData(_)
            | Event::Other(_) => {}
        }
    }
}
