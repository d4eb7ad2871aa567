//! Reads images from a response of any known shape, independent of the
//! protocol.
//!
//! | where | who |
//! | --- | --- |
//! | `output.choices[].message.content[].image` | DashScope, by messages |
//! | `output.results[].url` | DashScope, tasks by a prompt |
//! | `data[].url`, `data[].b64_json` | OpenAI |
//! | `output.task_id` and no image | a task that is still at work |

use serde::Deserialize;
use serde_json::value::RawValue;
use wire::lenient::{List, Object, Text, object};

use super::encoded;
use super::task::TaskId;
use crate::error::{Error, ErrorKind};
use crate::response::document::Document;
use crate::response::{Api, ResponseMetadata};
use crate::usage::{self, Extension, Reported, Usage};

/// One image: a URL, or its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    /// Where to fetch it.
    pub url: Option<String>,
    /// The bytes of the image.
    pub bytes: Option<Vec<u8>>,
    /// The media type of the bytes.
    pub mime_type: Option<String>,
    /// The prompt as the provider rewrote it.
    pub revised_prompt: Option<String>,
}

/// The result of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// At least one.
    pub images: Vec<Image>,
    /// Images that failed, each with its reason.
    pub failures: Vec<Error>,
    /// The usage of the call.
    pub usage: Option<Usage>,
    /// The metadata of the response.
    pub info: ResponseMetadata,
}

/// The progress of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The images are available.
    Done(Box<Generation>),
    /// The task is running.
    Working(TaskId),
}

/// A response.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body<'a> {
    #[serde(borrow)]
    output: Option<&'a RawValue>,
    #[serde(borrow)]
    data: List<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    request_id: Text<'a>,
    usage: Reported,
    meta: Object<Extension>,
    x_groq: Object<Extension>,
}

/// DashScope's `output`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Output<'a> {
    #[serde(borrow)]
    task_status: Text<'a>,
    #[serde(borrow)]
    task_id: Text<'a>,
    #[serde(borrow)]
    choices: List<Object<Choice<'a>>>,
    #[serde(borrow)]
    results: List<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    message: Object<Message<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    content: List<Object<Part<'a>>>,
}

/// A part of a message: an image, or the rewritten prompt.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Part<'a> {
    #[serde(borrow)]
    image: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
}

/// An image in a list.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Item<'a> {
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    b64_json: Text<'a>,
    #[serde(borrow)]
    revised_prompt: Text<'a>,
    #[serde(borrow)]
    actual_prompt: Text<'a>,
}

/// Reads the response to a request for images or to a poll of a task.
///
/// # Errors
///
/// The server's own error, also beside images or if all images failed;
/// `protocol` for a response without images, or only with invalid ones.
pub fn read(response: Document<'_>) -> Result<Progress, Error> {
    let response = response.of(Api::ImageGeneration);
    let body: Body<'_> = response
        .object()
        .ok_or_else(|| response.without("images"))?;
    if let Some(failure) = response.failure_beside(body.error) {
        return Err(failure);
    }
    let output = body.output.and_then(|output| object(output.get()));
    let output: Output<'_> = output.unwrap_or_default();
    match &*output.task_status.0 {
        "" | "SUCCEEDED" => {}
        "FAILED" => {
            let described = body.output.map(|output| output.get().as_bytes());
            let described = described.and_then(|output| response.failure(output));
            return Err(described
                .unwrap_or_else(|| ended(&response, ErrorKind::ServerUnavailable, "failed")));
        }
        "CANCELED" | "CANCELLED" => {
            return Err(ended(
                &response,
                ErrorKind::ServerUnavailable,
                "was cancelled",
            ));
        }
        "UNKNOWN" => {
            return Err(ended(
                &response,
                ErrorKind::NotFound,
                "is no longer known to the server",
            ));
        }
        // Waiting, running, or an unknown state.
        _ => {
            return TaskId::parse(&output.task_id.0)
                .map(Progress::Working)
                .ok_or_else(|| response.misunderstood("the response contains an invalid task id"));
        }
    }
    let mut found = Found {
        response,
        images: Vec::new(),
        failures: Vec::new(),
    };
    found.choices(&output.choices);
    found.items(&output.results);
    found.items(&body.data);
    found.into_generation(&body).map(Progress::Done)
}

/// The error for a task that ended without a result.
fn ended(response: &Document<'_>, kind: ErrorKind, how: &str) -> Error {
    let message = format!("the task {how}; the server gave no reason");
    response.attributed(Error::after_sending(kind, message))
}

/// The images and failures found so far.
struct Found<'a> {
    response: Document<'a>,
    images: Vec<Image>,
    failures: Vec<Error>,
}

impl Found<'_> {
    /// Adds all images of all choices. A text beside them is the rewritten
    /// prompt.
    fn choices(&mut self, choices: &List<Object<Choice<'_>>>) {
        for choice in objects(choices) {
            let Some(message) = &choice.message.0 else {
                continue;
            };
            let parts = || objects(&message.content);
            let text: String = parts().map(|part| &*part.text.0).collect();
            for part in parts().filter(|part| !part.image.is_empty()) {
                self.take(&part.image.0, non_empty(&text));
            }
        }
    }

    /// Adds items, each an image or a failure.
    fn items(&mut self, items: &List<&RawValue>) {
        for json in items.0.iter().flatten() {
            let Some(item) = object::<Item<'_>>(json.get()) else {
                continue;
            };
            let prompts = [&item.revised_prompt, &item.actual_prompt];
            let prompt = prompts.into_iter().find_map(|prompt| non_empty(&prompt.0));
            if !item.b64_json.is_empty() {
                let image = self.decoded(&item.b64_json.0).map(|image| Image {
                    url: non_empty(&item.url.0),
                    revised_prompt: prompt,
                    ..image
                });
                self.note(image);
            } else if !item.url.is_empty() {
                self.take(&item.url.0, prompt);
            } else if let Some(failure) = self.response.failure(json.get().as_bytes()) {
                self.failures.push(failure);
            }
        }
    }

    /// Adds an image by its URL, which may be a `data:` URL.
    fn take(&mut self, url: &str, revised_prompt: Option<String>) {
        let image = if encoded::is_data_url(url) {
            self.decoded(url)
        } else {
            Ok(Image {
                url: Some(url.to_owned()),
                ..Image::default()
            })
        };
        self.note(image.map(|image| Image {
            revised_prompt,
            ..image
        }));
    }

    /// An invalid image does not discard the others, which are charged.
    fn note(&mut self, image: Result<Image, Error>) {
        match image {
            Ok(image) => self.images.push(image),
            Err(error) => self.failures.push(error),
        }
    }

    /// An image in base64, or in a `data:` URL.
    fn decoded(&self, text: &str) -> Result<Image, Error> {
        let bytes = encoded::decode(text).ok_or_else(|| {
            self.response
                .misunderstood("the response contains an image that is not valid base64")
        })?;
        Ok(Image {
            mime_type: encoded::mime_type(&bytes).map(str::to_owned),
            bytes: Some(bytes),
            ..Image::default()
        })
    }

    fn into_generation(self, body: &Body<'_>) -> Result<Box<Generation>, Error> {
        if self.images.is_empty() {
            let mut failures = self.failures.into_iter();
            return Err(failures
                .next()
                .unwrap_or_else(|| self.response.without("images")));
        }
        Ok(Box::new(Generation {
            images: self.images,
            failures: self.failures,
            usage: usage::of_response(body.usage, [&body.meta, &body.x_groq]),
            info: self.response.info(&body.model.0, &body.request_id.0),
        }))
    }
}

/// The objects in a list.
fn objects<T>(list: &List<Object<T>>) -> impl Iterator<Item = &T> {
    list.0.iter().flatten().filter_map(|item| item.0.as_ref())
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
