//! Reads a ranking from a response of any known shape, independent of the
//! protocol.
//!
//! | where | who |
//! | --- | --- |
//! | `output.results` | DashScope, native |
//! | `results` | Cohere, Jina, vLLM; DashScope, compatible |
//! | `data` | vLLM's scores |
//! | the document itself, an array | SGLang, TEI |

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use wire::lenient::{Count, List, Object, Text};

use super::ranking::{RankedDocument, Ranking};
use super::request::Request;
use super::scores::Scores;
use crate::error::Error;
use crate::response::Api;
use crate::response::document::Document;
use crate::usage::{self, Extension, Reported};

/// A response.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body<'a> {
    output: Object<Output>,
    results: List<Item>,
    data: List<Item>,
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

/// DashScope's `output`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Output {
    results: List<Item>,
}

/// An item of the list.
enum Item {
    Result {
        index: Option<u64>,
        /// Finite.
        score: Option<f64>,
    },
    /// Not an object.
    Other,
}

/// Reads the response to `request`.
///
/// # Errors
///
/// The server's own error if there are no results, or beside them; `protocol`
/// for a result with an index out of range, a duplicate index or no finite
/// score.
pub fn read(response: Document<'_>, request: &Request, scores: Scores) -> Result<Ranking, Error> {
    let response = response.of(Api::TextRerank);
    let (body, bare) = match response.object::<Body<'_>>() {
        Some(body) => (body, None),
        None => (Body::default(), response.json()),
    };
    if let Some(failure) = response.failure_beside(body.error) {
        return Err(failure);
    }
    let found = body.output.0.and_then(|output| output.results.0);
    let found = found.or(body.results.0).or(body.data.0).or(bare);
    let found = found.ok_or_else(|| response.without("results"))?;
    let mut results = ranked(&found, request.documents.len())
        .map_err(|problem| response.misunderstood(&problem))?;
    scores.apply(&mut results, request);
    Ok(Ranking {
        results,
        usage: usage::of_response(body.usage, [&body.meta, &body.x_groq]),
        info: response.info(&body.model.0, &body.request_id.0),
    })
}

/// The results of a response to a request with this number of documents.
fn ranked(found: &[Item], documents: usize) -> Result<Vec<RankedDocument>, String> {
    let mut seen = vec![false; documents];
    let mut results = Vec::with_capacity(found.len().min(documents));
    for item in found {
        let Item::Result { index, score } = item else {
            return Err("the response contains a result that is not an object".to_owned());
        };
        let index = index.ok_or("the response contains a result without an index")?;
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
        let score =
            score.ok_or_else(|| format!("the response has no score for document {index}"))?;
        results.push(RankedDocument {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            score,
        });
    }
    Ok(results)
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ItemVisitor)
    }
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    /// Reads a result. If a member occurs twice, the last one is used.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Item, A::Error> {
        let (mut index, mut relevance_score, mut score) = (None, None, None);
        while let Some(Text(name)) = members.next_key()? {
            match &*name {
                "index" => index = members.next_value::<Count>()?.0,
                "relevance_score" => relevance_score = number(members.next_value()?),
                "score" => score = number(members.next_value()?),
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let score = relevance_score.or(score).filter(|score| score.is_finite());
        Ok(Item::Result { index, score })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Item, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Item::Other)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Item, E> {
        Ok(Item::Other)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Item, E> {
        Ok(Item::Other)
    }
}

/// A number; it may be out of range.
fn number(json: &RawValue) -> Option<f64> {
    json.get().parse().ok()
}
