//! A fixed secret: an API key or a JWT, in the places that Higress `key-auth`
//! and `jwt-auth` read.

use super::header_text::header_text;
use crate::error::Error;
use crate::form::{Form, Variable, variables};
use crate::headers::check_header;
use crate::http::Request;
use crate::secret::Secret;
use wire::percent;

/// A secret and its placement.
#[derive(Clone)]
pub struct Token {
    secret: Secret,
    placement: Placement,
}

/// Where a secret is sent: the options of `api_key_placement`.
#[derive(Clone, PartialEq, Eq)]
enum Placement {
    /// `authorization: Bearer …`, RFC 6750 §2.1.
    Bearer,
    /// A header of this name with the secret as its value.
    Header(String),
    /// A header of this name with `Bearer` and the secret.
    BearerHeader(String),
    /// A query parameter of this name.
    Query(String),
}

/// The options of `api_key_placement`.
#[derive(Clone, Copy)]
enum PlacementWord {
    Bearer,
    Header,
    BearerHeader,
    Query,
}

impl Token {
    /// Parses the secret in `variable`, and its placement.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for a missing secret or an invalid name.
    pub fn parse(form: &Form<'_>, variable: Variable) -> Result<Self, Error> {
        let secret = Secret::new(header_text(form, variable)?);
        let word = form.choice(
            variables::API_KEY_PLACEMENT,
            &[
                ("bearer", PlacementWord::Bearer),
                ("header", PlacementWord::Header),
                ("bearer_header", PlacementWord::BearerHeader),
                ("query", PlacementWord::Query),
            ],
        )?;
        let placement = match word {
            PlacementWord::Bearer => Placement::Bearer,
            PlacementWord::Header => Placement::Header(header_name(form)?),
            PlacementWord::BearerHeader => Placement::BearerHeader(header_name(form)?),
            PlacementWord::Query => {
                Placement::Query(form.required(variables::API_KEY_NAME)?.to_owned())
            }
        };
        Ok(Self { secret, placement })
    }

    /// Adds the secret to a request.
    pub fn apply(&self, request: &mut Request) {
        let secret = self.secret.expose();
        let (name, value) = match &self.placement {
            Placement::Bearer => ("authorization", format!("Bearer {secret}")),
            Placement::Header(name) => (name.as_str(), secret.to_owned()),
            Placement::BearerHeader(name) => (name.as_str(), format!("Bearer {secret}")),
            Placement::Query(name) => {
                let separator = if request.path_and_query.contains('?') {
                    '&'
                } else {
                    '?'
                };
                request.path_and_query.push(separator);
                request
                    .path_and_query
                    .push_str(&percent::encode_component(name));
                request.path_and_query.push('=');
                request
                    .path_and_query
                    .push_str(&percent::encode_component(secret));
                return;
            }
        };
        request.headers.push((name.to_owned(), value));
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Whether the secret is sent in this header.
    #[must_use]
    pub fn owns_header(&self, name: &str) -> bool {
        match &self.placement {
            Placement::Bearer => name == "authorization",
            Placement::Header(own) | Placement::BearerHeader(own) => name == own,
            Placement::Query(_) => false,
        }
    }
}

/// A header for a secret: any that may be set, or `authorization`.
fn header_name(form: &Form<'_>) -> Result<String, Error> {
    let name = form.required(variables::API_KEY_NAME)?.to_ascii_lowercase();
    if name != "authorization" {
        check_header(&name).map_err(|error| {
            Error::invalid_credentials(
                variables::API_KEY_NAME.name(),
                &format!("is invalid: {}", error.message),
            )
        })?;
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Method, Scheme};

    fn placed(values: &[(&str, &str)]) -> Request {
        let values: Vec<_> = values
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let token = Token::parse(
            &Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}")),
            variables::API_KEY,
        )
        .unwrap_or_else(|e| panic!("{e:?}"));
        let mut request = Request {
            method: Method::Post,
            scheme: Scheme::Http,
            authority: "h".to_owned(),
            path_and_query: "/v1".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        token.apply(&mut request);
        request
    }

    fn header(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn a_key_goes_where_the_form_says() {
        let key = ("api_key", "k 1/é?".trim_end_matches("/é?"));
        assert_eq!(
            placed(&[key]).headers,
            header("authorization", "Bearer k 1")
        );
        let named = [
            key,
            ("api_key_placement", "header"),
            ("api_key_name", "X-Api-Key"),
        ];
        assert_eq!(placed(&named).headers, header("x-api-key", "k 1"));
        let bearer = [
            key,
            ("api_key_placement", "bearer_header"),
            ("api_key_name", "X-Key"),
        ];
        assert_eq!(placed(&bearer).headers, header("x-key", "Bearer k 1"));
        let query = [
            key,
            ("api_key_placement", "query"),
            ("api_key_name", "the key"),
        ];
        let request = placed(&query);
        assert_eq!(request.path_and_query, "/v1?the%20key=k%201");
        assert!(request.headers.is_empty());
    }

    #[test]
    fn a_name_that_is_missing_or_reserved_is_an_error() {
        for name in ["", "host", "content-length", "a b"] {
            let values = [
                ("api_key", "k"),
                ("api_key_placement", "header"),
                ("api_key_name", name),
            ];
            let values: Vec<_> = values
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect();
            let error = Token::parse(
                &Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}")),
                variables::API_KEY,
            )
            .err()
            .expect(name);
            assert!(
                error.message.contains("`api_key_name`"),
                "{}",
                error.message
            );
        }
    }
}
