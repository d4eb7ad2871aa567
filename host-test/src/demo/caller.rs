//! A tenant of the demo with its model, and short ways to ask it.

use crate::failure::Failure;
use higress_host::json::options::read_options;
use higress_host::json::text_generation::read_request;
use provider_host::contract::text_generation::{
    AssistantTurn, ContentPart, Event, FinishReason, Generation, Message, Request, Role,
};
use provider_host::contract::types::{CallOptions, Model, ModelKind, Usage};
use provider_host::error::CallError;
use provider_host::response::Response;
use provider_host::stream::GenerationStream;
use provider_host::tenant::Tenant;
use serde_json::json;

/// A tenant and its model.
pub(super) struct Caller {
    tenant: Tenant,
    model: Model,
    /// A request without messages.
    blank: Request,
    options: CallOptions,
}

/// A streamed answer, when it is over.
#[derive(Debug, Default)]
pub(super) struct Streamed {
    pub(super) text: String,
    /// In how many pieces the text came.
    pub(super) pieces: u32,
    pub(super) usage: Option<Usage>,
    pub(super) finish: Option<FinishReason>,
}

impl Caller {
    pub(super) fn new(tenant: Tenant, endpoint: &str) -> Result<Self, Failure> {
        let read = |problem: higress_host::json::Problem| Failure::setup(problem.to_string());
        Ok(Self {
            tenant,
            model: Model {
                kind: ModelKind::TextGeneration,
                name: "demo".to_owned(),
                credentials: vec![("endpoint_url".to_owned(), endpoint.to_owned())],
            },
            blank: read_request(&json!({"messages": []})).map_err(read)?,
            options: read_options(&json!({})).map_err(read)?,
        })
    }

    /// The same with one more credential.
    pub(super) fn with(mut self, variable: &str, value: &str) -> Self {
        let credential = (variable.to_owned(), value.to_owned());
        self.model.credentials.push(credential);
        self
    }

    /// The answer to a conversation, whole.
    pub(super) async fn ask(
        &self,
        messages: &[Message],
    ) -> Result<Response<Generation>, CallError> {
        let request = self.request(messages);
        let call = self.tenant.generate(&self.model, &request, &self.options);
        call.await
    }

    /// The answer to a conversation, on its way.
    pub(super) async fn stream(&self, messages: &[Message]) -> Result<GenerationStream, CallError> {
        let request = self.request(messages);
        let call = self
            .tenant
            .generate_stream(&self.model, &request, &self.options);
        call.await
    }

    /// The answer to a conversation, heard to its end; `show` sees each piece
    /// of text as it comes, also of an answer that fails.
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

    fn request(&self, messages: &[Message]) -> Request {
        Request {
            messages: messages.to_vec(),
            ..self.blank.clone()
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
            | Event::CompletedToolCall(_) => {}
        }
    }
}

/// What the person says.
pub(super) fn user(text: &str) -> Message {
    message(Role::User, text)
}

/// What the model said.
pub(super) fn assistant(text: &str) -> Message {
    let turn = AssistantTurn {
        reasoning: None,
        tool_calls: Vec::new(),
    };
    message(Role::Assistant(turn), text)
}

fn message(role: Role, text: &str) -> Message {
    Message {
        role,
        content: vec![ContentPart::Text(text.to_owned())],
        name: None,
    }
}
