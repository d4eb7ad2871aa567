//! Finish reasons in the words of many vendors, in any case.

use crate::text_generation::FinishReason;

/// What a finish reason says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The answer continues.
    NotYet,
    /// The answer is complete.
    Finished(FinishReason),
    /// The generation failed: what came before is not a complete answer.
    Failed,
}

/// Reads a finish reason. Words of no known meaning are returned as they are.
pub(super) fn read(word: &str) -> Ending {
    if word.is_empty() {
        return Ending::NotYet;
    }
    let known = word.to_ascii_lowercase().replace('-', "_");
    Ending::Finished(match known.as_str() {
        "null" | "none" | "finish_reason_unspecified" => return Ending::NotYet,
        // OpenAI; text-generation-inference; Anthropic and Bedrock; Cohere;
        // Baidu.
        "stop" | "eos" | "eos_token" | "stop_sequence" | "stop_token" | "end_turn" | "complete"
        | "completed" | "normal" => FinishReason::Stop,
        // OpenAI; Anthropic, Gemini and Cohere; Mistral; Anthropic and Zhipu.
        "length"
        | "max_tokens"
        | "max_length"
        | "max_output_tokens"
        | "model_length"
        | "model_context_window_exceeded" => FinishReason::Length,
        "tool_calls" | "tool_call" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        // OpenAI; Zhipu; Gemini; Anthropic; Bedrock; Cohere.
        "content_filter"
        | "content_filtered"
        | "sensitive"
        | "safety"
        | "recitation"
        | "blocklist"
        | "prohibited_content"
        | "spii"
        | "model_armor"
        | "image_safety"
        | "image_prohibited_content"
        | "image_recitation"
        | "refusal"
        | "guardrail_intervened"
        | "error_toxic" => FinishReason::ContentFilter,
        // OpenRouter, Mistral and Cohere; Zhipu; Gemini; DeepSeek; vLLM and
        // SGLang; Bedrock.
        "error"
        | "network_error"
        | "malformed_function_call"
        | "malformed_response"
        | "malformed_tool_use"
        | "malformed_model_output"
        | "unexpected_tool_call"
        | "missing_thought_signature"
        | "insufficient_system_resource"
        | "abort"
        | "aborted"
        | "timeout"
        | "user_cancel"
        | "cancelled" => return Ending::Failed,
        _ => FinishReason::Other(word.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_every_vendor_are_read_in_any_case() {
        for (words, ending) in [
            (
                &["stop", "STOP", "end_turn", "COMPLETE", "Eos"][..],
                FinishReason::Stop,
            ),
            (
                &["length", "MAX_TOKENS", "model_context_window_exceeded"],
                FinishReason::Length,
            ),
            (
                &["tool_calls", "TOOL_USE", "function_call"],
                FinishReason::ToolCalls,
            ),
            (
                &[
                    "content_filter",
                    "content-filter",
                    "SAFETY",
                    "prohibited_content",
                    "refusal",
                ],
                FinishReason::ContentFilter,
            ),
            (&["LANGUAGE"], FinishReason::Other("LANGUAGE".to_owned())),
        ] {
            for word in words {
                assert_eq!(read(word), Ending::Finished(ending.clone()), "{word}");
            }
        }
    }

    #[test]
    fn a_failed_generation_is_not_a_complete_answer() {
        for word in ["error", "abort", "MALFORMED_FUNCTION_CALL", "network_error"] {
            assert_eq!(read(word), Ending::Failed, "{word}");
        }
        for word in ["", "null"] {
            assert_eq!(read(word), Ending::NotYet, "{word}");
        }
    }
}
