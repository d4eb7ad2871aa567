//! Routes: a path prefix, the backend behind it, and the rules in front.

use std::time::Duration;

use super::authentication::Authentication;
use super::backend::Backend;
use super::chunking::Chunking;
use super::fallback::Fallback;
use super::governance::Governance;
use super::governance::chain::Chain;

/// A route. A new one has no authentication and no plugins, accepts every
/// model, and sends each event as a chunk without delay.
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
    /// A route for the prefix and every path below it, as a path prefix of
    /// Higress matches. Slashes at either end of the prefix do not matter; the
    /// empty prefix matches every path.
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

    /// Sets how callers authenticate.
    #[must_use]
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = authentication;
        self
    }

    /// Adds a plugin. Plugins are called in the gateway's order and not in that
    /// of these calls: replay protection before authentication, then flow
    /// control, ai-quota, ai-token-ratelimit, cluster-key-rate-limit and
    /// key-rate-limit.
    #[must_use]
    pub fn governed_by(mut self, plugin: impl Into<Governance>) -> Self {
        self.governance.add(plugin.into());
        self
    }

    /// Sets the backend that responds where this route's own response is an
    /// error.
    #[must_use]
    pub fn fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = Some(fallback);
        self
    }

    /// Adds a model that the upstream has. Without any, it has every model.
    #[must_use]
    pub fn model(mut self, name: impl Into<String>) -> Self {
        self.models.push(name.into());
        self
    }

    /// Sets how responses are split into writes.
    #[must_use]
    pub fn chunking(mut self, chunking: Chunking) -> Self {
        self.chunking = chunking;
        self
    }

    /// Sets a delay between any two chunks, so that streaming can be watched.
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

/// The route with the longest prefix that matches the path; of equal prefixes
/// the one configured first.
pub(crate) fn find<'a>(routes: &'a [Route], path: &str) -> Option<&'a Route> {
    // `max_by_key` returns the last of equals.
    routes
        .iter()
        .rev()
        .filter(|route| route.takes(path))
        .max_by_key(|route| route.prefix.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Upstream;

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
