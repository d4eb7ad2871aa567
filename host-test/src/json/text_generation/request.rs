//! Reading a request: everything but its messages.

use super::message::MessageDocument;
use crate::json::field::JsonText;
use crate::json::read::{Error, from_text, from_value};
use provider_host::contract::text_generation::{
    JsonSchema, Parameters, ReasoningEffort, Request, ResponseFormat, SearchContextSize, Tool,
    ToolChoice,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// Reads a request.
///
/// `tool_choice` is a word, `{"tool": NAME}` or `{"other": …}`, `response_format` a word,
/// `{"json_schema": {…}}` or `{"other": {…}}`. The parameters `thinking` and
/// `thinking_budget` of contract 0.1 are read as `reasoning` and
/// `reasoning_budget`.
///
/// # Errors
///
/// If the text is not JSON, or a field is missing, unknown or of another type.
pub fn parse_request(text: &str) -> Result<Request, Error> {
    from_text::<RequestDocument>(text).map(Into::into)
}

/// Reads a request from a value, as [`parse_request`] does from text.
///
/// # Errors
///
/// As of [`parse_request`].
pub fn read_request(value: &Value) -> Result<Request, Error> {
    from_value::<RequestDocument>(value).map(Into::into)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RequestDocument {
    messages: Vec<MessageDocument>,
    tools: Option<Vec<ToolDocument>>,
    tool_choice: Option<ToolChoiceDocument>,
    parallel_tool_calls: Option<bool>,
    response_format: Option<ResponseFormatDocument>,
    parameters: Option<ParametersDocument>,
}

impl From<RequestDocument> for Request {
    fn from(document: RequestDocument) -> Self {
        let tools = document.tools.unwrap_or_default();
        let messages = document.messages.into_iter();
        Self {
            messages: messages.map(|message| message.0).collect(),
            tools: tools.into_iter().map(Into::into).collect(),
            tool_choice: document.tool_choice.map(Into::into),
            parallel_tool_calls: document.parallel_tool_calls,
            response_format: document.response_format.map(Into::into),
            parameters: document.parameters.map(Into::into).unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ToolDocument {
    name: String,
    description: Option<String>,
    parameters: JsonText,
    strict: Option<bool>,
}

impl From<ToolDocument> for Tool {
    fn from(document: ToolDocument) -> Self {
        Self {
            name: document.name,
            description: document.description,
            parameters: document.parameters.0,
            strict: document.strict,
        }
    }
}

/// A word, `{"tool": NAME}`, or `{"other": JSON}`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ToolChoiceDocument {
    Automatic,
    None,
    Required,
    Tool(String),
    Other(Box<RawValue>),
}

impl From<ToolChoiceDocument> for ToolChoice {
    fn from(document: ToolChoiceDocument) -> Self {
        match document {
            ToolChoiceDocument::Automatic => Self::Automatic,
            ToolChoiceDocument::None => Self::None,
            ToolChoiceDocument::Required => Self::Required,
            ToolChoiceDocument::Tool(name) => Self::Tool(name),
            ToolChoiceDocument::Other(json) => Self::Other(json.get().to_owned()),
        }
    }
}

/// A word, `{"json_schema": {…}}`, or `{"other": {…}}`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ResponseFormatDocument {
    Text,
    JsonObject,
    #[serde(rename = "json_schema")]
    JsonSchema(JsonSchemaDocument),
    Other(JsonText),
}

impl From<ResponseFormatDocument> for ResponseFormat {
    fn from(document: ResponseFormatDocument) -> Self {
        match document {
            ResponseFormatDocument::Text => Self::Text,
            ResponseFormatDocument::JsonObject => Self::JsonObject,
            ResponseFormatDocument::JsonSchema(schema) => Self::JsonSchema(JsonSchema {
                name: schema.name,
                description: schema.description,
                schema: schema.schema.0,
                strict: schema.strict,
            }),
            ResponseFormatDocument::Other(json) => Self::Other(json.0),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct JsonSchemaDocument {
    name: Option<String>,
    description: Option<String>,
    schema: JsonText,
    strict: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ParametersDocument {
    temperature: Option<f64>,
    top_p: Option<f64>,
    top_k: Option<u32>,
    frequency_penalty: Option<f64>,
    presence_penalty: Option<f64>,
    seed: Option<i64>,
    max_tokens: Option<u64>,
    stop: Option<Vec<String>>,
    #[serde(alias = "thinking")]
    reasoning: Option<bool>,
    #[serde(alias = "thinking_budget")]
    reasoning_budget: Option<u64>,
    reasoning_effort: Option<String>,
    web_search: Option<String>,
    extra: Option<JsonText>,
}

impl From<ParametersDocument> for Parameters {
    fn from(document: ParametersDocument) -> Self {
        Self {
            temperature: document.temperature,
            top_p: document.top_p,
            top_k: document.top_k,
            frequency_penalty: document.frequency_penalty,
            presence_penalty: document.presence_penalty,
            seed: document.seed,
            max_tokens: document.max_tokens,
            stop: document.stop.unwrap_or_default(),
            reasoning: document.reasoning,
            reasoning_budget: document.reasoning_budget,
            reasoning_effort: document.reasoning_effort.map(reasoning_effort),
            web_search: document.web_search.map(search_context_size),
            extra: document.extra.map(|extra| extra.0),
        }
    }
}

/// An unknown word is passed on.
fn reasoning_effort(word: String) -> ReasoningEffort {
    match word.as_str() {
        "none" => ReasoningEffort::None,
        "minimal" => ReasoningEffort::Minimal,
        "low" => ReasoningEffort::Low,
        "medium" => ReasoningEffort::Medium,
        "high" => ReasoningEffort::High,
        _ => ReasoningEffort::Other(word),
    }
}

/// An unknown word is passed on.
fn search_context_size(word: String) -> SearchContextSize {
    match word.as_str() {
        "automatic" => SearchContextSize::Automatic,
        "low" => SearchContextSize::Low,
        "medium" => SearchContextSize::Medium,
        "high" => SearchContextSize::High,
        _ => SearchContextSize::Other(word),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_request, read_request};
    use provider_host::contract::text_generation::{
        JsonSchema, Message, ReasoningEffort, Request, ResponseFormat, SearchContextSize,
        ToolChoice,
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
        assert_eq!(parameters.reasoning, Some(true));
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
        assert_eq!(message, "missing field `messages`");
        let message = problem("max_tokens", json!(1));
        assert!(
            message
                .starts_with("max_tokens: unknown field `max_tokens`, expected one of `messages`"),
            "{message}"
        );
        let table = [
            (
                problem("parameters", json!({"stop": "x"})),
                "parameters.stop: invalid type: string, expected a sequence",
            ),
            (
                problem("parameters", json!({"top_k": -1})),
                "parameters.top_k: invalid value: integer `-1`, expected u32",
            ),
            (
                problem("parameters", json!({"extra": 1})),
                "parameters.extra: invalid type: number, expected an object or a string that contains one",
            ),
            (
                problem("parameters", json!({"web_search": true})),
                "parameters.web_search: invalid type: boolean `true`, expected a string",
            ),
            (
                problem("tools", json!([{"name": "t"}])),
                "tools[0]: missing field `parameters`",
            ),
            (
                problem("tool_choice", json!("auto")),
                "tool_choice: unknown variant `auto`, expected one of `automatic`, `none`, `required`, `tool`, `other`",
            ),
            (
                problem("response_format", json!({"json_schema": {}})),
                "response_format.json_schema: missing field `schema`",
            ),
        ];
        for (message, expected) in table {
            assert_eq!(message, expected);
        }
        let message = problem("parameters", json!({"temprature": 1}));
        assert!(message.starts_with(
            "parameters.temprature: unknown field `temprature`, expected one of `temperature`"
        ));
    }

    #[test]
    fn schemas_and_extra_fields_keep_their_bytes() {
        let schema = r#"{"maximum": 12345678901234567890123, "minimum": 1.0}"#;
        let text = format!(
            r#"{{"messages": [{{"role": "assistant", "tool_calls": [
                    {{"id": "1", "name": "t", "arguments": {schema}}}]}}],
                "tools": [{{"name": "t", "parameters": {schema}}}],
                "response_format": {{"json_schema": {{"schema": {schema}}}}},
                "parameters": {{"extra": {schema}}}}}"#
        );
        let request = parse_request(&text).unwrap();
        assert_eq!(request.tools[0].parameters, schema);
        assert_eq!(request.parameters.extra.as_deref(), Some(schema));
        let Message::Assistant(turn) = &request.messages[0] else {
            panic!("not an assistant");
        };
        assert_eq!(turn.tool_calls[0].arguments, schema);
        let Some(ResponseFormat::JsonSchema(format)) = &request.response_format else {
            panic!("not a schema");
        };
        assert_eq!(format.schema, schema);
    }

    #[test]
    fn errors_in_text_name_the_line() {
        let text = "{\"messages\": [\n {\"role\": \"user\", \"content\": 1}]}";
        let error = parse_request(text).unwrap_err().to_string();
        assert_eq!(
            error,
            "messages[0].content: invalid type: integer `1`, expected a string or a list of parts at line 2 column 30"
        );
    }
}
