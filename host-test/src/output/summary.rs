//! The line after a result: model, tenant, tokens, times.

use crate::call_context::CallContext;
use provider_host::contract::text_generation::FinishReason;
use provider_host::contract::types::{GatewayMetadata, ResponseMetadata, Usage};

/// The line for a response of a call.
pub(crate) fn summary(
    context: &CallContext,
    usage: Option<&Usage>,
    info: &ResponseMetadata,
) -> String {
    let model = info
        .model
        .as_deref()
        .unwrap_or(&context.model.config().name);
    let mut parts = vec![model.to_owned()];
    parts.extend(context.tenant_name.clone());
    parts.extend(usage.and_then(tokens));
    parts.extend(times(info));
    parts.extend(info.gateway.iter().flat_map(governance));
    parts.join(" · ")
}

/// What the gateway did with the call.
fn governance(gateway: &GatewayMetadata) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(route) = &gateway.fallback_from {
        parts.push(format!("fallback from {route}"));
    }
    if gateway.cached {
        parts.push("cached by the gateway".to_owned());
    }
    if gateway.guarded {
        parts.push("written by the gateway's guard".to_owned());
    }
    parts
}

/// The remark on an answer that did not end normally.
pub(crate) fn remark(reason: &FinishReason) -> Option<String> {
    match reason {
        FinishReason::Stop | FinishReason::ToolCalls => None,
        FinishReason::Length => Some("truncated at the token limit".to_owned()),
        FinishReason::ContentFilter => Some("truncated by a content filter".to_owned()),
        FinishReason::Other(reason) => Some(format!("finish reason `{reason}`")),
    }
}

/// The token counts that are known.
pub(crate) fn tokens(usage: &Usage) -> Option<String> {
    match (usage.input_tokens, usage.output_tokens, usage.total_tokens) {
        (Some(input), Some(output), _) => Some(format!("{input} tokens in, {output} out")),
        (_, _, Some(total)) => Some(format!("{total} tokens")),
        (Some(input), None, None) => Some(format!("{input} tokens in")),
        (None, Some(output), None) => Some(format!("{output} tokens out")),
        (None, None, None) => None,
    }
}

fn times(info: &ResponseMetadata) -> Option<String> {
    let total = info.total_ms.map(duration)?;
    Some(match info.first_byte_ms.map(duration) {
        Some(first) => format!("first byte after {first}, complete after {total}"),
        None => total,
    })
}

fn duration(milliseconds: u64) -> String {
    let (seconds, tenths) = (milliseconds / 1_000, milliseconds % 1_000 / 100);
    match seconds {
        0 => format!("{milliseconds} ms"),
        seconds => format!("{seconds}.{tenths} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, tokens};
    use provider_host::contract::types::Usage;

    #[test]
    fn known_token_counts_are_shown() {
        let usage = |input, output, total| Usage {
            input_tokens: input,
            output_tokens: output,
            total_tokens: total,
            cached_input_tokens: None,
            cache_write_input_tokens: None,
            reasoning_tokens: None,
        };
        let shown = |input, output, total| tokens(&usage(input, output, total));
        assert_eq!(
            shown(Some(3), Some(5), Some(8)).as_deref(),
            Some("3 tokens in, 5 out")
        );
        assert_eq!(shown(None, None, Some(8)).as_deref(), Some("8 tokens"));
        assert_eq!(shown(Some(3), None, None).as_deref(), Some("3 tokens in"));
        assert_eq!(shown(None, None, None), None);
    }

    #[test]
    fn short_times_are_shown_in_milliseconds() {
        assert_eq!(duration(40), "40 ms");
        assert_eq!(duration(12_345), "12.3 s");
    }
}
