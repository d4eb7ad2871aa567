//! What to generate; `request` of `wit/text-generation.wit`, where units and
//! ranges are documented.

/// What to generate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// What the model may call.
    pub tools: Vec<Tool>,
    /// Whether and which tools it is to call.
    pub tool_choice: Option<ToolChoice>,
    /// Whether it may call several at once.
    pub parallel_tool_calls: Option<bool>,
    /// The form of the answer.
    pub response_format: ResponseFormat,
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
            ..Self::default()
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
    /// What a tool returned.
    Tool(ToolMessage),
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssistantMessage {
    /// May be empty where there are tool calls.
    pub content: Vec<ContentPart>,
    /// Tells speakers of one role apart.
    pub name: Option<String>,
    /// What the model thought before it answered.
    pub reasoning: Option<String>,
    /// The tools that it asked for. Whether their arguments are valid is not
    /// of interest here.
    pub tool_calls: Vec<super::ToolCall>,
}

/// The result of a tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolMessage {
    /// The `id` of the call.
    pub tool_call_id: String,
    /// At least one part.
    pub content: Vec<ContentPart>,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentPart {
    /// Text.
    Text(String),
    /// Anything else.
    Media(Media),
}

/// An image, sound, video or document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Which of them it is.
    pub kind: MediaKind,
    /// Where its bytes are.
    pub source: MediaSource,
    /// Such as `image/png`.
    pub mime_type: Option<String>,
    /// How closely to look at it; images alone.
    pub detail: Option<ImageDetail>,
    /// The name shown to the model; documents alone.
    pub file_name: Option<String>,
}

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// A still picture.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// A file, such as a PDF.
    Document,
}

/// Where the bytes of a medium are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSource {
    /// At a URL that the provider of the model fetches.
    Url(String),
    /// Here.
    Bytes(Vec<u8>),
}

/// How closely to look at an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageDetail {
    /// As the model sees fit.
    Automatic,
    /// A glance.
    Low,
    /// Every detail.
    High,
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// When to call it.
    pub description: Option<String>,
    /// A JSON schema of the arguments, as text.
    pub parameters: String,
    /// Whether arguments must follow the schema to the letter.
    pub strict: Option<bool>,
}

/// Whether and which tools the model is to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice {
    /// The model decides.
    Automatic,
    /// No tool.
    None,
    /// At least one tool.
    Required,
    /// The tool of this name.
    Tool(String),
}

/// The form of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ResponseFormat {
    /// Whatever the model writes.
    #[default]
    Text,
    /// Some JSON object.
    JsonObject,
    /// JSON that follows a schema.
    JsonSchema(JsonSchema),
}

/// A JSON schema that the answer must follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonSchema {
    /// Its name; made up if none.
    pub name: Option<String>,
    /// What it describes.
    pub description: Option<String>,
    /// A JSON object as text.
    pub schema: String,
    /// Whether to follow it to the letter.
    pub strict: Option<bool>,
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
    /// Think before answering, or not.
    pub thinking: Option<bool>,
    /// Most tokens to think.
    pub thinking_budget: Option<u64>,
    /// How much to think, in the word that is sent.
    pub reasoning_effort: Option<String>,
    /// Let the gateway search the web.
    pub web_search: Option<SearchContextSize>,
    /// A JSON object whose members are added to the body.
    pub extra: Option<String>,
}

/// How much a web search should bring in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchContextSize {
    /// As the gateway is configured.
    Automatic,
    /// Little.
    Low,
    /// More.
    Medium,
    /// Much.
    High,
}
