//! Reads a ranking from a response of any known shape, independent of the
//! protocol.
//!
//! | where | who |
//! | --- | --- |
//! | `output.results` | DashScope, native |
//! | `results` | Cohere, Jina, vLLM; DashScope, compatible |
//! | `data` | vLLM's scores |
//! | the document itself, an array | SGLang, TEI |

use super::ranking::{RankedDocument, Ranking};
use super::request::Request;
use super::scores::Scores;
use crate::error::Error;
use crate::response::document::Document;
use crate::usage::Usage;
use wire::json::{self, Object, Value};

/// Reads the response to `request`.
///
/// # Errors
///
/// The server's own error if there are no results; `protocol` for a result with
/// an index out of range, a duplicate index or no finite score.
pub fn read(response: Document<'_>, request: &Request, scores: Scores) -> Result<Ranking, Error> {
    let body = Object::read(response.bytes());
    let found = match &body {
        Some(body) => results(body),
        None => json::items_of(response.bytes()),
    };
    let found = found.ok_or_else(|| response.without("results"))?;
    let mut results = ranked(&found, request.documents.len())
        .map_err(|problem| response.misunderstood(&problem))?;
    scores.apply(&mut results, request);
    Ok(Ranking {
        results,
        usage: body.as_ref().and_then(Usage::of_response),
        info: response.info(body.as_ref()),
    })
}

fn results<'a>(body: &Object<'a>) -> Option<Vec<Value<'a>>> {
    body.object("output")
        .and_then(|output| output.array("results"))
        .or_else(|| body.array("results"))
        .or_else(|| body.array("data"))
}

/// The results of a response to a request with this number of documents.
fn ranked(found: &[Value<'_>], documents: usize) -> Result<Vec<RankedDocument>, String> {
    let mut seen = vec![false; documents];
    let mut results = Vec::new();
    for item in found {
        let item =
            Object::of(*item).ok_or("the response contains a result that is not an object")?;
        let index = item
            .count("index")
            .ok_or("the response contains a result without an index")?;
        let place = usize::try_from(index)
            .ok()
            .and_then(|at| seen.get_mut(at))
            .ok_or_else(|| {
                format!(
                    "the response ranks document index {index}, out of range for {documents} documents"
                )
            })?;
        if core::mem::replace(place, true) {
            return Err(format!("the response ranks document {index} twice"));
        }
        let score = item
            .number("relevance_score")
            .or_else(|| item.number("score"))
            .filter(|score| score.is_finite())
            .ok_or_else(|| format!("the response has no score for document {index}"))?;
        results.push(RankedDocument {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            score,
        });
    }
    Ok(results)
}
