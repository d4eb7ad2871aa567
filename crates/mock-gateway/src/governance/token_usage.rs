//! Reading the token usage of a response.

use serde_json::Value;

use crate::response::Step;

/// The sum of input and output tokens in the last usage of a document or of a
/// stream's events. `None` if there is none, and then nothing is charged.
pub(super) fn tokens_used(steps: &[Step]) -> Option<u64> {
    let body: Vec<u8> = steps.iter().flat_map(bytes).copied().collect();
    let body = String::from_utf8_lossy(&body);
    if let Ok(document) = serde_json::from_str(&body) {
        return usage_of(&document);
    }
    body.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .filter(|data| data.contains("\"usage\""))
        .filter_map(|data| usage_of(&serde_json::from_str(data).ok()?))
        .next_back()
}

fn bytes(step: &Step) -> &[u8] {
    match step {
        Step::Bytes(bytes) => bytes,
        Step::Wait(_) | Step::Pause(_) => &[],
    }
}

/// Reads the names of the `OpenAI` APIs. A usage with a sum of 0 is ignored.
fn usage_of(document: &Value) -> Option<u64> {
    let usage = document.get("usage")?;
    let tokens = |names: [&str; 2]| {
        let mut found = names.iter().filter_map(|name| usage.get(*name)?.as_u64());
        found.next().unwrap_or_default()
    };
    let input = tokens(["prompt_tokens", "input_tokens"]);
    let output = tokens(["completion_tokens", "output_tokens"]);
    Some(input.saturating_add(output)).filter(|total| *total > 0)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn used(body: &'static str) -> Option<u64> {
        let middle = body.len() / 2;
        let (start, end) = body.as_bytes().split_at(middle);
        tokens_used(&[
            Step::Bytes(Bytes::from_static(start)),
            Step::Bytes(Bytes::from_static(end)),
        ])
    }

    #[test]
    fn a_documents_tokens_are_summed() {
        let body = r#"{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":9}}"#;
        assert_eq!(used(body), Some(7));
        assert_eq!(used(r#"{"usage":{"prompt_tokens":3}}"#), Some(3));
    }

    #[test]
    fn the_last_usage_of_a_stream_counts() {
        let body = "data: {\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}\n\n\
            data:{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n\
            data: {\"usage\":null}\n\ndata: [DONE]\n\n";
        assert_eq!(used(body), Some(7));
    }

    #[test]
    fn a_response_without_usage_costs_nothing() {
        assert_eq!(used("data: {\"choices\":[]}\n\ndata: [DONE]\n\n"), None);
        assert_eq!(used("Too many requests"), None);
        assert_eq!(used(""), None);
    }
}
