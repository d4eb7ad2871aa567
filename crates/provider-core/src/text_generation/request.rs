//! What to generate; `request` of `wit/text-generation.wit`, where units and
//! ranges are documented.

/// What to generate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// Whether and which tools the model must call.
    pub tool_choice: Option<ToolChoice>,
    /// Whether the model may call several tools at once.
    pub parallel_tool_calls: Option<bool>,
    /// The format of the answer.
    pub response_format: ResponseFormat,
    /// Generation parameters.
    pub parameters: Parameters,
}

impl Request {
    /// The smallest request, to check that a model answers.
    #[must_use]
    pub fn probe() -> Self {
        /// Enough for a few words; some backends reject less.
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

/// A message, by role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Instructions for the whole conversation.
    System(ContentMessage),
    /// Instructions of the application's developer.
    Developer(ContentMessage),
    /// A message of the user.
    User(ContentMessage),
    /// An earlier message of the model.
    Assistant(AssistantMessage),
    /// The result of a tool call.
    Tool(ToolMessage),
}

/// A message with content only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentMessage {
    /// At least one part.
    pub content: Vec<ContentPart>,
    /// Distinguishes authors of the same role.
    pub name: Option<String>,
}

/// A message that the model wrote earlier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssistantMessage {
    /// May be empty if there are tool calls.
    pub content: Vec<ContentPart>,
    /// Distinguishes authors of the same role.
    pub name: Option<String>,
    /// The reasoning before the answer.
    pub reasoning: Option<String>,
    /// The requested tool calls.
    pub tool_calls: Vec<ToolCall>,
    /// The provider data of the turn: a JSON object as text.
    pub provider_data: Option<String>,
}

/// A tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Identifies the call in its result.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments, as the model wrote them.
    pub arguments: String,
    /// The provider data of the call: a JSON object as text.
    pub provider_data: Option<String>,
}

/// The result of a tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolMessage {
    /// The `id` of the call.
    pub tool_call_id: String,
    /// At least one part.
    pub content: Vec<ContentPart>,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentPart {
    /// Text.
    Text(String),
    /// An image, audio, video or document.
    Media(Media),
    /// The end of a prefix that the provider caches.
    CachePoint(CachePoint),
    /// A part of the backend's protocol: a JSON object as text.
    Other(String),
}

/// The end of a prefix of the conversation that the provider caches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CachePoint {
    /// How long the prefix is kept, in the backend's words.
    pub ttl: Option<String>,
}

/// An image, audio, video or document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The type of the medium.
    pub kind: MediaKind,
    /// The source of the medium.
    pub source: MediaSource,
    /// Such as `image/png`.
    pub mime_type: Option<String>,
    /// Detail level; images only.
    pub detail: Option<ImageDetail>,
    /// The file name shown to the model; documents only.
    pub file_name: Option<String>,
}

/// The type of a medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// An image.
    Image,
    /// Audio.
    Audio,
    /// Video.
    Video,
    /// A file, such as a PDF.
    Document,
}

/// The source of a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaSource {
    /// A URL that the model's provider fetches.
    Url(String),
    /// The bytes.
    Bytes(Vec<u8>),
}

/// The detail level of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageDetail {
    /// Chosen by the model.
    Automatic,
    /// Low resolution.
    Low,
    /// High resolution.
    High,
    /// Another level, in the backend's words.
    Other(String),
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
    /// Whether arguments must match the schema exactly.
    pub strict: Option<bool>,
}

/// Whether and which tools the model must call.
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
    /// A choice of the backend's protocol: JSON as text.
    Other(String),
}

/// The format of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ResponseFormat {
    /// Any text.
    #[default]
    Text,
    /// A JSON object.
    JsonObject,
    /// JSON that matches a schema.
    JsonSchema(JsonSchema),
    /// A format of the backend's protocol: a JSON object as text.
    Other(String),
}

/// A JSON schema that the answer must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonSchema {
    /// Its name; generated if absent.
    pub name: Option<String>,
    /// What it describes.
    pub description: Option<String>,
    /// A JSON object as text.
    pub schema: String,
    /// Whether the answer must match the schema exactly.
    pub strict: Option<bool>,
}

/// Generation parameters. Absent parameters are not sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    /// Randomness, 0 … 2.
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 … 1.
    pub top_p: Option<f64>,
    /// Number of most likely tokens to sample from.
    pub top_k: Option<u32>,
    /// −2 … 2.
    pub frequency_penalty: Option<f64>,
    /// −2 … 2.
    pub presence_penalty: Option<f64>,
    /// Seed for repeatable sampling.
    pub seed: Option<i64>,
    /// Maximum number of tokens to generate.
    pub max_tokens: Option<u64>,
    /// Stop sequences.
    pub stop: Vec<String>,
    /// Whether the model reasons before the answer.
    pub reasoning: Option<bool>,
    /// Maximum number of reasoning tokens.
    pub reasoning_budget: Option<u64>,
    /// The reasoning effort, as sent.
    pub reasoning_effort: Option<String>,
    /// Allow the gateway to search the web.
    pub web_search: Option<SearchContextSize>,
    /// A JSON object whose members are added to the body.
    pub extra: Option<String>,
}

/// How much context a web search adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchContextSize {
    /// The gateway's default.
    Automatic,
    /// Little context.
    Low,
    /// Medium context.
    Medium,
    /// Much context.
    High,
    /// Another amount, in the backend's words.
    Other(String),
}
