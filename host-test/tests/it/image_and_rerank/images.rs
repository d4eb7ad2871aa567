//! Images in one request: what is sent, what is bought, and validation.

use super::setting::{Setting, json, ok, options, refused, script};
use http::StatusCode;
use mock_gateway::{Ending, MockResponse, ScriptedResponse};
use provider_host::Model;
use provider_host::contract::image_generation::{ImageData, ReferenceImage, Request, Response};
use provider_host::contract::types::{CallOptions, ErrorKind, ModelKind};
use provider_host::error::CallError;
use serde_json::json;
use testing::soon;

pub(crate) const GENERATION: &str = "POST /api/v1/services/aigc/multimodal-generation/generation";

pub(crate) fn request() -> Request {
    Request::new("a cat")
}

pub(crate) async fn draw(
    setting: &Setting,
    values: &[(&str, &str)],
    request: &Request,
    options: &CallOptions,
) -> Result<Response, CallError> {
    let model = setting.model(ModelKind::ImageGeneration, values);
    soon(setting.tenant.generate_image(&model, request, options)).await
}

pub(crate) fn urls(generation: &Response) -> Vec<&str> {
    let images = generation.images.iter();
    images
        .map(|image| image.url.as_deref().unwrap_or("?"))
        .collect()
}

#[tokio::test]
async fn all_images_of_one_response_are_returned() {
    let response = r#"{"output":{"choices":[{"message":{"content":[{"image":"https://i/1"},{"text":"a better cat"}]}},{"message":{"content":[{"image":"https://i/2"}]}}]},"usage":{"image_count":2},"request_id":"r"}"#;
    let setting = Setting::new(script([ok(response)])).await;
    let wanted = Request {
        size: Some("1328x1024".to_owned()),
        count: Some(2),
        extra: Some(r#"{"prompt_extend_mode":"agent"}"#.to_owned()),
        reference_images: vec![ReferenceImage::Bytes(ImageData {
            bytes: vec![1, 2, 3],
            mime_type: "image/png".to_owned(),
        })],
        ..request()
    };
    let generation = draw(&setting, &[], &wanted, &options()).await.unwrap();
    assert_eq!(urls(&generation), ["https://i/1", "https://i/2"]);
    assert_eq!(
        generation.images[0].revised_prompt.as_deref(),
        Some("a better cat")
    );
    assert!(generation.failures.is_empty() && generation.usage.is_none());
    assert!(generation.metadata.total_ms.is_some());
    assert_eq!(setting.asked(), [GENERATION]);
    assert_eq!(
        setting.body(0)["parameters"],
        json!({"n": 2, "size": "1328*1024", "prompt_extend_mode": "agent"})
    );
    assert_eq!(
        setting.body(0)["input"]["messages"][0]["content"],
        json!([{"image": "data:image/png;base64,AQID"}, {"text": "a cat"}])
    );
}

#[tokio::test]
async fn openai_images_come_as_bytes() {
    let response = r#"{"created":1,"data":[{"b64_json":"iVBORw0KGgo=","revised_prompt":"p"}],"usage":{"input_tokens":3,"output_tokens":4}}"#;
    let setting = Setting::new(script([ok(response)])).await;
    let values = [("image_model_protocol", "openai_images")];
    let generation = draw(&setting, &values, &request(), &options())
        .await
        .unwrap();
    let image = &generation.images[0];
    assert_eq!(image.bytes.as_deref(), Some(&b"\x89PNG\r\n\x1a\n"[..]));
    assert_eq!(image.mime_type.as_deref(), Some("image/png"));
    assert_eq!(
        generation.usage.and_then(|usage| usage.total_tokens),
        Some(7)
    );
    assert_eq!(setting.asked(), ["POST /v1/images/generations"]);
    assert_eq!(
        setting.body(0),
        json!({"model": "model-1", "prompt": "a cat", "n": 1})
    );
}

#[tokio::test]
async fn large_images_fit_both_ways() {
    let encoded = "A".repeat(23 << 20);
    let response = ok(&format!(r#"{{"data":[{{"b64_json":"{encoded}"}}]}}"#));
    let setting = Setting::new(script([response])).await;
    let wanted = Request {
        reference_images: vec![ReferenceImage::Bytes(ImageData {
            bytes: vec![0; 10 << 20],
            mime_type: "image/png".to_owned(),
        })],
        ..request()
    };
    let generation = draw(&setting, &[], &wanted, &options()).await.unwrap();
    assert_eq!(
        generation.images[0].bytes.as_ref().map(Vec::len),
        Some((23 << 20) / 4 * 3)
    );
    let more = Request {
        reference_images: vec![ReferenceImage::Bytes(ImageData {
            bytes: vec![0; (10 << 20) + 1],
            mime_type: "image/png".to_owned(),
        })],
        ..request()
    };
    let error = refused(draw(&setting, &[], &more, &options()).await);
    assert_eq!(error.kind, ErrorKind::InvalidRequest);
    assert_eq!(setting.asked().len(), 1);
}

#[tokio::test]
async fn a_request_that_may_have_been_received_is_never_repeated() {
    let cut = MockResponse::document(StatusCode::OK, "application/json", "{\"output\":")
        .ending(Ending::Reset);
    for (response, kind) in [
        (
            json(503, "no healthy upstream").into(),
            ErrorKind::ServerUnavailable,
        ),
        (
            json(429, r#"{"code":"Throttling","message":"slowly"}"#).into(),
            ErrorKind::RateLimited,
        ),
        (
            json(504, "upstream request timeout").into(),
            ErrorKind::Timeout,
        ),
        (cut.into(), ErrorKind::Protocol),
        (ScriptedResponse::NoResponse, ErrorKind::Connection),
    ] {
        for values in [
            &[][..],
            &[("advanced_options", r#"{"image_call":"asynchronous"}"#)],
        ] {
            let response: ScriptedResponse = response.clone();
            let setting = Setting::new(script([response])).await;
            let error = refused(draw(&setting, values, &request(), &options()).await);
            assert_eq!(error.kind, kind, "{}", error.message);
            assert!(error.request_sent);
            assert_eq!(setting.asked().len(), 1, "{:?}", setting.asked());
        }
    }
}

#[tokio::test]
async fn a_policys_refusal_is_told_as_such() {
    let refusal = r#"{"code":"DataInspectionFailed","message":"Input data may contain inappropriate content","request_id":"r"}"#;
    for status in [400, 200] {
        let setting = Setting::new(script([json(status, refusal)])).await;
        let error = refused(draw(&setting, &[], &request(), &options()).await);
        assert_eq!(error.kind, ErrorKind::ContentBlocked);
        assert_eq!(error.code.as_deref(), Some("DataInspectionFailed"));
        assert_eq!(error.status, Some(status));
    }
}

#[tokio::test]
async fn a_call_that_makes_no_sense_is_not_sent() {
    let setting = Setting::new(script([ok("{}")])).await;
    for wrong in [
        Request {
            prompt: String::new(),
            ..request()
        },
        Request {
            size: Some("huge".to_owned()),
            ..request()
        },
        Request {
            count: Some(11),
            ..request()
        },
        Request {
            seed: Some(-1),
            ..request()
        },
        Request {
            extra: Some(r#"{"n":9}"#.to_owned()),
            ..request()
        },
        Request {
            reference_images: vec![ReferenceImage::Url("file:///x".to_owned())],
            ..request()
        },
        Request {
            reference_images: vec![ReferenceImage::Bytes(ImageData {
                bytes: vec![1],
                mime_type: "text/html".to_owned(),
            })],
            ..request()
        },
    ] {
        let error = refused(draw(&setting, &[], &wrong, &options()).await);
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::InvalidRequest, false),
            "{}",
            error.message
        );
    }
    assert_eq!(setting.asked(), [""; 0]);
}

async fn validated(setting: &Setting, model: &Model) -> Result<(), ErrorKind> {
    match soon(setting.tenant.validate(model, &options())).await {
        Ok(_) => Ok(()),
        Err(CallError::Provider(error)) => Err(error.kind),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_form_is_checked_without_buying_an_image() {
    let refusal = json(
        400,
        r#"{"code":"InvalidParameter","message":"No messages found in input","request_id":"r"}"#,
    );
    for (response, expected) in [
        (refusal, Ok(())),
        (
            json(401, "Request denied by Key Auth check."),
            Err(ErrorKind::Authorization),
        ),
        (json(404, ""), Err(ErrorKind::NotFound)),
        (
            json(400, "<html>Bad Request</html>"),
            Err(ErrorKind::BadRequest),
        ),
        (ok("<html>login</html>"), Err(ErrorKind::Protocol)),
        (ok(r#"{"code":"InvalidParameter","message":"n"}"#), Ok(())),
    ] {
        let setting = Setting::new(script([response])).await;
        let model = setting.model(ModelKind::ImageGeneration, &[]);
        assert_eq!(validated(&setting, &model).await, expected);
        assert_eq!(setting.asked(), [GENERATION]);
        let sent = setting.body(0);
        assert_eq!(sent["input"], json!({}));
        assert_eq!(sent["parameters"], json!({"n": 0}));
    }
}

#[tokio::test]
async fn a_form_is_checked_by_an_image_if_it_says_so() {
    let drawn = r#"{"output":{"choices":[{"message":{"content":[{"image":"https://i/1"}]}}]}}"#;
    let refusal = json(400, r#"{"code":"InvalidParameter","message":"n"}"#);
    let setting = Setting::new(script([ok(drawn), refusal])).await;
    let values = [("advanced_options", r#"{"image_validation":"buy"}"#)];
    let model = setting.model(ModelKind::ImageGeneration, &values);
    assert_eq!(validated(&setting, &model).await, Ok(()));
    assert_eq!(setting.body(0)["parameters"]["n"], 1);
    assert_eq!(
        validated(&setting, &model).await,
        Err(ErrorKind::BadRequest)
    );
}
