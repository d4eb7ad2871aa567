use super::*;

fn read(json: &str) -> ErrorBody {
    ErrorBody::from_error_object(json.as_bytes()).expect(json)
}

#[test]
fn what_says_nothing_of_a_failure_is_no_error_object() {
    for json in [
        "[]",
        "{}",
        "7",
        "[1,2]",
        r#"{"error":null}"#,
        r#"{"error":{}}"#,
        r#"{"code":"","message":""}"#,
        r#"{"model":"m","message":{"role":"assistant","content":"Hi"}}"#,
        r#"{"choices":[],"id":"1"}"#,
    ] {
        assert_eq!(
            ErrorBody::from_error_object(json.as_bytes()),
            None,
            "{json}"
        );
    }
}

#[test]
fn the_last_of_several_members_counts() {
    for json in [
        r#"{"code":"b","message":"a","request_id":"1","code":"c","request_id":"2"}"#,
        r#"{"error":{"message":"a","code":"b","code":"c"},"request_id":"2"}"#,
        r#"[{"error":{"message":"b","code":"c","message":"a"},"request_id":"2"}]"#,
    ] {
        let body = read(json);
        let (code, id) = (body.code.as_deref(), body.request_id.as_deref());
        assert_eq!(
            (&*body.message, code, id),
            ("a", Some("c"), Some("2")),
            "{json}"
        );
    }
}

#[test]
fn a_byte_order_mark_may_come_first() {
    let body = "\u{feff}{\"error\":{\"message\":\"no\",\"code\":\"c\"}}";
    let body = ErrorBody::from_body(body.as_bytes());
    assert_eq!((&*body.message, body.code.as_deref()), ("no", Some("c")));
    assert_eq!(ErrorBody::from_body("\u{feff}no".as_bytes()).message, "no");
}

#[test]
fn every_vendors_parameter_is_read() {
    for (json, param) in [
        (
            r#"{"error":{"message":"no","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}"#,
            "stream_options",
        ),
        (
            r#"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"#,
            "stream_options",
        ),
        (
            r#"{"detail":[{"loc":["body","messages",2,"content",0,"text"],"msg":"no"}]}"#,
            "messages[2].content[0].text",
        ),
        (r#"{"detail":[{"loc":["body"],"msg":"no"}]}"#, "body"),
        (
            r#"{"object":"error","message":{"detail":[{"loc":["body","top_k"],"msg":"no"}]}}"#,
            "top_k",
        ),
        (
            r#"{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"temperature","description":"no"}]}]}}"#,
            "temperature",
        ),
        (
            r#"{"object":"error","message":"no","param":"max_tokens","code":400}"#,
            "max_tokens",
        ),
        (
            r#"{"error":{"message":"Unrecognized request argument supplied: stream_options","param":null}}"#,
            "stream_options",
        ),
        (
            r#"{"error":{"message":"[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options')}]"}}"#,
            "stream_options",
        ),
    ] {
        assert_eq!(read(json).param.as_deref(), Some(param), "{json}");
    }
    let none = r#"{"error":{"message":"no","param":null}}"#;
    assert_eq!(read(none).param, None);
}

#[test]
fn googles_wait_is_read_from_a_list_or_an_object() {
    for (details, ms) in [
        (r#"[{"@type":"RetryInfo","retryDelay":"58s"}]"#, 58_000),
        (r#"[{"@type":"Help"},{"retryDelay":"1.500s"}]"#, 1_500),
        (r#"{"retryDelay":"0.25s"}"#, 250),
    ] {
        let error = format!(r#"{{"error":{{"code":429,"message":"no","details":{details}}}}}"#);
        assert_eq!(read(&error).retry_after_ms, Some(ms), "{details}");
        let in_a_list = format!("[{error}]");
        assert_eq!(read(&in_a_list).retry_after_ms, Some(ms), "{details}");
    }
    let other =
        r#"{"error":{"message":"no","details":["x",{"retryDelay":"soon"},{"retryDelay":7}]}}"#;
    assert_eq!(read(other).retry_after_ms, None);
}

#[test]
fn an_empty_error_beside_an_answer_is_no_failure() {
    let is_failure = |json: &str| is_failure(serde_json::from_str(json).expect(json));
    for json in ["null", "false", "0", "\"\"", "[]", "{}", "{ }"] {
        assert!(!is_failure(json), "{json}");
    }
    for json in [r#""no""#, r#"{"message":"no"}"#, "[1]", "1", "true"] {
        assert!(is_failure(json), "{json}");
    }
}

#[test]
fn a_web_page_is_named_by_its_title() {
    let said = |page: &str| ErrorBody::from_body(page.as_bytes()).message;
    assert_eq!(
        said("<html><head><title>\n502 Bad Gateway </title></head>"),
        "502 Bad Gateway"
    );
    assert_eq!(said("<html><TITLE>no</TITLE>"), "no");
    assert_eq!(said("<html><title>no end"), "<html><title>no end");
    assert_eq!(said("<p>no title</p>"), "<p>no title</p>");
}

#[test]
fn a_body_that_is_not_utf_8_is_shown_as_well_as_it_can_be() {
    assert_eq!(ErrorBody::from_body(b"no\xff").message, "no\u{fffd}");
}
