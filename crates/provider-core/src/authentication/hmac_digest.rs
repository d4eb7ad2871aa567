//! Message authentication codes and digests, base64-encoded as every scheme
//! here wants them.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::form::{Form, variables};
use crate::secret::Secret;
use wire::base64;

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
            variables::HMAC_METHOD,
            &[("hmac_sha256", Self::Sha256), ("hmac_sha1", Self::Sha1)],
        )
    }

    /// The HMAC of a text (RFC 2104), in base64.
    pub(super) fn sign(self, secret: &Secret, text: &[u8]) -> String {
        match self {
            Self::Sha256 => code::<Hmac<Sha256>>(secret, text),
            Self::Sha1 => code::<Hmac<Sha1>>(secret, text),
        }
    }
}

fn code<M: Mac + KeyInit>(secret: &Secret, text: &[u8]) -> String {
    // HMAC takes keys of any length, so this cannot fail; an empty code would
    // be refused by every gateway.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(text);
    base64::encode(&mac.finalize().into_bytes())
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
        form.choice(
            variables::BODY_DIGEST,
            &[("off", Self::Off), ("on", Self::On)],
        )
    }
}

/// The MD5 digest of a body, in base64: RFC 1864.
pub(super) fn md5(body: &[u8]) -> String {
    base64::encode(&Md5::digest(body))
}

/// The SHA-256 digest of a body, in base64.
pub(super) fn sha256(body: &[u8]) -> String {
    base64::encode(&Sha256::digest(body))
}
