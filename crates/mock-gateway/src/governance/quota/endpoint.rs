//! The paths that ai-quota knows: the one that it limits, and the
//! administrator's below it.

/// The path that the plugin limits, under any base path.
const COMPLETIONS: &str = "/v1/chat/completions";

/// What the plugin does on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// It limits the consumer.
    Completions,
    /// It lets the administrator act.
    Administration(Action),
    /// Nothing.
    Other,
}

/// An action of the administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Reads a balance.
    Query,
    /// Sets a balance.
    Refresh,
    /// Adds to a balance.
    Delta,
}

impl Endpoint {
    /// The endpoint at a path. An administrator's path comes first, also if
    /// `admin_path` is empty.
    pub(super) fn of(path: &str, admin_path: &str) -> Self {
        let ends_with = |tail: &str| path.ends_with(&format!("{COMPLETIONS}{admin_path}{tail}"));
        if ends_with("/refresh") {
            Self::Administration(Action::Refresh)
        } else if ends_with("/delta") {
            Self::Administration(Action::Delta)
        } else if ends_with("") {
            Self::Administration(Action::Query)
        } else if path.ends_with(COMPLETIONS) {
            Self::Completions
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_administrators_paths_are_recognised_at_any_base() {
        let endpoint = |path| Endpoint::of(path, "/quota");
        assert_eq!(
            endpoint("/v1/chat/completions/quota"),
            Endpoint::Administration(Action::Query)
        );
        assert_eq!(
            endpoint("/team/v1/chat/completions/quota/refresh"),
            Endpoint::Administration(Action::Refresh)
        );
        assert_eq!(
            endpoint("/v1/chat/completions/quota/delta"),
            Endpoint::Administration(Action::Delta)
        );
        assert_eq!(endpoint("/v1/chat/completions"), Endpoint::Completions);
        assert_eq!(endpoint("/v1/models"), Endpoint::Other);
    }
}
