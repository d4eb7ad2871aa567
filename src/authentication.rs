//! How a request proves who sends it: the methods that the form offers under
//! `consumer_auth_mode`.
//!
//! A method is a variant here, parsed from the form's variables, that adds
//! its headers to a request that is otherwise complete.

use crate::call::is_header_value;
use crate::credentials::{Form, Secret};
use crate::error::Error;

/// A method of authentication, with what it needs.
#[derive(Clone)]
pub enum Authentication {
    /// None: the route is open.
    Disabled,
    /// An API key as a bearer token (RFC 6750).
    ApiKey(Secret),
}

/// The words of `consumer_auth_mode`.
#[derive(Clone, Copy)]
enum Mode {
    Disabled,
    ApiKey,
    Hmac,
}

impl Authentication {
    /// Parses the chosen method and its variables.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` if the method is unknown or what it needs is
    /// missing: a chosen method never ends in an open request.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        let mode = form.choice(
            "consumer_auth_mode",
            &[
                ("disabled", Mode::Disabled),
                ("api_key", Mode::ApiKey),
                ("hmac", Mode::Hmac),
            ],
        )?;
        match mode {
            Mode::Disabled => Ok(Self::Disabled),
            Mode::ApiKey => Ok(Self::ApiKey(header_secret(form, "api_key")?)),
            Mode::Hmac => Err(Error::unsupported("`consumer_auth_mode` hmac")),
        }
    }

    /// The headers that this method adds to a request.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        match self {
            Self::Disabled => Vec::new(),
            Self::ApiKey(key) => vec![(
                "authorization".to_owned(),
                format!("Bearer {}", key.expose()),
            )],
        }
    }
}

/// A secret that is to stand in a header.
fn header_secret(form: &Form<'_>, variable: &str) -> Result<Secret, Error> {
    let value = form.required(variable)?;
    if is_header_value(value) && value.is_ascii() {
        Ok(Secret::new(value))
    } else {
        Err(Error::invalid_credentials(
            variable,
            "holds a line break or a character beyond ASCII; copy it again",
        ))
    }
}
