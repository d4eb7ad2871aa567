//! The key of a signature, as the form describes it, whatever the scheme.

use super::header_text::header_text;
use super::hmac_digest::{BodyDigest, Hash};
use crate::error::Error;
use crate::form::{Form, variables};
use crate::secret::Secret;

/// A key's name and its secret, and how to sign with them.
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
    /// `invalid-credentials` for the first that is wrong.
    pub(super) fn parse(form: &Form<'_>) -> Result<Self, Error> {
        Ok(Self {
            name: header_text(form, variables::HMAC_KEY)?.to_owned(),
            secret: Secret::new(form.required(variables::HMAC_SECRET)?),
            hash: Hash::parse(form)?,
            body_digest: BodyDigest::parse(form)?,
        })
    }
}
