//! `rerank`: ranks documents by their relevance to a query.

use super::unary;
use crate::call_context::CallArguments;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::excerpt::excerpt;
use crate::output::{self, Medium};
use clap::Args;
use higress_host::json::text_rerank::parse_request;
use provider_host::contract::text_rerank::{RankedDocument, Request};
use provider_host::contract::types::ModelKind;

const EXAMPLES: &str = "\
Examples:
  higress-host rerank \"capital of France\" \"Paris is a city.\" \"Tea is hot.\" \\
      --model gte-rerank --credentials mine.json
  higress-host rerank --request request.json \\
      --model gte-rerank --credentials mine.json --json

A request is a JSON object with the contract's fields (wit/text-rerank.wit):
  {\"query\": \"capital of France\", \"top_n\": 1,
   \"documents\": [\"Paris is a city.\", \"Tea is hot.\"]}";

/// Rank documents by their relevance to a query.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RerankArguments {
    /// The query.
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    query: Option<String>,
    /// The documents to rank.
    #[arg(
        value_name = "DOCUMENT",
        required_unless_present = "request",
        conflicts_with = "request"
    )]
    documents: Vec<String>,
    /// The number of top documents to return.
    #[arg(long, value_name = "NUMBER", conflicts_with = "request")]
    top_n: Option<u32>,
    /// The whole request as JSON; `-` reads standard input.
    #[arg(long = "request", id = "request", value_name = "FILE")]
    request_file: Option<Input>,
    #[command(flatten)]
    pub(crate) call: CallArguments,
}

impl RerankArguments {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (context, request) = self.call.open_for(
            ModelKind::TextRerank,
            self.request_file.as_ref(),
            parse_request,
            || self.request(),
        )?;
        let call = context
            .tenant
            .rerank(&context.model, &request, &context.options);
        let doing = format!("ranking {} documents", request.documents.len());
        unary::run(&context, &doing, call, |medium, ranking| {
            let table = table(&ranking.results, &request.documents, medium);
            output::write_line(&medium.safe(&table))?;
            Ok(())
        })
    }

    /// The request of a query and documents.
    fn request(&self) -> Request {
        let query = self.query.clone().unwrap_or_default();
        Request {
            top_n: self.top_n,
            ..Request::new(query, &self.documents)
        }
    }
}

fn table(results: &[RankedDocument], documents: &[String], medium: Medium) -> String {
    let mut lines = vec!["rank    score  index  document".to_owned()];
    for (place, result) in results.iter().enumerate() {
        let document = usize::try_from(result.index)
            .ok()
            .and_then(|index| documents.get(index));
        let RankedDocument { index, score } = result;
        // Rounded; adding 0.0 turns -0.0 into 0.0.
        let score = (score * 1e4).round() / 1e4 + 0.0;
        let line = format!("{:>4}  {score:>7.4}  {index:>5}  ", place + 1);
        let limit = medium.columns_after(&line);
        lines.push(line + &excerpt(document.map_or("", String::as_str), limit));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{RankedDocument, table};
    use crate::output::Medium;

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
            table(&results, &documents, Medium::Pipe),
            "rank    score  index  document\n   \
             1   0.9877      1  Paris is a city.\n   \
             2  -1.5000      0  Tea is hot."
        );
    }
}
