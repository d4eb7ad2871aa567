//! The tokens that a call consumed, as responses of every protocol report them.

use wire::json::{Object, Value};

/// What a call consumed, in tokens. What was not reported is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// All of the input.
    pub input_tokens: Option<u64>,
    /// All of the output.
    pub output_tokens: Option<u64>,
    /// Both.
    pub total_tokens: Option<u64>,
    /// The part of the input that came from a cache.
    pub cached_input_tokens: Option<u64>,
    /// The part of the input that was written to a cache.
    pub cache_write_input_tokens: Option<u64>,
    /// The part of the output that was spent on reasoning.
    pub reasoning_tokens: Option<u64>,
}

impl Usage {
    /// The usage that a whole response reports, in `usage` or in Cohere's
    /// `meta.tokens`. `None` if it reports no tokens.
    #[must_use]
    pub fn of_response(response: &Object<'_>) -> Option<Self> {
        let tokens = || response.object("meta")?.get("tokens");
        response
            .get("usage")
            .or_else(tokens)
            .and_then(Self::from_value)
    }

    /// The usage that an object, given as JSON text, reports. `None` if it
    /// reports no tokens (`{}`).
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        let response = format!("{{\"usage\":{json}}}");
        Self::of_response(&Object::read(response.as_bytes())?)
    }

    /// The usage that an object reports. `None` if it reports no tokens (`{}`).
    #[must_use]
    pub fn from_value(reported: Value<'_>) -> Option<Self> {
        let reported = Object::of(reported)?;
        let either = |one, other| reported.count(one).or_else(|| reported.count(other));
        let part = |one, other, part| {
            let details = |whole| reported.object(whole)?.count(part);
            details(one).or_else(|| details(other))
        };
        let input_tokens = either("prompt_tokens", "input_tokens");
        let output_tokens = either("completion_tokens", "output_tokens");
        let sum = || Some(input_tokens?.saturating_add(output_tokens?));
        let usage = Self {
            input_tokens,
            output_tokens,
            total_tokens: reported.count("total_tokens").or_else(sum),
            cached_input_tokens: part(
                "prompt_tokens_details",
                "input_tokens_details",
                "cached_tokens",
            )
            // `DeepSeek`, and Moonshot.
            .or_else(|| either("prompt_cache_hit_tokens", "cached_tokens")),
            cache_write_input_tokens: either(
                "cache_creation_input_tokens",
                "prompt_cache_write_tokens",
            )
            .or_else(|| {
                part(
                    "prompt_tokens_details",
                    "input_tokens_details",
                    "cache_creation_input_tokens",
                )
            }),
            reasoning_tokens: part(
                "completion_tokens_details",
                "output_tokens_details",
                "reasoning_tokens",
            ),
        };
        (usage != Self::default()).then_some(usage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(json: &str) -> Option<[Option<u64>; 3]> {
        let usage = Usage::of_response(&Object::read(json.as_bytes()).expect(json))?;
        Some([usage.input_tokens, usage.output_tokens, usage.total_tokens])
    }

    #[test]
    fn tokens_are_read_under_every_name() {
        for (json, expected) in [
            (
                r#"{"usage":{"input_tokens":1,"output_tokens":2}}"#,
                [Some(1), Some(2), Some(3)],
            ),
            (
                r#"{"usage":{"prompt_tokens":"4","total_tokens":4.0}}"#,
                [Some(4), None, Some(4)],
            ),
            (
                r#"{"meta":{"tokens":{"input_tokens":5}}}"#,
                [Some(5), None, None],
            ),
        ] {
            assert_eq!(tokens(json), Some(expected), "{json}");
        }
    }

    #[test]
    fn what_counts_something_else_is_no_usage() {
        for json in [
            "{}",
            r#"{"usage":null}"#,
            r#"{"usage":{}}"#,
            r#"{"usage":{"image_count":1}}"#,
            r#"{"meta":{"billed_units":{"search_units":1}}}"#,
        ] {
            assert_eq!(tokens(json), None, "{json}");
        }
    }
}
