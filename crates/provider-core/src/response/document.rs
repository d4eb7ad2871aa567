//! A response that is one JSON document: its metadata, and the error it
//! represents if it is not the expected one.

use super::error_response::{ErrorBody, error_inside_response};
use super::{ResponseMetadata, unexpected_response};
use crate::error::Error;
use crate::http::ResponseHead;
use crate::secret::Secrets;
use wire::json::Object;

/// A complete response with a success status.
#[derive(Clone, Copy)]
pub struct Document<'a> {
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
            head,
            body,
            secrets,
        }
    }

    /// The bytes of the document.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.body
    }

    /// The metadata in the head, and in the body if it is an object.
    #[must_use]
    pub fn info(&self, body: Option<&Object<'_>>) -> ResponseMetadata {
        let mut info = ResponseMetadata::from_head(self.head);
        if let Some(body) = body {
            info.set_model(&body.text("model"), self.secrets);
            let id = body.text("request_id");
            if info.request_id.is_none() && !id.is_empty() {
                info.request_id = Some(id.into_owned());
            }
        }
        info.masked(self.secrets)
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
        Some(error_inside_response(self.head, error_body, self.secrets))
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
        let body = br#"{"model":"m","request_id":"body"}"#;
        let object = Object::read(body);
        let bare = head(&[]);
        let info = Document::new(&bare, body, &Secrets::default()).info(object.as_ref());
        assert_eq!(info.model.as_deref(), Some("m"));
        assert_eq!(info.request_id.as_deref(), Some("body"));
        let named = head(&[("x-request-id", "head")]);
        let info = Document::new(&named, body, &Secrets::default()).info(object.as_ref());
        assert_eq!(info.request_id.as_deref(), Some("head"));
    }
}
