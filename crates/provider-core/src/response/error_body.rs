//! The description of an error in a response body, read from every known shape.
//! [`error_response`](super::error_response) classifies it.

use std::borrow::Cow;

use wire::json::Object;

/// The description of an error in a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// The server's message.
    pub message: String,
    /// The server's code, or its error type if there is no code.
    pub code: Option<String>,
    /// The server's identifier of the request.
    pub request_id: Option<String>,
    /// Whether a content policy of the gateway wrote the body.
    pub denied: bool,
}

/// Members written only by Higress' content policies: `ai-data-masking` and
/// `ai-security-guard`.
const DENIALS: [&str; 3] = ["errmsg", "denyMessage", "blockedDetails"];

impl ErrorBody {
    /// Reads a body: JSON of a known shape, the title of a web page, or else
    /// the text.
    #[must_use]
    pub fn from_body(body: &[u8]) -> Self {
        Self::from_error_object(body).unwrap_or_else(|| {
            let text = String::from_utf8_lossy(body);
            Self {
                message: title(&text).unwrap_or(&text).to_owned(),
                ..Self::default()
            }
        })
    }

    /// Reads an error object in a response. `None` if it is not one.
    #[must_use]
    pub fn from_error_object(json: &[u8]) -> Option<Self> {
        let body = Object::read(unwrapped(json))?;
        let error = body.object("error").unwrap_or_default();
        let message = first_of([
            words(&error, "message"),
            body.text("error"),
            words(&body, "message"),
            body.text("errmsg"),
            // Higress `ai-json-resp`.
            body.text("Msg"),
            body.text("denyMessage"),
            // FastAPI: a text, or a list of validation errors.
            body.text("detail"),
        ]);
        let code = first_of([
            error.text("code"),
            body.text("code"),
            body.text("Code"),
            error.text("type"),
            body.text("error_type"),
        ]);
        let denied = DENIALS.iter().any(|name| body.get(name).is_some());
        let is_coded_error = code.is_some() && !error.is_empty();
        if message.is_none() && !denied && !is_coded_error {
            return None;
        }
        let mut message = message.unwrap_or_default().into_owned();
        // OpenRouter: the message of the provider behind it.
        let raw = error.object("metadata").unwrap_or_default();
        if let Some(raw) = first_of([raw.text("raw")]) {
            message.push_str(": ");
            message.push_str(&raw);
        }
        Some(Self {
            message,
            code: code.map(Cow::into_owned),
            request_id: first_of([
                body.text("request_id"),
                body.text("requestId"),
                error.text("request_id"),
            ])
            .map(Cow::into_owned),
            denied,
        })
    }
}

/// Gemini returns a list of one error.
fn unwrapped(json: &[u8]) -> &[u8] {
    let json = json.trim_ascii();
    match json {
        [b'[', inner @ .., b']'] => inner,
        _ => json,
    }
}

/// A member that is a text or an object with one: Mistral's `message` contains
/// a `detail`.
fn words<'a>(object: &Object<'a>, name: &str) -> Cow<'a, str> {
    match object.object(name) {
        Some(inner) => inner.text("detail"),
        None => object.text(name),
    }
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
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_of_a_failure_is_no_error_object() {
        for json in [
            "[]",
            "{}",
            "7",
            "[1,2]",
            r#"{"error":null}"#,
            r#"{"error":{}}"#,
            r#"{"code":"","message":""}"#,
            r#"{"model":"m","message":{"role":"assistant","content":"Hi"}}"#,
            r#"{"choices":[],"id":"1"}"#,
        ] {
            assert_eq!(
                ErrorBody::from_error_object(json.as_bytes()),
                None,
                "{json}"
            );
        }
    }

    #[test]
    fn a_web_page_is_named_by_its_title() {
        let said = |page: &str| ErrorBody::from_body(page.as_bytes()).message;
        assert_eq!(
            said("<html><head><title>\n502 Bad Gateway </title></head>"),
            "502 Bad Gateway"
        );
        assert_eq!(said("<html><TITLE>no</TITLE>"), "no");
        assert_eq!(said("<html><title>no end"), "<html><title>no end");
        assert_eq!(said("<p>no title</p>"), "<p>no title</p>");
    }

    #[test]
    fn a_body_that_is_not_utf_8_is_shown_as_well_as_it_can_be() {
        assert_eq!(ErrorBody::from_body(b"no\xff").message, "no\u{fffd}");
    }
}
