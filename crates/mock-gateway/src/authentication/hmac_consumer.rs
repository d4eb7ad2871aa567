//! Consumers of the plugins that verify signatures.

/// A consumer with an access key and its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HmacConsumer {
    /// The consumer's name at the gateway.
    pub name: String,
    /// The access key, which requests name.
    pub key: String,
    /// The secret that requests are signed with.
    pub secret: String,
}

impl HmacConsumer {
    /// A consumer of this name, key and secret.
    #[must_use]
    pub fn new(name: &str, key: &str, secret: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: key.to_owned(),
            secret: secret.to_owned(),
        }
    }
}
