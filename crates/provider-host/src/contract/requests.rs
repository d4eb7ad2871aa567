//! Requests made in Rust: defaults for everything that is optional, and
//! constructors for what is common.
//!
//! ```
//! use provider_host::text::{Message, Request};
//!
//! let request = Request::new([
//!     Message::system("Answer in one sentence."),
//!     Message::user("What is a component?"),
//! ])
//! .with_max_tokens(100);
//! ```

use super::text_generation::{
    AssistantMessage, ContentMessage, ContentPart, Message, Parameters, Request, Response, Tool,
    ToolCall, ToolMessage,
};
use super::{image_generation, text_embedding, text_rerank};
use crate::bindings::types::{CallOptions, GatewayHints, Timeouts};

impl Default for Parameters {
    /// Nothing set: the backend's own defaults apply.
    fn default() -> Self {
        Self {
            temperature: None,
            top_p: None,
            top_k: None,
            frequency_penalty: None,
            presence_penalty: None,
            seed: None,
            max_tokens: None,
            stop: Vec::new(),
            reasoning: None,
            reasoning_budget: None,
            reasoning_effort: None,
            web_search: None,
            extra: None,
        }
    }
}

impl Default for CallOptions {
    /// Nothing set: the form's settings apply.
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            max_retries: None,
            headers: Vec::new(),
            end_user_id: None,
            conversation_id: None,
            traceparent: None,
            request_id: None,
            gateway: None,
        }
    }
}

impl Default for Timeouts {
    /// Nothing set: the form's limits apply.
    fn default() -> Self {
        Self {
            connect_ms: None,
            first_byte_ms: None,
            between_bytes_ms: None,
        }
    }
}

impl Default for GatewayHints {
    /// No hints.
    fn default() -> Self {
        Self {
            skip_cache: false,
            routing_model: None,
        }
    }
}

impl Request {
    /// A request with these messages, oldest first, and nothing else.
    #[must_use]
    pub fn new(messages: impl IntoIterator<Item = Message>) -> Self {
        Self {
            messages: messages.into_iter().collect(),
            tools: Vec::new(),
            tool_choice: None,
            parallel_tool_calls: None,
            response_format: None,
            parameters: Parameters::default(),
        }
    }

    /// The same request with these parameters.
    #[must_use]
    pub fn with_parameters(self, parameters: Parameters) -> Self {
        Self { parameters, ..self }
    }

    /// The same request with these tools.
    #[must_use]
    pub fn with_tools(self, tools: impl IntoIterator<Item = Tool>) -> Self {
        Self {
            tools: tools.into_iter().collect(),
            ..self
        }
    }

    /// The same request, whose response has at most `max_tokens` tokens.
    #[must_use]
    pub fn with_max_tokens(mut self, max_tokens: u64) -> Self {
        self.parameters.max_tokens = Some(max_tokens);
        self
    }
}

impl Message {
    /// Instructions for the whole conversation.
    #[must_use]
    pub fn system(text: impl Into<String>) -> Self {
        Self::System(ContentMessage::new(text))
    }

    /// A message of the user.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self::User(ContentMessage::new(text))
    }

    /// An earlier answer of the model.
    #[must_use]
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::Assistant(AssistantMessage {
            content: vec![ContentPart::Text(text.into())],
            ..AssistantMessage::default()
        })
    }

    /// The message in which the model requested these tool calls.
    #[must_use]
    pub fn tool_calls(calls: impl IntoIterator<Item = ToolCall>) -> Self {
        Self::Assistant(AssistantMessage {
            tool_calls: calls.into_iter().collect(),
            ..AssistantMessage::default()
        })
    }

    /// The result of the tool call with the identifier `call_id`.
    #[must_use]
    pub fn tool_result(call_id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Tool(ToolMessage {
            tool_call_id: call_id.into(),
            content: vec![ContentPart::Text(text.into())],
        })
    }
}

impl ContentMessage {
    /// A message of one text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            content: vec![ContentPart::Text(text.into())],
            name: None,
        }
    }
}

impl Default for AssistantMessage {
    /// An empty message.
    fn default() -> Self {
        Self {
            content: Vec::new(),
            name: None,
            reasoning: None,
            tool_calls: Vec::new(),
            provider_data: None,
        }
    }
}

impl From<&Response> for AssistantMessage {
    /// The message that returns an answer to the model in the next request: its
    /// text, reasoning, tool calls and provider data.
    fn from(response: &Response) -> Self {
        let text = (!response.text.is_empty()).then(|| ContentPart::Text(response.text.clone()));
        let calls = response.tool_calls.iter();
        Self {
            content: text.into_iter().collect(),
            name: None,
            reasoning: response.reasoning.clone(),
            tool_calls: calls.map(|generated| generated.call.clone()).collect(),
            provider_data: response.provider_data.clone(),
        }
    }
}

impl ToolCall {
    /// A call of the tool `name` with these arguments, a JSON object as text.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            arguments: arguments.into(),
            provider_data: None,
        }
    }
}

impl text_embedding::Request {
    /// A request for the vectors of these texts.
    #[must_use]
    pub fn new(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            texts: texts.into_iter().map(Into::into).collect(),
            input_type: None,
            dimensions: None,
        }
    }
}

impl image_generation::Request {
    /// A request for one image of what `prompt` describes.
    #[must_use]
    pub fn new(prompt: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            negative_prompt: None,
            reference_images: Vec::new(),
            size: None,
            count: None,
            seed: None,
            prompt_extend: None,
            watermark: None,
            extra: None,
        }
    }
}

impl text_rerank::Request {
    /// A request to rank `documents` by their relevance to `query`.
    #[must_use]
    pub fn new(
        query: impl Into<String>,
        documents: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            query: query.into(),
            documents: documents.into_iter().map(Into::into).collect(),
            top_n: None,
            score_threshold: None,
            instruction: None,
        }
    }
}
