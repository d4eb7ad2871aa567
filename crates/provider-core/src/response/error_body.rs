//! The description of an error in a response body, read from every known shape.
//! [`error_response`](super::error_response) classifies it.

mod shapes;

use std::borrow::Cow;

use serde_json::value::RawValue;
use wire::lenient::{List, Object, Text, object};
use wire::members::without_repeated;

use self::shapes::{Body, ErrorObject, GoogleDetail, NestedMessage, ValidationError};
use super::known_messages::{Fact, facts};
use super::retry_after::protobuf_duration_ms;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The description of an error in a body. All decisions about an error stand on
/// it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// The server's message.
    pub message: String,
    /// The server's code, or its error type if there is no code.
    pub code: Option<String>,
    /// The parameter at fault, by its name on the wire, such as `max_tokens` or
    /// `messages[2].content`.
    pub param: Option<String>,
    /// The server's identifier of the request.
    pub request_id: Option<String>,
    /// How long the server asks to wait, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The status that the message begins with.
    pub(crate) status: Option<u16>,
    /// What a known message states.
    pub(crate) facts: Vec<Fact>,
}

impl ErrorBody {
    /// Reads a body: JSON of a known shape, the title of a web page, or else
    /// the text.
    #[must_use]
    pub fn from_body(body: &[u8]) -> Self {
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        Self::from_error_object(body).unwrap_or_else(|| {
            let text = String::from_utf8_lossy(body);
            Self::from_text(title(&text).unwrap_or(&text))
        })
    }

    /// The error of which only a message is known.
    pub(crate) fn from_text(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            ..Self::default()
        }
        .with_facts()
    }

    /// Reads an error object in a response. `None` if it is not one.
    #[must_use]
    pub fn from_error_object(json: &[u8]) -> Option<Self> {
        let json = unwrapped(str::from_utf8(json).ok()?)?;
        // Of several members with the same name, the last counts.
        Self::of_object(json).or_else(|| Self::of_object(&without_repeated(json)?))
    }

    fn of_object(json: &str) -> Option<Self> {
        let body: Body<'_> = object(json)?;
        let error_json = body.error.map(RawValue::get).unwrap_or_default();
        let error: Option<ErrorObject<'_>> = object(error_json);
        let has_error = error.is_some() && !is_empty_object(error_json);
        let error = error.unwrap_or_default();

        let mut validation = Validation::default();
        let message = first_of([
            validation.message(error.message),
            body.error.map(text).unwrap_or_default(),
            validation.message(body.message),
            body.errmsg.map(text).unwrap_or_default(),
            body.json_resp_message.0,
            body.deny_message.map(text).unwrap_or_default(),
            validation.detail(body.detail),
        ]);
        let code = first_of([
            error.code.0,
            body.code.0,
            body.json_resp_code.0,
            error.error_type.0,
            body.error_type.0,
        ]);
        // Only content policies of Higress write these members.
        let is_denied =
            body.errmsg.is_some() || body.deny_message.is_some() || body.blocked_details.is_some();
        if message.is_none() && !is_denied && !(code.is_some() && has_error) {
            return None;
        }
        let mut message = message.unwrap_or_default().into_owned();
        if let Some(metadata) = error.metadata.0
            && !metadata.raw.is_empty()
        {
            message.push_str(": ");
            message.push_str(&metadata.raw.0);
        }
        let google = google_details(error.details);
        let field = google.iter().find_map(|detail| {
            let mut violations = detail.field_violations.0.iter().flatten();
            violations.find_map(|violation| violation.0.as_ref())
        });
        let field = field.map(|violation| violation.field.0.clone());
        let mut body = Self {
            message,
            code: code.map(Cow::into_owned),
            param: first_of([
                error.param.0,
                body.param.0,
                field.unwrap_or_default(),
                validation.param.into(),
            ])
            .map(Cow::into_owned),
            request_id: first_of([
                body.request_id.0,
                body.request_id_in_camel_case.0,
                error.request_id.0,
            ])
            .map(Cow::into_owned),
            retry_after_ms: google
                .iter()
                .filter_map(|detail| protobuf_duration_ms(&detail.retry_delay.0))
                .max(),
            ..Self::default()
        }
        .with_facts();
        if is_denied {
            body.facts.push(Fact::ContentBlocked);
        }
        Some(body)
    }

    /// Reads what a known message states.
    fn with_facts(mut self) -> Self {
        self.facts = facts(&self.message);
        // DashScope: `<429> …` under another status.
        self.status = self
            .message
            .strip_prefix('<')
            .and_then(|message| message.split_once('>')?.0.parse().ok());
        if self.param.is_none() && self.states(Fact::StreamOptionsUnknown) {
            self.param = Some("stream_options".to_owned());
        }
        self
    }

    /// Whether it states this.
    pub(crate) fn states(&self, fact: Fact) -> bool {
        self.facts.contains(&fact)
    }
}

/// Whether an `error` member beside an answer describes a failure: some servers
/// always send the member, and leave it empty.
pub(crate) fn is_failure(error: &RawValue) -> bool {
    match error.get() {
        "null" | "false" | "0" | "\"\"" | "[]" => false,
        json => !is_empty_object(json),
    }
}

fn is_empty_object(json: &str) -> bool {
    let inner = json
        .strip_prefix('{')
        .and_then(|json| json.strip_suffix('}'));
    inner.is_some_and(|inner| inner.trim_ascii().is_empty())
}

/// The first error of a list, in which Google sends them, or the body itself.
fn unwrapped(json: &str) -> Option<&str> {
    if !json.trim_ascii_start().starts_with('[') {
        return Some(json);
    }
    let list: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    list.first().map(|first| first.get())
}

/// A text, read leniently.
fn text(json: &RawValue) -> Cow<'_, str> {
    let text: Option<Text<'_>> = serde_json::from_str(json.get()).ok();
    text.unwrap_or_default().0
}

/// Google's details: a list, or a single one.
fn google_details(details: Option<&RawValue>) -> Vec<GoogleDetail<'_>> {
    let Some(json) = details.map(RawValue::get) else {
        return Vec::new();
    };
    let list: List<Object<GoogleDetail<'_>>> = serde_json::from_str(json).unwrap_or_default();
    match list.0 {
        Some(list) => list.into_iter().filter_map(|detail| detail.0).collect(),
        None => object(json).into_iter().collect(),
    }
}

/// The parameter that the first validation error names.
#[derive(Default)]
struct Validation {
    param: String,
}

impl Validation {
    /// A message: a text, or an object with a `detail`.
    fn message<'a>(&mut self, message: Option<&'a RawValue>) -> Cow<'a, str> {
        let Some(message) = message else {
            return Cow::default();
        };
        match object::<NestedMessage<'_>>(message.get()) {
            Some(nested) => self.detail(nested.detail),
            None => text(message),
        }
    }

    /// A `detail`: a text, or a list of validation errors.
    fn detail<'a>(&mut self, detail: Option<&'a RawValue>) -> Cow<'a, str> {
        let Some(detail) = detail else {
            return Cow::default();
        };
        let list: List<Object<ValidationError<'_>>> =
            serde_json::from_str(detail.get()).unwrap_or_default();
        let mut errors = list.0.into_iter().flatten().filter_map(|error| error.0);
        if let Some(path) = errors.find_map(|error| error.loc.0) {
            self.param = joined(&path);
        }
        text(detail)
    }
}

/// The path of a validation error without its root, such as
/// `messages[0].content`.
fn joined(path: &[Text<'_>]) -> String {
    let mut joined = String::new();
    for (at, Text(part)) in path.iter().enumerate() {
        let is_index = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match &**part {
            "body" | "query" if at == 0 && path.len() > 1 => {}
            part if is_index => {
                joined.push('[');
                joined.push_str(part);
                joined.push(']');
            }
            part => {
                if !joined.is_empty() {
                    joined.push('.');
                }
                joined.push_str(part);
            }
        }
    }
    joined
}

/// The first non-empty text.
fn first_of<'a>(texts: impl IntoIterator<Item = Cow<'a, str>>) -> Option<Cow<'a, str>> {
    texts.into_iter().find(|text| !text.is_empty())
}

/// The title of a web page.
fn title(page: &str) -> Option<&str> {
    let (_, rest) = page
        .split_once("<title>")
        .or_else(|| page.split_once("<TITLE>"))?;
    let (title, _) = rest.split_once("</")?;
    let title = title.trim();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests;
