//! `OpenAI`'s image API. Fields that it lacks are rejected by name; backends
//! with such parameters accept them in `extra`.

use serde::Serialize;
use wire::members::Members;

use super::request::Request;
use crate::api_request::{self, Accept, body_as_json};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;

const PATH: &str = "/v1/images/generations";

/// Members that the provider sets, or that change the shape of the response.
const OWN: [&str; 6] = ["model", "prompt", "n", "size", "user", "stream"];

/// The body of a request.
#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    n: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(flatten)]
    extra: Members<'a>,
}

pub(super) fn encode(
    credentials: &Credentials,
    request: &Request,
    options: &ResolvedOptions,
) -> Result<http::Request, Error> {
    check(request)?;
    let body = Body {
        model: &credentials.model_name,
        prompt: Some(&request.prompt),
        n: request.count(),
        size: request.size.as_ref().map(|size| size.with_separator('x')),
        user: options.end_user_id.as_deref(),
        extra: request.extra_members(&OWN)?,
    };
    Ok(post(credentials, &body, options))
}

/// No images and no prompt.
pub(super) fn probe(credentials: &Credentials, options: &ResolvedOptions) -> http::Request {
    let body = Body {
        model: &credentials.model_name,
        prompt: None,
        n: 0,
        size: None,
        user: None,
        extra: Members::default(),
    };
    post(credentials, &body, options)
}

fn post(credentials: &Credentials, body: &Body<'_>, options: &ResolvedOptions) -> http::Request {
    let body = body_as_json(body, body.prompt.map_or(0, str::len));
    api_request::post_json(credentials, PATH, Accept::Json, body, options)
}

fn check(request: &Request) -> Result<(), Error> {
    let without_place = [
        ("negative_prompt", request.negative_prompt.is_some()),
        ("reference_images", !request.reference_images.is_empty()),
        ("seed", request.seed.is_some()),
        ("prompt_extend", request.prompt_extend.is_some()),
        ("watermark", request.watermark.is_some()),
    ];
    match without_place.into_iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => Err(Error::unsupported(&format!(
            "`{name}` with openai_images, which has no such parameter (set parameters of a backend in `extra`)"
        ))
        .with_field(name)),
        None => Ok(()),
    }
}
