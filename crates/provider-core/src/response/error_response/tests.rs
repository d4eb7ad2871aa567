//! Every refusal that the gateway's plugins and the providers behind it are
//! known to write, in `error_responses.tsv`: one a line, and what is made of it.

use proptest::prelude::*;

use super::*;
use crate::response::known_messages::PHRASES;
use crate::secret::Secret;

/// Columns are separated by tabs; a header is separated from the next by `; `
/// before a name; an empty cell is an absent value.
const TABLE: &str = include_str!("error_responses.tsv");

const URL: &str = "http://h/v1/chat/completions";

fn head(status: u16, headers: &[(&str, &str)]) -> ResponseHead {
    ResponseHead {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn refusal(status: u16, headers: &[(&str, &str)], body: &str) -> Error {
    let head = head(status, headers);
    error(&head, body.as_bytes(), URL, &Secrets::default())
}

/// The contract's word for a kind.
fn word(kind: ErrorKind) -> String {
    let mut word = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[test]
fn every_phrase_with_a_hint_is_in_the_table() {
    for (_, phrase, fact) in PHRASES {
        let Fact::Hinted(hint) = fact else {
            continue;
        };
        let kind = word(hint.advice().0);
        let is_there = TABLE.lines().any(|row| {
            let cells: Vec<&str> = row.split('\t').collect();
            row.contains(phrase) && cells.get(4) == Some(&kind.as_str())
        });
        assert!(
            is_there,
            "{phrase:?} of {kind} is in no row of error_responses.tsv"
        );
    }
}

#[test]
fn every_known_refusal_means_what_the_table_says() {
    let rows: Vec<Vec<&str>> = TABLE
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    for row in rows {
        let &[
            source,
            status,
            headers,
            body,
            kind,
            code,
            retry_after_ms,
            request_id,
            says,
        ] = row.as_slice()
        else {
            panic!("a row needs nine cells: {row:?}");
        };
        let headers: Vec<(&str, &str)> = headers
            .split("; ")
            .filter_map(|header| header.split_once(": "))
            .collect();
        let error = refusal(status.parse().expect(source), &headers, body);
        assert_eq!(word(error.kind), kind, "{source}: {}", error.message);
        assert_eq!(error.status.unwrap().to_string(), status, "{source}");
        assert_eq!(error.code.as_deref().unwrap_or_default(), code, "{source}");
        let wait = error.retry_after_ms.map(|ms| ms.to_string());
        assert_eq!(wait.unwrap_or_default(), retry_after_ms, "{source}");
        let id = error.request_id.as_deref().unwrap_or_default();
        assert_eq!(id, request_id, "{source}");
        assert!(error.message.contains(says), "{source}: {}", error.message);
        let beginning = format!("{URL} returned status {status}");
        assert!(error.message.starts_with(&beginning), "{}", error.message);
        assert!(error.request_sent, "{source}");
    }
}

#[test]
fn the_status_alone_gives_a_kind() {
    for status in 300..=999_u16 {
        let kind = match status {
            401 | 403 => ErrorKind::Authorization,
            402 => ErrorKind::QuotaExhausted,
            404 | 405 | 410 => ErrorKind::NotFound,
            408 | 504 => ErrorKind::Timeout,
            429 => ErrorKind::RateLimited,
            400..500 => ErrorKind::BadRequest,
            500..600 => ErrorKind::ServerUnavailable,
            _ => ErrorKind::Protocol,
        };
        assert_eq!(refusal(status, &[], "").kind, kind, "{status}");
    }
}

#[test]
fn inside_a_good_response_the_code_alone_gives_a_kind() {
    let inside = |json: &str| {
        let body = ErrorBody::from_error_object(json.as_bytes()).expect(json);
        error_inside_response(&head(200, &[]), body, &Secrets::default())
    };
    for (json, kind) in [
        (
            r#"{"error":{"message":"no"}}"#,
            ErrorKind::ServerUnavailable,
        ),
        (
            r#"{"error":{"message":"no","code":429}}"#,
            ErrorKind::RateLimited,
        ),
        (
            r#"{"code":"InvalidParameter","message":"no","request_id":"r"}"#,
            ErrorKind::BadRequest,
        ),
        (
            r#"{"blockedDetails":[{"type":"contentModeration"}]}"#,
            ErrorKind::ContentBlocked,
        ),
        (
            r#"{"error":{"message":"no","code":200}}"#,
            ErrorKind::ServerUnavailable,
        ),
    ] {
        let error = inside(json);
        assert_eq!((error.kind, error.status), (kind, Some(200)), "{json}");
        assert!(
            error.message.starts_with("the server returned an error"),
            "{}",
            error.message
        );
    }
}

#[test]
fn a_secret_at_the_edge_of_the_excerpt_is_masked_whole() {
    let key = format!("sk-{}", "k".repeat(600));
    let secrets = Secrets::new([&Secret::new(&key)]);
    for filler in [0, 100, 470, 509, 511] {
        let body = format!("{} {key}", "x".repeat(filler));
        let error = error(&head(401, &[]), body.as_bytes(), URL, &secrets);
        assert!(
            !error.message.contains("sk-k"),
            "{filler}: {}",
            error.message
        );
    }
}

#[test]
fn code_and_request_id_are_masked_and_short() {
    let secrets = Secrets::new([&Secret::new("sk-12345678")]);
    let body = format!(
        r#"{{"error":{{"message":"no","code":"sk-12345678{}"}}}}"#,
        "x".repeat(9_000)
    );
    let head = head(400, &[("x-request-id", "id-sk-12345678")]);
    let error = error(&head, body.as_bytes(), URL, &secrets);
    let code = error.code.as_deref().unwrap();
    assert!(code.starts_with("***x") && code.len() <= 512, "{code}");
    assert_eq!(error.request_id.as_deref(), Some("id-***"));
}

#[test]
fn advice_survives_a_server_that_says_much() {
    let url = format!("http://h/{}", "u".repeat(3_000));
    let head = head(400, &[(SERVERS_STRING, &"s".repeat(3_000))]);
    let body = format!("Invalid Signature {}", "b".repeat(3_000));
    let error = error(&head, body.as_bytes(), &url, &Secrets::default());
    assert!(error.message.len() <= crate::error::MAX_MESSAGE_BYTES);
    assert!(error.message.contains("hmac_secret"), "{}", error.message);
}

#[test]
fn the_parameter_at_fault_is_a_field_of_the_request() {
    let field = |url: &str, status: u16, body: &str| {
        error(
            &head(status, &[]),
            body.as_bytes(),
            url,
            &Secrets::default(),
        )
        .into_fields()
    };
    for (url, body, name) in [
        (
            URL,
            r#"{"error":{"message":"no","param":"max_completion_tokens","code":"invalid_value"}}"#,
            Some("parameters.max_tokens"),
        ),
        (
            URL,
            r#"{"detail":[{"loc":["body","messages",2,"content"],"msg":"no"}]}"#,
            Some("messages[2].content"),
        ),
        (URL, r#"{"detail":[{"loc":["body","x"],"msg":"no"}]}"#, None),
        (
            "http://h/v1/images/generations",
            r#"{"error":{"message":"no","param":"n"}}"#,
            Some("count"),
        ),
    ] {
        let fields = field(url, 422, body);
        assert_eq!(fields.field.as_deref(), name, "{body}");
        assert!(fields.stated.param.is_some(), "{body}");
    }
    let rejected = r#"{"error":{"message":"no","param":"model"}}"#;
    assert_eq!(field(URL, 401, rejected).field, None);
}

#[test]
fn only_what_no_server_processed_is_stated_as_such() {
    for (status, headers, body, not_processed) in [
        (503, &[][..], "no healthy upstream", true),
        (
            503,
            &[],
            "upstream connect error … reset reason: overflow",
            true,
        ),
        (503, &[("x-envoy-overloaded", "true")], "", true),
        (502, &[], "… reset reason: connection timeout", true),
        (503, &[], "… reset reason: connection termination", false),
        (503, &[], "model overloaded", false),
        (500, &[], "no healthy upstream", false),
        (504, &[], "upstream request timeout", false),
        (
            503,
            &[],
            r#"{"error":{"message":"a tool printed: no healthy upstream","type":"server_error"}}"#,
            false,
        ),
    ] {
        let stated = refusal(status, headers, body).into_fields().stated;
        assert_eq!(stated.not_processed, not_processed, "{status} {body}");
    }
}

#[test]
fn the_longest_stated_wait_counts() {
    let google = r#"{"error":{"code":429,"message":"quota","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"58s"}]}}"#;
    for (headers, ms) in [
        (&[][..], 58_000),
        (&[("retry-after", "1")], 58_000),
        (&[("retry-after", "60")], 60_000),
    ] {
        assert_eq!(refusal(429, headers, google).retry_after_ms, Some(ms));
    }
    let date = [("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")];
    let now = wire::http_date::parse("Sun, 06 Nov 1994 08:49:37 GMT");
    let secrets = Secrets::default();
    let at = |now| error_at(&head(429, &date), b"", URL, now, &secrets).retry_after_ms;
    assert_eq!((at(now), at(None)), (Some(30_000), None));
}

#[test]
fn a_refusal_by_policy_is_known_by_the_class_of_its_exception() {
    let body = r#"{"error":{"message":"litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - The response was filtered","type":null,"param":null,"code":"400"}}"#;
    assert_eq!(refusal(400, &[], body).kind, ErrorKind::ContentBlocked);
}

proptest! {
    #[test]
    fn no_body_makes_it_fail_otherwise_than_by_an_error(
        status in 300..600_u16,
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            r#"\[?\{"(error|detail|message|code|param)":(\{"(message|code|details|param)":|\[|"|7|null|\{\}|[\]\[{},:"a-z0-9<> ]){0,12}"#
                .prop_map(String::into_bytes),
        ],
    ) {
        let error = error(&head(status, &[]), &body, URL, &Secrets::default());
        prop_assert_eq!(error.status, Some(status));
        prop_assert!(error.message.len() <= crate::error::MAX_MESSAGE_BYTES);
    }
}
