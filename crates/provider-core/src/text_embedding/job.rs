//! A call from its texts to its vectors: builds the request of each batch and
//! collects the vectors. Responses may arrive in any order.

use core::ops::Range;

use super::batch::Batch;
use super::batches;
use super::configuration::{Configuration, TooLong};
use super::embeddings::Embeddings;
use super::format::Format;
use super::protocol::Protocol;
use super::reader::reserve;
use super::reader::{Reader, Response};
use super::request::{InputType, Request};
use crate::api_request::{self, Accept};
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::form::variables;
use crate::http::{self, ResponseHead};
use crate::response::ResponseMetadata;
use crate::secret::Secrets;
use crate::token_estimate;
use crate::usage::Usage;

/// Maximum number of texts of a call. Long vectors may exhaust the sandbox's
/// memory earlier.
const MAX_TEXTS: usize = 16 * 2048;

/// A call for vectors.
pub struct Job {
    protocol: Protocol,
    format: Format,
    texts: Vec<String>,
    input_type: Option<InputType>,
    /// The requested length.
    requested: Option<u32>,
    batches: Vec<Range<usize>>,
    truncated: Vec<u32>,
    answered: usize,
    /// The received length.
    dimensions: usize,
    values: Vec<f32>,
    usage: Option<Usage>,
    info: ResponseMetadata,
}

impl Job {
    /// Checks and prepares the texts of a call.
    ///
    /// # Errors
    ///
    /// `invalid-request`, which names the text or the parameter.
    pub fn new(
        configuration: &Configuration,
        request: Request,
        model: &str,
    ) -> Result<Self, Error> {
        if request.texts.len() > MAX_TEXTS {
            return Err(Error::invalid_request(format!(
                "too many texts ({}); the maximum is {MAX_TEXTS}",
                request.texts.len()
            ))
            .with_field("texts"));
        }
        if request.dimensions == Some(0) {
            let error = Error::invalid_request("`dimensions` must be at least 1");
            return Err(error.with_field("dimensions"));
        }
        let mut texts = request.texts;
        let mut truncated = Vec::new();
        let prefix = configuration.prefix(request.input_type);
        for (index, text) in texts.iter_mut().enumerate() {
            let refuse = |problem: &str| {
                let error = Error::invalid_request(format!("text {index} {problem}"));
                error.with_field(format!("texts[{index}]"))
            };
            if text.is_empty() {
                return Err(refuse("is empty"));
            }
            if let Some(prefix) = prefix {
                *text = format!("{prefix} {text}");
            }
            if let Some(tokens) = configuration.context_size
                && token_estimate::text(text) > tokens.into()
            {
                match configuration.too_long {
                    TooLong::Refuse => return Err(refuse(&too_long(text, tokens))),
                    TooLong::Cut => {
                        text.truncate(
                            token_estimate::longest_prefix(text, tokens.into())
                                .trim_end()
                                .len(),
                        );
                        if text.len() <= prefix.map_or(0, |prefix| prefix.len().saturating_add(1)) {
                            return Err(refuse("does not fit into context_size beside its prefix"));
                        }
                        truncated.extend(u32::try_from(index));
                    }
                }
            }
        }
        let size = configuration
            .batch_size
            .unwrap_or_else(|| batches::default_batch_size(model));
        Ok(Self {
            protocol: configuration.protocol,
            format: configuration.format,
            batches: batches::plan(&texts, usize::try_from(size).unwrap_or(usize::MAX)),
            texts,
            input_type: request.input_type,
            requested: request.dimensions.or(configuration.dimensions),
            truncated,
            answered: 0,
            dimensions: 0,
            values: Vec::new(),
            usage: None,
            info: ResponseMetadata::default(),
        })
    }

    /// The number of requests; 0 if there are no texts.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.batches.len()
    }

    /// The HTTP request of a batch.
    #[must_use]
    pub fn request(
        &self,
        batch: usize,
        credentials: &Credentials,
        options: &ResolvedOptions,
    ) -> http::Request {
        let body = self.protocol.encode(&Batch {
            model: &credentials.model_name,
            texts: self.texts.get(self.range(batch)).unwrap_or_default(),
            input_type: self.input_type,
            dimensions: self.requested,
            format: self.format,
            user: options.end_user_id.as_deref(),
        });
        let path = self.protocol.api_path();
        api_request::post_json(credentials, path, Accept::Json, body, options)
    }

    /// A reader for the response to a batch.
    #[must_use]
    pub fn reader(&self, batch: usize, head: ResponseHead, secrets: Secrets) -> Reader {
        Reader::new(head, secrets, self.range(batch).len(), self.requested)
    }

    /// Adds the response to a batch.
    ///
    /// # Errors
    ///
    /// `protocol` if the length of its vectors differs from that of other
    /// batches.
    pub fn take(&mut self, batch: usize, response: Response) -> Result<(), Error> {
        if self.answered == 0 {
            self.dimensions = response.dimensions;
            self.usage = response.usage;
        } else {
            self.usage = sum(self.usage, response.usage);
        }
        if response.dimensions != self.dimensions {
            return Err(Error::protocol(format!(
                "the vectors have {} values, but those of other texts have {}",
                response.dimensions, self.dimensions
            )));
        }
        if self.batches.len() == 1 {
            self.values = response.values;
        } else {
            if self.answered == 0 {
                reserve(&mut self.values, self.dimensions, self.texts.len())?;
                let all = self.texts.len().saturating_mul(self.dimensions);
                self.values.resize(all, 0.0);
            }
            let start = self.range(batch).start.saturating_mul(self.dimensions);
            let end = start.saturating_add(response.values.len());
            if let Some(places) = self.values.get_mut(start..end) {
                places.copy_from_slice(&response.values);
            }
        }
        if batch.saturating_add(1) == self.batches.len() {
            self.info = response.info;
        }
        self.answered = self.answered.saturating_add(1);
        Ok(())
    }

    /// The vectors, after every batch was added.
    #[must_use]
    pub fn finish(self) -> Embeddings {
        Embeddings {
            dimensions: u32::try_from(self.dimensions).unwrap_or(u32::MAX),
            values: self.values,
            truncated: self.truncated,
            usage: self.usage,
            info: self.info,
        }
    }

    /// Adds the texts of a batch to its error.
    #[must_use]
    pub fn blame(&self, batch: usize, error: Error) -> Error {
        let mut error = if error.kind == ErrorKind::BadRequest && error.stated.batch_too_large {
            let advised = error.advising("Set a smaller embedding_batch_size.");
            advised.with_field(variables::EMBEDDING_BATCH_SIZE.name())
        } else {
            error
        };
        if self.batches.len() < 2 {
            return error;
        }
        let Range { start, end } = self.range(batch);
        if let Some(index) = error.field.as_deref().and_then(text_index) {
            error.field = Some(format!("texts[{}]", start.saturating_add(index)));
        }
        match end.saturating_sub(1) {
            last if last == start => error.about(&format!("text {start}")),
            last => error.about(&format!("texts {start} to {last}")),
        }
    }

    fn range(&self, batch: usize) -> Range<usize> {
        self.batches.get(batch).cloned().unwrap_or_default()
    }
}

/// The index of the text that a field names.
fn text_index(field: &str) -> Option<usize> {
    let index = field.strip_prefix("texts[")?.strip_suffix(']')?;
    index.parse().ok()
}

fn too_long(text: &str, tokens: u32) -> String {
    let estimate = token_estimate::text(text);
    format!(
        "has about {estimate} tokens, more than the {tokens} of context_size; shorten it or set embedding_too_long to cut"
    )
}

/// The sum of two usages. A value that one of them does not report is absent.
fn sum(first: Option<Usage>, second: Option<Usage>) -> Option<Usage> {
    let (first, second) = first.zip(second)?;
    let add = |first: Option<u64>, second: Option<u64>| {
        first
            .zip(second)
            .map(|(first, second)| first.saturating_add(second))
    };
    Some(Usage {
        input_tokens: add(first.input_tokens, second.input_tokens),
        total_tokens: add(first.total_tokens, second.total_tokens),
        ..Usage::default()
    })
}

#[cfg(test)]
mod tests;
