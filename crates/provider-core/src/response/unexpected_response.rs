//! Responses with a success status that are not from the expected API: a login
//! page, another API, an empty body.

use super::error_response::excerpt;
use super::metadata::request_id;
use crate::error::Error;
use crate::http::ResponseHead;
use crate::secret::Secrets;

/// The error for such a response, with the problem and the start of the body.
///
/// `start` is the known start of the body.
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

/// The error for a response that is not valid although it began as expected.
pub fn broken(head: &ResponseHead, problem: impl Into<String>, secrets: &Secrets) -> Error {
    attributed(head, Error::protocol(problem), secrets)
}

/// Adds the status and the request id of a response to an error.
#[must_use]
pub fn attributed(head: &ResponseHead, mut error: Error, secrets: &Secrets) -> Error {
    error.status = Some(head.status);
    error.request_id = request_id(head).map(|id| secrets.mask(&id));
    error
}
