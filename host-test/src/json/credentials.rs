//! A filled credential form: an object of variables and their values.

use super::read::{Error, from_text, from_value, wrong_type};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// Reads a form. Numbers, `true` and `false` become strings, numbers as they
/// are spelled; null is absent. The order is kept.
///
/// # Errors
///
/// If the text is not JSON or not an object, or a value is a list or an
/// object. The error names the variable and never its value.
pub fn parse_credentials(text: &str) -> Result<Vec<(String, String)>, Error> {
    from_text::<Form>(text).map(|form| form.0)
}

/// Reads a form from a value, as [`parse_credentials`] does from text.
///
/// # Errors
///
/// As of [`parse_credentials`].
pub fn read_credentials(value: &Value) -> Result<Vec<(String, String)>, Error> {
    from_value::<Form>(value).map(|form| form.0)
}

/// Not `Debug`: it holds secrets.
struct Form(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FormVisitor)
    }
}

struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = Form;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Form, A::Error> {
        let mut form = Vec::new();
        while let Some((variable, FormValue(value))) = map.next_entry()? {
            form.extend(value.map(|value| (variable, value)));
        }
        Ok(Form(form))
    }
}

struct FormValue(Option<String>);

impl<'de> Deserialize<'de> for FormValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let raw = raw.get();
        if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Ok(Self(Some(raw.to_owned())));
        }
        match serde_json::from_str(raw).map_err(D::Error::custom)? {
            Value::Null => Ok(Self(None)),
            Value::String(text) => Ok(Self(Some(text))),
            Value::Bool(value) => Ok(Self(Some(value.to_string()))),
            other => Err(D::Error::custom(wrong_type(
                &other,
                "a string, number or boolean",
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_credentials, read_credentials};
    use serde_json::json;

    #[test]
    fn values_become_texts_and_null_is_absent() {
        let form = json!({"endpoint_url": "http://x", "context_size": 8192, "stream": true, "api_key": null});
        let expected = [
            ("endpoint_url", "http://x"),
            ("context_size", "8192"),
            ("stream", "true"),
        ];
        let expected = expected.map(|(variable, value)| (variable.to_owned(), value.to_owned()));
        assert_eq!(read_credentials(&form), Ok(expected.to_vec()));
    }

    #[test]
    fn a_value_of_another_type_is_named_and_not_shown() {
        let problem = read_credentials(&json!({"api_key": ["sk-secret"]})).unwrap_err();
        assert_eq!(
            problem.to_string(),
            "api_key: invalid type: sequence, expected a string, number or boolean"
        );
    }

    #[test]
    fn a_form_is_an_object() {
        let problem = read_credentials(&json!("sk-secret")).unwrap_err();
        assert_eq!(
            problem.to_string(),
            "invalid type: string, expected an object"
        );
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let form = parse_credentials(r#"{"temperature": 1.0, "id": 12345678901234567890123}"#);
        let values = form.unwrap().into_iter().map(|(_, value)| value);
        assert_eq!(
            values.collect::<Vec<_>>(),
            ["1.0", "12345678901234567890123"]
        );
    }
}
