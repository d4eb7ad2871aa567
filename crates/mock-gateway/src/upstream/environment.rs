//! What an upstream is given besides the request.

use fastrand::Rng;

/// What an upstream has besides the request.
#[derive(Clone, Debug)]
pub(crate) struct Environment<'a> {
    /// The models it has; empty for any.
    pub(crate) models: &'a [String],
    /// The gateway's origin as the client reached it, without a trailing slash.
    pub(crate) origin: &'a str,
    /// The time in seconds since 1970.
    pub(crate) unix_seconds: u64,
    /// The source of identifiers.
    pub(crate) random: Rng,
}

impl Environment<'_> {
    /// A new identifier of 32 hexadecimal digits.
    pub(crate) fn identifier(&mut self) -> String {
        format!("{:016x}{:016x}", self.random.u64(..), self.random.u64(..))
    }
}
