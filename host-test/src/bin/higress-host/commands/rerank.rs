//! `rerank`: documents by their relevance to a query.

use crate::failure::Failure;
use crate::interrupt::run_until_interrupted;
use crate::output::excerpt::excerpt;
use crate::output::summary::summary;
use crate::output::waiting::while_waiting;
use crate::output::{self, Format, Medium};
use crate::session::{CallArguments, read_request};
use crate::source::{Source, StandardInput};
use clap::Args;
use higress_host::contract::text_rerank::RankedDocument;
use higress_host::contract::types::ModelKind;
use higress_host::json::text_rerank as written;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  higress-host rerank \"capital of France\" \"Paris is a city.\" \"Tea is hot.\" \\
      --model gte-rerank --credentials mine.json
  higress-host rerank --request request.json --model gte-rerank --credentials mine.json --json

A request is a JSON object with the fields of the contract (wit/text-rerank.wit):
  {\"query\": \"capital of France\", \"top_n\": 1,
   \"documents\": [\"Paris is a city.\", \"Tea is hot.\"]}";

/// Rank documents by their relevance to a query.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RerankArguments {
    /// What is looked for.
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    query: Option<String>,
    /// Where it is looked for.
    #[arg(
        value_name = "DOCUMENT",
        required_unless_present = "request",
        conflicts_with = "request"
    )]
    documents: Vec<String>,
    /// Show the best so many.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    top_n: Option<u32>,
    /// The whole request as JSON; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    request: Option<Source>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl RerankArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut input = StandardInput::Unread;
        let request = read_request(
            self.request.as_ref(),
            &self.short_form(),
            written::read_request,
            &mut input,
        )?;
        let session = self.call.open(ModelKind::TextRerank, &mut input)?;
        let call = session
            .tenant
            .rerank(&session.model, &request, &session.options);
        let ranking = run_until_interrupted(async {
            let doing = format!("ranking {} documents", request.documents.len());
            while_waiting(session.format, &doing, call)
                .await
                .map_err(|error| session.failure(error))
        })?;
        match session.format {
            Format::JsonLines => output::write_json(&written::write_ranking(&ranking))?,
            Format::Text => {
                let table = table(&ranking.results, &request.documents);
                output::write_line(&Medium::of_standard_output().safe(&table))?;
                let usage = ranking.usage.as_ref();
                output::note(&summary(&session, usage, &ranking.info));
            }
        }
        Ok(())
    }

    fn short_form(&self) -> Value {
        json!({"query": self.query, "documents": self.documents, "top_n": self.top_n})
    }
}

fn table(results: &[RankedDocument], documents: &[String]) -> String {
    let mut lines = vec!["rank    score  index  document".to_owned()];
    for (place, result) in results.iter().enumerate() {
        let document = usize::try_from(result.index)
            .ok()
            .and_then(|index| documents.get(index));
        let document = excerpt(document.map_or("", String::as_str), 60);
        let RankedDocument { index, score } = result;
        lines.push(format!(
            "{:>4}  {score:>7.4}  {index:>5}  {document}",
            place + 1
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{RankedDocument, table};

    #[test]
    fn a_ranking_is_a_table() {
        let results = [
            RankedDocument {
                index: 1,
                score: 0.98765,
            },
            RankedDocument {
                index: 0,
                score: -1.5,
            },
        ];
        let documents = ["Tea is hot.".to_owned(), "Paris is a city.".to_owned()];
        assert_eq!(
            table(&results, &documents),
            "rank    score  index  document\n   \
             1   0.9877      1  Paris is a city.\n   \
             2  -1.5000      0  Tea is hot."
        );
    }
}
