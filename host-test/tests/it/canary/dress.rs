//! How a secret looks when it comes back.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// An encoding in which a server repeats what it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dress {
    Plain,
    Base64,
    UrlSafeBase64,
    PercentEncoded,
    JsonEscaped,
}

impl Dress {
    pub(crate) const ALL: [Self; 5] = [
        Self::Plain,
        Self::Base64,
        Self::UrlSafeBase64,
        Self::PercentEncoded,
        Self::JsonEscaped,
    ];

    pub(crate) fn put_on(self, secret: &str) -> String {
        match self {
            Self::Plain => secret.to_owned(),
            Self::Base64 => STANDARD.encode(secret),
            Self::UrlSafeBase64 => URL_SAFE_NO_PAD.encode(secret),
            Self::PercentEncoded => secret
                .bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                        char::from(byte).to_string()
                    }
                    _ => format!("%{byte:02X}"),
                })
                .collect(),
            Self::JsonEscaped => {
                let json = serde_json::Value::from(secret).to_string();
                json[1..json.len() - 1].to_owned()
            }
        }
    }

    /// What must not be found: the part of the secret that no encoding of
    /// single characters changes, and the secret in the others.
    pub(crate) fn needles(secret: &str) -> Vec<String> {
        let letters = secret.split(|letter: char| !letter.is_ascii_alphanumeric());
        let longest = letters.max_by_key(|part| part.len()).unwrap();
        assert!(longest.len() >= 8, "{secret} has no part that stays");
        vec![
            longest.to_owned(),
            STANDARD.encode(secret).trim_end_matches('=').to_owned(),
            URL_SAFE_NO_PAD.encode(secret),
        ]
    }
}
