//! Image models behind a route: synchronous, as tasks, and the object storage.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode};
use mock_gateway::{
    Authentication, Clock, Gateway, GatewayConfig, ImageOutcome, Images, KeyAuth, KeyAuthFlavour,
    KeySource, ManualClock, Route, Upstream,
};
use serde_json::{Value, json};

use crate::support::{Response, client, get, post, post_to, route_to, routed, send, start, with};

const SYNCHRONOUS: &str = "/demo/api/v1/services/aigc/multimodal-generation/generation";
const OF_PROMPTS: &str = "/demo/api/v1/services/aigc/text2image/image-synthesis";
const OF_MESSAGES: &str = "/demo/api/v1/services/aigc/image-generation/generation";
const OPENAI: &str = "/demo/v1/images/generations";

fn route(images: Images) -> Route {
    route_to(Upstream::Images(images))
}

async fn gateway(images: Images) -> Gateway {
    routed(route(images)).await
}

async fn submit(gateway: &Gateway, path: &str, body: &Value) -> Response {
    let mut request = post(&gateway.url(path), body.to_string());
    let enable = HeaderValue::from_static("enable");
    request.headers_mut().insert("x-dashscope-async", enable);
    send(&client(), request).await
}

async fn poll(gateway: &Gateway, task: &str) -> Value {
    let url = gateway.url(&format!("/demo/api/v1/tasks/{task}"));
    let response = send(&client(), get(&url)).await;
    assert_eq!(response.status, StatusCode::OK);
    response.json()["output"].clone()
}

async fn task_of(gateway: &Gateway, path: &str, body: &Value) -> String {
    let response = submit(gateway, path, body).await;
    let output = response.json()["output"].clone();
    assert_eq!(output["task_status"], "PENDING", "{}", response.text());
    output["task_id"].as_str().unwrap().to_owned()
}

fn messages(prompt: &str, parameters: &Value) -> Value {
    let message = json!({"role": "user", "content": [{"text": prompt}]});
    json!({"model": "qwen-image", "input": {"messages": [message]}, "parameters": parameters})
}

fn prompt(prompt: &str, parameters: &Value) -> Value {
    json!({"model": "qwen-image", "input": {"prompt": prompt}, "parameters": parameters})
}

/// Fetches a picture without credentials, and returns its size.
async fn size_of(url: &str) -> (u32, u32) {
    let response = send(&client(), get(url)).await;
    assert_eq!(response.status, StatusCode::OK, "{url}");
    assert_eq!(response.headers["content-type"], "image/png");
    png_size(&response.body)
}

fn png_size(file: &[u8]) -> (u32, u32) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    (frame.width, frame.height)
}

fn choice_urls(output: &Value) -> Vec<String> {
    let choices = output["choices"].as_array().unwrap().iter();
    choices
        .map(|choice| {
            choice["message"]["content"][0]["image"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn images_are_real_and_served_at_their_urls() {
    let gateway = gateway(Images::new()).await;
    let asked = messages("A cat", &json!({"size": "512*640", "n": 2}));
    let body = post_to(&gateway, SYNCHRONOUS, &asked).await.json();
    let urls = choice_urls(&body["output"]);
    assert_eq!(urls.len(), 2);
    assert_ne!(urls[0], urls[1]);
    for url in &urls {
        assert!(url.starts_with(&gateway.url("/images/")), "{url}");
        assert_eq!(size_of(url).await, (512, 640));
    }
    let usage = json!({"image_count": 2, "width": 512, "height": 640});
    assert_eq!(body["usage"], usage);
}

#[tokio::test]
async fn pictures_need_no_key_but_a_url_that_has_not_expired() {
    let method = KeyAuth::new(KeyAuthFlavour::Cpp, KeySource::Header, "x-api-key");
    let key = Authentication::KeyAuth(method.consumer("demo", "sk-demo"));
    let time = ManualClock::at(1_000_000_000);
    let config = GatewayConfig::new()
        .route(route(Images::new()).authentication(key))
        .clock(Clock::Manual(time.clone()));
    let gateway = start(config).await;
    let asked = messages("A cat", &json!({"size": "512*512"})).to_string();
    let mut request = post(&gateway.url(SYNCHRONOUS), asked);
    let key = HeaderValue::from_static("sk-demo");
    request.headers_mut().insert("x-api-key", key);
    let body = send(&client(), request).await.json();
    let url = choice_urls(&body["output"]).remove(0);
    assert_eq!(size_of(&url).await, (512, 512));

    let bare = url.split_once('?').unwrap().0;
    assert_eq!(
        send(&client(), get(bare)).await.status,
        StatusCode::FORBIDDEN
    );
    time.advance(std::time::Duration::from_hours(25));
    assert_eq!(
        send(&client(), get(&url)).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_task_is_pending_and_running_before_it_is_done() {
    let gateway = gateway(Images::new().polls_until_done(3)).await;
    let asked = prompt("A cat", &json!({"size": "512*512", "n": 2}));
    let task = task_of(&gateway, OF_PROMPTS, &asked).await;
    for expected in ["PENDING", "RUNNING", "RUNNING"] {
        assert_eq!(poll(&gateway, &task).await["task_status"], expected);
    }
    let output = poll(&gateway, &task).await;
    assert_eq!(output["task_status"], "SUCCEEDED");
    assert_eq!(
        output["task_metrics"],
        json!({"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0})
    );
    let result = &output["results"][1];
    assert_eq!(result["orig_prompt"], "A cat");
    assert!(
        result["actual_prompt"]
            .as_str()
            .unwrap()
            .starts_with("A cat")
    );
    assert_eq!(size_of(result["url"].as_str().unwrap()).await, (512, 512));
}

#[tokio::test]
async fn tasks_of_newer_models_return_choices() {
    let gateway = gateway(Images::new()).await;
    let asked = messages("A cat", &json!({"size": "512*512"}));
    let task = task_of(&gateway, OF_MESSAGES, &asked).await;
    let output = poll(&gateway, &task).await;
    assert_eq!(choice_urls(&output).len(), 1);
}

#[tokio::test]
async fn a_task_can_be_cancelled_until_it_runs() {
    let gateway = gateway(Images::new().polls_until_done(2)).await;
    let cancel = async |task: &str| {
        let path = format!("/demo/api/v1/tasks/{task}/cancel");
        post_to(&gateway, &path, &json!({})).await.status
    };
    let asked = prompt("A cat", &json!({}));
    let task = task_of(&gateway, OF_PROMPTS, &asked).await;
    assert_eq!(cancel(&task).await, StatusCode::OK);
    assert_eq!(poll(&gateway, &task).await["task_status"], "CANCELED");
    let task = task_of(&gateway, OF_PROMPTS, &asked).await;
    poll(&gateway, &task).await;
    assert_eq!(cancel(&task).await, StatusCode::BAD_REQUEST);
    assert_eq!(poll(&gateway, "nobody").await["task_status"], "UNKNOWN");
    assert_eq!(cancel("nobody").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn some_images_can_fail() {
    let gateway = gateway(Images::new().outcome(ImageOutcome::AllButLast)).await;
    let asked = prompt("A cat", &json!({"n": 3}));
    let task = task_of(&gateway, OF_PROMPTS, &asked).await;
    let output = poll(&gateway, &task).await;
    assert_eq!(output["task_status"], "SUCCEEDED");
    assert_eq!(
        output["task_metrics"],
        json!({"TOTAL": 3, "SUCCEEDED": 2, "FAILED": 1})
    );
    assert!(output["results"][1]["url"].is_string());
    assert!(output["results"][2]["code"].is_string(), "{output}");
}

#[tokio::test]
async fn a_failed_task_has_status_200_and_a_failed_call_does_not() {
    let gateway = gateway(Images::new().outcome(ImageOutcome::Nothing)).await;
    let task = task_of(&gateway, OF_PROMPTS, &prompt("A cat", &json!({}))).await;
    let output = poll(&gateway, &task).await;
    assert_eq!(output["task_status"], "FAILED");
    assert!(output["code"].is_string() && output["message"].is_string());
    let response = post_to(&gateway, SYNCHRONOUS, &messages("A cat", &json!({}))).await;
    assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(response.json()["code"], "InternalError.Algo");
}

#[tokio::test]
async fn the_content_policy_rejects_in_each_form() {
    let gateway = gateway(Images::new().refusing("Weapon")).await;
    let response = post_to(&gateway, SYNCHRONOUS, &messages("A weapon", &json!({}))).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.json()["code"], "DataInspectionFailed");
    let asked = json!({"model": "m", "prompt": "A weapon"});
    let response = post_to(&gateway, OPENAI, &asked).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(response.json()["error"]["code"], "content_policy_violation");
    let task = task_of(&gateway, OF_PROMPTS, &prompt("A weapon", &json!({}))).await;
    assert_eq!(poll(&gateway, &task).await["code"], "DataInspectionFailed");
}

#[tokio::test]
async fn each_endpoint_has_its_own_call() {
    let gateway = gateway(Images::new()).await;
    let waiting = post_to(&gateway, OF_PROMPTS, &prompt("A cat", &json!({}))).await;
    let submitting = submit(&gateway, SYNCHRONOUS, &messages("A cat", &json!({}))).await;
    for (response, manner) in [(waiting, "synchronous"), (submitting, "asynchronous")] {
        assert_eq!(response.status, StatusCode::FORBIDDEN);
        let body = response.json();
        assert_eq!(body["code"], "AccessDenied");
        let expected = format!("support {manner} calls");
        assert!(
            body["message"].as_str().unwrap().contains(&expected),
            "{body}"
        );
    }
}

#[tokio::test]
async fn openais_images_are_urls_or_bytes() {
    let gateway = gateway(Images::new()).await;
    let asked = json!({"model": "m", "prompt": "A cat", "n": 2, "size": "256x128"});
    let body = post_to(&gateway, OPENAI, &asked).await.json();
    let data = body["data"].as_array().unwrap();
    assert_eq!(data.len(), 2);
    assert_eq!(size_of(data[0]["url"].as_str().unwrap()).await, (256, 128));
    assert!(data[0]["revised_prompt"].is_string());

    let bytes = with(asked, json!({"response_format": "b64_json"}));
    let body = post_to(&gateway, OPENAI, &bytes).await.json();
    let image = &body["data"][1];
    assert!(image.get("url").is_none());
    let file = STANDARD
        .decode(image["b64_json"].as_str().unwrap())
        .unwrap();
    assert_eq!(png_size(&file), (256, 128));
}

#[tokio::test]
async fn an_invalid_request_is_rejected() {
    let gateway = gateway(Images::new()).await;
    for body in [
        json!({"model": "m"}),
        json!({"prompt": "A cat"}),
        json!({"model": "m", "prompt": ""}),
        json!({"model": "m", "prompt": "A cat", "n": 11}),
        json!({"model": "m", "prompt": "A cat", "size": "512*512"}),
        json!({"model": "m", "prompt": "A cat", "response_format": "file"}),
    ] {
        let response = post_to(&gateway, OPENAI, &body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{body} was taken");
    }
    for (path, status) in [
        ("/images/cat.png", StatusCode::NOT_FOUND),
        (
            "/images/0000000000000001-9999x1.png?Expires=9999999999",
            StatusCode::NOT_FOUND,
        ),
        (
            "/images/0000000000000001-8x8.png?Expires=soon",
            StatusCode::FORBIDDEN,
        ),
    ] {
        assert_eq!(
            send(&client(), get(&gateway.url(path))).await.status,
            status,
            "{path}"
        );
    }
}
