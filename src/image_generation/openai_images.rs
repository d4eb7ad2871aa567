//! `OpenAI`'s image API. What it has no place for is refused by name: a
//! backend that takes it nevertheless takes it from `extra`.

use super::Request;
use super::request::add_extra;
use crate::call::Call;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;
use crate::json::Json;
use crate::post::{self, Accept};

const PATH: &str = "/v1/images/generations";

/// What the component sets in the body, or what would change the shape of the
/// reply.
const OWN: [&str; 6] = ["model", "prompt", "n", "size", "user", "stream"];

pub(super) fn encode(
    credentials: &Credentials,
    request: &Request,
    call: &Call,
) -> Result<http::Request, Error> {
    check(request)?;
    let extra = request.extra()?;
    let size = request.size.as_ref().map(|size| size.with_separator('x'));
    let mut members = vec![
        ("model", Json::Text(&credentials.model_name)),
        ("prompt", Json::Text(&request.prompt)),
        ("n", Json::Number(request.count().into())),
    ];
    members.extend(size.as_deref().map(|size| ("size", Json::Text(size))));
    let user = call.end_user_id.as_deref();
    members.extend(user.map(|user| ("user", Json::Text(user))));
    add_extra(&mut members, &extra, &OWN)?;
    Ok(post(credentials, Json::Object(members), call))
}

/// No image, and no prompt.
pub(super) fn probe(credentials: &Credentials, call: &Call) -> http::Request {
    let body = Json::Object(vec![
        ("model", Json::Text(&credentials.model_name)),
        ("n", Json::Number(0)),
    ]);
    post(credentials, body, call)
}

fn post(credentials: &Credentials, body: Json<'_>, call: &Call) -> http::Request {
    post::json(credentials, PATH, Accept::Json, body.into_bytes(), call)
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
            "`{name}` over openai_images, which has no place for it (a backend's own parameters go into `extra`)"
        ))),
        None => Ok(()),
    }
}
