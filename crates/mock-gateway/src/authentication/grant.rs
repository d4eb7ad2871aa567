//! Grants: the consumers that a route serves.

/// Which consumers a route serves (the `allow` of a plugin's rule).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grant {
    /// All of them.
    #[default]
    Everyone,
    /// Consumers of these names.
    Only(Vec<String>),
}

impl Grant {
    /// Whether a consumer is served.
    #[must_use]
    pub fn includes(&self, consumer: &str) -> bool {
        match self {
            Self::Everyone => true,
            Self::Only(names) => names.iter().any(|name| name == consumer),
        }
    }
}
