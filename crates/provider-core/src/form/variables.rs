//! The variables of the form and the members of `advanced_options` that the
//! provider reads. A variable that is not listed here cannot be read, so the
//! lists can be compared with the manifest and the documentation.

/// A variable of the form, or an advanced option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    name: &'static str,
    options: &'static [&'static str],
    source: Source,
}

/// Where the value of a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// In the form.
    Form,
    /// In the JSON object of the variable `advanced_options`.
    AdvancedOptions,
}

impl Variable {
    /// The name, as in `manifest.yaml` or `docs/advanced-options.md`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The options of a choice; empty for a variable that is not a choice.
    #[must_use]
    pub const fn options(self) -> &'static [&'static str] {
        self.options
    }

    pub(super) const fn source(self) -> Source {
        self.source
    }
}

/// Declares variables, and the list of all of them.
macro_rules! variables {
    (
        $source:ident;
        $(#[$doc:meta])*
        $list:ident:
        $($constant:ident = $name:literal $([$($option:literal),+])?;)+
    ) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub const $constant: Variable = Variable {
                name: $name,
                options: &[$($($option),+)?],
                source: Source::$source,
            };
        )+

        $(#[$doc])*
        pub const $list: &[Variable] = &[$($constant),+];
    };
}

variables! {
    Form;
    /// The variables of the form, in the order of the manifest.
    VARIABLES:
    LLM_USAGE_SCENARIO = "llm_usage_scenario" ["text_generation", "image_generation"];
    TEXT_MODEL_PROTOCOL = "text_model_protocol" ["openai_compatible"];
    IMAGE_MODEL_PROTOCOL = "image_model_protocol" ["dashscope_image_generation", "openai_images"];
    EMBEDDING_USAGE_SCENARIO = "embedding_usage_scenario" ["embedding"];
    EMBEDDING_MODEL_PROTOCOL = "embedding_model_protocol" ["openai_compatible", "dashscope_embedding"];
    RERANK_USAGE_SCENARIO = "rerank_usage_scenario" ["rerank"];
    RERANK_MODEL_PROTOCOL = "rerank_model_protocol" ["dashscope_rerank", "dashscope_native_rerank", "dashscope_compatible_rerank", "cohere_rerank"];
    ENDPOINT_URL = "endpoint_url";
    VIRTUAL_HOST = "virtual_host";
    CONSUMER_AUTH_MODE = "consumer_auth_mode" ["disabled", "api_key", "hmac", "jwt", "hmac_apisix"];
    API_KEY = "api_key";
    JWT = "jwt";
    API_KEY_PLACEMENT = "api_key_placement" ["bearer", "header", "bearer_header", "query"];
    API_KEY_NAME = "api_key_name";
    HMAC_KEY = "hmac_key";
    HMAC_SECRET = "hmac_secret";
    HMAC_METHOD = "hmac_method" ["hmac_sha256", "hmac_sha1"];
    BODY_DIGEST = "body_digest" ["off", "on"];
    GATEWAY_MODEL_NAME = "gateway_model_name";
    COMPLETION_MODE = "completion_mode" ["chat", "completion"];
    FUNCTION_CALLING_TYPE = "function_calling_type" ["no_call", "function_call", "tool_call"];
    AGENT_THOUGHT_SUPPORT = "agent_thought_support" ["not_supported", "only_thinking_supported", "supported"];
    STRUCTURED_OUTPUT_SUPPORT = "structured_output_support" ["not_supported", "supported"];
    MULTIMODAL_SUPPORT = "multimodal_support" ["not_support", "support"];
    TOKEN_PARAMETER_NAME = "token_parameter_name" ["automatic", "max_tokens", "max_completion_tokens"];
    CONTEXT_SIZE = "context_size";
    EMBEDDING_BATCH_SIZE = "embedding_batch_size";
    EMBEDDING_DIMENSIONS = "embedding_dimensions";
    CUSTOM_HEADERS = "custom_headers";
    TIMEOUTS = "timeouts";
    MAX_RETRIES = "max_retries";
    ADVANCED_OPTIONS = "advanced_options";
}

variables! {
    AdvancedOptions;
    /// The options in `advanced_options`, by the kind of model that reads them.
    /// `docs/advanced-options.md` describes each.
    ADVANCED_VARIABLES:
    DEVELOPER_ROLE = "developer_role" ["system", "developer"];
    MEDIA_FORM = "media_form" ["openai", "qwen"];
    SEND_REASONING = "send_reasoning" ["automatic", "off", "on"];
    STREAM_USAGE = "stream_usage" ["on", "off"];
    THINK_TAGS = "think_tags" ["on", "off"];
    THINKING_FORM = "thinking_form" ["both", "enable_thinking", "chat_template_kwargs", "thinking_type", "reasoning_effort"];
    TOOL_RESULT_MEDIA = "tool_result_media" ["user_message", "parts"];
    IMAGE_CALL = "image_call" ["synchronous", "asynchronous"];
    IMAGE_VALIDATION = "image_validation" ["free", "buy"];
    EMBEDDING_FORMAT = "embedding_format" ["float", "base64"];
    EMBEDDING_QUERY_PREFIX = "embedding_query_prefix";
    EMBEDDING_DOCUMENT_PREFIX = "embedding_document_prefix";
    EMBEDDING_TOO_LONG = "embedding_too_long" ["refuse", "cut"];
    EMBEDDING_PARALLEL_REQUESTS = "embedding_parallel_requests";
    RERANK_SCORES = "rerank_scores" ["raw", "normalized"];
    PRICE_INPUT = "price_input";
    PRICE_OUTPUT = "price_output";
    PRICE_UNIT = "price_unit";
    PRICE_CURRENCY = "price_currency";
}
