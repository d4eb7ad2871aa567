//! A response that is one JSON document: its metadata, and the error it
//! represents if it is not the expected one.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error_response::{ErrorBody, error_inside};
use super::{Api, ResponseMetadata, is_failure, unexpected_response};
use crate::error::Error;
use crate::http::ResponseHead;
use crate::secret::Secrets;

/// A complete response with a success status.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    api: Api,
    head: &'a ResponseHead,
    body: &'a [u8],
    secrets: &'a Secrets,
}

impl<'a> Document<'a> {
    /// The document of a response. `secrets` are masked in errors.
    #[must_use]
    pub fn new(head: &'a ResponseHead, body: &'a [u8], secrets: &'a Secrets) -> Self {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        Self {
            api: Api::TextGeneration,
            head,
            body,
            secrets,
        }
    }

    /// The document as the response of this API.
    pub(crate) fn of(self, api: Api) -> Self {
        Self { api, ..self }
    }

    /// Reads the document into a derived type of an object. `None` if it is not
    /// JSON of this type.
    pub(crate) fn object<T: Deserialize<'a>>(&self) -> Option<T> {
        wire::lenient::object(str::from_utf8(self.body).ok()?)
    }

    /// The bytes of the document.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.body
    }

    /// Reads the document. `None` if it is not JSON of this type.
    pub(crate) fn json<T: Deserialize<'a>>(&self) -> Option<T> {
        serde_json::from_str(str::from_utf8(self.body).ok()?).ok()
    }

    /// The metadata in the head and, of the body, its members `model` and
    /// `request_id`.
    #[must_use]
    pub fn info(&self, model: &str, request_id: &str) -> ResponseMetadata {
        let mut info = ResponseMetadata::from_head(self.head);
        info.set_model(model, self.secrets);
        if info.request_id.is_none() && !request_id.is_empty() {
            info.request_id = Some(request_id.to_owned());
        }
        info.masked(self.secrets)
    }

    /// The failure that an `error` member beside an answer describes.
    pub(crate) fn failure_beside(&self, error: Option<&RawValue>) -> Option<Error> {
        let error = error.filter(|error| is_failure(error))?;
        let body = ErrorBody::from_error_object(self.body);
        let body = body.unwrap_or_else(|| ErrorBody::from_text(error.get()));
        Some(error_inside(self.api, self.head, body, self.secrets))
    }

    /// The error for a response without `what`: the server's own if the
    /// response describes one.
    #[must_use]
    pub fn without(&self, what: &str) -> Error {
        self.failure(self.body)
            .unwrap_or_else(|| self.misunderstood(&format!("the response contains no {what}")))
    }

    /// The error that a part of the response describes, if any.
    #[must_use]
    pub fn failure(&self, part: &[u8]) -> Option<Error> {
        let error_body = ErrorBody::from_error_object(part)?;
        Some(error_inside(self.api, self.head, error_body, self.secrets))
    }

    /// Adds the status and the request id of the response to an error.
    #[must_use]
    pub fn attributed(&self, error: Error) -> Error {
        unexpected_response::attributed(self.head, error, self.secrets)
    }

    /// A `protocol` error that quotes the start of the response.
    #[must_use]
    pub fn misunderstood(&self, problem: &str) -> Error {
        unexpected_response::error(self.head, self.body, problem, self.secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::secret::Secret;

    fn head(headers: &[(&str, &str)]) -> ResponseHead {
        ResponseHead {
            status: 200,
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn an_error_in_place_of_the_answer_is_the_servers_own() {
        let head = head(&[]);
        let body = br#"{"code":"DataInspectionFailed","message":"no","request_id":"r"}"#;
        let error = Document::new(&head, body, &Secrets::default()).without("result");
        assert_eq!(error.kind, ErrorKind::ContentBlocked);
        assert_eq!(error.request_id.as_deref(), Some("r"));
    }

    #[test]
    fn a_page_is_shown_without_secrets() {
        let head = head(&[("content-type", "text/html"), ("x-request-id", "r-1")]);
        let secrets = Secrets::new([&Secret::new("sk-secret")]);
        let error = Document::new(&head, b"<html>sk-secret</html>", &secrets).without("result");
        assert_eq!(
            (error.kind, error.status, error.request_id.as_deref()),
            (ErrorKind::Protocol, Some(200), Some("r-1"))
        );
        assert!(error.message.contains("text/html"), "{}", error.message);
        assert!(error.message.contains("<html>***"), "{}", error.message);
        let error = Document::new(&head, b"", &secrets).without("result");
        assert!(
            error.message.contains("content type text/html."),
            "{}",
            error.message
        );
    }

    #[test]
    fn the_head_names_the_request_before_the_body_does() {
        let bare = head(&[]);
        let info = Document::new(&bare, b"", &Secrets::default()).info("m", "body");
        assert_eq!(info.model.as_deref(), Some("m"));
        assert_eq!(info.request_id.as_deref(), Some("body"));
        let named = head(&[("x-request-id", "head")]);
        let info = Document::new(&named, b"", &Secrets::default()).info("m", "body");
        assert_eq!(info.request_id.as_deref(), Some("head"));
    }
}
