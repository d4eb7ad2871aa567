//! Reads an item with a vector directly into the values of all vectors.

use super::base64_vector;
use crate::json::lenient::count;
use crate::json::{ParseError, PullParser};

/// The members of an item other than its values.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Whether there is a vector; its values were appended.
    pub has_vector: bool,
    /// The index of its text: `index`, or `text_index` on DashScope.
    pub index: Option<u64>,
}

/// Reads an item and appends the values of its vector.
///
/// # Errors
///
/// If the item is not JSON, or its vector is neither an array of finite numbers
/// nor base64. Some values may have been appended.
pub fn read(json: &[u8], values: &mut Vec<f32>) -> Result<Item, ParseError> {
    let start = values.len();
    let mut item = Item::default();
    let mut json = PullParser::new(json)?;
    json.open_object()?;
    while let Some(name) = json.member()? {
        match &*name {
            "embedding" => {
                values.truncate(start);
                read_vector(&mut json, values)?;
                let vector = values.get(start..).unwrap_or_default();
                if !vector.iter().all(|value| value.is_finite()) {
                    return Err(ParseError::Malformed);
                }
                item.has_vector = true;
            }
            "index" | "text_index" => item.index = count(&mut json)?,
            _ => json.skip()?,
        }
    }
    Ok(item)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a value beyond the type's range becomes infinite, which is seen when all are there"
)]
fn read_vector(json: &mut PullParser<'_>, values: &mut Vec<f32>) -> Result<(), ParseError> {
    if json.peek()? == b'"' {
        let text = json.string()?;
        return base64_vector::decode(text.as_bytes(), values).ok_or(ParseError::Malformed);
    }
    json.open_array()?;
    while json.item()? {
        values.push(json.number()?.to_f64() as f32);
    }
    Ok(())
}
