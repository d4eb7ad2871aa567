//! Vectors from texts: the types of a call and its result, and the protocols
//! that carry them.
//!
//! A call is a [`Job`]: its texts are split into batches, each batch is a
//! request of its own, and the vectors of all of them are put together. A
//! protocol is one file here and one arm in each `match` of [`Protocol`].

mod batches;
mod configuration;
mod dashscope;
mod job;
mod openai_compatible;
mod order;
mod reader;

pub use batches::default_batch_size;
pub use configuration::{Configuration, Format, TooLong};
pub use job::Job;
pub use reader::{Reader, Response};

use crate::credentials::Form;
use crate::error::Error;
use crate::response::ResponseMetadata;
use crate::text_generation::Usage;
use wire::json::JsonWriter;

/// What to embed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The texts, none of them empty.
    pub texts: Vec<String>,
    /// What the vectors are for.
    pub input_type: Option<InputType>,
    /// Length of the vectors, at least 1.
    pub dimensions: Option<u32>,
}

impl Request {
    /// The smallest request: it shows whether a model can be reached.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            texts: vec!["ping".to_owned()],
            ..Self::default()
        }
    }
}

/// What vectors are for. Some models embed the two differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputType {
    /// Texts to be found.
    Document,
    /// Texts to search by.
    Query,
}

/// Vectors, one for each text, in the order of the texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// Length of each vector; 0 if there are none.
    pub dimensions: u32,
    /// The vectors one after the other; all values are finite.
    pub values: Vec<f32>,
    /// The texts that were cut, by index, ascending.
    pub truncated: Vec<u32>,
    /// The sum over all requests.
    pub usage: Option<Usage>,
    /// Of the last request.
    pub info: ResponseMetadata,
}

/// A wire protocol for text embedding: the options of
/// `embedding_model_protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `OpenAI`'s embeddings, as most backends speak them.
    OpenAiCompatible,
    /// DashScope's own API, which knows queries from documents.
    DashScope,
}

/// The words of `embedding_usage_scenario`.
#[derive(Clone, Copy)]
enum Scenario {
    Embedding,
}

impl Protocol {
    /// The protocol that the form chooses.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown scenario or protocol.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        let Scenario::Embedding = form.choice(
            "embedding_usage_scenario",
            &[("embedding", Scenario::Embedding)],
        )?;
        form.choice(
            "embedding_model_protocol",
            &[
                ("openai_compatible", Self::OpenAiCompatible),
                ("dashscope_embedding", Self::DashScope),
            ],
        )
    }

    /// The path of the API behind the endpoint's base.
    #[must_use]
    pub fn api_path(self) -> &'static str {
        match self {
            Self::OpenAiCompatible => openai_compatible::PATH,
            Self::DashScope => dashscope::PATH,
        }
    }

    /// The body of the request for one batch.
    fn encode(self, batch: &Batch<'_>) -> Vec<u8> {
        let mut json = JsonWriter::with_capacity(batch.texts.iter().map(String::len).sum());
        json.begin_object();
        json.member("model").string(batch.model);
        match self {
            Self::OpenAiCompatible => openai_compatible::write(batch, &mut json),
            Self::DashScope => dashscope::write(batch, &mut json),
        }
        json.end_object();
        json.into_bytes()
    }
}

/// What one request says.
struct Batch<'a> {
    model: &'a str,
    texts: &'a [String],
    input_type: Option<InputType>,
    dimensions: Option<u32>,
    format: Format,
    user: Option<&'a str>,
}
