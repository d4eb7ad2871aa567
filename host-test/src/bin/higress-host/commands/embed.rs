//! `embed`: vectors from texts.

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::excerpt::excerpt;
use crate::output::summary::summary;
use crate::output::waiting::while_waiting;
use crate::output::{self, Format, Medium};
use crate::session::{CallArguments, read_request};
use crate::source::{Source, StandardInput};
use clap::{Args, ValueEnum};
use higress_host::contract::text_embedding::Embeddings;
use higress_host::contract::types::ModelKind;
use higress_host::json::text_embedding as written;
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
    request: Option<Source>,
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
        let mut input = StandardInput::Unread;
        let request = read_request(
            self.request.as_ref(),
            &self.short_form(),
            written::read_request,
            &mut input,
        )?;
        let session = self.call.open(ModelKind::TextEmbedding, &mut input)?;
        let call = session
            .tenant
            .embed(&session.model, &request, &session.options);
        let embeddings = run_until_interrupted(async {
            let doing = format!("embedding {} texts", request.texts.len());
            while_waiting(session.format, &doing, call)
                .await
                .map_err(|error| session.failure(error))
        })?;
        match session.format {
            Format::JsonLines => output::write_json(&written::write_embeddings(&embeddings))?,
            Format::Text => {
                let preview = preview(&embeddings, &request.texts);
                output::write_line(&Medium::of_standard_output().safe(&preview))?;
                let usage = embeddings.usage.as_ref();
                output::note(&summary(&session, usage, &embeddings.info));
            }
        }
        Ok(())
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

fn preview(embeddings: &Embeddings, texts: &[String]) -> String {
    let dimensions = usize::try_from(embeddings.dimensions).unwrap_or(usize::MAX);
    let vectors = embeddings.values.chunks(dimensions.max(1));
    let mut lines = vec![format!("{} vectors of {dimensions} values", texts.len())];
    let shown = vectors.zip(texts).take(PREVIEW_VECTORS);
    lines.extend(shown.map(|(vector, text)| preview_line(vector, text)));
    if texts.len() > PREVIEW_VECTORS {
        lines.push(format!("  and {} more", texts.len() - PREVIEW_VECTORS));
    }
    lines.join("\n")
}

fn preview_line(vector: &[f32], text: &str) -> String {
    let values = vector.iter().take(PREVIEW_VALUES);
    let mut values: Vec<String> = values.map(|value| format!("{value:>9.5}")).collect();
    if vector.len() > PREVIEW_VALUES {
        values.push("…".to_owned());
    }
    format!("  [{}]  {}", values.join(", "), excerpt(text, 40))
}

#[cfg(test)]
mod tests {
    use super::preview;
    use higress_host::contract::text_embedding::Embeddings;
    use higress_host::contract::types::ReplyInfo;

    fn embeddings(dimensions: u32, values: Vec<f32>) -> Embeddings {
        Embeddings {
            dimensions,
            values,
            truncated: Vec::new(),
            usage: None,
            info: ReplyInfo {
                model: None,
                request_id: None,
                fallback_from: None,
                cached: false,
                guarded: false,
                gateway_ms: None,
                upstream_ms: None,
                first_byte_ms: None,
                total_ms: None,
                rate_limit: None,
            },
        }
    }

    #[test]
    fn the_start_of_each_vector_is_shown() {
        let texts = ["one".to_owned(), "two".to_owned()];
        assert_eq!(
            preview(&embeddings(2, vec![0.5, -0.25, 1.0, 0.0]), &texts),
            "2 vectors of 2 values\n  [  0.50000,  -0.25000]  one\n  [  1.00000,   0.00000]  two"
        );
        assert_eq!(
            preview(&embeddings(0, Vec::new()), &[]),
            "0 vectors of 0 values"
        );
    }
}
