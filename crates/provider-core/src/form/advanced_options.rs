//! `advanced_options`: a variable whose value is a JSON object of rarely used
//! options. Every option is optional; an unknown name is an error.

use wire::members::Members;

use super::variables::{ADVANCED_OPTIONS, ADVANCED_VARIABLES};
use crate::error::Error;

/// The options as form values: numbers as their digits, `true` as `on` and
/// `false` as `off`.
pub(super) fn parse(json: &str) -> Result<Vec<(String, String)>, Error> {
    let Some(options) = Members::read(json) else {
        return Err(wrong(
            "must be a JSON object, such as {\"stream_usage\": false}",
        ));
    };
    options
        .iter()
        .map(|(name, value)| {
            if ADVANCED_VARIABLES
                .iter()
                .all(|option| option.name() != name)
            {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                return Err(wrong(&format!(
                    "contains the unknown option `{shown}`; the options are: {}",
                    names().join(", ")
                )));
            }
            let value = match value.get() {
                "true" => "on".to_owned(),
                "false" => "off".to_owned(),
                json if json.starts_with(['{', '[', 'n']) => {
                    return Err(wrong(&format!(
                        "has a value for `{name}` that is not a string, a number or a boolean"
                    )));
                }
                // A string, or else a number.
                json => serde_json::from_str(json).unwrap_or_else(|_| json.to_owned()),
            };
            Ok((name.to_owned(), value))
        })
        .collect()
}

fn names() -> Vec<&'static str> {
    ADVANCED_VARIABLES
        .iter()
        .map(|option| option.name())
        .collect()
}

fn wrong(problem: &str) -> Error {
    Error::invalid_credentials(ADVANCED_OPTIONS.name(), problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Form, variables};

    fn form_with(json: &str) -> Result<Vec<(String, String)>, Error> {
        parse(json)
    }

    #[test]
    fn members_are_looked_up_like_variables() {
        let values = [(
            ADVANCED_OPTIONS.name().to_owned(),
            r#"{"stream_usage": false, "embedding_parallel_requests": 3, "media_form": "qwen"}"#
                .to_owned(),
        )];
        let form = Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(form.get(variables::STREAM_USAGE), Some("off"));
        assert_eq!(form.get(variables::EMBEDDING_PARALLEL_REQUESTS), Some("3"));
        assert_eq!(form.get(variables::MEDIA_FORM), Some("qwen"));
        assert_eq!(form.get(variables::THINKING_FORM), None);
    }

    #[test]
    fn an_option_outside_of_the_object_has_no_effect() {
        let values = [("stream_usage".to_owned(), "off".to_owned())];
        let form = Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(form.get(variables::STREAM_USAGE), None);
    }

    #[test]
    fn what_is_not_an_object_of_known_options_is_an_error_that_says_so() {
        for (json, said) in [
            ("[]", "JSON object"),
            ("{", "JSON object"),
            ("stream_usage", "JSON object"),
            (r#"{"stream_use": true}"#, "`stream_use`"),
            (r#"{"stream_usage": null}"#, "`stream_usage`"),
            (r#"{"stream_usage": {}}"#, "`stream_usage`"),
        ] {
            let error = form_with(json).expect_err(json);
            assert!(error.message.contains(said), "{json}: {}", error.message);
            assert!(error.message.starts_with("`advanced_options`"));
        }
    }
}
