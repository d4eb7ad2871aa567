//! `embed`: vectors from texts.

use super::unary;
use crate::call_context::CallArguments;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::excerpt::excerpt;
use crate::output::{self, Medium};
use clap::{Args, ValueEnum};
use higress_host::json::text_embedding as written;
use provider_host::contract::text_embedding::Embeddings;
use provider_host::contract::types::ModelKind;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  higress-host embed \"one text\" \"another\" --model bge-m3 --credentials mine.json
  higress-host embed --request texts.json --model bge-m3 --credentials mine.json --json

A request is a JSON object with the fields of the contract (wit/text-embedding.wit):
  {\"texts\": [\"one text\", \"another\"], \"input_type\": \"document\", \"dimensions\": 512}

Without --json only the first values of each vector are shown.";

/// Vectors that are shown without `--json`.
const PREVIEW_VECTORS: usize = 20;
/// Values that are shown of each.
const PREVIEW_VALUES: usize = 4;

/// Turn texts into vectors.
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
    /// What the vectors are for.
    #[arg(long, value_enum, conflicts_with = "request")]
    input_type: Option<InputType>,
    /// Length of the vectors.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    dimensions: Option<u32>,
    /// The whole request as JSON; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    request: Option<Input>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InputType {
    /// Texts to be found.
    Document,
    /// Texts to search by.
    Query,
}

impl EmbedArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (context, request) = self.call.open_for(
            ModelKind::TextEmbedding,
            self.request.as_ref(),
            &self.short_form(),
            written::read_request,
        )?;
        let call = context
            .tenant
            .embed(&context.model, &request, &context.options);
        let doing = format!("embedding {} texts", request.texts.len());
        unary::run(&context, &doing, call, |medium, embeddings| {
            output::write_line(&medium.safe(&preview(embeddings, &request.texts, medium)))?;
            if let Some(remark) = cut_texts(&embeddings.truncated) {
                output::note(&remark);
            }
            Ok(())
        })
    }

    fn short_form(&self) -> Value {
        let input_type = self.input_type.map(|input_type| match input_type {
            InputType::Document => "document",
            InputType::Query => "query",
        });
        json!({
            "texts": self.texts,
            "input_type": input_type,
            "dimensions": self.dimensions,
        })
    }
}

/// How many vectors of which length, and the start of the first of them.
fn preview(embeddings: &Embeddings, texts: &[String], medium: Medium) -> String {
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

fn cut_texts(truncated: &[u32]) -> Option<String> {
    let indexes: Vec<String> = truncated.iter().map(u32::to_string).collect();
    (!indexes.is_empty()).then(|| {
        format!(
            "longer than the model takes, and cut: texts {} (counted from 0)",
            indexes.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{cut_texts, preview};
    use crate::output::Medium;
    use provider_host::contract::text_embedding::Embeddings;

    fn embeddings(dimensions: u32, values: Vec<f32>) -> Embeddings {
        Embeddings {
            dimensions,
            values,
            truncated: Vec::new(),
            usage: None,
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
    fn cut_texts_are_named() {
        assert_eq!(cut_texts(&[]), None);
        assert!(cut_texts(&[0, 3]).unwrap().contains("0, 3"));
    }
}
