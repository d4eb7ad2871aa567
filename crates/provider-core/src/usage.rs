//! The tokens that a call consumed, as responses of every protocol report them.

use serde::{Deserialize, Deserializer};
use wire::lenient::{Count, Object, object};
use wire::members::without_repeated;

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
    /// The usage that a JSON object reports. `None` if it reports no tokens
    /// (`{}`), or is no object.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        // Of several members with the same name, the last counts.
        let repeated = || object(&without_repeated(json)?);
        object::<Counts>(json).or_else(repeated)?.usage()
    }
}

/// A reported usage, under the names of every vendor.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    prompt_tokens: Count,
    input_tokens: Count,
    completion_tokens: Count,
    output_tokens: Count,
    total_tokens: Count,
    prompt_tokens_details: Object<Details>,
    input_tokens_details: Object<Details>,
    completion_tokens_details: Object<Details>,
    output_tokens_details: Object<Details>,
    /// `DeepSeek`.
    prompt_cache_hit_tokens: Count,
    /// Moonshot.
    cached_tokens: Count,
    prompt_cache_write_tokens: Count,
    /// Anthropic, whose `input_tokens` include neither.
    cache_read_input_tokens: Count,
    cache_creation_input_tokens: Count,
}

/// The parts of a count.
#[derive(Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "these are the names on the wire")]
struct Details {
    cached_tokens: Count,
    cache_creation_input_tokens: Count,
    reasoning_tokens: Count,
}

impl Counts {
    fn usage(&self) -> Option<Usage> {
        let input_details = [&self.prompt_tokens_details, &self.input_tokens_details];
        let output_details = [&self.completion_tokens_details, &self.output_tokens_details];
        let output_tokens = self.completion_tokens.0.or(self.output_tokens.0);
        let cached = part(input_details, |details| details.cached_tokens)
            .or(self.prompt_cache_hit_tokens.0)
            .or(self.cached_tokens.0)
            .or(self.cache_read_input_tokens.0);
        let written = self
            .cache_creation_input_tokens
            .0
            .or(self.prompt_cache_write_tokens.0)
            .or_else(|| part(input_details, |details| details.cache_creation_input_tokens));
        let input_tokens = self.prompt_tokens.0.or_else(|| self.all_input());
        let sum = || Some(input_tokens?.saturating_add(output_tokens?));
        let usage = Usage {
            input_tokens,
            output_tokens,
            total_tokens: self.total_tokens.0.or_else(sum),
            cached_input_tokens: cached,
            cache_write_input_tokens: written,
            reasoning_tokens: part(output_details, |details| details.reasoning_tokens),
        };
        (usage != Usage::default()).then_some(usage)
    }

    /// `input_tokens`, and on Anthropic, which reports no total, also what was
    /// read from and written to the cache.
    fn all_input(&self) -> Option<u64> {
        let cache = [
            self.cache_read_input_tokens,
            self.cache_creation_input_tokens,
        ];
        let cache = cache.into_iter().filter_map(|count| count.0);
        let input = self.input_tokens.0?;
        Some(match self.total_tokens.0 {
            Some(_) => input,
            None => cache.fold(input, u64::saturating_add),
        })
    }
}

/// A part of a count, from the first details that report it.
fn part(details: [&Object<Details>; 2], part: impl Fn(&Details) -> Count) -> Option<u64> {
    details
        .into_iter()
        .find_map(|details| part(details.0.as_ref()?).0)
}

/// A usage as a member of a response; none if it reports no tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reported(pub(crate) Option<Usage>);

impl<'de> Deserialize<'de> for Reported {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let counts = Object::<Counts>::deserialize(json)?;
        Ok(Self(counts.0.and_then(|counts| counts.usage())))
    }
}

/// An object with a usage inside: Cohere's `meta.tokens`, Groq's
/// `x_groq.usage`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Extension {
    tokens: Reported,
    usage: Reported,
}

/// The usage that a whole response reports: its own, or in an extension.
pub(crate) fn of_response(usage: Reported, extensions: [&Object<Extension>; 2]) -> Option<Usage> {
    let extended = || {
        let mut extensions = extensions.into_iter().filter_map(|extension| extension.0);
        extensions.find_map(|extension| extension.usage.0.or(extension.tokens.0))
    };
    usage.0.or_else(extended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Response {
        usage: Reported,
        meta: Object<Extension>,
        x_groq: Object<Extension>,
    }

    fn reported(json: &str) -> Option<Usage> {
        let response: Response = serde_json::from_str(json).expect(json);
        of_response(response.usage, [&response.meta, &response.x_groq])
    }

    fn tokens(json: &str) -> Option<[Option<u64>; 3]> {
        let usage = reported(json)?;
        Some([usage.input_tokens, usage.output_tokens, usage.total_tokens])
    }

    #[test]
    fn the_last_of_several_members_counts() {
        let usage =
            Usage::from_json(r#"{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens":3}"#);
        assert_eq!(usage.and_then(|usage| usage.total_tokens), Some(5));
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
            (
                r#"{"x_groq":{"id":"r","usage":{"prompt_tokens":6,"completion_tokens":1}}}"#,
                [Some(6), Some(1), Some(7)],
            ),
            (
                r#"{"usage":{"input_tokens":1,"cache_read_input_tokens":20,"cache_creation_input_tokens":300,"output_tokens":4}}"#,
                [Some(321), Some(4), Some(325)],
            ),
            (
                r#"{"usage":{"prompt_tokens":1,"cache_read_input_tokens":20}}"#,
                [Some(1), None, None],
            ),
        ] {
            assert_eq!(tokens(json), Some(expected), "{json}");
        }
    }

    #[test]
    fn the_parts_from_and_for_a_cache_are_read_under_every_name() {
        for (usage, cached, written) in [
            (
                r#"{"prompt_tokens_details":{"cached_tokens":1,"cache_creation_input_tokens":2}}"#,
                Some(1),
                Some(2),
            ),
            (
                r#"{"input_tokens_details":{"cached_tokens":1}}"#,
                Some(1),
                None,
            ),
            (r#"{"prompt_cache_hit_tokens":1}"#, Some(1), None),
            (r#"{"cached_tokens":1}"#, Some(1), None),
            (
                r#"{"cache_read_input_tokens":1,"cache_creation_input_tokens":2}"#,
                Some(1),
                Some(2),
            ),
        ] {
            let read = Usage::from_json(usage).expect(usage);
            assert_eq!(read.cached_input_tokens, cached, "{usage}");
            assert_eq!(read.cache_write_input_tokens, written, "{usage}");
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
