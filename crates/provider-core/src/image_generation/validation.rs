//! Whether a form for images is right, without buying one.
//!
//! The request for it ([`Protocol::probe`](super::Protocol::probe)) asks for
//! no image of nothing. A server that finds fault with that, in the words of
//! its own API, has let the key in, knows the path, and speaks the protocol.
//! It may not have looked at the model's name.

use crate::error::{Error, ErrorKind};
use crate::form::{Form, variables};
use crate::response::ResponseMetadata;

/// How a form is checked: the options of `image_validation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// By a request that the server refuses.
    Free,
    /// By an image.
    Generate,
}

impl Validation {
    /// Parses the choice of the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown option.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        form.choice(
            variables::IMAGE_VALIDATION,
            &[("free", Self::Free), ("buy", Self::Generate)],
        )
    }
}

/// What the failure of the probe means: the expected refusal is a success.
///
/// # Errors
///
/// Any other failure, as it is.
pub fn judge(error: Error) -> Result<ResponseMetadata, Error> {
    // A code is a word of the API's own; a proxy that refuses what it cannot
    // read has none. 422 is what FastAPI's servers say, without a code.
    let is_expected =
        error.kind == ErrorKind::BadRequest && (error.code.is_some() || error.status == Some(422));
    if is_expected {
        Ok(ResponseMetadata {
            request_id: error.into_fields().request_id,
            ..ResponseMetadata::default()
        })
    } else {
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::ResponseHead;
    use crate::response::error_response;
    use crate::secret::Secrets;

    fn judged(status: u16, body: &str) -> Result<ResponseMetadata, Error> {
        let head = ResponseHead {
            status,
            headers: vec![("x-request-id".to_owned(), "r".to_owned())],
        };
        judge(error_response::error(
            &head,
            body.as_bytes(),
            "http://h",
            &Secrets::default(),
        ))
    }

    #[test]
    fn the_apis_own_refusal_of_the_parameters_is_a_success() {
        for (status, body) in [
            (
                400,
                r#"{"code":"InvalidParameter","message":"No messages found in input","request_id":"a"}"#,
            ),
            (
                400,
                r#"{"error":{"message":"prompt is missing","type":"invalid_request_error","code":null}}"#,
            ),
            (
                422,
                r#"{"detail":[{"msg":"field required","loc":["body","prompt"]}]}"#,
            ),
        ] {
            let info = judged(status, body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
            assert_eq!(info.request_id.as_deref(), Some("r"));
        }
    }

    #[test]
    fn every_other_refusal_is_a_failure() {
        for (status, body) in [
            (400, "Bad Request"),
            (400, "<html>bad request</html>"),
            (400, r#"{"code":"Arrearage","message":"pay"}"#),
            (400, r#"{"code":"InvalidApiKey","message":"no"}"#),
            (401, r#"{"code":"InvalidApiKey","message":"no"}"#),
            (
                403,
                r#"{"code":"AccessDenied","message":"no synchronous calls"}"#,
            ),
            (404, ""),
            (404, r#"{"code":"ModelNotFound","message":"no"}"#),
            (429, r#"{"code":"Throttling","message":"slowly"}"#),
            (500, "failed to process request body"),
            (503, "no healthy upstream"),
            (302, ""),
        ] {
            judged(status, body).expect_err(body);
        }
    }
}
