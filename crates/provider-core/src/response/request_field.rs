//! The field of the contract's request that a parameter on the wire is made
//! from.

/// The API that a request is for, which decides what a parameter means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// Chat and completions.
    TextGeneration,
    /// Images.
    ImageGeneration,
    /// Embeddings.
    TextEmbedding,
    /// Rerank.
    TextRerank,
}

/// The ends of the paths of each API.
const PATHS: [(Api, &[&str]); 3] = [
    (
        Api::ImageGeneration,
        &[
            "/images/generations",
            "/multimodal-generation/generation",
            "/image-generation/generation",
            "/image-synthesis",
        ],
    ),
    (Api::TextEmbedding, &["/embeddings", "/text-embedding"]),
    (Api::TextRerank, &["/rerank", "/reranks", "/text-rerank"]),
];

impl Api {
    /// The API at a URL.
    pub(crate) fn at(url: &str) -> Self {
        PATHS
            .into_iter()
            .find(|(_, ends)| ends.iter().any(|end| url.ends_with(end)))
            .map_or(Self::TextGeneration, |(api, _)| api)
    }

    /// The field that a parameter is made from, with the path inside it, such as
    /// `messages[2].content`. `None` for what no field corresponds to.
    pub(crate) fn field(self, param: &str) -> Option<String> {
        let param = param.strip_prefix("body.").unwrap_or(param);
        let path = with_brackets(param);
        // DashScope's own APIs have two levels.
        let path = ["input.", "parameters."]
            .iter()
            .find_map(|level| path.strip_prefix(level))
            .unwrap_or(&path);
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (name, inside) = path.split_at_checked(end)?;
        let field = match self {
            Self::TextGeneration => text_generation(name, inside),
            Self::ImageGeneration => image_generation(name),
            Self::TextEmbedding => text_embedding(name),
            Self::TextRerank => text_rerank(name),
        };
        let field = field.or(match name {
            "model" => Some("gateway_model_name"),
            "user" => Some("end_user_id"),
            _ => None,
        })?;
        // The wire wraps a function in an object of its own.
        let inside = inside.replacen(".function.", ".", 1);
        let is_path = |c: char| c.is_ascii_alphanumeric() || "_-.[]".contains(c);
        let keeps_path = matches!(field, "messages" | "tools" | "texts" | "documents");
        if keeps_path && inside.chars().all(is_path) {
            return Some(format!("{field}{inside}"));
        }
        Some(field.to_owned())
    }
}

fn text_generation(name: &str, inside: &str) -> Option<&'static str> {
    Some(match name {
        "messages" | "prompt" | "input" => "messages",
        "tools" | "functions" => "tools",
        "tool_choice" | "function_call" => "tool_choice",
        "parallel_tool_calls" => "parallel_tool_calls",
        "response_format" => "response_format",
        "temperature" => "parameters.temperature",
        "top_p" => "parameters.top_p",
        "top_k" => "parameters.top_k",
        "frequency_penalty" => "parameters.frequency_penalty",
        "presence_penalty" => "parameters.presence_penalty",
        "seed" => "parameters.seed",
        "max_tokens" | "max_completion_tokens" => "parameters.max_tokens",
        "stop" => "parameters.stop",
        "thinking_budget" => "parameters.reasoning_budget",
        "thinking" if inside == ".budget_tokens" => "parameters.reasoning_budget",
        "enable_thinking" | "thinking" | "chat_template_kwargs" | "reasoning" => {
            "parameters.reasoning"
        }
        "reasoning_effort" => "parameters.reasoning_effort",
        "web_search_options" => "parameters.web_search",
        _ => return None,
    })
}

fn image_generation(name: &str) -> Option<&'static str> {
    Some(match name {
        "prompt" | "messages" => "prompt",
        "negative_prompt" => "negative_prompt",
        "image" | "images" => "reference_images",
        "size" => "size",
        "n" => "count",
        "seed" => "seed",
        "prompt_extend" => "prompt_extend",
        "watermark" => "watermark",
        _ => return None,
    })
}

fn text_embedding(name: &str) -> Option<&'static str> {
    Some(match name {
        "input" | "texts" | "contents" => "texts",
        "dimensions" | "dimension" => "dimensions",
        "text_type" => "input_type",
        "encoding_format" => "embedding_format",
        _ => return None,
    })
}

fn text_rerank(name: &str) -> Option<&'static str> {
    Some(match name {
        "query" => "query",
        "documents" | "texts" => "documents",
        "top_n" => "top_n",
        "instruct" | "instruction" => "instruction",
        _ => return None,
    })
}

/// A path with its indexes in brackets: servers also write `messages.2.content`
/// and `messages.[2].content`.
fn with_brackets(path: &str) -> String {
    let mut written = String::new();
    for (at, part) in path.split('.').enumerate() {
        let is_index = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match part {
            part if is_index && at > 0 => {
                written.push('[');
                written.push_str(part);
                written.push(']');
            }
            part => {
                if at > 0 && !part.starts_with('[') {
                    written.push('.');
                }
                written.push_str(part);
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_tells_the_api() {
        for (path, api) in [
            ("/v1/chat/completions", Api::TextGeneration),
            ("/v1/completions", Api::TextGeneration),
            (
                "/images/generations/v1/chat/completions",
                Api::TextGeneration,
            ),
            ("/v1/images/generations", Api::ImageGeneration),
            (
                "/api/v1/services/aigc/text2image/image-synthesis",
                Api::ImageGeneration,
            ),
            ("/v1/embeddings", Api::TextEmbedding),
            ("/v1/reranks", Api::TextRerank),
        ] {
            assert_eq!(Api::at(&format!("http://h/team{path}")), api, "{path}");
        }
    }

    #[test]
    fn a_parameter_is_made_from_a_field() {
        use Api::{ImageGeneration, TextEmbedding, TextGeneration, TextRerank};
        for (api, param, field) in [
            (TextGeneration, "max_tokens", Some("parameters.max_tokens")),
            (
                TextGeneration,
                "max_completion_tokens",
                Some("parameters.max_tokens"),
            ),
            (
                TextGeneration,
                "enable_thinking",
                Some("parameters.reasoning"),
            ),
            (
                TextGeneration,
                "thinking.type",
                Some("parameters.reasoning"),
            ),
            (
                TextGeneration,
                "thinking.budget_tokens",
                Some("parameters.reasoning_budget"),
            ),
            (TextGeneration, "messages", Some("messages")),
            (
                TextGeneration,
                "messages[2].content",
                Some("messages[2].content"),
            ),
            (
                TextGeneration,
                "messages.[2].role",
                Some("messages[2].role"),
            ),
            (
                TextGeneration,
                "body.messages.2.content.0",
                Some("messages[2].content[0]"),
            ),
            (TextGeneration, "messages[0].\u{7}", Some("messages")),
            (
                TextGeneration,
                "tools[0].function.parameters",
                Some("tools[0].parameters"),
            ),
            (TextGeneration, "model", Some("gateway_model_name")),
            (TextGeneration, "stream_options", None),
            (TextGeneration, "documents", None),
            (TextGeneration, "", None),
            (ImageGeneration, "n", Some("count")),
            (ImageGeneration, "parameters.size", Some("size")),
            (ImageGeneration, "prompt", Some("prompt")),
            (TextEmbedding, "input", Some("texts")),
            (TextEmbedding, "input[3]", Some("texts[3]")),
            (TextEmbedding, "input.texts", Some("texts")),
            (TextEmbedding, "dimension", Some("dimensions")),
            (TextRerank, "input.documents", Some("documents")),
            (TextRerank, "parameters.top_n", Some("top_n")),
        ] {
            assert_eq!(api.field(param).as_deref(), field, "{api:?} {param}");
        }
    }
}
