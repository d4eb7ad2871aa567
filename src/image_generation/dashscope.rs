//! DashScope's own image API: one request that waits for the images, or one
//! that submits a task.
//!
//! A task of an older model is submitted by a prompt, one of a newer model by
//! a message, as images are asked for without a task.

use super::Request;
use super::request::add_extra;
use crate::call::Call;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;
use crate::json::Json;
use crate::post::{self, Accept};
use crate::reply::object::Object;

/// Waits for the images.
const GENERATION: &str = "/api/v1/services/aigc/multimodal-generation/generation";
/// Submits a task by a message.
const TASK: &str = "/api/v1/services/aigc/image-generation/generation";
/// Submits a task by a prompt.
const TEXT_TASK: &str = "/api/v1/services/aigc/text2image/image-synthesis";
/// Submits a task by a prompt and images.
const IMAGE_TASK: &str = "/api/v1/services/aigc/image2image/image-synthesis";

/// How the names of the models begin whose tasks are submitted by a prompt.
/// The list is closed: what is new takes messages.
const MODELS_BY_PROMPT: [&str; 5] = ["wanx", "wan2.1", "wan2.2", "wan2.5", "stable-diffusion"];
/// Models of which the same holds, but not of those whose names go on.
const SINGLE_MODELS_BY_PROMPT: [&str; 2] = ["qwen-image", "qwen-image-plus"];

/// What the component sets among the parameters.
const OWN: [&str; 6] = [
    "size",
    "n",
    "seed",
    "prompt_extend",
    "watermark",
    "negative_prompt",
];

pub(super) fn encode(
    credentials: &Credentials,
    request: &Request,
    call: &Call,
) -> Result<http::Request, Error> {
    let size = size(request);
    let extra = request.extra()?;
    let parameters = parameters(request, size.as_deref(), &extra)?;
    let body = body(credentials, message(request), parameters);
    Ok(post(credentials, GENERATION, body, call))
}

pub(super) fn encode_task(
    credentials: &Credentials,
    request: &Request,
    call: &Call,
) -> Result<http::Request, Error> {
    let size = size(request);
    let extra = request.extra()?;
    let mut parameters = parameters(request, size.as_deref(), &extra)?;
    let (path, input) = if is_submitted_by_prompt(&credentials.model_name) {
        // Here it stands beside the prompt.
        parameters.retain(|(name, _)| *name != "negative_prompt");
        (prompt_path(request), prompt(request))
    } else {
        (TASK, message(request))
    };
    let body = body(credentials, input, parameters);
    Ok(as_task(post(credentials, path, body, call)))
}

pub(super) fn probe(credentials: &Credentials, call: &Call) -> http::Request {
    post(credentials, GENERATION, nothing(credentials), call)
}

pub(super) fn probe_task(credentials: &Credentials, call: &Call) -> http::Request {
    let path = if is_submitted_by_prompt(&credentials.model_name) {
        TEXT_TASK
    } else {
        TASK
    };
    as_task(post(credentials, path, nothing(credentials), call))
}

/// No image of nothing.
fn nothing(credentials: &Credentials) -> Json<'_> {
    let parameters = vec![("n", Json::Number(0))];
    body(credentials, Vec::new(), parameters)
}

fn post(credentials: &Credentials, path: &str, body: Json<'_>, call: &Call) -> http::Request {
    post::json(credentials, path, Accept::Json, body.into_bytes(), call)
}

/// Asks for a task in place of its result.
fn as_task(mut request: http::Request) -> http::Request {
    const HEADER: &str = "x-dashscope-async";
    request.headers.retain(|(name, _)| name != HEADER);
    request
        .headers
        .push((HEADER.to_owned(), "enable".to_owned()));
    request
}

fn is_submitted_by_prompt(model: &str) -> bool {
    let begins = |start: &&str| {
        model
            .get(..start.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(start))
    };
    MODELS_BY_PROMPT.iter().any(|start| begins(start))
        || SINGLE_MODELS_BY_PROMPT
            .iter()
            .any(|name| model.eq_ignore_ascii_case(name))
}

fn prompt_path(request: &Request) -> &'static str {
    if request.reference_images.is_empty() {
        TEXT_TASK
    } else {
        IMAGE_TASK
    }
}

type Members<'a> = Vec<(&'a str, Json<'a>)>;

fn body<'a>(credentials: &'a Credentials, input: Members<'a>, parameters: Members<'a>) -> Json<'a> {
    Json::Object(vec![
        ("model", Json::Text(&credentials.model_name)),
        ("input", Json::Object(input)),
        ("parameters", Json::Object(parameters)),
    ])
}

/// One message of a user: the images, then the text.
fn message(request: &Request) -> Members<'_> {
    let mut content: Vec<Json<'_>> = images(request)
        .map(|image| Json::Object(vec![("image", image)]))
        .collect();
    content.push(Json::Object(vec![("text", Json::Text(&request.prompt))]));
    let message = vec![
        ("role", Json::Text("user")),
        ("content", Json::Array(content)),
    ];
    vec![("messages", Json::Array(vec![Json::Object(message)]))]
}

fn prompt(request: &Request) -> Members<'_> {
    let mut input = vec![("prompt", Json::Text(&request.prompt))];
    input.extend(negative_prompt(request));
    if !request.reference_images.is_empty() {
        input.push(("images", Json::Array(images(request).collect())));
    }
    input
}

fn images(request: &Request) -> impl Iterator<Item = Json<'_>> {
    let images = request.reference_images.iter();
    images.map(|image| Json::Text(image.as_str()))
}

fn negative_prompt(request: &Request) -> Option<(&str, Json<'_>)> {
    let text = request.negative_prompt.as_deref()?;
    Some(("negative_prompt", Json::Text(text)))
}

fn size(request: &Request) -> Option<String> {
    Some(request.size.as_ref()?.with_separator('*'))
}

fn parameters<'a>(
    request: &'a Request,
    size: Option<&'a str>,
    extra: &'a Object<'a>,
) -> Result<Members<'a>, Error> {
    // Always: some models draw four unless told otherwise, and each is charged.
    let mut members = vec![("n", Json::Number(request.count().into()))];
    members.extend(size.map(|size| ("size", Json::Text(size))));
    members.extend(request.seed.map(|seed| ("seed", Json::Number(seed))));
    for (name, value) in [
        ("prompt_extend", request.prompt_extend),
        ("watermark", request.watermark),
    ] {
        members.extend(value.map(|value| (name, Json::Boolean(value))));
    }
    members.extend(negative_prompt(request));
    add_extra(&mut members, extra, &OWN)?;
    Ok(members)
}
