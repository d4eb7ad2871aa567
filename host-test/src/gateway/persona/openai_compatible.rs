//! The endpoints of an `OpenAI`-compatible provider, told apart by the path's
//! suffix as ai-proxy does.

use http::{Method, StatusCode, header};

use super::openai_error::OpenAiError;
use super::{Scene, chat_completion};
use crate::gateway::answer::Answer;
use crate::gateway::arrival::Arrival;

enum Endpoint {
    ChatCompletions,
}

/// Answers a request to any path.
pub(crate) fn answer(arrival: &Arrival, scene: Scene<'_>) -> Answer {
    match checked_endpoint(arrival) {
        Err(error) => error.into_answer(),
        Ok(Endpoint::ChatCompletions) => chat_completion::answer(&arrival.body, scene),
    }
}

/// The endpoint, if the request's form is one that all endpoints ask for: POST
/// with a JSON body.
fn checked_endpoint(arrival: &Arrival) -> Result<Endpoint, OpenAiError> {
    let endpoint = endpoint(&arrival.path).ok_or_else(|| unknown_url(arrival))?;
    if arrival.method != Method::POST {
        let message = "Only POST requests are accepted.";
        return Err(
            OpenAiError::new(StatusCode::METHOD_NOT_ALLOWED, message).code("method_not_supported")
        );
    }
    let media_type = arrival
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(is_json) {
        let message = format!(
            "Unsupported content type: '{}'. This API method only accepts 'application/json' requests.",
            media_type.unwrap_or_default()
        );
        return Err(
            OpenAiError::new(StatusCode::BAD_REQUEST, message).code("unsupported_content_type")
        );
    }
    Ok(endpoint)
}

fn endpoint(path: &str) -> Option<Endpoint> {
    path.ends_with("/v1/chat/completions")
        .then_some(Endpoint::ChatCompletions)
}

fn unknown_url(arrival: &Arrival) -> OpenAiError {
    let message = format!("Invalid URL ({} {})", arrival.method, arrival.path);
    OpenAiError::new(StatusCode::NOT_FOUND, message)
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_is_recognised_with_parameters_and_in_any_case() {
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=utf-8"));
        assert!(!is_json("text/plain"));
    }
}
