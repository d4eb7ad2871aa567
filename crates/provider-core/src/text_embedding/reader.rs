//! Reads vectors from a response body, pushed in chunks. Responses of all
//! protocols have one object per vector in an array, and the rest around it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use wire::array::{ArraySplitter, Disposition, PartTooLarge, Path, vector};
use wire::lenient::{Object, Text, object};

use super::order;
use crate::error::{Error, ErrorKind};
use crate::http::ResponseHead;
use crate::response::error_response::{ErrorBody, MAX_SEARCHED_BYTES, error_inside};
use crate::response::{Api, ResponseMetadata, is_failure, unexpected_response};
use crate::secret::Secrets;
use crate::usage::{self, Extension, Reported, Usage};

/// Where vectors stand: in a bare list, in `OpenAI`'s response, in the response
/// of other servers, in DashScope's.
const PLACES: &[Path] = &[&[], &["data"], &["embeddings"], &["output", "embeddings"]];

/// Largest response to one request, in bytes: 2,048 vectors of 3,072 numbers
/// are 60 million characters. It is never buffered as a whole.
const MAX_RESPONSE_BYTES: usize = 64 << 20;

/// Length of the start of the body that is kept for errors, in bytes.
const START_BYTES: usize = MAX_SEARCHED_BYTES;

/// Reads one response.
pub struct Reader {
    head: ResponseHead,
    secrets: Secrets,
    splitter: ArraySplitter,
    rows: Rows,
    /// The start of the body, for errors.
    start: Vec<u8>,
    bytes: usize,
}

/// The vectors of one request, in the order of its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Length of each vector, at least 1.
    pub dimensions: usize,
    /// The concatenated vectors; all values are finite.
    pub values: Vec<f32>,
    /// The usage of the request.
    pub usage: Option<Usage>,
    /// The metadata of the response.
    pub info: ResponseMetadata,
}

/// The response without its vectors.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Facts<'a> {
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

impl<'a> Facts<'a> {
    /// Reads a skeleton; a bare list states nothing else. `None` if it is not
    /// JSON.
    fn read(skeleton: &'a [u8]) -> Option<Self> {
        let skeleton = str::from_utf8(skeleton).ok()?;
        if skeleton.starts_with('[') {
            let list = serde_json::from_str::<IgnoredAny>(skeleton);
            return list.ok().map(|_| Self::default());
        }
        object(skeleton)
    }
}

/// The vectors received so far.
struct Rows {
    /// The expected number of vectors.
    expected: usize,
    /// The requested length.
    requested: Option<u32>,
    /// The length of the first vector.
    dimensions: usize,
    values: Vec<f32>,
    indexes: Vec<Option<u64>>,
}

impl Reader {
    /// A reader for a response to a request with this number of texts. The
    /// length of the vectors is checked if `requested` is set.
    #[must_use]
    pub fn new(head: ResponseHead, secrets: Secrets, texts: usize, requested: Option<u32>) -> Self {
        Self {
            head,
            secrets,
            splitter: ArraySplitter::new(PLACES),
            rows: Rows {
                expected: texts,
                requested,
                dimensions: 0,
                values: Vec::new(),
                indexes: Vec::new(),
            },
            start: Vec::new(),
            bytes: 0,
        }
    }

    /// Reads a chunk of the body.
    ///
    /// # Errors
    ///
    /// `protocol` for an invalid vector or one of another length. The reader
    /// must not be used afterwards.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let room = START_BYTES.saturating_sub(self.start.len());
        let start = bytes.get(..room.min(bytes.len()));
        self.start.extend_from_slice(start.unwrap_or_default());
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > MAX_RESPONSE_BYTES {
            return Err(self.broken(format!(
                "the response exceeds the limit of {MAX_RESPONSE_BYTES} bytes; set a smaller embedding_batch_size"
            )));
        }
        self.split(bytes).map_err(|error| self.attributed(error))
    }

    fn split(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Self { splitter, rows, .. } = self;
        let mut bytes = bytes;
        while splitter.next(&mut bytes)? {
            let verdict = rows.take(splitter.item())?;
            splitter.resolve(verdict)?;
        }
        Ok(())
    }

    /// Ends the body and returns the vectors.
    ///
    /// # Errors
    ///
    /// The server's own error, or `protocol` if the response is not the
    /// complete list of vectors.
    pub fn end(&mut self) -> Result<Response, Error> {
        let skeleton = self.splitter.skeleton();
        let skeleton = skeleton.strip_prefix(b"\xef\xbb\xbf").unwrap_or(skeleton);
        let skeleton = skeleton.trim_ascii();
        match skeleton.first() {
            None => return Err(self.unreadable("the response is empty")),
            Some(b'{' | b'[') => {}
            Some(_) => return Err(self.unreadable("the response is not JSON")),
        }
        if !self.splitter.is_whole() {
            return Err(self.broken("the response ended before the list of vectors was complete"));
        }
        let Some(facts) = Facts::read(skeleton) else {
            return Err(self.unreadable("the response is not valid JSON"));
        };
        let has_failure = facts.error.is_some_and(is_failure);
        let found = self.rows.indexes.len();
        if has_failure || found != self.rows.expected {
            let described = ErrorBody::from_error_object(skeleton);
            let error = facts.error.filter(|error| is_failure(error));
            let described = described.or_else(|| Some(ErrorBody::from_text(error?.get())));
            if let Some(body) = described {
                return Err(error_inside(
                    Api::TextEmbedding,
                    &self.head,
                    body,
                    &self.secrets,
                ));
            }
            if found == 0 {
                return Err(self.unreadable("the response contains no vectors"));
            }
            return Err(self.broken(self.rows.wrong_count()));
        }
        let mut info = ResponseMetadata::from_head(&self.head);
        info.set_model(&facts.model.0, &self.secrets);
        if info.request_id.is_none() && !facts.request_id.is_empty() {
            info.request_id = Some(facts.request_id.0.into_owned());
        }
        let usage = usage::of_response(facts.usage, [&facts.meta, &facts.x_groq]);
        let values = self
            .rows
            .in_order()
            .map_err(|error| self.attributed(error))?;
        Ok(Response {
            dimensions: self.rows.dimensions,
            values,
            usage,
            info: info.masked(&self.secrets),
        })
    }

    /// Adds the status and the request id of the response to an error of the
    /// transport.
    #[must_use]
    pub fn attributed(&self, error: Error) -> Error {
        unexpected_response::attributed(&self.head, error, &self.secrets)
    }

    fn broken(&self, problem: impl Into<String>) -> Error {
        unexpected_response::broken(&self.head, problem, &self.secrets)
    }

    fn unreadable(&self, problem: &str) -> Error {
        unexpected_response::error(&self.head, &self.start, problem, &self.secrets)
    }
}

impl From<PartTooLarge> for Error {
    fn from(_: PartTooLarge) -> Self {
        Self::protocol("a part of the response is too large for a list of vectors")
    }
}

impl Rows {
    /// Reads an item, if it has a vector.
    fn take(&mut self, item: &[u8]) -> Result<Disposition, Error> {
        let start = self.values.len();
        let row = self.indexes.len();
        let read = vector::read(item, &mut self.values);
        let length = self.values.len().saturating_sub(start);
        let index = match read {
            Ok(item) if !item.has_vector => return Ok(Disposition::Left),
            Ok(item) if length > 0 => item.index,
            Ok(_) | Err(_) => {
                return Err(Error::protocol(format!(
                    "vector {row} of the response is not a list of finite numbers"
                )));
            }
        };
        if row == self.expected {
            return Err(Error::protocol(self.wrong_count()));
        }
        if row == 0 {
            self.begin(length)?;
        } else if length != self.dimensions {
            return Err(Error::protocol(format!(
                "vector {row} of the response has {length} values, but those before it have {}",
                self.dimensions
            )));
        }
        self.indexes.push(index);
        Ok(Disposition::Taken)
    }

    /// The first vector shows the length of all, and so the total number of
    /// values.
    fn begin(&mut self, length: usize) -> Result<(), Error> {
        if let Some(requested) = self.requested
            && usize::try_from(requested).is_ok_and(|requested| requested != length)
        {
            return Err(Error::protocol(format!(
                "the model returned vectors of {length} values instead of the requested {requested}; remove the dimensions"
            )));
        }
        self.dimensions = length;
        reserve(&mut self.values, length, self.expected.saturating_sub(1))
    }

    /// The values in the order of the texts.
    fn in_order(&mut self) -> Result<Vec<f32>, Error> {
        let values = core::mem::take(&mut self.values);
        let Some(rows) = order::rows(&self.indexes)? else {
            return Ok(values);
        };
        let mut sorted = Vec::new();
        reserve(&mut sorted, self.dimensions, rows.len())?;
        for row in rows {
            let start = row.saturating_mul(self.dimensions);
            let vector = values.get(start..start.saturating_add(self.dimensions));
            sorted.extend_from_slice(vector.unwrap_or_default());
        }
        Ok(sorted)
    }

    fn wrong_count(&self) -> String {
        let Self {
            expected, indexes, ..
        } = self;
        let found = indexes.len();
        if found < *expected {
            format!("the response contains {found} vectors for {expected} texts")
        } else {
            format!("the response contains more than the requested {expected} vectors")
        }
    }
}

/// Reserves memory for the vectors.
pub(super) fn reserve(values: &mut Vec<f32>, length: usize, rows: usize) -> Result<(), Error> {
    length
        .checked_mul(rows)
        .and_then(|more| values.try_reserve_exact(more).ok())
        .ok_or_else(|| {
            Error::after_sending(
                ErrorKind::InvalidRequest,
                "the vectors do not fit into the plugin's memory; embed fewer texts per call",
            )
        })
}

#[cfg(test)]
mod tests;
