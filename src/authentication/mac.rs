//! Message authentication codes and digests, base64-encoded as every scheme
//! here wants them.

use sha2::{Digest, Sha256};

use super::blocks::BLOCK;
use super::{md5, sha1};
use crate::base64;
use crate::credentials::{Form, Secret};
use crate::error::Error;

/// The hash below an HMAC: the options of `hmac_method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-1, for gateways whose consumers still use it.
    Sha1,
}

impl Hash {
    /// The hash that the form chooses.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown word.
    pub(super) fn parse(form: &Form<'_>) -> Result<Self, Error> {
        form.choice(
            "hmac_method",
            &[("hmac_sha256", Self::Sha256), ("hmac_sha1", Self::Sha1)],
        )
    }

    /// The HMAC of a text (RFC 2104), in base64.
    pub(super) fn sign(self, secret: &Secret, text: &[u8]) -> String {
        let mut key = secret.expose().as_bytes().to_vec();
        if key.len() > BLOCK {
            key = self.digest(&key);
        }
        key.resize(BLOCK, 0);
        let padded = |with: u8| key.iter().map(move |byte| byte ^ with);
        let mut inner: Vec<u8> = padded(0x36).collect();
        inner.extend_from_slice(text);
        let mut outer: Vec<u8> = padded(0x5c).collect();
        outer.extend(self.digest(&inner));
        base64::encode(&self.digest(&outer))
    }

    fn digest(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(text).to_vec(),
            Self::Sha1 => sha1::digest(text).to_vec(),
        }
    }
}

/// Whether a signature covers the body: the options of `body_digest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyDigest {
    /// It does not. With it, a default gateway takes no body above 32 KiB.
    Off,
    /// It does.
    On,
}

impl BodyDigest {
    /// What the form chooses.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown word.
    pub(super) fn parse(form: &Form<'_>) -> Result<Self, Error> {
        form.choice("body_digest", &[("off", Self::Off), ("on", Self::On)])
    }
}

/// The MD5 digest of a body, in base64: RFC 1864.
pub(super) fn content_md5(body: &[u8]) -> String {
    base64::encode(&md5::digest(body))
}

/// The SHA-256 digest of a body, in base64.
pub(super) fn sha256(body: &[u8]) -> String {
    base64::encode(&Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit, Mac};
    use proptest::prelude::*;

    fn code<M: Mac + KeyInit>(key: &str, text: &[u8]) -> String {
        let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(text);
        base64::encode(&mac.finalize().into_bytes())
    }

    proptest! {
        #[test]
        fn any_text_has_the_code_that_others_give_it_whatever_the_key(
            key in "[ -~]{0,200}",
            text in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let secret = Secret::new(&key);
            let expected = code::<Hmac<Sha256>>(&key, &text);
            prop_assert_eq!(Hash::Sha256.sign(&secret, &text), expected);
            let expected = code::<Hmac<::sha1::Sha1>>(&key, &text);
            prop_assert_eq!(Hash::Sha1.sign(&secret, &text), expected);
        }
    }
}
