//! Requests and responses of every protocol.

use super::*;
use crate::call_options::CallOptions;
use crate::call_options::ResolvedOptions;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::error::ErrorKind;
use crate::form::Form;
use crate::http;
use crate::http::ResponseHead;
use crate::response::document::Document;
use crate::secret::Secrets;
use proptest::prelude::*;

const GENERATION: &str = "/api/v1/services/aigc/multimodal-generation/generation";
const TASK: &str = "/api/v1/services/aigc/image-generation/generation";
const TEXT_TASK: &str = "/api/v1/services/aigc/text2image/image-synthesis";
const IMAGE_TASK: &str = "/api/v1/services/aigc/image2image/image-synthesis";

const AS_TASK: (&str, &str) = ("advanced_options", r#"{"image_call":"asynchronous"}"#);
const OPENAI: (&str, &str) = ("image_model_protocol", "openai_images");

fn form(values: &[(&str, &str)]) -> Vec<(String, String)> {
    [("endpoint_url", "http://h/team")]
        .iter()
        .chain(values)
        .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
        .collect()
}

fn prepared<R>(
    values: &[(&str, &str)],
    make: impl FnOnce(Protocol, &Credentials, &ResolvedOptions) -> Result<R, Error>,
) -> Result<R, Error> {
    let values = form(values);
    let form = Form::parse(&values)?;
    let protocol = Protocol::parse(&form)?;
    let credentials = Credentials::parse(&form, "draw-1")?;
    let options = CallOptions {
        end_user_id: Some("someone".to_owned()),
        ..CallOptions::default()
    };
    make(
        protocol,
        &credentials,
        &ResolvedOptions::new(options, &credentials)?,
    )
}

fn sent(values: &[(&str, &str)], request: &Request) -> Result<http::Request, Error> {
    prepared(values, |protocol, credentials, call| {
        protocol.encode(credentials, request, call)
    })
}

fn body(request: &http::Request) -> &str {
    str::from_utf8(&request.body).unwrap()
}

fn request() -> Request {
    Request {
        prompt: "a cat".to_owned(),
        ..Request::default()
    }
}

fn full_request() -> Request {
    Request {
        negative_prompt: Some("dogs".to_owned()),
        reference_images: vec![
            ReferenceImage::url("https://h/1.png".to_owned()).unwrap(),
            ReferenceImage::bytes(&[1, 2, 3], "image/png").unwrap(),
        ],
        size: Some(Size::Pixels(1328, 1024)),
        count: Some(2),
        seed: Some(7),
        prompt_extend: Some(false),
        watermark: Some(true),
        extra: Some(r#"{"prompt_extend_mode":"agent","bbox":[[1, 2]]}"#.to_owned()),
        ..request()
    }
}

#[test]
fn one_image_is_asked_for_by_a_message_and_a_count() {
    let sent = sent(&[], &request()).unwrap();
    assert_eq!(sent.path_and_query, format!("/team{GENERATION}"));
    assert_eq!(
        body(&sent),
        r#"{"model":"draw-1","input":{"messages":[{"role":"user","content":[{"text":"a cat"}]}]},"parameters":{"n":1}}"#
    );
    assert!(
        !sent
            .headers
            .iter()
            .any(|(name, _)| name == "x-dashscope-async")
    );
}

#[test]
fn images_come_before_the_text_and_extra_comes_last() {
    let sent = sent(&[], &full_request()).unwrap();
    assert_eq!(
        body(&sent),
        r#"{"model":"draw-1","input":{"messages":[{"role":"user","content":[{"image":"https://h/1.png"},{"image":"data:image/png;base64,AQID"},{"text":"a cat"}]}]},"parameters":{"n":2,"size":"1328*1024","seed":7,"prompt_extend":false,"watermark":true,"negative_prompt":"dogs","prompt_extend_mode":"agent","bbox":[[1, 2]]}}"#
    );
}

#[test]
fn a_body_with_large_images_is_written_without_growing() {
    let request = Request {
        reference_images: vec![ReferenceImage::bytes(&vec![7; 1 << 20], "image/png").unwrap(); 2],
        ..request()
    };
    for values in [
        &[][..],
        &[AS_TASK, ("gateway_model_name", "wan2.5-i2i-preview")],
    ] {
        let body = sent(values, &request).unwrap().body;
        assert!(body.capacity() < body.len() + 2_048, "{}", body.capacity());
    }
}

#[test]
fn a_task_of_a_newer_model_is_submitted_by_the_same_message() {
    let whole = sent(&[], &full_request()).unwrap();
    let task = sent(&[AS_TASK], &full_request()).unwrap();
    assert_eq!(task.path_and_query, format!("/team{TASK}"));
    assert_eq!(task.body, whole.body);
    let asked: Vec<&str> = task
        .headers
        .iter()
        .filter(|(name, _)| name == "x-dashscope-async")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(asked, ["enable"]);
}

#[test]
fn a_task_of_an_older_model_is_submitted_by_a_prompt() {
    let values = [AS_TASK, ("gateway_model_name", "wan2.5-i2i-preview")];
    let edit = sent(&values, &full_request()).unwrap();
    assert_eq!(edit.path_and_query, format!("/team{IMAGE_TASK}"));
    assert_eq!(
        body(&edit),
        r#"{"model":"wan2.5-i2i-preview","input":{"prompt":"a cat","negative_prompt":"dogs","images":["https://h/1.png","data:image/png;base64,AQID"]},"parameters":{"n":2,"size":"1328*1024","seed":7,"prompt_extend":false,"watermark":true,"prompt_extend_mode":"agent","bbox":[[1, 2]]}}"#
    );
    let values = [AS_TASK, ("gateway_model_name", "qwen-image-plus")];
    let drawing = sent(&values, &request()).unwrap();
    assert_eq!(drawing.path_and_query, format!("/team{TEXT_TASK}"));
    assert_eq!(
        body(&drawing),
        r#"{"model":"qwen-image-plus","input":{"prompt":"a cat"},"parameters":{"n":1}}"#
    );
}

#[test]
fn the_name_of_a_model_tells_older_from_newer() {
    for (model, path) in [
        ("wanx2.1-t2i-turbo", TEXT_TASK),
        ("WAN2.2-t2i-flash", TEXT_TASK),
        ("qwen-image", TEXT_TASK),
        ("qwen-image-3.0", TASK),
        ("wan2.6-t2i", TASK),
        ("wan", TASK),
        ("万", TASK),
    ] {
        let values = [AS_TASK, ("gateway_model_name", model)];
        let sent = sent(&values, &request()).unwrap();
        assert_eq!(sent.path_and_query, format!("/team{path}"), "{model}");
    }
}

#[test]
fn a_callers_own_header_for_tasks_is_replaced() {
    let values = [
        AS_TASK,
        ("custom_headers", r#"{"X-DashScope-Async":"disable"}"#),
    ];
    let sent = sent(&values, &request()).unwrap();
    let asked = sent
        .headers
        .iter()
        .filter(|(name, _)| name == "x-dashscope-async");
    assert_eq!(
        asked.map(|(_, value)| value.as_str()).collect::<Vec<_>>(),
        ["enable"]
    );
}

#[test]
fn openais_api_has_everything_on_one_level() {
    let request = Request {
        size: Some(Size::Pixels(1024, 1536)),
        count: Some(3),
        extra: Some(r#"{"quality":"high","seed":7}"#.to_owned()),
        ..request()
    };
    let sent = sent(&[OPENAI], &request).unwrap();
    assert_eq!(sent.path_and_query, "/team/v1/images/generations");
    assert_eq!(
        body(&sent),
        r#"{"model":"draw-1","prompt":"a cat","n":3,"size":"1024x1536","user":"someone","quality":"high","seed":7}"#
    );
}

#[test]
fn what_openais_api_has_no_place_for_is_not_dropped() {
    for (request, named) in [
        (
            Request {
                seed: Some(1),
                ..request()
            },
            "`seed`",
        ),
        (
            Request {
                watermark: Some(false),
                ..request()
            },
            "`watermark`",
        ),
        (
            Request {
                prompt_extend: Some(true),
                ..request()
            },
            "`prompt_extend`",
        ),
        (
            Request {
                negative_prompt: Some("x".to_owned()),
                ..request()
            },
            "`negative_prompt`",
        ),
        (
            Request {
                extra: None,
                negative_prompt: None,
                seed: None,
                prompt_extend: None,
                watermark: None,
                ..full_request()
            },
            "`reference_images`",
        ),
    ] {
        let error = sent(&[OPENAI], &request).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(error.message.contains(named), "{}", error.message);
    }
}

#[test]
fn a_call_that_makes_no_sense_is_refused_before_sending() {
    let extra = |json: &str| Request {
        extra: Some(json.to_owned()),
        ..request()
    };
    for (wrong, named) in [
        (Request::default(), "`prompt`"),
        (
            Request {
                prompt: " \n".to_owned(),
                ..request()
            },
            "`prompt`",
        ),
        (
            Request {
                count: Some(0),
                ..request()
            },
            "`count`",
        ),
        (
            Request {
                count: Some(11),
                ..request()
            },
            "`count`",
        ),
        (
            Request {
                seed: Some(-1),
                ..request()
            },
            "`seed`",
        ),
        (
            Request {
                seed: Some(2_147_483_648),
                ..request()
            },
            "`seed`",
        ),
        (extra("[]"), "`extra`"),
        (extra("{"), "`extra`"),
        (extra(r#"{"n":4}"#), "`n`"),
        (extra(r#"{"negative_prompt":""}"#), "`negative_prompt`"),
    ] {
        let error = sent(&[], &wrong).unwrap_err();
        assert_eq!(
            (error.kind, error.request_sent),
            (ErrorKind::InvalidRequest, false)
        );
        assert!(error.message.contains(named), "{}", error.message);
        assert!(error.field.is_some(), "{}", error.message);
    }
    let error = sent(&[OPENAI], &extra(r#"{"stream":true}"#)).unwrap_err();
    assert!(error.message.contains("`stream`"), "{}", error.message);
}

#[test]
fn a_form_for_text_or_with_unknown_words_names_its_variable() {
    let both = [OPENAI, AS_TASK];
    for (values, named) in [
        (
            &[("llm_usage_scenario", "text_generation")][..],
            "`llm_usage_scenario`",
        ),
        (
            &[("image_model_protocol", "telepathy")],
            "`image_model_protocol`",
        ),
        (
            &[("advanced_options", r#"{"image_call":"later"}"#)],
            "`image_call`",
        ),
        (&both, "`image_call`"),
    ] {
        let error = sent(values, &request()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidCredentials);
        assert!(error.message.starts_with(named), "{}", error.message);
    }
    assert!(sent(&[("llm_usage_scenario", "image_generation")], &request()).is_ok());
}

#[test]
fn a_probe_asks_for_no_image_of_nothing() {
    for (values, path, wanted) in [
        (
            &[][..],
            GENERATION,
            r#"{"model":"draw-1","input":{},"parameters":{"n":0}}"#,
        ),
        (
            &[AS_TASK][..],
            TASK,
            r#"{"model":"draw-1","input":{},"parameters":{"n":0}}"#,
        ),
        (
            &[OPENAI][..],
            "/v1/images/generations",
            r#"{"model":"draw-1","n":0}"#,
        ),
    ] {
        let probe = prepared(values, |protocol, credentials, call| {
            Ok(protocol.probe(credentials, call))
        });
        let probe = probe.unwrap();
        assert_eq!(probe.path_and_query, format!("/team{path}"));
        assert_eq!(body(&probe), wanted);
    }
    assert!(Request::probe().check().is_ok());
}

fn progress(json: &str) -> Result<Progress, Error> {
    let head = ResponseHead {
        status: 200,
        headers: Vec::new(),
    };
    let secrets = Secrets::default();
    read(Document::new(&head, json.as_bytes(), &secrets))
}

fn done(json: &str) -> Generation {
    match progress(json) {
        Ok(Progress::Done(generation)) => *generation,
        other => panic!("{json}: {other:?}"),
    }
}

fn urls(json: &str) -> Vec<String> {
    let images = done(json).images.into_iter();
    images.map(|image| image.url.unwrap_or_default()).collect()
}

#[test]
fn all_images_of_all_choices_and_shapes_are_taken() {
    for json in [
        r#"{"output":{"choices":[{"message":{"content":[{"image":"u1"},{"image":"u2"}]}}]}}"#,
        r#"{"output":{"choices":[{"message":{"content":[{"type":"image","image":"u1"}]}},{"message":{"content":[{"image":"u2"}]}}],"task_status":"SUCCEEDED"},"code":""}"#,
        r#"{"output":{"task_id":"t","task_status":"SUCCEEDED","results":[{"url":"u1"},{"url":"u2"}]}}"#,
        r#"{"output":{"results":[{"url":"u1"},{"url":"u2"}]}}"#,
        r#"{"created":1,"data":[{"url":"u1"},{"url":"u2","b64_json":null}]}"#,
        r#"{"output":{"choices":[{"finish_reason":"stop"},{"message":null},7,{"message":{"content":[{"image":"u1"},"x",{"image":"u2"}]}}]}}"#,
    ] {
        assert_eq!(urls(json), ["u1", "u2"], "{json}");
    }
}

#[test]
fn bytes_are_decoded_and_say_themselves_what_they_are() {
    let generation = done(
        r#"{"data":[{"b64_json":"iVBORw0KGgo=","revised_prompt":"p"},{"b64_json":"\/9j\/4A"},{"url":"data:image\/png;base64,UklGRgAAAABXRUJQ"},{"b64_json":"AAEC"}],"usage":{"input_tokens":1,"output_tokens":2}}"#,
    );
    let types: Vec<Option<&str>> = generation
        .images
        .iter()
        .map(|image| image.mime_type.as_deref())
        .collect();
    assert_eq!(
        types,
        [
            Some("image/png"),
            Some("image/jpeg"),
            Some("image/webp"),
            None
        ]
    );
    assert_eq!(generation.images[0].revised_prompt.as_deref(), Some("p"));
    assert_eq!(generation.images[3].bytes.as_deref(), Some(&[0, 1, 2][..]));
    assert_eq!(generation.images[2].url, None);
    assert_eq!(
        generation.usage.and_then(|usage| usage.total_tokens),
        Some(3)
    );
}

#[test]
fn base64_is_read_as_servers_write_it() {
    let long = "iVBORw0KGgo".repeat(9);
    let broken: Vec<&str> = long
        .as_bytes()
        .chunks(76)
        .map(|it| str::from_utf8(it).unwrap())
        .collect();
    let broken = broken.join(r"\r\n");
    let whole = base64_of(&long);
    for (text, bytes) in [
        (broken.as_str(), whole.as_slice()),
        ("-_-_AA==", &[0xfb, 0xff, 0xbf, 0]),
        ("-_-_AA", &[0xfb, 0xff, 0xbf, 0]),
        (
            "DATA:image/png;charset=utf-8;base64,+/+/AA==",
            &[0xfb, 0xff, 0xbf, 0],
        ),
        (r"data:image/png;Base64,+/+/\nAA==", &[0xfb, 0xff, 0xbf, 0]),
        ("data:;base64,+/+/AA==", &[0xfb, 0xff, 0xbf, 0]),
    ] {
        for member in ["b64_json", "url"] {
            if member == "url" && !text[..5].eq_ignore_ascii_case("data:") {
                continue;
            }
            let json = format!(r#"{{"data":[{{"{member}":"{text}"}}]}}"#);
            let images = done(&json).images;
            assert_eq!(images[0].bytes.as_deref(), Some(bytes), "{json}");
            assert_eq!(images[0].url, None, "{json}");
        }
    }
    for text in [
        "data:image/png,AAAA",
        "data:image/svg+xml;utf8,<svg/>",
        "data:;base64,?",
    ] {
        let json = format!(r#"{{"data":[{{"url":"{text}"}}]}}"#);
        assert_eq!(
            progress(&json).unwrap_err().kind,
            ErrorKind::Protocol,
            "{text}"
        );
    }
}

fn base64_of(text: &str) -> Vec<u8> {
    wire::base64::decode(text).unwrap()
}

#[test]
fn an_error_beside_images_is_a_failure() {
    for json in [
        r#"{"data":[{"url":"u"}],"error":{"message":"partial failure","code":500}}"#,
        r#"{"error":"partial failure","output":{"results":[{"url":"u"}]}}"#,
    ] {
        let error = progress(json).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ServerUnavailable, "{json}");
        assert!(
            error.message.contains("partial failure"),
            "{}",
            error.message
        );
    }
    for json in [
        r#"{"data":[{"url":"u"}],"error":null}"#,
        r#"{"data":[{"url":"u"}],"error":{}}"#,
        r#"{"data":[{"url":"u"}],"error":""}"#,
    ] {
        assert_eq!(urls(json), ["u"]);
    }
}

#[test]
fn a_rewritten_prompt_is_told_wherever_it_stands() {
    for json in [
        r#"{"output":{"choices":[{"message":{"content":[{"image":"u"},{"text":"better"}]}}]}}"#,
        r#"{"output":{"results":[{"url":"u","orig_prompt":"plain","actual_prompt":"better"}]}}"#,
        r#"{"data":[{"url":"u","revised_prompt":"better"}]}"#,
    ] {
        assert_eq!(
            done(json).images[0].revised_prompt.as_deref(),
            Some("better"),
            "{json}"
        );
    }
}

#[test]
fn a_task_that_goes_on_is_asked_for_again() {
    for status in ["PENDING", "RUNNING", "SUSPENDED", "REVIEWING"] {
        let json = format!(r#"{{"output":{{"task_id":"t-1","task_status":"{status}"}}}}"#);
        let id = TaskId::parse("t-1").unwrap();
        assert_eq!(progress(&json).unwrap(), Progress::Working(id), "{status}");
    }
}

#[test]
fn a_task_with_an_unsafe_name_is_not_asked_for() {
    for id in ["", "../../v1/models", "a/b", "a b", "?x"] {
        let json = format!(r#"{{"output":{{"task_id":"{id}","task_status":"PENDING"}}}}"#);
        assert_eq!(
            progress(&json).unwrap_err().kind,
            ErrorKind::Protocol,
            "{id}"
        );
    }
}

#[test]
fn a_task_that_failed_under_a_good_status_is_an_error() {
    for (json, kind, said) in [
        (
            r#"{"output":{"task_id":"t","task_status":"FAILED","code":"DataInspectionFailed","message":"Output data may contain inappropriate content"},"request_id":"r"}"#,
            ErrorKind::ContentBlocked,
            "inappropriate",
        ),
        (
            r#"{"output":{"task_status":"FAILED","code":"IPInfringementSuspect","message":"a mouse"}}"#,
            ErrorKind::ContentBlocked,
            "a mouse",
        ),
        (
            r#"{"output":{"task_status":"FAILED","code":"InvalidParameter","message":"size"}}"#,
            ErrorKind::BadRequest,
            "size",
        ),
        (
            r#"{"output":{"task_status":"FAILED"}}"#,
            ErrorKind::ServerUnavailable,
            "failed",
        ),
        (
            r#"{"output":{"task_status":"CANCELED"}}"#,
            ErrorKind::ServerUnavailable,
            "cancelled",
        ),
        (
            r#"{"output":{"task_status":"UNKNOWN"}}"#,
            ErrorKind::NotFound,
            "no longer known",
        ),
    ] {
        let error = progress(json).expect_err(json);
        assert_eq!((error.kind, error.status), (kind, Some(200)), "{json}");
        assert!(error.message.contains(said), "{}", error.message);
        assert!(error.request_sent);
    }
}

#[test]
fn images_that_failed_are_reported_beside_those_that_did_not() {
    let generation = done(
        r#"{"output":{"task_status":"SUCCEEDED","results":[{"url":"u1"},{"code":"DataInspectionFailed","message":"no"},{"code":"InternalError.Timeout","message":"late"}],"task_metrics":{"TOTAL":3,"SUCCEEDED":1,"FAILED":2}}}"#,
    );
    assert_eq!(generation.images.len(), 1);
    let kinds: Vec<ErrorKind> = generation.failures.iter().map(|error| error.kind).collect();
    assert_eq!(kinds, [ErrorKind::ContentBlocked, ErrorKind::Timeout]);
}

#[test]
fn a_request_of_which_all_images_failed_is_an_error() {
    let json = r#"{"output":{"task_status":"SUCCEEDED","results":[{"code":"DataInspectionFailed","message":"no"},{"code":"InternalError","message":"x"}]}}"#;
    let error = progress(json).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ContentBlocked);
    assert_eq!(error.code.as_deref(), Some("DataInspectionFailed"));
}

#[test]
fn a_response_without_images_is_the_servers_error_or_a_protocol_error() {
    for (json, kind) in [
        (
            r#"{"code":"InvalidParameter","message":"n"}"#,
            ErrorKind::BadRequest,
        ),
        (
            r#"{"error":{"message":"no","code":"content_policy_violation"}}"#,
            ErrorKind::ContentBlocked,
        ),
        (r#"{"output":{"choices":[]}}"#, ErrorKind::Protocol),
        (
            r#"{"output":{"choices":[{"message":{"content":[{"text":"no"}]}}]}}"#,
            ErrorKind::Protocol,
        ),
        (r#"{"data":[]}"#, ErrorKind::Protocol),
        (r#"{"data":[{"b64_json":"?"}]}"#, ErrorKind::Protocol),
        (
            r#"{"output":{"choices":[{"message":{"content":[{"image":"u"#,
            ErrorKind::Protocol,
        ),
        ("<html>login</html>", ErrorKind::Protocol),
        ("[]", ErrorKind::Protocol),
        ("", ErrorKind::Protocol),
    ] {
        let error = progress(json).expect_err(json);
        assert_eq!(error.kind, kind, "{json}: {}", error.message);
    }
}

proptest! {
    #[test]
    fn no_response_makes_it_fail_otherwise_than_by_an_error(json in ".{0,200}") {
        let _ = progress(&json);
    }

    #[test]
    fn what_is_read_of_a_damaged_response_is_an_error_or_images(at in 0..200_usize, byte in any::<u8>()) {
        let mut json = br#"{"output":{"choices":[{"message":{"content":[{"image":"u1"},{"text":"t"}]}}],"task_status":"SUCCEEDED","results":[{"url":"u2"}]},"request_id":"r"}"#.to_vec();
        let at = at % json.len();
        json[at] = byte;
        let head = ResponseHead { status: 200, headers: Vec::new() };
        let secrets = Secrets::default();
        if let Ok(Progress::Done(generation)) = read(Document::new(&head, &json, &secrets)) {
            prop_assert!(!generation.images.is_empty());
        }
    }
}
