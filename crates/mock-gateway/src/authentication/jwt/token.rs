//! Tokens signed with HS256: minted for tests, and verified. `jsonwebtoken`
//! reads them; its own check of signatures and times is not used, because it
//! needs a process-wide provider of cryptography and the machine's clock.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::{Algorithm, Header};
use serde::Deserialize;
use serde_json::Value;

use crate::authentication::hmac::{HmacAlgorithm, hmac};

/// A consumer of jwt-auth, with the key that its tokens are signed with (a
/// `jwks` of one symmetric key).
///
/// ```
/// use mock_gateway::{JwtAuth, JwtConsumer, JwtFlavour};
/// use serde_json::json;
///
/// let consumer = JwtConsumer::new("alice", "a secret").issuer("tests");
/// let token = consumer.token(&json!({"iss": "tests", "exp": 1_700_000_000}));
/// let plugin = JwtAuth::new(JwtFlavour::Go).consumer(consumer);
/// # let _ = (token, plugin);
/// ```
#[derive(Clone, Debug)]
pub struct JwtConsumer {
    pub(super) name: String,
    secret: Vec<u8>,
    issuer: Option<String>,
}

/// The claims that are checked. Times are whole seconds since 1970.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    iss: Option<String>,
    pub(super) exp: Option<u64>,
}

impl JwtConsumer {
    /// A consumer of this name, whose tokens may be of any issuer.
    #[must_use]
    pub fn new(name: impl Into<String>, secret: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            secret: secret.into(),
            issuer: None,
        }
    }

    /// Accepts only tokens with this `iss` (`issuer`).
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// A token with these claims, signed for this consumer.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        let header = r#"{"typ":"JWT","alg":"HS256"}"#;
        let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
        let signed = format!("{}.{}", encode(header), encode(&claims.to_string()));
        let signature = self.signature(&signed);
        format!("{signed}.{signature}")
    }

    /// The claims of a token that was signed for this consumer.
    pub(super) fn verified(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let token = insecure_decode::<Claims>(token).ok()?;
        let Header { alg, .. } = token.header;
        let issuer = self.issuer.as_ref();
        let is_valid = alg == Algorithm::HS256
            && signature == self.signature(signed)
            && issuer.is_none_or(|issuer| token.claims.iss.as_ref() == Some(issuer));
        is_valid.then_some(token.claims)
    }

    fn signature(&self, signed: &str) -> String {
        let code = hmac(HmacAlgorithm::Sha256, &self.secret, signed.as_bytes());
        URL_SAFE_NO_PAD.encode(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 7515, appendix A.1.
    const KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn of_the_rfc() -> JwtConsumer {
        JwtConsumer::new("joe", URL_SAFE_NO_PAD.decode(KEY).unwrap())
    }

    #[test]
    fn the_token_of_the_rfc_is_verified() {
        let claims = of_the_rfc().issuer("joe").verified(TOKEN).unwrap();
        assert_eq!(claims.exp, Some(1_300_819_380));
    }

    #[test]
    fn another_key_issuer_algorithm_or_payload_is_rejected() {
        assert!(JwtConsumer::new("joe", "else").verified(TOKEN).is_none());
        assert!(of_the_rfc().issuer("ann").verified(TOKEN).is_none());
        let claims = URL_SAFE_NO_PAD.encode(r#"{"iss":"joe"}"#);
        let (header, rest) = TOKEN.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        let changed = format!("{header}.{claims}.{signature}");
        assert!(of_the_rfc().verified(&changed).is_none());
        for algorithm in ["HS512", "none"] {
            let header = URL_SAFE_NO_PAD.encode(json!({"alg": algorithm}).to_string());
            let signed = format!("{header}.{payload}");
            let token = format!("{signed}.{}", of_the_rfc().signature(&signed));
            assert!(of_the_rfc().verified(&token).is_none(), "{algorithm}");
        }
    }

    #[test]
    fn a_minted_token_is_verified() {
        let consumer = JwtConsumer::new("alice", "secret");
        let claims = consumer.verified(&consumer.token(&json!({"exp": 7})));
        assert_eq!(claims.unwrap().exp, Some(7));
        assert!(consumer.verified("not.a.token").is_none());
    }
}
