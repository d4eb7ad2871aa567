//! The plugin's own vectors (Higress, `hmac-auth-apisix`, README), and each
//! reason for a refusal.

use super::*;

const SIGNED: &str = "@request-target date";
const CUSTOM: &str = "@request-target date x-custom-header-a x-custom-header-b";
const FIRST_DATE: &str = "Fri, 12 Sep 2025 23:53:18 GMT";
const FIRST_TIME: u64 = 1_757_721_198_000;
const FIRST_SIGNATURE: &str = "746z4VISwZehUwZdzTV486ZMMbBtakmMHKPfs/A4RdU=";

fn plugin() -> HmacAuthApisix {
    HmacAuthApisix::for_consumers([
        HmacConsumer::new(
            "consumer1",
            "consumer1-key",
            "2bda943c-ba2b-11ec-ba07-00163e1250b5",
        ),
        HmacConsumer::new(
            "consumer2",
            "consumer2-key",
            "c8c8e9ca-558e-4a2d-bb62-e700dcc40e35",
        ),
    ])
}

fn authorization(key: &str, algorithm: &str, headers: &str, signature: &str) -> String {
    format!(
        "Signature keyId=\"{key}\",algorithm=\"{algorithm}\",headers=\"{headers}\",signature=\"{signature}\""
    )
}

fn first() -> String {
    authorization("consumer1-key", "hmac-sha256", SIGNED, FIRST_SIGNATURE)
}

fn verdict(
    plugin: &HmacAuthApisix,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<String, Refusal> {
    let request = WireRequest {
        method: "POST",
        target: "/foo",
        headers: headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect(),
        body: body.as_bytes(),
    };
    plugin.verify(&request, FIRST_TIME)
}

#[track_caller]
fn assert_refused(verdict: Result<String, Refusal>, reason: &str) {
    let refusal = verdict.expect_err("the request was admitted");
    assert_eq!(refusal.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        refusal.text,
        format!("{{\"message\":\"client request can't be validated: {reason}\"}}")
    );
}

#[test]
fn the_vectors_of_the_readme_are_accepted() {
    let plugin = plugin().clock_skew_seconds(3_600);
    for (consumer, headers, date, signature) in [
        ("consumer1", SIGNED, FIRST_DATE, FIRST_SIGNATURE),
        (
            "consumer2",
            SIGNED,
            "Fri, 12 Sep 2025 23:59:01 GMT",
            "dltotPwd4iWGGz//kuehPJlHXZemR5WKwCPAJD/KPhE=",
        ),
        (
            "consumer1",
            CUSTOM,
            "Sat, 13 Sep 2025 00:04:34 GMT",
            "KoOlbkDIR/JzlKK47eURewnIpmhpkQU+KIyBUhqVfmo=",
        ),
        (
            "consumer1",
            CUSTOM,
            "Sat, 13 Sep 2025 00:09:40 GMT",
            "NcA+44FFtl2rjNvV28wSn8Rln02i4i2tFXKp3/ahyYA=",
        ),
    ] {
        let key = format!("{consumer}-key");
        let authorization = authorization(&key, "hmac-sha256", headers, signature);
        let headers = [
            ("authorization", authorization.as_str()),
            ("date", date),
            ("x-custom-header-a", "test1"),
            ("x-custom-header-b", "test2"),
        ];
        assert_eq!(verdict(&plugin, &headers, "").unwrap(), consumer, "{date}");
    }
}

#[test]
fn an_authorization_that_cannot_be_read_is_refused() {
    let without = |field: &str| first().replace(field, "x");
    for (authorization, reason) in [
        (
            "Bearer sk-1".to_owned(),
            "Authorization header does not start with 'Signature '",
        ),
        (without("keyId"), "keyId or signature missing"),
        (without("signature"), "keyId or signature missing"),
        (without("algorithm"), "algorithm missing"),
        (without("consumer1-key"), "Invalid keyId"),
    ] {
        let headers = [("authorization", authorization.as_str())];
        assert_refused(verdict(&plugin(), &headers, ""), reason);
    }
    assert_refused(verdict(&plugin(), &[], ""), "missing Authorization header");
}

#[test]
fn a_consumer_without_a_grant_is_refused_before_the_date_is_read() {
    let plugin = plugin().grant(Grant::Only(vec!["consumer2".into()]));
    let headers = [("authorization", first())];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    assert_refused(
        verdict(&plugin, &headers, ""),
        "consumer 'consumer1' is not allowed",
    );
}

#[test]
fn a_date_is_demanded_read_and_compared() {
    let first = first();
    for (date, reason) in [
        ("", "Date header missing. failed to validate clock skew"),
        ("2025-09-12T23:53:18Z", "Invalid GMT format time"),
        ("Fri, 12 Sep 2025 23:48:17 GMT", "Clock skew exceeded"),
        ("Fri, 12 Sep 2025 23:48:18 GMT", "Invalid signature"),
    ] {
        let headers = [("authorization", first.as_str()), ("date", date)];
        assert_refused(verdict(&plugin(), &headers, ""), reason);
    }
    let dateless = [("authorization", first.as_str())];
    let indifferent = plugin().clock_skew_seconds(0);
    assert_refused(verdict(&indifferent, &dateless, ""), "Invalid signature");
}

#[test]
fn an_algorithm_must_be_known_and_allowed() {
    let only_sha_1 = plugin().algorithms([HmacAlgorithm::Sha1]);
    let unknown = first().replace("hmac-sha256", "hmac-md5");
    for (plugin, authorization) in [(only_sha_1, first()), (plugin(), unknown)] {
        let headers = [
            ("authorization", authorization.as_str()),
            ("date", FIRST_DATE),
        ];
        assert_refused(verdict(&plugin, &headers, ""), "Invalid algorithm");
    }
}

#[test]
fn demanded_headers_must_be_signed_and_the_response_is_no_json_then() {
    let plugin = plugin().signed_header("date").signed_header("x-tenant");
    let none = first().replace(SIGNED, "");
    let headers = [("authorization", none.as_str()), ("date", FIRST_DATE)];
    assert_refused(verdict(&plugin, &headers, ""), "headers missing");
    let first = first();
    let headers = [("authorization", first.as_str()), ("date", FIRST_DATE)];
    let reason = "expected header \"x-tenant\" missing in signing";
    let refused = verdict(&plugin, &headers, "");
    let body = refused.as_ref().unwrap_err().text.clone();
    assert!(serde_json::from_str::<serde_json::Value>(&body).is_err());
    assert_refused(refused, reason);
}

#[test]
fn a_body_is_compared_with_its_digest_if_that_is_configured() {
    let first = first();
    let digest = "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
    let with_digest = [
        ("authorization", first.as_str()),
        ("date", FIRST_DATE),
        ("digest", digest),
    ];
    let plain = with_digest.get(..2).unwrap_or_default();
    let strict = plugin().validate_request_body();
    assert!(verdict(&strict, &with_digest, "{}").is_ok());
    assert_refused(verdict(&strict, &with_digest, "[]"), "Invalid digest");
    assert_refused(verdict(&strict, plain, "{}"), "Invalid digest");
    assert!(verdict(&strict, plain, "").is_ok());
    assert!(verdict(&plugin(), &with_digest, "[]").is_ok());
}

#[test]
fn an_anonymous_consumer_stands_in_for_unknown_callers_alone() {
    let plugin = plugin().anonymous_consumer("guest");
    assert_eq!(verdict(&plugin, &[], "").unwrap(), "guest");
    let wrong = first().replace(FIRST_SIGNATURE, "wrong");
    let headers = [("authorization", wrong.as_str()), ("date", FIRST_DATE)];
    assert_refused(verdict(&plugin, &headers, ""), "Invalid signature");
}
