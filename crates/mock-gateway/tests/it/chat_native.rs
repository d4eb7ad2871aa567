//! Qwen in DashScope's own format (`protocol: original`).

use http::{HeaderValue, StatusCode};
use mock_gateway::{Backend, Chat, ChatDialect, GatewayConfig, Route, Upstream};
use serde_json::{Value, json};

use crate::support::{Response, client, post, send, start};

const TEXT: &str = "/demo/api/v1/services/aigc/text-generation/generation";
const MULTIMODAL: &str = "/demo/api/v1/services/aigc/multimodal-generation/generation";

async fn native(path: &str, streams: bool, body: &Value) -> Response {
    let chat = Upstream::Chat(Chat::new(ChatDialect::DashScope));
    let route = Route::new("/demo", Backend::Upstream(chat));
    let gateway = start(GatewayConfig::new().route(route)).await;
    let mut request = post(&gateway.url(path), body.to_string());
    if streams {
        let enable = HeaderValue::from_static("enable");
        request.headers_mut().insert("x-dashscope-sse", enable);
    }
    send(&client(), request).await
}

fn asking(parameters: &Value) -> Value {
    let messages = json!([{"role": "user", "content": "Count to 3"}]);
    json!({"model": "qwen-plus", "input": {"messages": messages}, "parameters": parameters})
}

fn frames(response: &Response) -> Vec<Value> {
    let frame = |(number, frame): (usize, &str)| {
        let head = format!("id:{}\nevent:result\n:HTTP_STATUS/200\ndata:", number + 1);
        let data = frame
            .strip_prefix(&head)
            .unwrap_or_else(|| panic!("{frame}"));
        serde_json::from_str(data).unwrap()
    };
    let frames = response.text().split_terminator("\n\n");
    frames.enumerate().map(frame).collect()
}

#[tokio::test]
async fn each_frame_has_everything_so_far_unless_increments_are_requested() {
    let content = |frame: &Value| {
        let content = frame.pointer("/output/choices/0/message/content");
        content.and_then(Value::as_str).unwrap().to_owned()
    };
    let whole = frames(&native(TEXT, true, &asking(&json!({}))).await);
    let last = &whole[whole.len() - 1];
    assert_eq!(content(last), "1, 2, 3.");
    assert_eq!(last["output"]["choices"][0]["finish_reason"], "stop");
    assert_eq!(last["usage"]["output_tokens"], 6);
    assert_eq!(whole[0]["output"]["choices"][0]["finish_reason"], "null");
    assert!(
        whole
            .windows(2)
            .all(|two| content(&two[1]).starts_with(&content(&two[0])))
    );

    let parts = native(TEXT, true, &asking(&json!({"incremental_output": true}))).await;
    let said: String = frames(&parts).iter().map(content).collect();
    assert_eq!(said, "1, 2, 3.");
}

#[tokio::test]
async fn a_document_has_output_and_usage() {
    let asked = asking(&json!({"result_format": "message", "enable_thinking": true}));
    let body = native(TEXT, false, &asked).await.json();
    let message = &body["output"]["choices"][0]["message"];
    assert_eq!(message["content"], "1, 2, 3.");
    assert!(
        message["reasoning_content"]
            .as_str()
            .unwrap()
            .contains("Count")
    );
    assert!(body["usage"]["input_tokens"].is_u64() && body["request_id"].is_string());
}

#[tokio::test]
async fn multimodal_content_is_a_list_of_parts() {
    let parts = json!([{"image": "http://127.0.0.1/a.png"}, {"text": "Count to 3"}]);
    let input = json!({"messages": [{"role": "user", "content": parts}]});
    let asked = json!({"model": "qwen-vl", "input": input});
    let body = native(MULTIMODAL, false, &asked).await.json();
    let content = &body["output"]["choices"][0]["message"]["content"];
    assert_eq!(content, &json!([{"text": "1, 2, 3."}]));
    let frames = frames(&native(MULTIMODAL, true, &asked).await);
    assert!(
        frames
            .iter()
            .all(|frame| frame["output"]["choices"][0]["message"]["content"].is_array())
    );
}

#[tokio::test]
async fn errors_are_flat() {
    let no_input = native(TEXT, true, &json!({"model": "m"})).await;
    let warm = native(TEXT, true, &asking(&json!({"temperature": 2}))).await;
    for response in [no_input, warm] {
        assert_eq!(response.status, StatusCode::BAD_REQUEST);
        let body = response.json();
        assert_eq!(body["code"], "InvalidParameter", "{body}");
        assert!(body["message"].is_string() && body["request_id"].is_string());
    }
}
