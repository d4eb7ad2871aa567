//! The tools of the model and their implementation.

use super::search::{Hit, Search};
use super::shop_clock::ShopTime;
use provider_host::contract::text_generation::{Tool, ToolCall};
use provider_host::error::CallError;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const CURRENT_TIME: &str = "current_time";
pub(super) const SEARCH: &str = "search_promotions";

/// The search and the shop's clock.
pub(super) struct Toolbox<'a> {
    pub(super) search: Search<'a>,
    pub(super) now: ShopTime,
}

/// The outcome of a tool call: the result for the model, and what was found.
pub(super) struct ToolOutcome {
    pub(super) result: Value,
    /// The search, if the tool was one.
    pub(super) searched: Option<Searched>,
}

/// A search: its time and its results.
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

/// The tools as requests describe them.
pub(super) fn tools() -> [Tool; 2] {
    [
        tool(
            CURRENT_TIME,
            "Returns the current time at the shop.",
            &json!({"type": "object", "properties": {}}),
        ),
        tool(
            SEARCH,
            "Finds promotions of the shop that are valid at a time and match a question, best first. Call current_time first.",
            &json!({
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "What the customer wants, in words."},
                    "at": {"type": "string", "description": "The time, as returned by current_time: 2027-01-01 13:30."},
                },
                "required": ["query", "at"],
            }),
        ),
    ]
}

fn tool(name: &str, description: &str, parameters: &Value) -> Tool {
    Tool {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        parameters: parameters.to_string(),
        strict: None,
    }
}

impl Toolbox<'_> {
    /// Runs a tool. An invalid call returns an error to the model, so that it can
    /// correct the call.
    pub(super) async fn call(&self, call: &ToolCall) -> Result<ToolOutcome, CallError> {
        match call.name.as_str() {
            CURRENT_TIME => Ok(ToolOutcome::of(json!({"time": self.now.to_string()}))),
            SEARCH => match serde_json::from_str(&call.arguments) {
                Ok(SearchArguments { query, at }) => self.find(&query, at).await,
                Err(error) => Ok(ToolOutcome::of(json!({"error": error.to_string()}))),
            },
            other => {
                let message = format!("unknown tool {other}; call {CURRENT_TIME} or {SEARCH}");
                Ok(ToolOutcome::of(json!({"error": message})))
            }
        }
    }

    async fn find(&self, query: &str, at: ShopTime) -> Result<ToolOutcome, CallError> {
        let hits = self.search.find(query, at).await?;
        let promotions: Vec<Value> = hits.iter().map(to_json).collect();
        Ok(ToolOutcome {
            result: json!({"promotions": promotions}),
            searched: Some(Searched { at, hits }),
        })
    }
}

impl ToolOutcome {
    fn of(result: Value) -> Self {
        Self {
            result,
            searched: None,
        }
    }
}

fn to_json(hit: &Hit) -> Value {
    let promotion = &hit.promotion;
    json!({
        "product": promotion.product,
        "offer": promotion.offer,
        "until": promotion.until.to_string(),
    })
}
