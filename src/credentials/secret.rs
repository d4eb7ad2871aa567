//! Secrets, kept where no text can pick them up.

use crate::authentication::Authentication;

/// A secret text. It has neither `Debug` nor `Display`, so that no error,
/// event or log can hold it by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text itself, for a request alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The secrets of a call, to be struck out of texts that a server wrote.
#[derive(Clone, Default)]
pub struct Secrets(Vec<Secret>);

/// What stands in a text in place of a secret.
const MASK: &str = "***";

impl Secrets {
    /// The secrets that a method of authentication holds.
    #[must_use]
    pub fn of(authentication: &Authentication) -> Self {
        match authentication {
            Authentication::Disabled => Self::default(),
            Authentication::ApiKey(key) => Self(vec![key.clone()]),
        }
    }

    /// The text with every secret masked: servers echo what they were sent.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose(), MASK)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_a_server_echoes_is_masked() {
        let secrets = Secrets::of(&Authentication::ApiKey(Secret::new("sk-1")));
        assert_eq!(secrets.mask("key sk-1 is not sk-1x"), "key *** is not ***x");
    }
}
