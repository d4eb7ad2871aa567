//! Calls of one request whose response is one document: what rankings and images
//! share.

use super::{AUTHORITY, breakage, head, judge, refused, wire};
use crate::answer::Answer;
use crate::case::Case;
use crate::contract::carried_options;
use crate::response::RecordedResponse;
use crate::verdict::{Run, shown};
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::form::Form;
use provider_core::http::Request;
use provider_core::response::document::Document;
use provider_core::response::unexpected_response;

/// A call with its request made.
pub(super) struct Prepared {
    pub(super) credentials: Credentials,
    pub(super) call: ResolvedOptions,
    /// None if the call is answered without one.
    pub(super) request: Option<Request>,
}

/// The tenant's side of a call. The order is that of the component.
pub(super) fn open(
    case: &Case,
    make: impl FnOnce(&Form<'_>, &Credentials, &ResolvedOptions) -> Result<Option<Request>, Error>,
) -> Result<Result<Prepared, Error>, String> {
    let values = case.call.credentials(AUTHORITY)?;
    let options = higress_provider::convert::options(carried_options(case.call.options()?));
    let open = || {
        let form = Form::parse(&values)?;
        let credentials = Credentials::parse(&form, &case.call.model)?;
        let call = ResolvedOptions::new(options, &credentials)?;
        let request = make(&form, &credentials, &call)?;
        Ok(Prepared {
            credentials,
            call,
            request,
        })
    };
    Ok(open())
}

/// Reads the response of a case, whole and cut off at every byte, and compares.
/// `unasked` is what a call gives that needs no request.
pub(super) fn run<T>(
    case: &Case,
    prepared: Result<Prepared, Error>,
    unasked: Result<T, Error>,
    read: impl Fn(Document<'_>) -> Result<T, Error>,
    answer: impl FnOnce(Result<T, Error>) -> Answer,
) -> Result<(), String> {
    let (requests, outcome) = match prepared {
        Err(error) => (Vec::new(), Err(error)),
        Ok(prepared) => match (&prepared.request, case.responses.first()) {
            (None, _) => (Vec::new(), unasked),
            (Some(_), None) => return Err("there is no response".to_owned()),
            (Some(request), Some(response)) => (
                vec![wire(request, &prepared.credentials)],
                read_response(&prepared, request, response, &read)?,
            ),
        },
    };
    let run = Run {
        requests,
        answer: answer(outcome),
        authority: AUTHORITY.to_owned(),
    };
    judge(case, &run)
}

fn read_response<T>(
    prepared: &Prepared,
    request: &Request,
    response: &RecordedResponse,
    read: impl Fn(Document<'_>) -> Result<T, Error>,
) -> Result<Result<T, Error>, String> {
    let (call, head, body) = (&prepared.call, head(response), response.body());
    if !head.is_success() {
        return Ok(Err(refused(response, request, &prepared.credentials, call)));
    }
    if let Some(error) = breakage(response.ending) {
        return Ok(Err(unexpected_response::attributed(
            &head,
            error,
            &call.secrets,
        )));
    }
    for end in 0..body.len() {
        let (start, _) = body.split_at(end);
        if read(Document::new(&head, start, &call.secrets)).is_ok() {
            return Err(format!("cut off after {}, it passes", shown(start)));
        }
    }
    Ok(read(Document::new(&head, &body, &call.secrets)))
}
