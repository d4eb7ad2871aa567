//! What an administrator does with the balances of ai-quota: reads them, sets
//! them and adds to them.

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::endpoint::Action;
use crate::governance::balances::Balances;
use crate::received_request::ReceivedRequest;
use crate::response::MockResponse;
use crate::{local_reply, query};

/// Performs an action, and responds. An error is the text of a refusal.
pub(super) fn perform(
    action: Action,
    request: &ReceivedRequest,
    balances: &Balances,
) -> Result<MockResponse, &'static str> {
    match action {
        Action::Query => show(request.query.as_deref().unwrap_or_default(), balances),
        Action::Refresh => {
            let (consumer, tokens) = form(&request.body, "quota").ok_or(
                "Request denied by ai quota check. \
                 consumer can't be empty and quota must be integer.",
            )?;
            balances.set(&consumer, tokens);
            Ok(done("refresh quota successful"))
        }
        Action::Delta => {
            let (consumer, tokens) = form(&request.body, "value").ok_or(
                "Request denied by ai quota check. \
                 consumer can't be empty and value must be integer.",
            )?;
            balances.add(&consumer, tokens);
            Ok(done("delta quota successful"))
        }
    }
}

fn show(query: &str, balances: &Balances) -> Result<MockResponse, &'static str> {
    let consumer = parameter(query, "consumer")
        .ok_or("Request denied by ai quota check. consumer can't be empty.")?;
    let quota = balances.left(&consumer).unwrap_or_default();
    let body = json!({"consumer": consumer, "quota": quota}).to_string();
    let mut response = local_reply::text(StatusCode::OK, body);
    let media_type = HeaderValue::from_static("application/json");
    response.headers.insert(header::CONTENT_TYPE, media_type);
    Ok(response)
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

fn done(text: &'static str) -> MockResponse {
    local_reply::text(StatusCode::OK, text)
}

#[cfg(test)]
mod tests {
    use super::*;

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
