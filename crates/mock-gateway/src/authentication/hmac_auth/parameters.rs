//! The parameters of a query and of a form, as `hmac-auth` reads them
//! (`common/http_util.cc`).

use std::collections::BTreeMap;

/// Parameters by decoded name. Of several with one name the first counts, and a
/// query comes before a form.
pub(super) type Parameters = BTreeMap<Vec<u8>, Vec<u8>>;

/// Reads the parameters of a query, then those of a form.
pub(super) fn read(query: &[u8], form: &[u8]) -> Parameters {
    let mut parameters = Parameters::new();
    for (name, value) in items(query).chain(items(form)) {
        parameters.entry(name).or_insert(value);
    }
    parameters
}

/// The name and value of each item. A `&` ends an item, so one at the end adds
/// nothing, and two in a row make an item without a name.
fn items(list: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    list.split_inclusive(|byte| *byte == b'&')
        .map(|item| name_and_value(item.strip_suffix(b"&").unwrap_or(item)))
}

/// An item without `=` is a name that is not decoded.
fn name_and_value(item: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut parts = item.splitn(2, |byte| *byte == b'=');
    let name = parts.next().unwrap_or_default();
    match parts.next() {
        Some(value) => (decoded(name), decoded(value)),
        None => (name.to_owned(), Vec::new()),
    }
}

/// Decodes `%` and any two bytes after it; a plus sign is kept.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, others)) = rest.split_first() {
        let (byte, behind) = match (first, others) {
            (b'%', [high, low, others @ ..]) => (escaped(*high, *low), others),
            (first, others) => (first, others),
        };
        decoded.push(byte);
        rest = behind;
    }
    decoded
}

/// The gateway does not check that the digits are hexadecimal: others give
/// garbage, always the same.
const fn escaped(high: u8, low: u8) -> u8 {
    digit(high).wrapping_mul(16).wrapping_add(digit(low))
}

const fn digit(byte: u8) -> u8 {
    if byte.is_ascii_digit() {
        byte - b'0'
    } else {
        byte.to_ascii_uppercase()
            .wrapping_sub(b'A')
            .wrapping_add(10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str, form: &str) -> String {
        let shown: Vec<String> = read(query.as_bytes(), form.as_bytes())
            .iter()
            .map(|(name, value)| {
                let text = String::from_utf8_lossy;
                format!("[{}={}]", text(name), text(value))
            })
            .collect();
        shown.concat()
    }

    #[test]
    fn parameters_are_sorted_and_the_first_of_a_name_counts() {
        assert_eq!(shown("b=2&a=1", ""), "[a=1][b=2]");
        assert_eq!(shown("a=1&a=2", ""), "[a=1]");
        assert_eq!(shown("a=query", "a=form&b=form"), "[a=query][b=form]");
    }

    #[test]
    fn an_empty_item_is_a_parameter_unless_it_is_the_last() {
        assert_eq!(shown("", ""), "");
        assert_eq!(shown("a=1&", ""), "[a=1]");
        assert_eq!(shown("a=1&&b=2", ""), "[=][a=1][b=2]");
        assert_eq!(shown("&", ""), "[=]");
        assert_eq!(shown("a=1&&", ""), "[=][a=1]");
    }

    #[test]
    fn names_are_decoded_only_before_an_equals_sign() {
        assert_eq!(shown("%61=%62", ""), "[a=b]");
        assert_eq!(shown("%61", ""), "[%61=]");
        assert_eq!(shown("a=b=c", ""), "[a=b=c]");
        assert_eq!(shown("=", ""), "[=]");
    }

    #[test]
    fn a_plus_sign_and_a_broken_escape_at_the_end_stay() {
        assert_eq!(shown("a=1+1%", ""), "[a=1+1%]");
        assert_eq!(shown("a=%4", ""), "[a=%4]");
        assert_eq!(shown("a=%e4%BD%A0", ""), "[a=你]");
    }

    #[test]
    fn digits_that_are_not_hexadecimal_give_garbage() {
        assert_eq!(decoded(b"%zz"), b"S");
        assert_eq!(decoded(b"%4:"), b"C");
        assert_eq!(decoded(b"%%41"), [228, b'1']);
        assert_eq!(decoded(b"%FF"), [0xff]);
    }
}
