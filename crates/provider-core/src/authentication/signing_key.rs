//! The key of a signature, for every scheme.

use super::header_text::header_text;
use super::hmac_digest::{BodyDigest, Hash};
use crate::error::Error;
use crate::form::{Form, variables};
use crate::secret::Secret;

/// The name and the secret of a key, and the options of signing.
#[derive(Clone)]
pub struct SigningKey {
    pub(super) name: String,
    pub(super) secret: Secret,
    pub(super) hash: Hash,
    pub(super) body_digest: BodyDigest,
}

impl SigningKey {
    /// Parses `hmac_key`, `hmac_secret`, `hmac_method` and `body_digest`.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for the first invalid variable.
    pub(super) fn parse(form: &Form<'_>) -> Result<Self, Error> {
        Ok(Self {
            name: header_text(form, variables::HMAC_KEY)?.to_owned(),
            secret: Secret::new(form.required(variables::HMAC_SECRET)?),
            hash: Hash::parse(form)?,
            body_digest: BodyDigest::parse(form)?,
        })
    }
}
