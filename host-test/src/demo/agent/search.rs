//! Retrieval: the valid promotions whose vectors are nearest to a question, ranked
//! by the rerank model.

use super::index::{Index, Near};
use super::knowledge::{Knowledge, Promotion};
use super::shop_clock::ShopTime;
use crate::demo::configured::Configured;
use provider_host::contract::text_embedding::InputType;
use provider_host::error::CallError;

/// The number of nearest promotions that are ranked.
const NEAREST: usize = 3;

/// The knowledge base, its index, and the models for a search.
pub(super) struct Search<'a> {
    pub(super) knowledge: &'a Knowledge,
    pub(super) index: &'a Index,
    pub(super) embedding: &'a Configured,
    pub(super) rerank: &'a Configured,
}

/// A promotion that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hit {
    pub(super) promotion: Promotion,
    /// The cosine similarity to the question.
    pub(super) cosine: f32,
    /// The score of the rerank model.
    pub(super) score: f64,
}

impl Search<'_> {
    /// The promotions that match a question at this time, best first.
    pub(super) async fn find(&self, question: &str, now: ShopTime) -> Result<Vec<Hit>, CallError> {
        let valid = self.knowledge.valid_at(now);
        if valid.is_empty() {
            return Ok(Vec::new());
        }
        let vector = self
            .embedding
            .embed(vec![question.to_owned()], InputType::Query)
            .await?;
        let near = self.index.nearest(&vector.values, &valid, NEAREST);
        let promotions = self.knowledge.promotions();
        let found: Vec<(Near, &Promotion)> = near
            .into_iter()
            .filter_map(|near| Some((near, promotions.get(near.place)?)))
            .collect();
        let texts = found.iter().map(|(_, promotion)| promotion.indexed());
        let ranking = self.rerank.rerank(question, texts.collect()).await?;
        let hits = ranking.results.iter().filter_map(|ranked| {
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
