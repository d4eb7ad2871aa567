//! The chat models of the mock gateway, each in the wire format of its
//! provider, through the built component: whatever the format, streamed and
//! whole answers say the same. `make component` builds it.
//!
//! DashScope's own dialect has a path of its own; its frames are golden cases.

use higress_host::json;
use mock_gateway::{
    Backend, Chat, ChatDialect, Gateway, GatewayConfig, Route, Rule, Rules, Upstream,
};
use provider_host::Model;
use provider_host::contract::text_generation::{Event, FinishReason};
use provider_host::contract::types::{CallOptions, ModelKind};
use provider_host::tenant::Tenant;
use serde_json::{Value, json};
use testing::call::{model, tenant};

/// As the gateway converts them to OpenAI's API.
const DIALECTS: [ChatDialect; 7] = [
    ChatDialect::OpenAi,
    ChatDialect::Vllm,
    ChatDialect::Qwen,
    ChatDialect::Claude,
    ChatDialect::Gemini,
    ChatDialect::MiniMax,
    ChatDialect::Spark,
];

/// An answer, however it came.
#[derive(Debug, PartialEq)]
struct Said {
    text: String,
    /// Name and arguments of each tool that was called.
    calls: Vec<(String, Value)>,
    finish: FinishReason,
    input_tokens: Option<u64>,
}

struct Setting {
    _gateway: Gateway,
    tenant: Tenant,
    model: Model,
}

impl Setting {
    async fn new(chat: Chat) -> Self {
        let backend = Backend::Upstream(Upstream::Chat(chat));
        let config = GatewayConfig::new().route(Route::new("/team", backend));
        let gateway = Gateway::start(config).await.unwrap();
        let endpoint = gateway.url("/team");
        let tools = [("function_calling_type", "tool_call")];
        Self {
            tenant: tenant(&endpoint),
            model: model(ModelKind::TextGeneration, &endpoint, &tools),
            _gateway: gateway,
        }
    }

    async fn whole(&self, request: &Value) -> Said {
        let request = json::text_generation::read_request(request).unwrap();
        let options = CallOptions::default();
        let answer = self.tenant.generate(&self.model, &request, &options);
        let answer = answer.await.unwrap();
        let calls = answer.tool_calls.into_iter();
        Said {
            text: answer.text,
            calls: calls
                .map(|generated| {
                    (
                        generated.call.name,
                        serde_json::from_str(&generated.call.arguments).unwrap(),
                    )
                })
                .collect(),
            finish: answer.finish_reason,
            input_tokens: answer.usage.and_then(|usage| usage.input_tokens),
        }
    }

    async fn streamed(&self, request: &Value) -> Said {
        let request = json::text_generation::read_request(request).unwrap();
        let options = CallOptions::default();
        let stream = self.tenant.generate_stream(&self.model, &request, &options);
        let mut stream = stream.await.unwrap();
        let mut said = Said {
            text: String::new(),
            calls: Vec::new(),
            finish: FinishReason::Other("none".to_owned()),
            input_tokens: None,
        };
        loop {
            let Some(events) = stream.next_events().await else {
                return said;
            };
            for event in events.unwrap() {
                match event {
                    Event::Text(text) => said.text.push_str(&text),
                    Event::CompletedToolCall(generated) => {
                        let arguments = serde_json::from_str(&generated.call.arguments).unwrap();
                        said.calls.push((generated.call.name, arguments));
                    }
                    Event::Usage(usage) => said.input_tokens = usage.input_tokens,
                    Event::Finish(reason) => said.finish = reason,
                    _ => {}
                }
            }
        }
    }
}

#[tokio::test]
async fn every_dialect_says_the_same_streamed_and_whole() {
    for dialect in DIALECTS {
        let setting = Setting::new(Chat::new(dialect)).await;
        let request = json!({"messages": [{"role": "user", "content": "My name is Ada."}]});
        let whole = setting.whole(&request).await;
        assert!(whole.text.contains("Ada"), "{dialect:?}: {whole:?}");
        assert_eq!(whole.finish, FinishReason::Stop, "{dialect:?}");
        assert_eq!(setting.streamed(&request).await, whole, "{dialect:?}");
    }
}

#[tokio::test]
async fn every_dialect_calls_two_tools_at_once() {
    for dialect in DIALECTS {
        let rules = Rules::new()
            .rule(Rule::new("trip", "weather", json!({"city": "Rome"})))
            .rule(Rule::new("trip", "time", json!({})));
        let setting = Setting::new(Chat::new(dialect).rules(rules)).await;
        let tool = |name: &str| json!({"name": name, "parameters": {"type": "object"}});
        let request = json!({
            "messages": [{"role": "user", "content": "A good day for a trip?"}],
            "tools": [tool("weather"), tool("time")],
        });
        let whole = setting.whole(&request).await;
        let expected = [
            ("weather".to_owned(), json!({"city": "Rome"})),
            ("time".to_owned(), json!({})),
        ];
        assert_eq!(whole.calls, expected, "{dialect:?}");
        assert_eq!(whole.finish, FinishReason::ToolCalls, "{dialect:?}");
        assert_eq!(setting.streamed(&request).await, whole, "{dialect:?}");
    }
}
