//! The wire formats of chat providers, as seen through the gateway: one file
//! for each, and the dialect that chooses one.

mod claude;
mod dashscope;
mod gemini;
mod minimax;
mod openai;
mod openai_form;
mod qwen;
mod spark;
mod vllm;
mod wire_format;

use wire_format::WireFormat;

/// The wire format of a chat model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChatDialect {
    /// `OpenAI` itself, strictly.
    #[default]
    OpenAi,
    /// vLLM: unset fields are left out, reasoning is in `reasoning`, the last
    /// token comes with the finish reason.
    Vllm,
    /// Qwen in compatible mode: `enable_thinking`, `reasoning_content`, later
    /// parts of a tool call with an empty identifier and name.
    Qwen,
    /// Qwen in DashScope's own format, `protocol: original`.
    DashScope,
    /// Claude, translated by the gateway: indexes of content blocks, no
    /// `[DONE]`.
    Claude,
    /// Gemini, translated: usage in every chunk, the vendor's own finish
    /// reasons, whole tool calls that all have index 0, no `[DONE]`.
    Gemini,
    /// MiniMax, translated: `message` in place of `delta`.
    MiniMax,
    /// Spark, translated: every chunk has the type of a completion.
    Spark,
}

impl ChatDialect {
    pub(crate) fn format(self) -> &'static dyn WireFormat {
        match self {
            Self::OpenAi => &openai::OpenAi,
            Self::Vllm => &vllm::Vllm,
            Self::Qwen => &qwen::Qwen,
            Self::DashScope => &dashscope::DashScope,
            Self::Claude => &claude::Claude,
            Self::Gemini => &gemini::Gemini,
            Self::MiniMax => &minimax::MiniMax,
            Self::Spark => &spark::Spark,
        }
    }
}
