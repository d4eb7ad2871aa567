//! The signature that Higress `hmac-auth-apisix` verifies: an HTTP signature
//! in `authorization`, over the request's target, its date, and the headers
//! that the tenant or the caller added: a route may demand that some are
//! signed, and the scheme lets the client say which are.
//!
//! The string to sign has a line each for the key, for `METHOD path?query` as
//! sent, for `date: …` and for each further header, and ends with a line end.

use super::mac::{self, BodyDigest, Hash};
use super::{Moment, header_text};
use crate::credentials::{Form, Secret};
use crate::error::Error;
use crate::http::Request;

/// A key's name and its secret.
#[derive(Clone)]
pub struct HmacApisix {
    key: String,
    secret: Secret,
    hash: Hash,
    body_digest: BodyDigest,
}

impl HmacApisix {
    /// Parses `hmac_key`, `hmac_secret`, `hmac_method` and `body_digest`.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for the first that is wrong.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        let key = header_text(form, "hmac_key")?;
        if key.contains('"') {
            return Err(Error::invalid_credentials(
                "hmac_key",
                "holds a quotation mark",
            ));
        }
        Ok(Self {
            key: key.to_owned(),
            secret: Secret::new(form.required("hmac_secret")?),
            hash: Hash::parse(form)?,
            body_digest: BodyDigest::parse(form)?,
        })
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The name of the key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The headers that sign a request.
    #[must_use]
    pub fn sign(&self, request: &Request, moment: &Moment) -> Vec<(String, String)> {
        let date = moment.http_date();
        let target = format!("{} {}", request.method.as_str(), request.path_and_query);
        let mut signed = vec![("date", date.as_str())];
        signed.extend(added_headers(request));
        let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
        let names = names.join(" ");
        let text = string_to_sign(&self.key, &target, &signed);
        let signature = self.hash.sign(&self.secret, text.as_bytes());
        let algorithm = match self.hash {
            Hash::Sha256 => "hmac-sha256",
            Hash::Sha1 => "hmac-sha1",
        };
        let authorization = format!(
            "Signature keyId=\"{}\",algorithm=\"{algorithm}\",headers=\"@request-target {names}\",signature=\"{signature}\"",
            self.key
        );
        let mut headers = vec![
            ("date".to_owned(), date),
            ("authorization".to_owned(), authorization),
        ];
        match self.body_digest {
            BodyDigest::Off => {}
            BodyDigest::On => {
                headers.push((
                    "digest".to_owned(),
                    format!("SHA-256={}", mac::sha256(&request.body)),
                ));
            }
        }
        headers
    }
}

/// Headers that plugins and proxies may set anew before the signature is
/// checked, or that the transport writes.
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

/// The headers of a request that its sender added, but for those whose values
/// may not arrive as they are: without a value, or with blanks around it.
fn added_headers(request: &Request) -> impl Iterator<Item = (&str, &str)> {
    let headers = request.headers.iter();
    headers
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !UNSIGNED.contains(name))
        .filter(|(_, value)| !value.is_empty() && value.trim() == *value)
}

fn string_to_sign(key: &str, target: &str, headers: &[(&str, &str)]) -> String {
    let mut text = format!("{key}\n{target}\n");
    for (name, value) in headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

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
            mac::sha256(b"{}"),
            "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
        );
    }
}
