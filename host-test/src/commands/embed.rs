//! `embed`: embeds texts as vectors.

use super::unary;
use crate::call_context::CallArguments;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::excerpt::excerpt;
use crate::output::{self, Medium};
use clap::{Args, ValueEnum};
use higress_host::json::text_embedding::parse_request;
use provider_host::contract::text_embedding::{self, Request, Response};
use provider_host::contract::types::ModelKind;

const EXAMPLES: &str = "\
Examples:
  higress-host embed \"one text\" \"another\" \\
      --model bge-m3 --credentials mine.json
  higress-host embed --request texts.json \\
      --model bge-m3 --credentials mine.json --json

A request is a JSON object with the contract's fields (wit/text-embedding.wit):
  {\"texts\": [\"one text\", \"another\"], \"input_type\": \"document\",
   \"dimensions\": 512}

Without --json only the first values of each vector are printed.";

/// Vectors printed without `--json`.
const PREVIEW_VECTORS: usize = 20;
/// Values printed of each.
const PREVIEW_VALUES: usize = 4;

/// Embed texts as vectors.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EmbedArguments {
    /// The texts.
    #[arg(
        value_name = "TEXT",
        required_unless_present = "request",
        conflicts_with = "request"
    )]
    texts: Vec<String>,
    /// The use of the vectors.
    #[arg(long, value_enum, conflicts_with = "request")]
    input_type: Option<InputType>,
    /// The length of the vectors.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    dimensions: Option<u32>,
    /// The whole request as JSON; `-` reads standard input.
    #[arg(long = "request", id = "request", value_name = "FILE")]
    request_file: Option<Input>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InputType {
    /// Texts to search in.
    Document,
    /// Texts to search for.
    Query,
}

impl EmbedArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (context, request) = self.call.open_for(
            ModelKind::TextEmbedding,
            self.request_file.as_ref(),
            parse_request,
            || self.request(),
        )?;
        let call = context
            .tenant
            .embed(&context.model, &request, &context.options);
        let doing = format!("embedding {} texts", request.texts.len());
        unary::run(&context, &doing, call, |medium, embeddings| {
            output::write_line(&medium.safe(&preview(embeddings, &request.texts, medium)))?;
            if let Some(remark) = truncated_texts(&embeddings.truncated) {
                output::note(&remark);
            }
            Ok(())
        })
    }

    /// The request of texts and options.
    fn request(&self) -> Request {
        Request {
            input_type: self.input_type.map(Into::into),
            dimensions: self.dimensions,
            ..Request::new(&self.texts)
        }
    }
}

impl From<InputType> for text_embedding::InputType {
    fn from(input_type: InputType) -> Self {
        match input_type {
            InputType::Document => Self::Document,
            InputType::Query => Self::Query,
        }
    }
}

/// The number and length of the vectors, and the start of the first ones.
fn preview(embeddings: &Response, texts: &[String], medium: Medium) -> String {
    let dimensions = usize::try_from(embeddings.dimensions).unwrap_or(usize::MAX);
    let vectors = embeddings.values.chunks(dimensions.max(1));
    let count = match texts.len() {
        1 => "1 vector".to_owned(),
        count => format!("{count} vectors"),
    };
    let mut lines = vec![format!("{count} of {dimensions} values")];
    let shown = vectors.zip(texts).take(PREVIEW_VECTORS);
    lines.extend(shown.map(|(vector, text)| preview_line(vector, text, medium)));
    if texts.len() > PREVIEW_VECTORS {
        lines.push(format!("  and {} more", texts.len() - PREVIEW_VECTORS));
    }
    lines.join("\n")
}

fn preview_line(vector: &[f32], text: &str, medium: Medium) -> String {
    let values = vector.iter().take(PREVIEW_VALUES);
    let mut values: Vec<String> = values.map(|value| format!("{value:>9.5}")).collect();
    if vector.len() > PREVIEW_VALUES {
        values.push("…".to_owned());
    }
    let line = format!("  [{}]  ", values.join(", "));
    let text = excerpt(text, medium.columns_after(&line));
    line + &text
}

fn truncated_texts(truncated: &[u32]) -> Option<String> {
    let indexes: Vec<String> = truncated.iter().map(u32::to_string).collect();
    (!indexes.is_empty()).then(|| {
        format!(
            "warning: texts {} (counted from 0) exceed the model's input limit and were truncated",
            indexes.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{preview, truncated_texts};
    use crate::output::Medium;
    use provider_host::contract::text_embedding::Response;
    use provider_host::contract::types::ResponseMetadata;

    fn embeddings(dimensions: u32, values: Vec<f32>) -> Response {
        Response {
            dimensions,
            values,
            truncated: Vec::new(),
            usage: None,
            metadata: ResponseMetadata::default(),
        }
    }

    #[test]
    fn the_start_of_each_vector_is_shown() {
        let texts = ["one".to_owned(), "two".to_owned()];
        assert_eq!(
            preview(
                &embeddings(2, vec![0.5, -0.25, 1.0, 0.0]),
                &texts,
                Medium::Pipe
            ),
            "2 vectors of 2 values\n  [  0.50000,  -0.25000]  one\n  [  1.00000,   0.00000]  two"
        );
        assert_eq!(
            preview(&embeddings(0, Vec::new()), &[], Medium::Pipe),
            "0 vectors of 0 values"
        );
    }

    #[test]
    fn truncated_texts_are_named() {
        assert_eq!(truncated_texts(&[]), None);
        assert!(truncated_texts(&[0, 3]).unwrap().contains("0, 3"));
    }
}
