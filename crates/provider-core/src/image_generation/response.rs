//! Reads images from a response of any known shape, independent of the
//! protocol.
//!
//! | where | who |
//! | --- | --- |
//! | `output.choices[].message.content[].image` | DashScope, by messages |
//! | `output.results[].url` | DashScope, tasks by a prompt |
//! | `data[].url`, `data[].b64_json` | OpenAI |
//! | `output.task_id` and no image | a task that is still at work |

use super::task::TaskId;
use crate::error::{Error, ErrorKind};
use crate::response::ResponseMetadata;
use crate::response::document::Document;
use crate::usage::Usage;
use wire::base64;
use wire::json::{Object, Value};

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

/// Reads the response to a request for images or to a poll of a task.
///
/// # Errors
///
/// The server's own error, also if all images failed; `protocol` for a response
/// without images, or only with invalid ones.
pub fn read(response: Document<'_>) -> Result<Progress, Error> {
    let body = Object::read(response.bytes()).ok_or_else(|| response.without("images"))?;
    let output = body.get("output");
    let task = output.and_then(Object::of);
    let status = task.as_ref().map(|task| task.text("task_status"));
    match status.as_deref() {
        None | Some("" | "SUCCEEDED") => {}
        Some("FAILED") => {
            let described = output.and_then(|output| response.failure(output.get().as_bytes()));
            return Err(described
                .unwrap_or_else(|| ended(&response, ErrorKind::ServerUnavailable, "failed")));
        }
        Some("CANCELED" | "CANCELLED") => {
            return Err(ended(
                &response,
                ErrorKind::ServerUnavailable,
                "was cancelled",
            ));
        }
        Some("UNKNOWN") => {
            return Err(ended(
                &response,
                ErrorKind::NotFound,
                "is no longer known to the server",
            ));
        }
        // Waiting, running, or an unknown state.
        Some(_) => {
            let id = task.as_ref().map(|task| task.text("task_id"));
            let id = id.and_then(|id| TaskId::parse(&id));
            return id
                .map(Progress::Working)
                .ok_or_else(|| response.misunderstood("the response contains an invalid task id"));
        }
    }
    let mut found = Found {
        response,
        images: Vec::new(),
        failures: Vec::new(),
    };
    if let Some(task) = &task {
        found.choices(task);
        found.items(task.array("results"));
    }
    found.items(body.array("data"));
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
    fn choices(&mut self, output: &Object<'_>) {
        for choice in objects(output.array("choices")) {
            let Some(message) = choice.object("message") else {
                continue;
            };
            let content: Vec<Object<'_>> = objects(message.array("content")).collect();
            let text = content.iter().map(|part| part.text("text"));
            let text = non_empty(&text.collect::<String>());
            for part in &content {
                let image = part.text("image");
                if !image.is_empty() {
                    self.take(&image, text.clone());
                }
            }
        }
    }

    /// Adds items, each an image or a failure.
    fn items(&mut self, items: Option<Vec<Value<'_>>>) {
        for raw in items.unwrap_or_default() {
            let Some(item) = Object::of(raw) else {
                continue;
            };
            let names = ["revised_prompt", "actual_prompt"];
            let prompt = names.iter().find_map(|name| non_empty(&item.text(name)));
            let (url, encoded) = (item.text("url"), item.text("b64_json"));
            if !encoded.is_empty() {
                let image = self.decoded(&encoded).map(|image| Image {
                    url: non_empty(&url),
                    revised_prompt: prompt,
                    ..image
                });
                self.note(image);
            } else if !url.is_empty() {
                self.take(&url, prompt);
            } else if let Some(failure) = self.response.failure(raw.get().as_bytes()) {
                self.failures.push(failure);
            }
        }
    }

    /// Adds an image by its URL, which may be a `data:` URL.
    fn take(&mut self, url: &str, revised_prompt: Option<String>) {
        let image = if url.starts_with("data:") {
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

    /// An image in base64, with or without the prefix of a `data:` URL.
    fn decoded(&self, text: &str) -> Result<Image, Error> {
        let encoded = text
            .split_once(";base64,")
            .map_or(text, |(_, encoded)| encoded);
        let bytes = base64::decode(encoded.trim()).ok_or_else(|| {
            self.response
                .misunderstood("the response contains an image that is not valid base64")
        })?;
        Ok(Image {
            mime_type: mime_type(&bytes).map(str::to_owned),
            bytes: Some(bytes),
            ..Image::default()
        })
    }

    fn into_generation(self, body: &Object<'_>) -> Result<Box<Generation>, Error> {
        if self.images.is_empty() {
            let mut failures = self.failures.into_iter();
            return Err(failures
                .next()
                .unwrap_or_else(|| self.response.without("images")));
        }
        Ok(Box::new(Generation {
            images: self.images,
            failures: self.failures,
            usage: Usage::of_response(body),
            info: self.response.info(Some(body)),
        }))
    }
}

/// The media type of an image by its first bytes, which is more reliable than
/// the type in a response.
fn mime_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

fn objects(items: Option<Vec<Value<'_>>>) -> impl Iterator<Item = Object<'_>> {
    let items = items.unwrap_or_default().into_iter();
    items.filter_map(Object::of)
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
