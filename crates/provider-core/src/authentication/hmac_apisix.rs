//! The signature that Higress `hmac-auth-apisix` verifies: an HTTP signature in
//! `authorization`, over the request's target, its date, and the headers that
//! the tenant or the caller added: a route may demand that some are signed, and
//! the client selects them.
//!
//! The string to sign has a line each for the key, for `METHOD path?query` as
//! sent, for `date: …` and for each further header, and ends with a line end.

use super::hmac_digest::{self, BodyDigest, Hash};
use super::signing_context::SigningContext;
use super::signing_key::SigningKey;
use crate::error::Error;
use crate::form::{Form, variables};
use crate::http::Request;

/// Parses a key, whose name is sent in quotation marks.
///
/// # Errors
///
/// `invalid-credentials` for the first invalid variable.
pub(super) fn parse_key(form: &Form<'_>) -> Result<SigningKey, Error> {
    let key = SigningKey::parse(form)?;
    if key.name.contains('"') {
        return Err(Error::invalid_credentials(
            variables::HMAC_KEY.name(),
            "holds a quotation mark",
        ));
    }
    Ok(key)
}

/// The signature headers of a request.
pub(super) fn sign(
    key: &SigningKey,
    request: &Request,
    context: &SigningContext,
) -> Vec<(String, String)> {
    let date = context.http_date();
    let target = [request.method.as_str(), &request.path_and_query].join(" ");
    let mut signed = vec![("date", date.as_str())];
    let mut names = "@request-target date".to_owned();
    for (name, value) in &request.headers {
        if is_signed(name, value) {
            signed.push((name, value));
            names.push(' ');
            names.push_str(name);
        }
    }
    let text = string_to_sign(&key.name, &target, &signed);
    let algorithm = match key.hash {
        Hash::Sha256 => "hmac-sha256",
        Hash::Sha1 => "hmac-sha1",
    };
    let authorization = [
        "Signature keyId=\"",
        &key.name,
        "\",algorithm=\"",
        algorithm,
        "\",headers=\"",
        &names,
        "\",signature=\"",
        &key.hash.sign(&key.secret, text.as_bytes()),
        "\"",
    ]
    .concat();
    let mut headers = vec![
        ("date".to_owned(), date),
        ("authorization".to_owned(), authorization),
    ];
    match key.body_digest {
        BodyDigest::Off => {}
        BodyDigest::On => {
            let digest = ["SHA-256=", &hmac_digest::sha256(&request.body)].concat();
            headers.push(("digest".to_owned(), digest));
        }
    }
    headers
}

/// Headers that plugins and proxies may change before the signature is
/// verified, or that the transport adds.
const UNSIGNED: [&str; 8] = [
    "accept",
    "content-length",
    "content-type",
    "host",
    "traceparent",
    "user-agent",
    // Higress `model-router`.
    "x-higress-llm-model",
    "x-request-id",
];

/// Whether a header was added by the tenant or the caller and arrives
/// unchanged. Values that are empty or surrounded by whitespace may not.
fn is_signed(name: &str, value: &str) -> bool {
    !UNSIGNED.contains(&name) && !value.is_empty() && value.trim() == value
}

fn string_to_sign(key: &str, target: &str, headers: &[(&str, &str)]) -> String {
    let mut text = [key, "\n", target, "\n"].concat();
    for (name, value) in headers {
        for piece in [name, ": ", value, "\n"] {
            text.push_str(piece);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    /// The vectors of the plugin's README (Higress, `hmac-auth-apisix`).
    #[test]
    fn the_plugins_own_vectors() {
        let first = ("consumer1-key", "2bda943c-ba2b-11ec-ba07-00163e1250b5");
        let second = ("consumer2-key", "c8c8e9ca-558e-4a2d-bb62-e700dcc40e35");
        let custom = [
            ("x-custom-header-a", "test1"),
            ("x-custom-header-b", "test2"),
        ];
        for ((key, secret), date, further, expected) in [
            (
                first,
                "Fri, 12 Sep 2025 23:53:18 GMT",
                &[][..],
                "746z4VISwZehUwZdzTV486ZMMbBtakmMHKPfs/A4RdU=",
            ),
            (
                second,
                "Fri, 12 Sep 2025 23:59:01 GMT",
                &[],
                "dltotPwd4iWGGz//kuehPJlHXZemR5WKwCPAJD/KPhE=",
            ),
            (
                first,
                "Sat, 13 Sep 2025 00:04:34 GMT",
                &custom,
                "KoOlbkDIR/JzlKK47eURewnIpmhpkQU+KIyBUhqVfmo=",
            ),
            (
                first,
                "Sat, 13 Sep 2025 00:09:40 GMT",
                &custom,
                "NcA+44FFtl2rjNvV28wSn8Rln02i4i2tFXKp3/ahyYA=",
            ),
        ] {
            let mut headers = vec![("date", date)];
            headers.extend_from_slice(further);
            let text = string_to_sign(key, "POST /foo", &headers);
            assert_eq!(
                Hash::Sha256.sign(&Secret::new(secret), text.as_bytes()),
                expected,
                "{date}"
            );
        }
        assert_eq!(
            hmac_digest::sha256(b"{}"),
            "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
        );
    }
}
