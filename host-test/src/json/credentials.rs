//! A filled credential form: an object of variables and their values.

use super::node::Node;
use super::problem::Problem;
use serde_json::Value;

/// Reads a form. Numbers, `true` and `false` become texts; null is absent.
/// The order is kept.
///
/// # Errors
///
/// If it is not an object, or a value is a list or an object. The problem
/// names the variable and never its value.
pub fn read_credentials(value: &Value) -> Result<Vec<(String, String)>, Problem> {
    let mut credentials = Vec::new();
    for (variable, node) in Node::root(value).members()? {
        if let Some(text) = form_text(&node)? {
            credentials.push((variable.to_owned(), text));
        }
    }
    Ok(credentials)
}

fn form_text(node: &Node<'_>) -> Result<Option<String>, Problem> {
    match node.value() {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Bool(value) => Ok(Some(value.to_string())),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Array(_) | Value::Object(_) => {
            Err(node.problem("must be a text, a number, true or false"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_credentials;
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
            "api_key: must be a text, a number, true or false"
        );
    }

    #[test]
    fn a_form_is_an_object() {
        let problem = read_credentials(&json!("sk-secret")).unwrap_err();
        assert_eq!(problem.to_string(), "must be an object, not a text");
    }
}
