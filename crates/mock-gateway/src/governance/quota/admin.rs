//! The administrator's paths of ai-quota.

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::{COMPLETIONS, Decision, Quota, forbidden};
use crate::received_request::ReceivedRequest;
use crate::{local_reply, query};

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

/// The action of a path, if it is one of the administrator's.
pub(super) fn action(path: &str, admin_path: &str) -> Option<Action> {
    let ends_with = |tail: &str| path.ends_with(&format!("{COMPLETIONS}{admin_path}{tail}"));
    if ends_with("/refresh") {
        Some(Action::Refresh)
    } else if ends_with("/delta") {
        Some(Action::Delta)
    } else if ends_with("") {
        Some(Action::Query)
    } else {
        None
    }
}

impl Quota {
    /// Performs an action, and responds.
    pub(super) fn administer(
        &self,
        action: Action,
        caller: &str,
        request: &ReceivedRequest,
    ) -> Decision {
        if caller != self.admin_consumer {
            return forbidden("Request denied by ai quota check. Unauthorized admin consumer.");
        }
        match action {
            Action::Query => self.show(request.query.as_deref().unwrap_or_default()),
            Action::Refresh => match form(&request.body, "quota") {
                Some((consumer, tokens)) => {
                    self.balances.set(&consumer, tokens);
                    done("refresh quota successful")
                }
                None => forbidden(
                    "Request denied by ai quota check. \
                     consumer can't be empty and quota must be integer.",
                ),
            },
            Action::Delta => match form(&request.body, "value") {
                Some((consumer, tokens)) => {
                    self.balances.add(&consumer, tokens);
                    done("delta quota successful")
                }
                None => forbidden(
                    "Request denied by ai quota check. \
                     consumer can't be empty and value must be integer.",
                ),
            },
        }
    }

    fn show(&self, query: &str) -> Decision {
        let Some(consumer) = parameter(query, "consumer") else {
            return forbidden("Request denied by ai quota check. consumer can't be empty.");
        };
        let quota = self.left(&consumer).unwrap_or_default();
        let body = json!({"consumer": consumer, "quota": quota}).to_string();
        let mut response = local_reply::text(StatusCode::OK, body);
        let media_type = HeaderValue::from_static("application/json");
        response.headers.insert(header::CONTENT_TYPE, media_type);
        Decision::respond(response)
    }
}

/// A form's consumer and number; `None` if either is missing.
fn form(body: &[u8], number: &str) -> Option<(String, i64)> {
    let form = String::from_utf8_lossy(body);
    let consumer = parameter(&form, "consumer")?;
    let number = parameter(&form, number)?.parse().ok()?;
    Some((consumer, number))
}

/// A parameter's first value, unless it is empty.
fn parameter(list: &str, name: &str) -> Option<String> {
    let value = query::form_values(list, name).next();
    value.filter(|value| !value.is_empty())
}

fn done(text: &'static str) -> Decision {
    Decision::respond(local_reply::text(StatusCode::OK, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_administrators_paths_are_recognised_at_any_base() {
        let action_of = |path| action(path, "/quota");
        assert_eq!(action_of("/v1/chat/completions/quota"), Some(Action::Query));
        assert_eq!(
            action_of("/team/v1/chat/completions/quota/refresh"),
            Some(Action::Refresh)
        );
        assert_eq!(
            action_of("/v1/chat/completions/quota/delta"),
            Some(Action::Delta)
        );
        assert_eq!(action_of("/v1/chat/completions"), None);
    }

    #[test]
    fn a_form_needs_a_consumer_and_a_number() {
        assert_eq!(
            form(b"consumer=a+b&quota=-5", "quota"),
            Some(("a b".into(), -5))
        );
        assert_eq!(form(b"consumer=&quota=5", "quota"), None);
        assert_eq!(form(b"consumer=a&quota=much", "quota"), None);
    }
}
