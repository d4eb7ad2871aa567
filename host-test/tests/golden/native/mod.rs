//! A case run on the core alone: what all kinds share. Each has a file here,
//! and an arm in [`check`].

mod document;
mod image_generation;
mod text_embedding;
pub(crate) mod text_generation;
mod text_rerank;

use crate::case::{Case, Kind};
use crate::response::{Ending, RecordedResponse};
use crate::verdict::{self, Clock, Run};
use crate::wire::Wire;
use provider_core::authentication::{SignedRequest, SigningContext};
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::http::{Request, ResponseHead};
use provider_core::response::error_response;

/// What `{host}` stands for.
const AUTHORITY: &str = "gateway.test";

/// When each request is signed: 9 October 2025, 08:53:20 UTC.
const UNIX_MS: u64 = 1_760_000_000_000;
/// What its nonce is made of.
const RANDOM: [u8; 16] = *b"a golden nonce 1";

/// Runs a case, then with its response cut in every way.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    match case.kind {
        Kind::TextGeneration => text_generation::check(case),
        Kind::ImageGeneration => image_generation::check(case),
        Kind::TextEmbedding => text_embedding::check(case),
        Kind::TextRerank => text_rerank::check(case),
    }
}

/// Compares a run with its case, or makes it the case's expectation.
fn judge(case: &Case, run: &Run) -> Result<(), String> {
    if verdict::is_blessing() {
        verdict::bless(case, run)
    } else {
        verdict::compare(case, run, Clock::Fixed)
    }
}

/// A request as it goes on the wire.
fn wire(request: &Request, credentials: &Credentials) -> Wire {
    let moment = SigningContext::new(UNIX_MS, RANDOM);
    let signature = credentials.authentication.sign(request, &moment);
    Wire {
        method: request.method.as_str().to_owned(),
        target: request.path_and_query.clone(),
        headers: request.headers.iter().chain(&signature).cloned().collect(),
        body: request.body.clone(),
    }
}

/// What the component makes of a response that refuses a request.
fn refused(
    response: &RecordedResponse,
    request: &Request,
    credentials: &Credentials,
    call: &ResolvedOptions,
) -> Error {
    let head = head(response);
    let url = request.display_url();
    let mut error = error_response::error(&head, &response.body(), &url, &call.secrets);
    let moment = SigningContext::new(UNIX_MS, RANDOM);
    let attempt = SignedRequest {
        request,
        signature: &credentials.authentication.sign(request, &moment),
        context: &moment,
    };
    credentials
        .authentication
        .explain(&mut error, &attempt, &head, &call.secrets);
    error
}

fn head(response: &RecordedResponse) -> ResponseHead {
    ResponseHead {
        status: response.status,
        headers: response.headers.clone(),
    }
}

/// The transport's error, where a body ends with one.
fn breakage(ending: Ending) -> Option<Error> {
    match ending {
        Ending::Complete => None,
        Ending::Reset => Some(Error::protocol(
            "the response was cut off: the connection was closed; try again",
        )),
    }
}
