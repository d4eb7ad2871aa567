//! DashScope's own image API: a request that waits for the images, or one that
//! submits a task.
//!
//! Tasks of older models are submitted with a prompt, tasks of newer models
//! with a message, like requests without a task.

use serde::Serialize;
use wire::members::Members;

use super::reference::ReferenceImage;
use super::request::Request;
use crate::api_request::{self, Accept, body_as_json};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::http;

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

/// The body of a request.
#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: Input<'a>,
    parameters: Parameters<'a>,
}

/// The prompt and the reference images.
#[derive(Serialize)]
#[serde(untagged)]
enum Input<'a> {
    /// As one user message.
    Message { messages: [Message<'a>; 1] },
    /// As members.
    Prompt {
        prompt: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        negative_prompt: Option<&'a str>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        images: &'a [ReferenceImage],
    },
    /// Nothing, for a probe.
    Nothing {},
}

impl Input<'_> {
    /// The length of its images and its prompt.
    fn text_bytes(&self) -> usize {
        match self {
            Self::Message { messages } => {
                let parts = messages.iter().flat_map(|message| &message.content);
                let length = |part: &Part<'_>| match part {
                    Part::Image(image) => image.as_str().len(),
                    Part::Text(text) => text.len(),
                };
                parts.map(length).sum()
            }
            Self::Prompt { prompt, images, .. } => {
                let images = images.iter().map(|image| image.as_str().len());
                images.fold(prompt.len(), usize::saturating_add)
            }
            Self::Nothing {} => 0,
        }
    }
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Vec<Part<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Part<'a> {
    Image(&'a ReferenceImage),
    Text(&'a str),
}

#[derive(Default, Serialize)]
struct Parameters<'a> {
    /// Always sent: some models generate four images by default, and each is
    /// charged.
    n: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_extend: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    watermark: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    negative_prompt: Option<&'a str>,
    #[serde(flatten)]
    extra: Members<'a>,
}

pub(super) fn encode(
    credentials: &Credentials,
    request: &Request,
    options: &ResolvedOptions,
) -> Result<http::Request, Error> {
    let body = body(credentials, request, InputForm::Message)?;
    Ok(post(credentials, GENERATION, &body, options))
}

pub(super) fn encode_task(
    credentials: &Credentials,
    request: &Request,
    options: &ResolvedOptions,
) -> Result<http::Request, Error> {
    let form = InputForm::of_task(&credentials.model_name);
    let path = match form {
        InputForm::Message => TASK,
        InputForm::Prompt if request.reference_images.is_empty() => TEXT_TASK,
        InputForm::Prompt => IMAGE_TASK,
    };
    let body = body(credentials, request, form)?;
    Ok(as_task(post(credentials, path, &body, options)))
}

pub(super) fn probe(credentials: &Credentials, options: &ResolvedOptions) -> http::Request {
    post_probe(credentials, GENERATION, options)
}

pub(super) fn probe_task(credentials: &Credentials, options: &ResolvedOptions) -> http::Request {
    let path = match InputForm::of_task(&credentials.model_name) {
        InputForm::Message => TASK,
        InputForm::Prompt => TEXT_TASK,
    };
    as_task(post_probe(credentials, path, options))
}

/// How a request contains the prompt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InputForm {
    Message,
    Prompt,
}

impl InputForm {
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

fn body<'a>(
    credentials: &'a Credentials,
    request: &'a Request,
    form: InputForm,
) -> Result<Body<'a>, Error> {
    let negative_prompt = request.negative_prompt.as_deref();
    let (input, negative_prompt) = match form {
        InputForm::Message => (message(request), negative_prompt),
        InputForm::Prompt => {
            let input = Input::Prompt {
                prompt: &request.prompt,
                negative_prompt,
                images: &request.reference_images,
            };
            (input, None)
        }
    };
    Ok(Body {
        model: &credentials.model_name,
        input,
        parameters: Parameters {
            n: request.count(),
            size: request.size.as_ref().map(|size| size.with_separator('*')),
            seed: request.seed,
            prompt_extend: request.prompt_extend,
            watermark: request.watermark,
            negative_prompt,
            extra: request.extra_members(&OWN)?,
        },
    })
}

/// The images, then the text.
fn message(request: &Request) -> Input<'_> {
    let images = request.reference_images.iter().map(Part::Image);
    let content = images.chain([Part::Text(&request.prompt)]).collect();
    Input::Message {
        messages: [Message {
            role: "user",
            content,
        }],
    }
}

fn post(
    credentials: &Credentials,
    path: &str,
    body: &Body<'_>,
    options: &ResolvedOptions,
) -> http::Request {
    let body = body_as_json(body, body.input.text_bytes());
    api_request::post_json(credentials, path, Accept::Json, body, options)
}

/// Posts an empty prompt and no images.
fn post_probe(credentials: &Credentials, path: &str, options: &ResolvedOptions) -> http::Request {
    let body = Body {
        model: &credentials.model_name,
        input: Input::Nothing {},
        parameters: Parameters::default(),
    };
    post(credentials, path, &body, options)
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
