//! Writing a document: a serde type becomes a JSON value.

use serde::Serialize;
use serde_json::Value;

/// The document as a value. The documents have string keys and no serializer
/// of their own that fails, so this cannot fail.
pub(super) fn to_value(document: &impl Serialize) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}
