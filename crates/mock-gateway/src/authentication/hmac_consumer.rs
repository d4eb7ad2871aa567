//! A consumer of the plugins that check signatures.

/// A consumer with an access key and its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HmacConsumer {
    /// What the gateway calls the consumer.
    pub name: String,
    /// The access key that requests name.
    pub key: String,
    /// The secret that signs them.
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
