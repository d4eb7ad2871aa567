//! The tools that the model may call, and what they do.

use super::search::{Hit, Search};
use super::shop_clock::ShopTime;
use provider_host::contract::text_generation::ToolCall;
use provider_host::error::CallError;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const CURRENT_TIME: &str = "current_time";
pub(super) const SEARCH: &str = "search_promotions";

/// The tools, with the shop's clock.
pub(super) struct Toolbox<'a> {
    pub(super) search: Search<'a>,
    pub(super) now: ShopTime,
}

/// What came of a call: the tool's answer, for the model, and what was found.
pub(super) struct Done {
    pub(super) result: Value,
    /// When for was searched, and what it came to.
    pub(super) searched: Option<Searched>,
}

/// A search and what it came to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Searched {
    pub(super) at: ShopTime,
    pub(super) hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct SearchArguments {
    query: String,
    at: ShopTime,
}

/// The tools as the model is told of them.
pub(super) fn described() -> Value {
    json!([
        {
            "name": CURRENT_TIME,
            "description": "The present time where the shop is.",
            "parameters": {"type": "object", "properties": {}},
        },
        {
            "name": SEARCH,
            "description": "Finds the shop's promotions that are in force at a time and fit a question, best first. Ask for the current time before.",
            "parameters": {
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "What the customer wants, in words."},
                    "at": {"type": "string", "description": "The time, as current_time gives it: 2027-01-01 13:30."},
                },
                "required": ["query", "at"],
            },
        },
    ])
}

impl Toolbox<'_> {
    /// Does what a call asks for. A call that is wrong is answered with what
    /// is wrong, so that the model can mend it.
    pub(super) async fn perform(&self, call: &ToolCall) -> Result<Done, CallError> {
        match call.name.as_str() {
            CURRENT_TIME => Ok(Done::told(json!({"time": self.now.to_string()}))),
            SEARCH => match serde_json::from_str(&call.arguments) {
                Ok(SearchArguments { query, at }) => self.find(&query, at).await,
                Err(error) => Ok(Done::told(json!({"error": error.to_string()}))),
            },
            other => {
                let message = format!("there is no tool {other}; call {CURRENT_TIME} or {SEARCH}");
                Ok(Done::told(json!({"error": message})))
            }
        }
    }

    async fn find(&self, query: &str, at: ShopTime) -> Result<Done, CallError> {
        let hits = self.search.find(query, at).await?;
        let promotions: Vec<Value> = hits.iter().map(written).collect();
        Ok(Done {
            result: json!({"promotions": promotions}),
            searched: Some(Searched { at, hits }),
        })
    }
}

impl Done {
    fn told(result: Value) -> Self {
        Self {
            result,
            searched: None,
        }
    }
}

fn written(hit: &Hit) -> Value {
    let promotion = &hit.promotion;
    json!({
        "product": promotion.product,
        "offer": promotion.offer,
        "until": promotion.until.to_string(),
    })
}
