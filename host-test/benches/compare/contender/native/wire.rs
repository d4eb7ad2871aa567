//! What is sent and read, as types for `serde`.

use crate::contender::task::Format;
use crate::inputs::{CHAT, SCHEMA, messages, tools};
use crate::proof::Proof;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// A conversation, before it is written.
pub(super) struct Conversation {
    messages: Vec<(bool, String)>,
    tools: Vec<(String, String, Value)>,
}

#[derive(Serialize)]
pub(super) struct ChatRequest<'a> {
    model: &'static str,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    stream: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a Value,
}

impl Conversation {
    pub(super) fn new(of_messages: usize, of_tools: usize) -> Self {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
        Self {
            messages: messages(of_messages).collect(),
            tools: tools(of_tools)
                .map(|(name, description)| (name, description, schema.clone()))
                .collect(),
        }
    }

    pub(super) fn chat(&self, stream: bool) -> ChatRequest<'_> {
        ChatRequest {
            model: CHAT,
            messages: self.messages.iter().map(Message::of).collect(),
            tools: self.tools.iter().map(Tool::of).collect(),
            stream,
        }
    }
}

impl<'a> Message<'a> {
    fn of((of_user, content): &'a (bool, String)) -> Self {
        Self {
            role: if *of_user { "user" } else { "assistant" },
            content,
        }
    }
}

impl<'a> Tool<'a> {
    fn of((name, description, parameters): &'a (String, String, Value)) -> Self {
        Self {
            r#type: "function",
            function: Function {
                name,
                description,
                parameters,
            },
        }
    }
}

/// A whole answer, of which the rest is skipped.
#[derive(Deserialize)]
pub(super) struct Chat {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
}

impl Chat {
    pub(super) fn text(&self) -> Option<&str> {
        self.choices.first()?.message.content.as_deref()
    }
}

/// An event of a stream.
#[derive(Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    choices: Vec<Part<'a>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    delta: Delta<'a>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
}

impl Chunk<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        self.choices.first()?.delta.content.as_deref()
    }
}

#[derive(Serialize)]
pub(super) struct EmbedRequest<'a> {
    pub(super) model: &'static str,
    pub(super) input: &'a [String],
    pub(super) encoding_format: Format,
}

#[derive(Deserialize)]
pub(super) struct Vectors<T> {
    data: Vec<Item<T>>,
}

#[derive(Deserialize)]
pub(super) struct Item<T> {
    index: usize,
    pub(super) embedding: T,
}

impl<T> Vectors<T> {
    pub(super) fn in_order(mut self) -> impl Iterator<Item = Item<T>> {
        self.data.sort_by_key(|item| item.index);
        self.data.into_iter()
    }
}

#[derive(Serialize)]
pub(super) struct RerankRequest<'a> {
    pub(super) model: &'static str,
    pub(super) query: &'static str,
    pub(super) documents: &'a [String],
}

#[derive(Deserialize)]
pub(super) struct Ranking {
    results: Vec<Ranked>,
}

#[derive(Deserialize)]
struct Ranked {
    index: usize,
    relevance_score: f64,
}

impl Ranking {
    pub(super) fn in_order(mut self) -> Self {
        self.results
            .sort_by(|one, other| other.relevance_score.total_cmp(&one.relevance_score));
        self
    }

    pub(super) fn proof(&self) -> Proof {
        Proof::of_order(self.results.iter().map(|result| result.index))
    }
}
