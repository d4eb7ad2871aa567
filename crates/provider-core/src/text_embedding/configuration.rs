//! The configuration of an embedding model.

use super::batches::MAX_BATCH_SIZE;
use super::format::Format;
use super::protocol::Protocol;
use super::request::InputType;
use crate::error::Error;
use crate::form::{Form, variables};

/// Maximum number of parallel requests of a call.
const MAX_PARALLEL_REQUESTS: u32 = 8;
/// The default.
const DEFAULT_PARALLEL_REQUESTS: u32 = 4;

/// The configuration of an embedding model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The wire protocol.
    pub protocol: Protocol,
    /// Maximum number of texts in a request; `None` for the default of the
    /// model family.
    pub batch_size: Option<u32>,
    /// The default length of the vectors.
    pub dimensions: Option<u32>,
    /// Maximum number of tokens of a text.
    pub context_size: Option<u32>,
    /// The requested encoding of vectors.
    pub format: Format,
    /// The prefix of queries.
    pub query_prefix: Option<String>,
    /// The prefix of documents.
    pub document_prefix: Option<String>,
    /// The handling of texts that exceed `context_size`.
    pub too_long: TooLong,
    /// Number of parallel requests of a call.
    pub parallel_requests: u32,
}

/// The handling of texts that exceed the model's context size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLong {
    /// The call is rejected.
    Refuse,
    /// The text is truncated.
    Cut,
}

impl Configuration {
    /// Parses the variables and options of text embedding.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for the first invalid variable.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        let text = |value: Option<&str>| value.map(str::to_owned);
        Ok(Self {
            protocol: Protocol::parse(form)?,
            batch_size: form.whole_number(variables::EMBEDDING_BATCH_SIZE, 1..=MAX_BATCH_SIZE)?,
            dimensions: form.whole_number(variables::EMBEDDING_DIMENSIONS, 1..=u32::MAX)?,
            context_size: form.whole_number(variables::CONTEXT_SIZE, 1..=u32::MAX)?,
            format: form.choice(
                variables::EMBEDDING_FORMAT,
                &[("float", Format::Float), ("base64", Format::Base64)],
            )?,
            query_prefix: text(form.get(variables::EMBEDDING_QUERY_PREFIX)),
            document_prefix: text(form.get(variables::EMBEDDING_DOCUMENT_PREFIX)),
            too_long: form.choice(
                variables::EMBEDDING_TOO_LONG,
                &[("refuse", TooLong::Refuse), ("cut", TooLong::Cut)],
            )?,
            parallel_requests: form
                .whole_number(
                    variables::EMBEDDING_PARALLEL_REQUESTS,
                    1..=MAX_PARALLEL_REQUESTS,
                )?
                .unwrap_or(DEFAULT_PARALLEL_REQUESTS),
        })
    }

    /// The prefix of texts of this input type.
    pub(super) fn prefix(&self, input_type: Option<InputType>) -> Option<&str> {
        match input_type? {
            InputType::Document => self.document_prefix.as_deref(),
            InputType::Query => self.query_prefix.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(values: &[(&str, &str)]) -> Result<Configuration, Error> {
        let values: Vec<(String, String)> = values
            .iter()
            .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
            .collect();
        Configuration::parse(&Form::parse(&values)?)
    }

    #[test]
    fn what_is_not_given_has_its_default() {
        let configuration = parse(&[]).unwrap();
        assert_eq!(configuration.protocol, Protocol::OpenAiCompatible);
        assert_eq!(configuration.batch_size, None);
        assert_eq!(configuration.format, Format::Float);
        assert_eq!(configuration.too_long, TooLong::Refuse);
        assert_eq!(configuration.parallel_requests, 4);
    }

    #[test]
    fn variables_and_options_are_taken() {
        let options = r#"{"embedding_format":"base64","embedding_query_prefix":"query:",
            "embedding_too_long":"cut","embedding_parallel_requests":8}"#;
        let configuration = parse(&[
            ("embedding_model_protocol", "dashscope_embedding"),
            ("embedding_batch_size", "2048"),
            ("embedding_dimensions", "256"),
            ("context_size", "8192"),
            ("advanced_options", options),
        ])
        .unwrap();
        assert_eq!(configuration.protocol, Protocol::DashScope);
        assert_eq!(configuration.batch_size, Some(2048));
        assert_eq!(configuration.dimensions, Some(256));
        assert_eq!(configuration.context_size, Some(8192));
        assert_eq!(configuration.format, Format::Base64);
        assert_eq!(configuration.prefix(Some(InputType::Query)), Some("query:"));
        assert_eq!(configuration.prefix(Some(InputType::Document)), None);
        assert_eq!(configuration.prefix(None), None);
        assert_eq!(configuration.too_long, TooLong::Cut);
        assert_eq!(configuration.parallel_requests, 8);
    }

    #[test]
    fn wrong_values_are_errors_that_name_the_variable() {
        let option = |name: &str, value: &str| {
            let json = format!("{{\"{name}\":{value}}}");
            let error = parse(&[("advanced_options", &json)]).expect_err(value);
            assert!(error.message.contains(name), "{}", error.message);
        };
        option("embedding_format", "\"int8\"");
        option("embedding_too_long", "\"ignore\"");
        option("embedding_parallel_requests", "0");
        option("embedding_parallel_requests", "9");
        for (variable, value) in [
            ("embedding_usage_scenario", "rerank"),
            ("embedding_model_protocol", "cohere"),
            ("embedding_batch_size", "0"),
            ("embedding_batch_size", "2049"),
            ("embedding_batch_size", "ten"),
            ("embedding_dimensions", "0"),
            ("context_size", "-1"),
        ] {
            let error = parse(&[(variable, value)]).expect_err(value);
            let name = format!("`{variable}`");
            assert!(error.message.starts_with(&name), "{}", error.message);
        }
    }
}
