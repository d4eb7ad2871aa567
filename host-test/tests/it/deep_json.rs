//! JSON that is nested deeply, in every place where the component reads it:
//! it is read or rejected, and never exhausts the component's stack, which
//! `make component` keeps small.

use http::StatusCode;
use mock_gateway::{Backend, Gateway, GatewayConfig, MockResponse, Route, Script};
use provider_host::contract::text_generation::{Message, Request, Tool};
use provider_host::contract::types::ModelKind;
use provider_host::contract::{image_generation, text_embedding, text_rerank};
use provider_host::error::CallError;
use provider_host::tenant::Tenant;
use testing::call::{model, once, question, tenant};

/// Levels of nesting: the most that a reader of JSON accepts beneath a few
/// members of a document, the most at all, one more, and far more.
const LEVELS: [usize; 5] = [120, 126, 127, 128, 20_000];

/// Arrays in objects in arrays.
fn nested(levels: usize) -> String {
    let open = |level: usize| {
        if level.is_multiple_of(2) {
            "["
        } else {
            "{\"a\":"
        }
    };
    let close = |level: usize| if level.is_multiple_of(2) { "]" } else { "}" };
    let opened: String = (0..levels).map(open).collect();
    let closed: String = (0..levels).rev().map(close).collect();
    format!("{opened}0{closed}")
}

/// It ended with a result or an error of the provider's.
fn returned<T>(what: &str, result: Result<T, CallError>) {
    match result {
        Ok(_) | Err(CallError::Provider(_)) => {}
        Err(other) => panic!("{what}: {other}"),
    }
}

async fn gateway(response: MockResponse) -> Gateway {
    let route = Route::new("/", Backend::Script(Script::new(response)));
    Gateway::start(GatewayConfig::new().route(route))
        .await
        .unwrap()
}

fn document(status: StatusCode, body: String) -> MockResponse {
    MockResponse::document(status, "application/json", body)
}

async fn read_to_the_end(tenant: &Tenant, endpoint: &str) -> Result<(), CallError> {
    let model = model(ModelKind::TextGeneration, endpoint, &[]);
    let (question, options) = (question("Hello"), once());
    let mut stream = tenant.generate_stream(&model, &question, &options).await?;
    while let Some(events) = stream.next_events().await {
        events?;
    }
    Ok(())
}

#[tokio::test]
async fn deep_requests_are_sent_or_rejected() {
    let gateway = gateway(document(StatusCode::OK, "{}".to_owned())).await;
    let endpoint = gateway.url("/");
    let tenant = tenant(&endpoint);
    for levels in LEVELS {
        let deep = format!("{{\"a\":{}}}", nested(levels - 1));
        let mut extra = question("Hello");
        extra.parameters.extra = Some(deep.clone());
        let tool = |parameters| Tool {
            name: "tool".to_owned(),
            description: None,
            parameters,
            strict: None,
        };
        let tools = question("Hello").with_tools([tool(deep.clone())]);
        let text = Request::new([
            Message::user(deep.clone()),
            Message::assistant(deep.clone()),
        ]);
        for (what, request) in [("extra", extra), ("tools", tools), ("texts", text)] {
            let model = model(ModelKind::TextGeneration, &endpoint, &[]);
            let result = tenant.generate(&model, &request, &once()).await;
            returned(&format!("{what}, {levels} levels"), result);
        }
        for advanced in [deep.clone(), format!("{{\"request_body\":{deep}}}")] {
            let values = [("advanced_options", advanced.as_str())];
            let model = model(ModelKind::TextGeneration, &endpoint, &values);
            match tenant.generate(&model, &question("Hello"), &once()).await {
                // The host's own check of the form.
                Err(CallError::InvalidForm(_)) => {}
                result => returned(&format!("advanced options, {levels} levels"), result),
            }
        }
        let mut image = image_generation::Request::new("A cat");
        image.extra = Some(deep);
        let model = model(ModelKind::ImageGeneration, &endpoint, &[]);
        let result = tenant.generate_image(&model, &image, &once()).await;
        returned(&format!("image extra, {levels} levels"), result);
    }
}

#[tokio::test]
async fn deep_responses_are_read_or_rejected() {
    for levels in LEVELS {
        let deep = nested(levels);
        for body in [
            deep.clone(),
            format!("{{\"x\":{deep}}}"),
            format!(
                "{{\"choices\":[{{\"delta\":{{\"content\":{deep}}},\"message\":{{\"content\":{deep}}}}}]}}"
            ),
            format!(
                "{{\"choices\":[{{\"delta\":{{\"tool_calls\":{deep}}},\"message\":{{\"tool_calls\":{deep}}}}}]}}"
            ),
            format!("{{\"data\":[{{\"embedding\":{deep},\"index\":0,\"url\":{deep}}}]}}"),
            format!("{{\"data\":[{{\"x\":{deep},\"embedding\":[0.5],\"index\":0}}]}}"),
            format!(
                "{{\"results\":[{{\"document\":{deep},\"index\":0,\"relevance_score\":0.5}}]}}"
            ),
            format!("{{\"usage\":{deep},\"error\":{{\"message\":{deep}}}}}"),
        ] {
            let events = format!("data: {body}\n\ndata: [DONE]\n\n");
            for response in [
                document(StatusCode::OK, body.clone()),
                document(StatusCode::BAD_REQUEST, body.clone()),
                MockResponse::event_stream().bytes(events),
            ] {
                let gateway = gateway(response).await;
                let endpoint = gateway.url("/");
                let tenant = tenant(&endpoint);
                let what = format!("{levels} levels, {}", body.get(..40).unwrap_or(&body));
                returned(&what, read_to_the_end(&tenant, &endpoint).await);
                let of = |kind| model(kind, &endpoint, &[]);
                let chat = of(ModelKind::TextGeneration);
                returned(
                    &what,
                    tenant.generate(&chat, &question("Hello"), &once()).await,
                );
                let texts = text_embedding::Request::new(["a"]);
                let embedding = of(ModelKind::TextEmbedding);
                returned(&what, tenant.embed(&embedding, &texts, &once()).await);
                let ranked = text_rerank::Request::new("a", ["b"]);
                let rerank = of(ModelKind::TextRerank);
                returned(&what, tenant.rerank(&rerank, &ranked, &once()).await);
                let image = image_generation::Request::new("A cat");
                let images = of(ModelKind::ImageGeneration);
                returned(&what, tenant.generate_image(&images, &image, &once()).await);
            }
        }
    }
}
