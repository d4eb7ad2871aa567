//! Secrets, and masking them in texts.

use core::cell::OnceCell;
use std::rc::Rc;

use wire::{base64, percent};

/// A secret text. It has neither `Debug` nor `Display`, so that it cannot end
/// up in an error, event or log by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text, for use in a request only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The secrets of a call, to mask in texts from a server: servers echo
/// requests, in several encodings.
///
/// Clones share the secrets.
#[derive(Clone, Default)]
pub struct Secrets(Rc<Shared>);

#[derive(Clone, Default)]
struct Shared {
    secrets: Vec<Secret>,
    /// Each secret, plain and encoded; longest first, so that no part of a
    /// longer one remains. Computed for the first text that is long enough to
    /// contain a secret.
    forms: OnceCell<Vec<Secret>>,
}

/// Replaces a secret in a text.
const MASK: &str = "***";

/// Shortest secret that is masked, in bytes. Anything shorter occurs in
/// ordinary text.
const MIN_BYTES: usize = 3;

/// Shortest value of a query or a header that is treated as a secret, in bytes.
const MIN_POSSIBLE_BYTES: usize = 8;

impl Secrets {
    /// A set of secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut all = Self::default();
        for secret in secrets {
            all.add(secret);
        }
        all
    }

    /// This set and values that may be secrets.
    #[must_use]
    pub fn with_possible_secrets<'a>(&self, values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = self.clone();
        for value in values {
            all.add_possible(value);
        }
        all
    }

    /// Adds the value of a header or query parameter, which may be a secret.
    /// Short values are words rather than keys and are ignored.
    pub fn add_possible(&mut self, value: &str) {
        if value.len() >= MIN_POSSIBLE_BYTES {
            self.add(&Secret::new(value));
        }
    }

    fn add(&mut self, secret: &Secret) {
        if secret.0.len() >= MIN_BYTES {
            let shared = Rc::make_mut(&mut self.0);
            shared.secrets.push(secret.clone());
            shared.forms.take();
        }
    }

    /// The text with every secret masked.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let Shared { secrets, forms } = &*self.0;
        // No encoding is shorter than the secret.
        if secrets.iter().all(|secret| secret.0.len() > text.len()) {
            return text.to_owned();
        }
        let forms = forms.get_or_init(|| forms_of_all(secrets));
        forms.iter().fold(text.to_owned(), |text, form| {
            if text.contains(form.expose()) {
                text.replace(form.expose(), MASK)
            } else {
                text
            }
        })
    }
}

fn forms_of_all(secrets: &[Secret]) -> Vec<Secret> {
    let mut all: Vec<Secret> = Vec::new();
    for secret in secrets {
        for form in forms(secret) {
            let is_longer = |earlier: &Secret| earlier.0.len() > form.0.len();
            let place = all.partition_point(is_longer);
            all.insert(place, form);
        }
    }
    all
}

/// A secret in every encoding in which a server may echo it.
fn forms(secret: &Secret) -> Vec<Secret> {
    let text = secret.expose();
    let base64 = base64::encode(text.as_bytes());
    let unpadded = base64.trim_end_matches('=');
    let json = escaped(text);
    vec![
        secret.clone(),
        Secret::new(&base64),
        Secret::new(unpadded),
        // The alphabet of URLs (RFC 4648 §5).
        Secret(unpadded.replace('+', "-").replace('/', "_")),
        Secret(percent::encode_component(text)),
        // Some JSON encoders escape the slash too.
        Secret(json.replace('/', "\\/")),
        // JSON in a JSON string.
        Secret(escaped(&json)),
        Secret(json),
    ]
}

/// A text as it stands in a JSON string, without the quotes.
fn escaped(text: &str) -> String {
    let mut json = serde_json::to_string(text).unwrap_or_default();
    json.pop();
    json.split_off(json.len().min(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_a_server_echoes_is_masked_in_every_dress() {
        let secrets = Secrets::new([&Secret::new("sk-\"1\"/é")]);
        for echo in [
            "sk-\"1\"/é",
            "c2stIjEiL8Op",
            "sk-%221%22%2F%C3%A9",
            "sk-\\\"1\\\"/é",
            "sk-\\\"1\\\"\\/é",
            "sk-\\\\\\\"1\\\\\\\"/é",
        ] {
            assert_eq!(secrets.mask(&format!("key {echo}!")), "key ***!");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        let secrets = Secrets::new([&Secret::new("sk-1"), &Secret::new("a")]);
        assert_eq!(secrets.mask("a task-2"), "a task-2");
    }
}
