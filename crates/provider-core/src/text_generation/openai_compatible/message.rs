//! A message, as it is written.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use wire::to_json::Base64;

use super::json_object::{JsonObject, Members};

/// An object, and the provider data that is written into it.
#[derive(Debug)]
pub(super) struct WithData<'a, T> {
    pub(super) object: T,
    pub(super) data: Members<'a>,
}

impl<T> From<T> for WithData<'_, T> {
    fn from(object: T) -> Self {
        Self {
            object,
            data: Members::default(),
        }
    }
}

impl<T: Serialize> Serialize for WithData<'_, T> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Merged<'a, T> {
            #[serde(flatten)]
            object: &'a T,
            #[serde(flatten)]
            data: &'a Members<'a>,
        }
        // Most objects have none, and a struct is written faster than a map.
        if self.data.is_empty() {
            return self.object.serialize(json);
        }
        let merged = Merged {
            object: &self.object,
            data: &self.data,
        };
        merged.serialize(json)
    }
}

/// The author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    System,
    Developer,
    User,
    Assistant,
    /// A tool, whose call is named by its id.
    Tool,
    /// A tool, whose call is the last one: the legacy format.
    Function,
}

/// A message of any role.
#[derive(Debug, Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: Role,
    pub(super) content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_calls: Vec<WithData<'a, Call<'a>>>,
    /// In a box, since few messages have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) function_call: Option<Box<WithData<'a, Function<'a>>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_call_id: Option<&'a str>,
}

impl<'a> Message<'a> {
    pub(super) fn new(role: Role, content: Content<'a>) -> Self {
        Self {
            role,
            content,
            name: None,
            reasoning_content: None,
            tool_calls: Vec::new(),
            function_call: None,
            tool_call_id: None,
        }
    }
}

/// The content of a message. A single text is sent as a string, which every
/// backend accepts; parts as an array, which some reject.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

impl<'a> Content<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// The shortest form of some parts.
    pub(super) fn of(mut parts: Vec<Part<'a>>) -> Self {
        if let [
            Part::Known(KnownPart {
                content: PartContent::Text { text },
                cache_control: None,
            }),
        ] = parts.as_mut_slice()
        {
            return Self::Text(core::mem::take(text));
        }
        Self::Parts(parts)
    }
}

/// A part of the content.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Part<'a> {
    Known(KnownPart<'a>),
    Other(OtherPart<'a>),
}

/// A part of the backend's protocol, as the caller wrote it.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct OtherPart<'a> {
    pub(super) json: JsonObject<'a>,
    #[serde(skip)]
    pub(super) is_text: bool,
    #[serde(skip)]
    pub(super) has_cache_control: bool,
}

impl<'a> Part<'a> {
    /// Whether a message of any role may have it.
    pub(super) fn is_text(&self) -> bool {
        match self {
            Self::Known(part) => matches!(part.content, PartContent::Text { .. }),
            Self::Other(part) => part.is_text,
        }
    }

    /// A part with a text.
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::from(PartContent::Text { text: text.into() })
    }
}

impl<'a> From<PartContent<'a>> for Part<'a> {
    fn from(content: PartContent<'a>) -> Self {
        Self::Known(KnownPart {
            content,
            cache_control: None,
        })
    }
}

/// A part with a type that the provider knows.
#[derive(Debug, Serialize)]
pub(super) struct KnownPart<'a> {
    #[serde(flatten)]
    pub(super) content: PartContent<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cache_control: Option<CacheControl<'a>>,
}

/// A part by its type: the content is in a member of the same name.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum PartContent<'a> {
    Text { text: Cow<'a, str> },
    ImageUrl { image_url: ImageUrl<'a> },
    InputAudio { input_audio: InputAudio<'a> },
    VideoUrl { video_url: VideoUrl<'a> },
    File { file: File<'a> },
}

#[derive(Debug, Serialize)]
pub(super) struct ImageUrl<'a> {
    pub(super) url: Source<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct InputAudio<'a> {
    pub(super) data: Source<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct VideoUrl<'a> {
    pub(super) url: Source<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct File<'a> {
    pub(super) filename: &'a str,
    pub(super) file_data: Source<'a>,
}

/// A URL, or bytes in base64.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Source<'a> {
    Url(&'a str),
    Bytes(Base64<'a>),
}

/// Anthropic's mark of the end of a cached prefix, which Qwen, OpenRouter and
/// `LiteLLM` read as well.
#[derive(Debug, Serialize)]
pub(super) struct CacheControl<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<&'a str>,
}

/// A tool call.
#[derive(Debug, Serialize)]
pub(super) struct Call<'a> {
    pub(super) id: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: CallKind,
    pub(super) function: WithData<'a, Function<'a>>,
}

/// The only type of tool that a caller can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallKind {
    Function,
}

/// The called function.
#[derive(Debug, Serialize)]
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: &'a str,
}
