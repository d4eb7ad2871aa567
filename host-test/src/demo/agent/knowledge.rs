//! The knowledge base: the promotions of the shop.

use super::shop_clock::ShopTime;
use anyhow::bail;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The built-in knowledge base.
const BUILT_IN: &str = include_str!("promotions.json");

/// A promotion.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promotion {
    pub(super) product: String,
    /// The offer, e.g. `30 % off`.
    pub(super) offer: String,
    pub(super) from: ShopTime,
    /// The first minute in which it is over.
    pub(super) until: ShopTime,
    /// The description of the product.
    pub(super) text: String,
    /// Used by the checks only. It is not indexed, so that retrieval depends on
    /// the texts alone.
    #[serde(default)]
    pub(super) occasion: Option<String>,
}

impl Promotion {
    /// Whether it is valid.
    pub(super) fn is_valid_at(&self, now: ShopTime) -> bool {
        self.from <= now && now < self.until
    }

    /// The text that is indexed and ranked.
    pub(super) fn indexed(&self) -> String {
        let Self {
            product,
            offer,
            text,
            ..
        } = self;
        format!("{product}: {offer}. {text}")
    }
}

/// Promotions of distinct products.
#[derive(Clone, Debug)]
pub(super) struct Knowledge(Vec<Promotion>);

impl Knowledge {
    pub(super) fn built_in() -> anyhow::Result<Self> {
        Self::parse(BUILT_IN)
    }

    /// Reads a list of promotions.
    pub(super) fn parse(json: &str) -> anyhow::Result<Self> {
        Self::checked(serde_json::from_str(json)?)
    }

    /// These promotions and `more`.
    pub(super) fn with(self, more: Self) -> anyhow::Result<Self> {
        Self::checked(self.0.into_iter().chain(more.0).collect())
    }

    pub(super) fn promotions(&self) -> &[Promotion] {
        &self.0
    }

    /// The indexes of the valid promotions.
    pub(super) fn valid_at(&self, now: ShopTime) -> Vec<usize> {
        let numbered = self.0.iter().enumerate();
        numbered
            .filter(|(_, promotion)| promotion.is_valid_at(now))
            .map(|(place, _)| place)
            .collect()
    }

    /// When the next promotion begins.
    pub(super) fn next_start(&self, now: ShopTime) -> Option<ShopTime> {
        let starts = self.0.iter().map(|promotion| promotion.from);
        starts.filter(|start| *start > now).min()
    }

    fn checked(promotions: Vec<Promotion>) -> anyhow::Result<Self> {
        let mut products = BTreeSet::new();
        for promotion in &promotions {
            let Promotion { product, .. } = promotion;
            let is_empty = |text: &String| text.trim().is_empty();
            if [product, &promotion.offer, &promotion.text]
                .into_iter()
                .any(is_empty)
            {
                bail!("promotion {product:?}: `product`, `offer` and `text` must not be empty");
            }
            if promotion.from >= promotion.until {
                bail!("promotion {product:?}: `until` must be after `from`");
            }
            if !products.insert(product.as_str()) {
                bail!("duplicate promotion of {product:?}");
            }
        }
        if promotions.is_empty() {
            bail!("the list of promotions is empty");
        }
        Ok(Self(promotions))
    }
}

#[cfg(test)]
mod tests {
    use super::{Knowledge, Promotion};

    const TEA: &str = r#"[{"product": "Tea", "offer": "half price", "text": "Green.",
        "from": "2027-01-01 10:00", "until": "2027-01-01 12:00"}]"#;

    #[test]
    fn a_promotion_holds_from_its_first_minute_to_before_its_last() {
        let tea = Knowledge::parse(TEA).unwrap();
        for (now, holds) in [
            ("2027-01-01 09:59", false),
            ("2027-01-01 10:00", true),
            ("2027-01-01 11:59", true),
            ("2027-01-01 12:00", false),
        ] {
            let valid_at = tea.valid_at(now.parse().unwrap());
            assert_eq!(!valid_at.is_empty(), holds, "{now}");
        }
    }

    #[test]
    fn the_built_in_promotions_hold_for_two_hours_each_and_each_time_has_its_new_year_product() {
        let knowledge = Knowledge::built_in().unwrap();
        for (from, until) in [(10, 12), (12, 14), (14, 16), (16, 18)] {
            let now = format!("2027-01-01 {from}:00").parse().unwrap();
            let valid_at = knowledge.valid_at(now);
            let promotions = valid_at.iter().map(|place| &knowledge.promotions()[*place]);
            let until = format!("2027-01-01 {until}:00").parse().unwrap();
            assert!(
                promotions
                    .clone()
                    .all(|one| one.from == now && one.until == until)
            );
            let for_new_year = |one: &&Promotion| one.occasion.as_deref() == Some("New Year");
            assert!(promotions.clone().all(|one| one.occasion.is_some()));
            assert_eq!(promotions.filter(for_new_year).count(), 1);
            assert_eq!(valid_at.len(), 5);
        }
    }

    #[test]
    fn the_next_start_is_after_now() {
        let tea = Knowledge::parse(TEA).unwrap();
        let start = "2027-01-01 10:00".parse().unwrap();
        assert_eq!(
            tea.next_start("2026-12-31 10:00".parse().unwrap()),
            Some(start)
        );
        assert_eq!(tea.next_start(start), None);
    }

    #[test]
    fn invalid_promotions_are_named() {
        for (json, expected) in [
            ("[]", "is empty"),
            ("{", "line 1"),
            (&TEA.replace("Green.", " "), "must not be empty"),
            (&TEA.replace("12:00", "10:00"), "must be after"),
            (&TEA.replace("12:00", "25:00"), "2027-01-01T13:30"),
            (&TEA.replace("\"offer\"", "\"ofer\""), "ofer"),
        ] {
            let message = Knowledge::parse(json).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        let tea = Knowledge::parse(TEA).unwrap();
        let message = tea.clone().with(tea).unwrap_err().to_string();
        assert!(message.contains("duplicate promotion"), "{message}");
    }
}
