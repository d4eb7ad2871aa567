//! The plugin's own test vectors (Higress, `hmac_auth/plugin_test.cc`), and
//! one derived from its rules.

use super::*;

const KEYED: (&str, &str) = (
    "x-ca-signature-headers",
    "x-ca-key,x-ca-nonce,x-ca-timestamp",
);
const JSON: &str = "application/json";

/// A request that a test can change.
#[derive(Clone)]
struct Vector {
    method: &'static str,
    target: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
}

impl Vector {
    fn wire(&self) -> WireRequest<'_> {
        WireRequest {
            method: self.method,
            target: self.target,
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes()))
                .collect(),
            body: self.body.as_bytes(),
        }
    }

    fn verify(&self, plugin: &HmacAuth, unix_milliseconds: u64) -> Result<Option<String>, Refusal> {
        plugin.verify(&self.wire(), unix_milliseconds)
    }

    /// The same request with the code of its string to sign. Whether that
    /// string is right, the vectors show.
    fn signed(&self, algorithm: HmacAlgorithm) -> Self {
        let text = string_to_sign(&self.wire(), b"");
        let code = hmac_base64(algorithm, "appSecret", &text);
        self.with("x-ca-signature", code.leak())
    }

    /// The same request with another value of a header.
    fn with(&self, name: &'static str, value: &'static str) -> Self {
        let mut changed = self.clone();
        changed.headers.retain(|(known, _)| *known != name);
        changed.headers.push((name, value));
        changed
    }
}

fn v1() -> Vector {
    Vector {
        method: "GET",
        target: "/Third/Tools/checkSign",
        headers: vec![
            ("accept", JSON),
            ("content-type", JSON),
            ("x-ca-timestamp", "1646365291734"),
            ("x-ca-nonce", "787dd0c2-7bd8-41cd-9c19-62c05ea524a2"),
            ("x-ca-key", "appKey"),
            KEYED,
            (
                "x-ca-signature",
                "EdJSFAMOWyXZOpXhevZnjuS0ZafnwnCqaSk5hz+tXo8=",
            ),
        ],
        body: "",
    }
}

fn v3() -> Vector {
    Vector {
        method: "POST",
        target: "/Third/User/getNyAccessToken",
        headers: vec![
            ("accept", JSON),
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-ca-timestamp", "1646646682418"),
            ("x-ca-nonce", "ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf"),
            ("x-ca-key", "appKey"),
            KEYED,
            (
                "x-ca-signature",
                "gmf9xq0hc95Hmt+7G+OocS009ka3v1v0rvfshKzYc3w=",
            ),
        ],
        body: "nickname=nickname&room_id=6893&uuid=uuid&photo=photo",
    }
}

/// A form whose chunked body is empty.
fn v4() -> Vector {
    Vector {
        method: "POST",
        target: "/http2test/test?param1=test&username=xiaoming&password=123456789",
        headers: vec![
            ("accept", "application/json; charset=utf-8"),
            (
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("date", "Wed, 09 May 2018 13:30:29 GMT+00:00"),
            ("transfer-encoding", "chunked"),
            ("x-ca-timestamp", "1525872629832"),
            ("x-ca-nonce", "c9f15cbf-f4ac-4a6c-b54d-f51abf4b5b44"),
            ("x-ca-key", "203753385"),
            ("x-ca-signature-method", "HmacSHA256"),
            (
                "x-ca-signature-headers",
                "x-ca-timestamp,x-ca-key,x-ca-nonce,x-ca-signature-method",
            ),
            (
                "x-ca-signature",
                "FJbhmAFYz9zfl1FrThxzxBt79BvaHQIzy8Wpctn+xXE=",
            ),
        ],
        body: "",
    }
}

fn d1() -> Vector {
    Vector {
        method: "POST",
        target: "/v1/chat/completions",
        headers: vec![
            ("accept", JSON),
            ("content-type", JSON),
            ("x-ca-timestamp", "1700000000000"),
            ("x-ca-nonce", "00000000-0000-4000-8000-000000000001"),
            ("x-ca-key", "appKey"),
            ("x-ca-signature-method", "HmacSHA256"),
            (
                "x-ca-signature-headers",
                "x-ca-key,x-ca-nonce,x-ca-signature-method,x-ca-timestamp",
            ),
            (
                "x-ca-signature",
                "UBJpuheE+Z3DxScy8FgTmeij+YymRpQ1bWmOVs041HY=",
            ),
        ],
        body: "{}",
    }
}

fn credential() -> HmacAuth {
    HmacAuth::for_credentials([("appKey", "appSecret"), ("203753385", "123456")]).unwrap()
}

fn consumer(secret: &str) -> HmacAuth {
    HmacAuth::for_consumers([HmacConsumer::new("consumer", "appKey", secret)]).unwrap()
}

#[track_caller]
fn assert_refused(verdict: Result<Option<String>, Refusal>, status: u16, text: &str) -> Refusal {
    let refusal = verdict.expect_err("the request was admitted");
    assert_eq!((refusal.status.as_u16(), &*refusal.text), (status, text));
    refusal
}

#[test]
fn v1_signed_headers_are_accepted_with_and_without_a_consumer() {
    assert_eq!(v1().verify(&credential(), 0).unwrap(), None);
    let named = consumer("appSecret").grant(Grant::Only(vec!["consumer".into()]));
    let admitted = v1().verify(&named, 0).unwrap();
    assert_eq!(admitted.as_deref(), Some("consumer"));
}

#[test]
fn v2_a_request_without_signed_headers_is_accepted() {
    let request = Vector {
        headers: vec![
            ("accept", JSON),
            ("x-ca-key", "appKey"),
            (
                "x-ca-signature",
                "ZpJhkHdtjLTJiR6CJWHL8ikLtPB2z6CoztG21wG3PT4=",
            ),
        ],
        ..v1()
    };
    assert!(request.verify(&credential(), 0).is_ok());
}

#[test]
fn v3_parameters_of_a_form_are_signed() {
    assert!(v3().verify(&credential(), 0).is_ok());
    assert!(v3().verify(&consumer("appSecret"), 0).is_ok());
    let wrong = v3().with("x-ca-signature", "wrong");
    let refusal = assert_refused(wrong.verify(&credential(), 0), 400, "Invalid Signature");
    let (name, message) = &refusal.headers[0];
    assert_eq!(name, "x-ca-error-message");
    assert_eq!(
        message,
        "Server StringToSign:`POST#application/json##application/x-www-form-urlencoded##\
        x-ca-key:appKey#x-ca-nonce:ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf#\
        x-ca-timestamp:1646646682418#/Third/User/getNyAccessToken?\
        nickname=nickname&photo=photo&room_id=6893&uuid=uuid`"
    );
}

#[test]
fn v4_a_date_is_compared_with_the_clock() {
    let plugin = credential().date_offset_seconds(3_600);
    for (now, accepted) in [
        (1_525_876_230, false),
        (1_525_876_229, true),
        (1_525_869_029, true),
        (1_525_869_027, false),
    ] {
        let verdict = v4().verify(&plugin, now * 1_000);
        assert_eq!(verdict.is_ok(), accepted, "{now}");
        if !accepted {
            assert_refused(verdict, 400, "Invalid Date");
        }
    }
    assert!(v4().verify(&credential(), 0).is_ok());
}

#[test]
fn v7_a_body_must_fit_its_digest() {
    let verdict = |digest| {
        let request = Vector {
            body: "abc",
            ..d1().with("content-md5", digest)
        };
        let signed = request.signed(HmacAlgorithm::Sha256);
        signed.verify(&credential(), 0)
    };
    assert!(verdict("kAFQmDzST7DWlj99KOF/cg==").is_ok());
    assert_refused(
        verdict("AAFQmDzST7DWlj99KOF/cg=="),
        400,
        "Invalid Content-MD5",
    );
}

#[test]
fn a_digest_without_a_body_is_not_compared_unless_the_body_is_chunked() {
    let empty = Vector {
        body: "",
        ..d1().with("content-md5", "kAFQmDzST7DWlj99KOF/cg==")
    };
    let signed = empty.signed(HmacAlgorithm::Sha256);
    assert!(signed.verify(&credential(), 0).is_ok());
    let chunked = signed.with("transfer-encoding", "chunked");
    assert_refused(chunked.verify(&credential(), 0), 400, "Invalid Content-MD5");
}

#[test]
fn v8_an_empty_secret_is_configured_and_fits_no_signature() {
    let bare = HmacAuth::for_credentials([("appKey", "")]).unwrap();
    for plugin in [bare, consumer("")] {
        assert_refused(v1().verify(&plugin, 0), 400, "Invalid Signature");
    }
}

#[test]
fn v8_a_key_can_be_configured_once() {
    let twice = [("appKey", ""), ("appKey", "123")];
    assert_eq!(
        HmacAuth::for_credentials(twice).unwrap_err(),
        HmacAuthConfigError::DuplicateKey("appKey".into())
    );
    let nobody = HmacAuth::for_consumers([]).unwrap_err();
    assert_eq!(nobody, HmacAuthConfigError::NoCallers);
}

#[test]
fn v8_an_empty_grant_serves_nobody_but_bare_credentials() {
    let nobody = Grant::Only(Vec::new());
    let named = consumer("appSecret").grant(nobody.clone());
    assert_refused(v1().verify(&named, 0), 403, "Unauthorized Consumer");
    assert!(v1().verify(&credential().grant(nobody), 0).is_ok());
}

#[test]
fn d1_a_chat_completion_is_accepted_under_the_rule_for_timestamps() {
    let plugin = credential().date_offset_seconds(60);
    assert!(d1().verify(&plugin, 1_700_000_060_000).is_ok());
    assert_refused(d1().verify(&plugin, 1_700_000_060_001), 400, "Invalid Date");
}

#[test]
fn the_key_is_checked_before_the_signature_and_that_before_the_date() {
    let plugin = credential().date_offset_seconds(60);
    let unsigned = d1().with("x-ca-signature", "");
    let unknown = unsigned.with("x-ca-key", "other");
    assert_refused(unknown.verify(&plugin, 0), 401, "Invalid Key");
    assert_refused(unsigned.verify(&plugin, 0), 401, "Empty Signature");
    let wrong = d1().with("x-ca-signature", "wrong");
    assert_refused(wrong.verify(&plugin, 0), 400, "Invalid Date");
}

#[test]
fn any_method_but_one_spelling_of_sha_1_means_sha_256() {
    for (method, algorithm) in [
        ("HmacSHA1", HmacAlgorithm::Sha1),
        ("HmacSHA256", HmacAlgorithm::Sha256),
        ("hmacsha1", HmacAlgorithm::Sha256),
        ("MD5", HmacAlgorithm::Sha256),
        ("", HmacAlgorithm::Sha256),
    ] {
        let request = v1().with("x-ca-signature-method", method);
        let verdict = request.signed(algorithm).verify(&credential(), 0);
        assert!(verdict.is_ok(), "{method}");
    }
}

#[test]
fn a_form_without_a_body_is_never_checked() {
    let unchecked = Vector {
        body: "",
        ..v3().with("x-ca-signature", "wrong")
    };
    assert!(unchecked.verify(&credential(), 0).is_ok());
    let chunked = unchecked.with("transfer-encoding", "chunked");
    assert_refused(chunked.verify(&credential(), 0), 400, "Invalid Signature");
}

#[test]
fn what_the_plugin_must_hold_is_limited_and_nothing_else() {
    let plugin = credential().buffer_limit(51);
    assert_refused(v3().verify(&plugin, 0), 413, "Payload Too Large");
    assert!(v3().verify(&credential().buffer_limit(52), 0).is_ok());
    assert!(d1().verify(&credential().buffer_limit(1), 0).is_ok());
}

#[test]
fn the_plugin_has_a_limit_of_its_own() {
    let body: &'static str = "x".repeat(BODY_LIMIT_BYTES + 1).leak();
    let large = Vector { body, ..v3() };
    let raised = credential().buffer_limit(usize::MAX);
    assert_refused(large.verify(&raised, 0), 413, "Request Body Too Large");
}
