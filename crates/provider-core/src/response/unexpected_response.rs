//! A response with a good status that is no answer of the API that was asked: a
//! login page, another API, nothing at all.

use super::error_response::excerpt;
use super::metadata::request_id;
use crate::error::Error;
use crate::http::ResponseHead;
use crate::secret::Secrets;

/// The error for such a response: what is wrong with it, and what came.
///
/// `start` is the start of the body, as far as it is known.
#[must_use]
pub fn error(head: &ResponseHead, start: &[u8], problem: &str, secrets: &Secrets) -> Error {
    let start = excerpt(start, secrets);
    let began = if start.is_empty() || problem.contains(&start) {
        String::new()
    } else {
        format!(" and a body that starts with: {start}")
    };
    let content_type = secrets.mask(head.header("content-type").unwrap_or("none"));
    broken(
        head,
        format!(
            "{problem}. The server returned status {} with content type {content_type}{began}. Check endpoint_url and the model protocol.",
            head.status,
        ),
        secrets,
    )
}

/// The error for a response that began as an answer and is none.
pub fn broken(head: &ResponseHead, problem: impl Into<String>, secrets: &Secrets) -> Error {
    attributed(head, Error::protocol(problem), secrets)
}

/// An error with the status and the identifier of the response that it is about.
#[must_use]
pub fn attributed(head: &ResponseHead, mut error: Error, secrets: &Secrets) -> Error {
    error.status = Some(head.status);
    error.request_id = request_id(head).map(|id| secrets.mask(&id));
    error
}
