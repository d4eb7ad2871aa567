//! The wire protocols for rerank, as `rerank_model_protocol` names them.

/// A wire protocol for rerank: the options of `rerank_model_protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `dashscope_rerank`: the native one, except for models served over the
    /// compatible one.
    DashScope,
    /// `dashscope_native_rerank`: query and documents below `input`.
    DashScopeNative,
    /// `dashscope_compatible_rerank`: all members on one level.
    DashScopeCompatible,
    /// `cohere_rerank`: Cohere, Jina, vLLM and many others.
    Cohere,
}

/// The model that DashScope serves over its compatible API.
const MODEL_OF_THE_COMPATIBLE_API: &str = "qwen3-rerank";

impl Protocol {
    /// The protocol for this model.
    pub(super) fn for_model(self, model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or_default();
        match self {
            Self::DashScope if name.eq_ignore_ascii_case(MODEL_OF_THE_COMPATIBLE_API) => {
                Self::DashScopeCompatible
            }
            protocol => protocol,
        }
    }
}
