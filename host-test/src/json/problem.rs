//! What is wrong with a JSON text, and where.

use serde_json::Value;

/// Why JSON is not what was asked for. It names the field by its path, and
/// never repeats a value other than an unknown word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{reason}", .path, if .path.is_empty() { "" } else { ": " })]
pub struct Problem {
    /// Where: `messages[0].content`; empty for the whole.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

/// Parses a JSON text.
///
/// # Errors
///
/// If it is not JSON; the reason names line and column.
pub fn parse(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| Problem {
        path: String::new(),
        reason: format!("is not JSON: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn broken_json_is_reported_with_its_line() {
        let message = parse("{\n  \"a\": }").unwrap_err().to_string();
        assert!(message.starts_with("is not JSON: "), "{message}");
        assert!(message.contains("line 2"), "{message}");
    }
}
