//! Backends: what responds behind a route or a fallback.

use super::script::Script;
use super::upstream::Upstream;

/// The backend of a route.
#[derive(Debug)]
#[non_exhaustive]
pub enum Backend {
    /// A model provider that reads the request and responds to it.
    Upstream(Upstream),
    /// Exact responses for a test.
    Script(Script),
}
