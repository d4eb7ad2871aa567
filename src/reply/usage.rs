//! What a whole reply says of its cost, in the words of every protocol.

use super::object::Object;
use crate::text_generation::Usage;

/// The tokens that a reply reports: `usage`, or Cohere's `meta.tokens`; none
/// if there are none.
#[must_use]
pub fn read(reply: &Object<'_>) -> Option<Usage> {
    let reported = reply
        .object("usage")
        .or_else(|| reply.object("meta")?.object("tokens"))?;
    let count = |name, other| reported.count(name).or_else(|| reported.count(other));
    let input_tokens = count("input_tokens", "prompt_tokens");
    let output_tokens = count("output_tokens", "completion_tokens");
    let sum = || Some(input_tokens?.saturating_add(output_tokens?));
    let usage = Usage {
        input_tokens,
        output_tokens,
        total_tokens: reported.count("total_tokens").or_else(sum),
        ..Usage::default()
    };
    (usage != Usage::default()).then_some(usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(json: &str) -> Option<[Option<u64>; 3]> {
        let usage = read(&Object::read(json.as_bytes()).expect(json))?;
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
