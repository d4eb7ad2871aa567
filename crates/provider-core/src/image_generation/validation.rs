//! Validates the form of an image model without generating an image.
//!
//! The request for it ([`Protocol::probe`](super::Protocol::probe)) has an
//! empty prompt and no images. If the server rejects it with an error of its
//! API, the key, the path and the protocol are valid. The model name may be
//! unchecked.

use crate::error::{Error, ErrorKind};
use crate::form::{Form, variables};
use crate::response::ResponseMetadata;

/// How a form is validated: the options of `image_validation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// With a request that the server rejects.
    Free,
    /// By generating an image.
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

/// Checks the error of the probe: the expected rejection is a success.
///
/// # Errors
///
/// Any other error, unchanged.
pub fn check_probe_error(error: Error) -> Result<ResponseMetadata, Error> {
    // Errors of the API have a code; those of proxies have none. FastAPI
    // servers return 422 without a code.
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
        check_probe_error(error_response::error(
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
