//! Retrieval: of what is in force, the texts that are nearest to a question,
//! ranked by a second model that reads both.

use super::index::{Index, Near};
use super::knowledge::{Knowledge, Promotion};
use super::moment::Moment;
use crate::demo::configured::Configured;
use provider_host::contract::text_embedding::InputType;
use provider_host::error::CallError;

/// So many of the nearest are ranked.
const NEAREST: usize = 3;

/// The knowledge base with its index, and the models to search it with.
pub(super) struct Search<'a> {
    pub(super) knowledge: &'a Knowledge,
    pub(super) index: &'a Index,
    pub(super) embedding: &'a Configured,
    pub(super) rerank: &'a Configured,
}

/// Something found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hit {
    pub(super) promotion: Promotion,
    /// How near its text is.
    pub(super) cosine: f32,
    /// What the rerank model gives it.
    pub(super) score: f64,
}

impl Search<'_> {
    /// What fits a question at this time, best first.
    pub(super) async fn find(&self, question: &str, now: Moment) -> Result<Vec<Hit>, CallError> {
        let in_force = self.knowledge.in_force(now);
        if in_force.is_empty() {
            return Ok(Vec::new());
        }
        let vector = self
            .embedding
            .embed(vec![question.to_owned()], InputType::Query)
            .await?;
        let near = self
            .index
            .nearest(&vector.content.values, &in_force, NEAREST);
        let promotions = self.knowledge.promotions();
        let found: Vec<(Near, &Promotion)> = near
            .into_iter()
            .filter_map(|near| Some((near, promotions.get(near.place)?)))
            .collect();
        let texts = found.iter().map(|(_, promotion)| promotion.indexed());
        let ranking = self.rerank.rerank(question, texts.collect()).await?;
        let hits = ranking.content.results.iter().filter_map(|ranked| {
            let (near, promotion) = found.get(usize::try_from(ranked.index).ok()?)?;
            Some(Hit {
                promotion: (*promotion).clone(),
                cosine: near.cosine,
                score: ranked.score,
            })
        });
        Ok(hits.collect())
    }
}
