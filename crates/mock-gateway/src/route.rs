//! Routes: which prefix leads to which backend, and under which rules.

use std::time::Duration;

use super::authentication::Authentication;
use super::chunking::Chunking;
use super::fallback::Fallback;
use super::governance::Governance;
use super::governance::chain::Chain;
use super::script::Script;
use super::upstream::Upstream;

/// What stands behind a route.
#[derive(Debug)]
pub enum Backend {
    /// A model provider that answers from what it was asked.
    Upstream(Upstream),
    /// Exact responses for a test.
    Script(Script),
}

/// One route. New ones ask for no authentication, limit nothing, know every
/// model, send one chunk an event and do not dawdle.
#[derive(Debug)]
pub struct Route {
    pub(crate) prefix: String,
    pub(crate) backend: Backend,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) authentication: Authentication,
    pub(crate) governance: Chain,
    pub(crate) models: Vec<String>,
    pub(crate) chunking: Chunking,
    pub(crate) delay: Option<Duration>,
}

impl Route {
    /// A route for every path that is the prefix or goes on below it with a
    /// `/`, as a prefix predicate of Higress means it. Slashes at the prefix's
    /// ends do not matter; the empty prefix takes every path.
    #[must_use]
    pub fn new(prefix: &str, backend: Backend) -> Self {
        Self {
            prefix: prefix.trim_matches('/').to_owned(),
            backend,
            fallback: None,
            authentication: Authentication::None,
            governance: Chain::default(),
            models: Vec::new(),
            chunking: Chunking::default(),
            delay: None,
        }
    }

    /// Asks callers to authenticate.
    #[must_use]
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = authentication;
        self
    }

    /// Adds a plugin. In whatever order they are added, they are called in the
    /// gateway's: replay protection before authentication, then flow control,
    /// ai-quota, ai-token-ratelimit, cluster-key-rate-limit and key-rate-limit.
    #[must_use]
    pub fn governed_by(mut self, plugin: impl Into<Governance>) -> Self {
        self.governance.add(plugin.into());
        self
    }

    /// Lets another backend response where this route's own response is an error.
    #[must_use]
    pub fn fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = Some(fallback);
        self
    }

    /// Adds a model that the upstream knows. With none added it knows all.
    #[must_use]
    pub fn model(mut self, name: impl Into<String>) -> Self {
        self.models.push(name.into());
        self
    }

    /// Says where responses are cut into writes.
    #[must_use]
    pub fn chunking(mut self, chunking: Chunking) -> Self {
        self.chunking = chunking;
        self
    }

    /// Waits this long between any two chunks, so that a person sees text
    /// stream.
    #[must_use]
    pub fn delay_between_chunks(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    fn takes(&self, path: &str) -> bool {
        let below = path
            .strip_prefix('/')
            .unwrap_or(path)
            .strip_prefix(self.prefix.as_str());
        self.prefix.is_empty() || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// The route with the longest prefix that takes the path; of equal prefixes
/// the one configured first.
pub(crate) fn find<'a>(routes: &'a [Route], path: &str) -> Option<&'a Route> {
    // `max_by_key` keeps the last of equals.
    routes
        .iter()
        .rev()
        .filter(|route| route.takes(path))
        .max_by_key(|route| route.prefix.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(prefixes: &[&str], path: &str) -> Option<String> {
        let upstream = || Backend::Upstream(Upstream::OpenAiCompatible);
        let routes: Vec<Route> = prefixes
            .iter()
            .map(|prefix| Route::new(prefix, upstream()))
            .collect();
        find(&routes, path).map(|route| route.prefix.clone())
    }

    #[test]
    fn the_longest_prefix_wins() {
        assert_eq!(
            found(&["/a", "/a/b", "/"], "/a/b/v1").as_deref(),
            Some("a/b")
        );
        assert_eq!(found(&["/a", "/a/b", "/"], "/a/v1").as_deref(), Some("a"));
        assert_eq!(found(&["/a", "/a/b", "/"], "/c").as_deref(), Some(""));
    }

    #[test]
    fn a_prefix_ends_at_a_slash() {
        assert_eq!(found(&["/demo"], "/demo").as_deref(), Some("demo"));
        assert_eq!(found(&["/demo"], "/demo/v1").as_deref(), Some("demo"));
        assert_eq!(found(&["/demo/"], "/demonstration"), None);
    }

    #[test]
    fn of_equal_prefixes_the_first_wins() {
        let silent = Route::new("/a", Backend::Upstream(Upstream::OpenAiCompatible)).model("first");
        let other = Route::new("/a", Backend::Upstream(Upstream::OpenAiCompatible)).model("second");
        let routes = [silent, other];
        assert_eq!(
            find(&routes, "/a").map(|route| route.models.clone()),
            Some(vec!["first".into()])
        );
    }
}
