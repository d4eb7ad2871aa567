//! The signature that Higress `hmac-auth` verifies: Alibaba Cloud API
//! Gateway's scheme of `x-ca-*` headers.
//!
//! The string to sign has, each on a line: the method; the values of
//! `accept`, `content-md5`, `content-type` and `date`; each signed header as
//! `name:value`, sorted by name; and, with no line end, the path and the
//! parameters, sorted by name. The gateway takes the path as it came, so it
//! is signed as it is sent; parameters are compared percent-decoded.

use std::borrow::Cow;

use super::hmac_digest::{self, BodyDigest, Hash};
use super::signing_context::SigningContext;
use super::signing_key::SigningKey;
use crate::http::Request;
use wire::percent;

/// The headers that are signed, sorted. The gateway splits the list at commas
/// and does not trim, so it contains no spaces. `content-length` must not be
/// signed: earlier plugins change it.
const SIGNED_HEADERS: [&str; 4] = [
    "x-ca-key",
    "x-ca-nonce",
    "x-ca-signature-method",
    "x-ca-timestamp",
];

/// The signature headers of a request.
pub(super) fn sign(
    key: &SigningKey,
    request: &Request,
    context: &SigningContext,
) -> Vec<(String, String)> {
    let method = match key.hash {
        Hash::Sha256 => "HmacSHA256",
        Hash::Sha1 => "HmacSHA1",
    };
    let mut headers = Vec::new();
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    add("date", context.http_date());
    add("x-ca-key", key.name.clone());
    add("x-ca-nonce", context.nonce());
    add("x-ca-signature-method", method.to_owned());
    add("x-ca-timestamp", context.unix_ms.to_string());
    add("x-ca-signature-headers", SIGNED_HEADERS.join(","));
    match key.body_digest {
        BodyDigest::Off => {}
        BodyDigest::On => add("content-md5", hmac_digest::md5(&request.body)),
    }
    let text = signed_text(request, &headers);
    let signature = key.hash.sign(&key.secret, &text);
    headers.push(("x-ca-signature".to_owned(), signature));
    headers
}

/// The string to sign of a request with its signature headers.
pub(super) fn signed_text(request: &Request, beside: &[(String, String)]) -> Vec<u8> {
    string_to_sign(request, beside, &SIGNED_HEADERS)
}

/// The string to sign. `signed` are the names of further signed headers, in
/// lower case and sorted; a header that is missing counts as empty.
fn string_to_sign(request: &Request, beside: &[(String, String)], signed: &[&str]) -> Vec<u8> {
    let value = |name: &str| {
        let mut headers = request.headers.iter().chain(beside);
        headers
            .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value.as_str())
    };
    let mut text = Vec::new();
    let mut add = |piece: &str| text.extend_from_slice(piece.as_bytes());
    add(request.method.as_str());
    for name in ["accept", "content-md5", "content-type", "date"] {
        add("\n");
        add(value(name));
    }
    for name in signed {
        add("\n");
        add(name);
        add(":");
        add(value(name));
    }
    add("\n");
    let content_type = value("content-type").to_ascii_lowercase();
    let form: &[u8] = if content_type.contains("application/x-www-form-urlencoded") {
        &request.body
    } else {
        &[]
    };
    push_path_and_parameters(&mut text, &request.path_and_query, form);
    text
}

/// Appends the path and `?name=value&…`: parameters of the query and of a
/// form, decoded, sorted by name; of several by one name the first counts.
fn push_path_and_parameters(text: &mut Vec<u8>, path_and_query: &str, form: &[u8]) {
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((path_and_query, ""));
    text.extend_from_slice(path.as_bytes());
    let mut parameters: Vec<Parameter<'_>> = Vec::new();
    for list in [query.as_bytes(), form] {
        if list.is_empty() {
            continue;
        }
        // What a trailing `&` ends has no successor; one before it counts, and
        // so does an empty one.
        let list = list.strip_suffix(b"&").unwrap_or(list);
        for item in list.split(|byte| *byte == b'&') {
            let (name, value) = parameter(item);
            if let Err(place) = parameters.binary_search_by(|(earlier, _)| earlier.cmp(&name)) {
                parameters.insert(place, (name, value));
            }
        }
    }
    let mut separator = b'?';
    for (name, value) in parameters {
        text.push(separator);
        text.extend_from_slice(&name);
        text.push(b'=');
        text.extend_from_slice(&value);
        separator = b'&';
    }
}

/// A name and a value.
type Parameter<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// Name and value of a parameter, decoded; one without a value has its name
/// taken as it is.
fn parameter(item: &[u8]) -> Parameter<'_> {
    match item.iter().position(|byte| *byte == b'=') {
        Some(at) => {
            let (name, value) = item.split_at_checked(at).unwrap_or((item, &[]));
            (
                percent::decode(name),
                percent::decode(value.strip_prefix(b"=").unwrap_or(value)),
            )
        }
        None => (Cow::Borrowed(item), Cow::Borrowed(&[])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Method, Scheme};
    use crate::secret::Secret;

    const KEYED: [&str; 3] = ["x-ca-key", "x-ca-nonce", "x-ca-timestamp"];

    fn sign(
        secret: &str,
        method: &str,
        headers: &[(&str, &str)],
        signed: &[&str],
        path: &str,
        body: &str,
    ) -> String {
        let method = match method {
            "GET" => Method::Get,
            _ => Method::Post,
        };
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let request = Request {
            method,
            scheme: Scheme::Http,
            authority: "h".to_owned(),
            path_and_query: path.to_owned(),
            headers,
            body: body.into(),
        };
        let text = string_to_sign(&request, &[], signed);
        Hash::Sha256.sign(&Secret::new(secret), &text)
    }

    // V1 … V7 are the gateway's own test vectors (Higress, `hmac_auth`,
    // `plugin_test.cc`); D1 was derived from its rules.

    #[test]
    fn vector_v1_signed_headers() {
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("x-ca-timestamp", "1646365291734"),
            ("x-ca-nonce", "787dd0c2-7bd8-41cd-9c19-62c05ea524a2"),
            ("x-ca-key", "appKey"),
        ];
        assert_eq!(
            sign(
                "appSecret",
                "GET",
                &headers,
                &KEYED,
                "/Third/Tools/checkSign",
                ""
            ),
            "EdJSFAMOWyXZOpXhevZnjuS0ZafnwnCqaSk5hz+tXo8="
        );
    }

    #[test]
    fn vector_v2_no_signed_headers() {
        let headers = [("accept", "application/json"), ("x-ca-key", "appKey")];
        assert_eq!(
            sign(
                "appSecret",
                "GET",
                &headers,
                &[],
                "/Third/Tools/checkSign",
                ""
            ),
            "ZpJhkHdtjLTJiR6CJWHL8ikLtPB2z6CoztG21wG3PT4="
        );
    }

    #[test]
    fn vector_v3_parameters_in_a_form() {
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-ca-timestamp", "1646646682418"),
            ("x-ca-nonce", "ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf"),
            ("x-ca-key", "appKey"),
        ];
        let body = "nickname=nickname&room_id=6893&uuid=uuid&photo=photo";
        assert_eq!(
            sign(
                "appSecret",
                "POST",
                &headers,
                &KEYED,
                "/Third/User/getNyAccessToken",
                body
            ),
            "gmf9xq0hc95Hmt+7G+OocS009ka3v1v0rvfshKzYc3w="
        );
    }

    #[test]
    fn vector_v4_a_date_and_a_query() {
        let headers = [
            ("accept", "application/json; charset=utf-8"),
            (
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("date", "Wed, 09 May 2018 13:30:29 GMT+00:00"),
            ("x-ca-timestamp", "1525872629832"),
            ("x-ca-nonce", "c9f15cbf-f4ac-4a6c-b54d-f51abf4b5b44"),
            ("x-ca-key", "203753385"),
            ("x-ca-signature-method", "HmacSHA256"),
        ];
        let path = "/http2test/test?param1=test&username=xiaoming&password=123456789";
        assert_eq!(
            sign("123456", "POST", &headers, &SIGNED_HEADERS, path, ""),
            "FJbhmAFYz9zfl1FrThxzxBt79BvaHQIzy8Wpctn+xXE="
        );
    }

    #[test]
    fn vector_v7_the_digest_of_a_body() {
        assert_eq!(hmac_digest::md5(b"abc"), "kAFQmDzST7DWlj99KOF/cg==");
    }

    #[test]
    fn vector_d1_a_chat_completion() {
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("x-ca-timestamp", "1700000000000"),
            ("x-ca-nonce", "00000000-0000-4000-8000-000000000001"),
            ("x-ca-key", "appKey"),
            ("x-ca-signature-method", "HmacSHA256"),
        ];
        assert_eq!(
            sign(
                "appSecret",
                "POST",
                &headers,
                &SIGNED_HEADERS,
                "/v1/chat/completions",
                "{}"
            ),
            "UBJpuheE+Z3DxScy8FgTmeij+YymRpQ1bWmOVs041HY="
        );
    }

    #[test]
    fn parameters_are_decoded_sorted_and_taken_once() {
        for (path, expected) in [
            ("/p", "/p"),
            ("/p?", "/p"),
            ("/p?b=2&a=1&", "/p?a=1&b=2"),
            ("/p?a=1&a=2", "/p?a=1"),
            ("/p?a=1&&b=2", "/p?=&a=1&b=2"),
            ("/p?a=&b", "/p?a=&b="),
            ("/p?%61=%E4%BD%A0+x", "/p?a=你+x"),
            ("/p%20q?x", "/p%20q?x="),
            ("/p?a=b=c", "/p?a=b=c"),
            ("/p?&a=1", "/p?=&a=1"),
            ("/p?&", "/p?="),
        ] {
            let mut text = Vec::new();
            push_path_and_parameters(&mut text, path, b"");
            assert_eq!(String::from_utf8_lossy(&text), expected, "{path}");
        }
    }
}
