//! What to generate; `request` of `wit/text-generation.wit`, where units and
//! ranges are documented.

/// What to generate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// How to generate.
    pub parameters: Parameters,
}

impl Request {
    /// A question that costs next to nothing, to see whether a model answers.
    #[must_use]
    pub fn probe() -> Self {
        /// Enough for a word or two; some backends refuse less.
        const MAX_TOKENS: u64 = 16;
        let question = ContentMessage {
            content: vec![ContentPart::Text("ping".to_owned())],
            name: None,
        };
        Self {
            messages: vec![Message::User(question)],
            parameters: Parameters {
                max_tokens: Some(MAX_TOKENS),
                ..Parameters::default()
            },
        }
    }
}

/// A message, by the role of who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Instructions for the whole conversation.
    System(ContentMessage),
    /// The same from the application's developer.
    Developer(ContentMessage),
    /// What the user says.
    User(ContentMessage),
    /// What the model said earlier.
    Assistant(AssistantMessage),
}

/// A message with content alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentMessage {
    /// At least one part.
    pub content: Vec<ContentPart>,
    /// Tells speakers of one role apart.
    pub name: Option<String>,
}

/// A message that the model wrote earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistantMessage {
    /// At least one part.
    pub content: Vec<ContentPart>,
    /// Tells speakers of one role apart.
    pub name: Option<String>,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentPart {
    /// Text.
    Text(String),
}

/// How to generate. What is none is not sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    /// Randomness, 0 … 2.
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 … 1.
    pub top_p: Option<f64>,
    /// Sample from so many tokens.
    pub top_k: Option<u32>,
    /// −2 … 2.
    pub frequency_penalty: Option<f64>,
    /// −2 … 2.
    pub presence_penalty: Option<f64>,
    /// For repeatable sampling.
    pub seed: Option<i64>,
    /// Most tokens to generate.
    pub max_tokens: Option<u64>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
}
