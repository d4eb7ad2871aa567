//! HMACs and digests in base64.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::form::{Form, variables};
use crate::secret::Secret;
use wire::base64;

/// The hash function of the HMAC: the options of `hmac_method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-1, for gateways whose consumers still use it.
    Sha1,
}

impl Hash {
    /// Parses the choice of the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown option.
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
    // HMAC accepts keys of any length, so this cannot fail; every gateway
    // rejects an empty signature.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(text);
    base64::encode(&mac.finalize().into_bytes())
}

/// Whether a signature covers the body: the options of `body_digest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyDigest {
    /// Not covered. A covered body may not exceed 32 KiB on a default gateway.
    Off,
    /// Covered.
    On,
}

impl BodyDigest {
    /// Parses the choice of the form.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for an unknown option.
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
