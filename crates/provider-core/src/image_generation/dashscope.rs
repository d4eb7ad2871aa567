//! DashScope's own image API: a request that waits for the images, or one that
//! submits a task.
//!
//! Tasks of older models are submitted with a prompt, tasks of newer models
//! with a message, like requests without a task.

use super::request::Request;
use crate::api_request::{self, Accept};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;
use wire::json::JsonWriter;

/// The API that waits for the images.
const GENERATION: &str = "/api/v1/services/aigc/multimodal-generation/generation";
/// The API for a task with a message.
const TASK: &str = "/api/v1/services/aigc/image-generation/generation";
/// The API for a task with a prompt.
const TEXT_TASK: &str = "/api/v1/services/aigc/text2image/image-synthesis";
/// The API for a task with a prompt and images.
const IMAGE_TASK: &str = "/api/v1/services/aigc/image2image/image-synthesis";

/// Name prefixes of models whose tasks are submitted with a prompt. The list is
/// complete: newer models accept messages.
const MODELS_BY_PROMPT: [&str; 5] = ["wanx", "wan2.1", "wan2.2", "wan2.5", "stable-diffusion"];
/// Exact names of further such models.
const SINGLE_MODELS_BY_PROMPT: [&str; 2] = ["qwen-image", "qwen-image-plus"];

/// The parameters that the provider sets.
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
    options: &ResolvedOptions,
) -> Result<http::Request, Error> {
    let mut json = begin(credentials, request);
    write_message(request, &mut json);
    write_parameters(request, &mut json, Input::Message)?;
    Ok(post(credentials, GENERATION, json, options))
}

pub(super) fn encode_task(
    credentials: &Credentials,
    request: &Request,
    options: &ResolvedOptions,
) -> Result<http::Request, Error> {
    let mut json = begin(credentials, request);
    let input = Input::of_task(&credentials.model_name);
    let path = match input {
        Input::Message => {
            write_message(request, &mut json);
            TASK
        }
        Input::Prompt => {
            write_prompt(request, &mut json);
            if request.reference_images.is_empty() {
                TEXT_TASK
            } else {
                IMAGE_TASK
            }
        }
    };
    write_parameters(request, &mut json, input)?;
    Ok(as_task(post(credentials, path, json, options)))
}

pub(super) fn probe(credentials: &Credentials, options: &ResolvedOptions) -> http::Request {
    post(credentials, GENERATION, nothing(credentials), options)
}

pub(super) fn probe_task(credentials: &Credentials, options: &ResolvedOptions) -> http::Request {
    let path = match Input::of_task(&credentials.model_name) {
        Input::Message => TASK,
        Input::Prompt => TEXT_TASK,
    };
    as_task(post(credentials, path, nothing(credentials), options))
}

/// How a request contains the prompt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Message,
    Prompt,
}

impl Input {
    fn of_task(model: &str) -> Self {
        let begins = |start: &&str| {
            model
                .get(..start.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(start))
        };
        let is_old = MODELS_BY_PROMPT.iter().any(begins)
            || SINGLE_MODELS_BY_PROMPT
                .iter()
                .any(|name| model.eq_ignore_ascii_case(name));
        if is_old { Self::Prompt } else { Self::Message }
    }
}

/// Begins a body, up to its input.
fn begin(credentials: &Credentials, request: &Request) -> JsonWriter {
    let images = request.reference_images.iter();
    let mut json = JsonWriter::with_capacity(images.map(|image| image.as_str().len()).sum());
    json.begin_object();
    json.member("model").string(&credentials.model_name);
    json.member("input").begin_object();
    json
}

/// An empty prompt and no images.
fn nothing(credentials: &Credentials) -> JsonWriter {
    let mut json = begin(credentials, &Request::default());
    json.end_object();
    json.member("parameters").begin_object();
    json.member("n").i64(0);
    json.end_object().end_object();
    json
}

fn post(
    credentials: &Credentials,
    path: &str,
    json: JsonWriter,
    options: &ResolvedOptions,
) -> http::Request {
    api_request::post_json(credentials, path, Accept::Json, json.into_bytes(), options)
}

/// Requests a task instead of its result.
fn as_task(mut request: http::Request) -> http::Request {
    const HEADER: &str = "x-dashscope-async";
    request.headers.retain(|(name, _)| name != HEADER);
    request
        .headers
        .push((HEADER.to_owned(), "enable".to_owned()));
    request
}

/// The input as one user message: the images, then the text.
fn write_message(request: &Request, json: &mut JsonWriter) {
    json.member("messages").begin_array();
    json.item().begin_object();
    json.member("role").string("user");
    json.member("content").begin_array();
    for image in &request.reference_images {
        json.item().begin_object();
        json.member("image").string(image.as_str()).end_object();
    }
    json.item().begin_object();
    json.member("text").string(&request.prompt).end_object();
    json.end_array().end_object().end_array().end_object();
}

/// The input as a prompt and its members.
fn write_prompt(request: &Request, json: &mut JsonWriter) {
    json.member("prompt").string(&request.prompt);
    write_negative_prompt(request, json);
    if !request.reference_images.is_empty() {
        json.member("images").begin_array();
        for image in &request.reference_images {
            json.item().string(image.as_str());
        }
        json.end_array();
    }
    json.end_object();
}

fn write_negative_prompt(request: &Request, json: &mut JsonWriter) {
    if let Some(text) = &request.negative_prompt {
        json.member("negative_prompt").string(text);
    }
}

/// Ends a body.
fn write_parameters(request: &Request, json: &mut JsonWriter, input: Input) -> Result<(), Error> {
    json.member("parameters").begin_object();
    // Always sent: some models generate four images by default, and each is
    // charged.
    json.member("n").i64(request.count().into());
    if let Some(size) = &request.size {
        json.member("size").string(&size.with_separator('*'));
    }
    if let Some(seed) = request.seed {
        json.member("seed").i64(seed);
    }
    for (name, value) in [
        ("prompt_extend", request.prompt_extend),
        ("watermark", request.watermark),
    ] {
        if let Some(value) = value {
            json.member(name).boolean(value);
        }
    }
    if input == Input::Message {
        write_negative_prompt(request, json);
    }
    request.write_extra(json, &OWN)?;
    json.end_object().end_object();
    Ok(())
}
