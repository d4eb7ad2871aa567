//! `OpenAI`'s image API. Fields that it lacks are rejected by name; backends
//! with such parameters accept them in `extra`.

use super::request::Request;
use crate::api_request::{self, Accept};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;
use wire::json::JsonWriter;

const PATH: &str = "/v1/images/generations";

/// Members that the provider sets, or that change the shape of the response.
const OWN: [&str; 6] = ["model", "prompt", "n", "size", "user", "stream"];

pub(super) fn encode(
    credentials: &Credentials,
    request: &Request,
    options: &ResolvedOptions,
) -> Result<http::Request, Error> {
    check(request)?;
    let mut json = begin(credentials);
    json.member("prompt").string(&request.prompt);
    json.member("n").i64(request.count().into());
    if let Some(size) = &request.size {
        json.member("size").string(&size.with_separator('x'));
    }
    if let Some(user) = &options.end_user_id {
        json.member("user").string(user);
    }
    request.write_extra(&mut json, &OWN)?;
    Ok(post(credentials, json, options))
}

/// No images and no prompt.
pub(super) fn probe(credentials: &Credentials, options: &ResolvedOptions) -> http::Request {
    let mut json = begin(credentials);
    json.member("n").i64(0);
    post(credentials, json, options)
}

fn begin(credentials: &Credentials) -> JsonWriter {
    let mut json = JsonWriter::default();
    json.begin_object();
    json.member("model").string(&credentials.model_name);
    json
}

fn post(
    credentials: &Credentials,
    mut json: JsonWriter,
    options: &ResolvedOptions,
) -> http::Request {
    json.end_object();
    api_request::post_json(credentials, PATH, Accept::Json, json.into_bytes(), options)
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
        ))),
        None => Ok(()),
    }
}
