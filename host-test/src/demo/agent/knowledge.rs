//! The knowledge base: what is promoted, and when.

use super::shop_clock::ShopTime;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The knowledge base that the program was built with.
const BUILT_IN: &str = include_str!("promotions.json");

/// A promotion.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Promotion {
    pub(super) product: String,
    /// What is special: `30 % off`.
    pub(super) offer: String,
    pub(super) from: ShopTime,
    /// The first minute in which it is over.
    pub(super) until: ShopTime,
    /// What the product is.
    pub(super) text: String,
    /// What the demo checks answers by. It is not indexed, so that it is the
    /// texts alone by which something is found.
    #[serde(default)]
    pub(super) occasion: Option<String>,
}

impl Promotion {
    /// Whether it is in force.
    pub(super) fn holds_at(&self, now: ShopTime) -> bool {
        self.from <= now && now < self.until
    }

    /// What is indexed and ranked.
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

/// Promotions, no product twice.
#[derive(Clone, Debug)]
pub(super) struct Knowledge(Vec<Promotion>);

impl Knowledge {
    pub(super) fn built_in() -> Result<Self, String> {
        Self::parse(BUILT_IN)
    }

    /// Reads a list of promotions.
    pub(super) fn parse(json: &str) -> Result<Self, String> {
        let promotions = serde_json::from_str(json);
        Self::checked(promotions.map_err(|error| error.to_string())?)
    }

    /// These promotions and those.
    pub(super) fn with(self, more: Self) -> Result<Self, String> {
        Self::checked(self.0.into_iter().chain(more.0).collect())
    }

    pub(super) fn promotions(&self) -> &[Promotion] {
        &self.0
    }

    /// What is in force: the places of these promotions.
    pub(super) fn in_force(&self, now: ShopTime) -> Vec<usize> {
        let numbered = self.0.iter().enumerate();
        numbered
            .filter(|(_, promotion)| promotion.holds_at(now))
            .map(|(place, _)| place)
            .collect()
    }

    /// When the next promotion begins.
    pub(super) fn next_start(&self, now: ShopTime) -> Option<ShopTime> {
        let starts = self.0.iter().map(|promotion| promotion.from);
        starts.filter(|start| *start > now).min()
    }

    fn checked(promotions: Vec<Promotion>) -> Result<Self, String> {
        let mut products = BTreeSet::new();
        for promotion in &promotions {
            let Promotion { product, .. } = promotion;
            let blank = |text: &str| text.trim().is_empty();
            if [product, &promotion.offer, &promotion.text].map(|text| blank(text)) != [false; 3] {
                return Err(format!(
                    "the promotion of {product:?} needs a product, an offer and a text"
                ));
            }
            if promotion.from >= promotion.until {
                return Err(format!(
                    "the promotion of {product:?} ends before it begins: `until` must be after `from`"
                ));
            }
            if !products.insert(product.as_str()) {
                return Err(format!(
                    "{product:?} is promoted twice; give the second another name"
                ));
            }
        }
        if promotions.is_empty() {
            return Err("there is no promotion in it".to_owned());
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
            let in_force = tea.in_force(now.parse().unwrap());
            assert_eq!(!in_force.is_empty(), holds, "{now}");
        }
    }

    #[test]
    fn the_built_in_promotions_hold_for_two_hours_each_and_each_time_has_its_new_year_product() {
        let knowledge = Knowledge::built_in().unwrap();
        for (from, until) in [(10, 12), (12, 14), (14, 16), (16, 18)] {
            let now = format!("2027-01-01 {from}:00").parse().unwrap();
            let in_force = knowledge.in_force(now);
            let promotions = in_force.iter().map(|place| &knowledge.promotions()[*place]);
            let until = format!("2027-01-01 {until}:00").parse().unwrap();
            assert!(
                promotions
                    .clone()
                    .all(|one| one.from == now && one.until == until)
            );
            let for_new_year = |one: &&Promotion| one.occasion.as_deref() == Some("New Year");
            assert!(promotions.clone().all(|one| one.occasion.is_some()));
            assert_eq!(promotions.filter(for_new_year).count(), 1);
            assert_eq!(in_force.len(), 5);
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
    fn what_cannot_be_used_is_named() {
        for (json, expected) in [
            ("[]", "no promotion"),
            ("{", "line 1"),
            (
                &TEA.replace("Green.", " "),
                "needs a product, an offer and a text",
            ),
            (&TEA.replace("12:00", "10:00"), "ends before it begins"),
            (&TEA.replace("12:00", "25:00"), "2027-01-01T13:30"),
            (&TEA.replace("\"offer\"", "\"ofer\""), "ofer"),
        ] {
            let message = Knowledge::parse(json).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
        let tea = Knowledge::parse(TEA).unwrap();
        let message = tea.clone().with(tea).unwrap_err();
        assert!(message.contains("promoted twice"), "{message}");
    }
}
