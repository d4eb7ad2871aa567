//! A reply with a good status that is no answer of the API that was asked: a
//! login page, another API, nothing at all.

use super::info::request_id;
use super::refusal::excerpt;
use crate::credentials::Secrets;
use crate::error::Error;
use crate::http::ReplyHead;

/// The error for such a reply: what is wrong with it, and what came.
///
/// `start` is the start of the body, as far as it is known.
#[must_use]
pub fn error(head: &ReplyHead, start: &[u8], problem: &str, secrets: &Secrets) -> Error {
    let start = excerpt(start, secrets);
    let began = if start.is_empty() || problem.contains(&start) {
        String::new()
    } else {
        format!(", and began: {start}")
    };
    let content_type = secrets.mask(head.header("content-type").unwrap_or("none"));
    broken(
        head,
        format!(
            "{problem}. The server answered with status {} and content type {content_type}{began}. Check endpoint_url and the model protocol.",
            head.status,
        ),
        secrets,
    )
}

/// The error for a reply that began as an answer and is none.
pub fn broken(head: &ReplyHead, problem: impl Into<String>, secrets: &Secrets) -> Error {
    attributed(head, Error::protocol(problem), secrets)
}

/// An error with the status and the identifier of the reply that it is about.
#[must_use]
pub fn attributed(head: &ReplyHead, mut error: Error, secrets: &Secrets) -> Error {
    error.status = Some(head.status);
    error.request_id = request_id(head).map(|id| secrets.mask(&id));
    error
}
