//! Reading a request: everything but its messages.

use super::message::read_message;
use crate::json::node::Node;
use crate::json::problem::Problem;
use provider_host::contract::text_generation::{
    JsonSchema, Parameters, ReasoningEffort, Request, ResponseFormat, SearchContextSize, Tool,
    ToolChoice,
};
use serde_json::{Map, Value};

/// Reads a request.
///
/// `tool_choice` is a word or `{"tool": NAME}`, `response_format` a word or
/// `{"json_schema": {…}}`.
///
/// # Errors
///
/// If a field is missing, unknown or of another type.
pub fn read_request(value: &Value) -> Result<Request, Problem> {
    Node::root(value).record(|fields| {
        Ok(Request {
            messages: fields.required("messages")?.list(read_message)?,
            tools: fields.list("tools", read_tool)?,
            tool_choice: fields.read("tool_choice", read_tool_choice)?,
            parallel_tool_calls: fields.read("parallel_tool_calls", Node::boolean)?,
            response_format: fields.read("response_format", read_response_format)?,
            parameters: match fields.optional("parameters") {
                Some(node) => read_parameters(&node)?,
                None => read_parameters(&Node::root(&Value::Object(Map::new())))?,
            },
        })
    })
}

fn read_tool(node: &Node<'_>) -> Result<Tool, Problem> {
    node.record(|fields| {
        Ok(Tool {
            name: fields.required("name")?.string()?,
            description: fields.read("description", Node::string)?,
            parameters: fields.required("parameters")?.json_text()?,
            strict: fields.read("strict", Node::boolean)?,
        })
    })
}

fn read_tool_choice(node: &Node<'_>) -> Result<ToolChoice, Problem> {
    if node.value().is_object() {
        return node.record(|fields| Ok(ToolChoice::Tool(fields.required("tool")?.string()?)));
    }
    match node.str()? {
        "automatic" => Ok(ToolChoice::Automatic),
        "none" => Ok(ToolChoice::None),
        "required" => Ok(ToolChoice::Required),
        other => {
            Err(node.unknown_word(other, ["automatic", "none", "required", "{\"tool\": NAME}"]))
        }
    }
}

fn read_response_format(node: &Node<'_>) -> Result<ResponseFormat, Problem> {
    if node.value().is_object() {
        return node.record(|fields| {
            let schema = fields.required("json_schema")?;
            Ok(ResponseFormat::JsonSchema(read_json_schema(&schema)?))
        });
    }
    match node.str()? {
        "text" => Ok(ResponseFormat::Text),
        "json-object" => Ok(ResponseFormat::JsonObject),
        other => Err(node.unknown_word(
            other,
            ["text", "json-object", "{\"json_schema\": {\"schema\": …}}"],
        )),
    }
}

fn read_json_schema(node: &Node<'_>) -> Result<JsonSchema, Problem> {
    node.record(|fields| {
        Ok(JsonSchema {
            name: fields.read("name", Node::string)?,
            description: fields.read("description", Node::string)?,
            schema: fields.required("schema")?.json_text()?,
            strict: fields.read("strict", Node::boolean)?,
        })
    })
}

fn read_parameters(node: &Node<'_>) -> Result<Parameters, Problem> {
    node.record(|fields| {
        Ok(Parameters {
            temperature: fields.read("temperature", Node::number)?,
            top_p: fields.read("top_p", Node::number)?,
            top_k: fields.read("top_k", Node::integer)?,
            frequency_penalty: fields.read("frequency_penalty", Node::number)?,
            presence_penalty: fields.read("presence_penalty", Node::number)?,
            seed: fields.read("seed", Node::integer)?,
            max_tokens: fields.read("max_tokens", Node::integer)?,
            stop: fields.list("stop", Node::string)?,
            thinking: fields.read("thinking", Node::boolean)?,
            thinking_budget: fields.read("thinking_budget", Node::integer)?,
            reasoning_effort: fields.read("reasoning_effort", read_reasoning_effort)?,
            web_search: fields.read("web_search", read_web_search)?,
            extra: fields.read("extra", Node::json_text)?,
        })
    })
}

fn read_reasoning_effort(node: &Node<'_>) -> Result<ReasoningEffort, Problem> {
    Ok(match node.str()? {
        "none" => ReasoningEffort::None,
        "minimal" => ReasoningEffort::Minimal,
        "low" => ReasoningEffort::Low,
        "medium" => ReasoningEffort::Medium,
        "high" => ReasoningEffort::High,
        other => ReasoningEffort::Other(other.to_owned()),
    })
}

fn read_web_search(node: &Node<'_>) -> Result<SearchContextSize, Problem> {
    node.word(&[
        ("automatic", SearchContextSize::Automatic),
        ("low", SearchContextSize::Low),
        ("medium", SearchContextSize::Medium),
        ("high", SearchContextSize::High),
    ])
}

#[cfg(test)]
mod tests {
    use super::read_request;
    use provider_host::contract::text_generation::{
        JsonSchema, ReasoningEffort, Request, ResponseFormat, SearchContextSize, ToolChoice,
    };
    use serde_json::{Value, json};

    fn with(name: &str, value: Value) -> Value {
        let mut request = json!({"messages": []});
        request[name] = value;
        request
    }

    fn read(name: &str, value: Value) -> Request {
        read_request(&with(name, value)).unwrap()
    }

    fn problem(name: &str, value: Value) -> String {
        read_request(&with(name, value)).unwrap_err().to_string()
    }

    #[test]
    fn messages_alone_are_a_request() {
        let request = read_request(&json!({"messages": []})).unwrap();
        assert!(request.tools.is_empty());
        assert_eq!(request.tool_choice, None);
        assert_eq!(request.parameters.temperature, None);
        assert!(request.parameters.stop.is_empty());
    }

    #[test]
    fn null_is_as_good_as_absent() {
        let request = read("parameters", json!({"temperature": null, "stop": null}));
        assert_eq!(request.parameters.temperature, None);
        assert_eq!(read("tools", Value::Null).tools, []);
    }

    #[test]
    fn a_tool_takes_its_schema_as_json_or_as_text() {
        for parameters in [json!({"type": "object"}), json!("{\"type\":\"object\"}")] {
            let request = read("tools", json!([{"name": "t", "parameters": parameters}]));
            assert_eq!(request.tools[0].parameters, "{\"type\":\"object\"}");
        }
    }

    #[test]
    fn a_choice_is_a_word_or_names_a_tool() {
        let table = [
            (json!("automatic"), ToolChoice::Automatic),
            (json!("none"), ToolChoice::None),
            (json!("required"), ToolChoice::Required),
            (json!({"tool": "t"}), ToolChoice::Tool("t".to_owned())),
        ];
        for (written, expected) in table {
            assert_eq!(read("tool_choice", written).tool_choice, Some(expected));
        }
    }

    #[test]
    fn a_format_is_a_word_or_a_schema() {
        let schema = json!({"json_schema": {"schema": {"type": "object"}, "strict": true}});
        let expected = ResponseFormat::JsonSchema(JsonSchema {
            name: None,
            description: None,
            schema: "{\"type\":\"object\"}".to_owned(),
            strict: Some(true),
        });
        assert_eq!(
            read("response_format", schema).response_format,
            Some(expected)
        );
        assert_eq!(
            read("response_format", json!("json-object")).response_format,
            Some(ResponseFormat::JsonObject)
        );
    }

    #[test]
    fn parameters_keep_their_types() {
        let parameters = json!({
            "temperature": 1, "top_k": 40, "seed": -1, "stop": ["\n"], "thinking": true,
            "reasoning_effort": "xhigh", "web_search": "automatic", "extra": {"a": [1.0]}
        });
        let parameters = read("parameters", parameters).parameters;
        assert_eq!(parameters.temperature, Some(1.0));
        assert_eq!(parameters.top_k, Some(40));
        assert_eq!(parameters.seed, Some(-1));
        assert_eq!(parameters.stop, ["\n"]);
        assert_eq!(
            parameters.reasoning_effort,
            Some(ReasoningEffort::Other("xhigh".to_owned()))
        );
        assert_eq!(parameters.web_search, Some(SearchContextSize::Automatic));
        assert_eq!(parameters.extra.as_deref(), Some("{\"a\":[1.0]}"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = read_request(&json!({})).unwrap_err().to_string();
        assert_eq!(message, "messages: is missing");
        let message = problem("max_tokens", json!(1));
        assert!(
            message.starts_with("max_tokens: is not a known field; there are `messages`"),
            "{message}"
        );
        let table = [
            (
                problem("parameters", json!({"stop": "x"})),
                "parameters.stop: must be a list, not a text",
            ),
            (
                problem("parameters", json!({"top_k": -1})),
                "parameters.top_k: is out of range",
            ),
            (
                problem("parameters", json!({"extra": 1})),
                "parameters.extra: must be an object, or a text that holds one, not a number",
            ),
            (
                problem("parameters", json!({"web_search": "yes"})),
                "parameters.web_search: \"yes\" is not one of `automatic`, `low`, `medium`, `high`",
            ),
            (
                problem("tools", json!([{"name": "t"}])),
                "tools[0].parameters: is missing",
            ),
            (
                problem("tool_choice", json!("auto")),
                "tool_choice: \"auto\" is not one of `automatic`, `none`, `required`, `{\"tool\": NAME}`",
            ),
            (
                problem("response_format", json!({"json_schema": {}})),
                "response_format.json_schema.schema: is missing",
            ),
        ];
        for (message, expected) in table {
            assert_eq!(message, expected);
        }
        let message = problem("parameters", json!({"temprature": 1}));
        assert!(message.starts_with("parameters.temprature: is not a known field"));
    }
}
