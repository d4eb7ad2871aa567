//! Reading parameters out of a query string.

/// The values of a parameter, undecoded, in their order.
pub(crate) fn values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(move |(known, _)| percent_decoded(known) == name)
        .map(|(_, value)| value)
}

/// Decodes `%XX`. What is no valid escape stays as it is, and bytes outside
/// UTF-8 become U+FFFD.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        if let Some(byte) = escaped_byte(rest) {
            decoded.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            decoded.push(first);
            rest = others;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Decodes `+` to a blank and then `%XX`, as parsers of forms do.
pub(crate) fn plus_and_percent_decoded(text: &str) -> String {
    percent_decoded(&text.replace('+', " "))
}

fn escaped_byte(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(hexadecimal(*high)? << 4 | hexadecimal(*low)?),
        _ => None,
    }
}

const fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_can_stand_more_than_once_or_without_a_value() {
        let found: Vec<&str> = values("key=a&other=x&key=b&key", "key").collect();
        assert_eq!(found, ["a", "b", ""]);
    }

    #[test]
    fn escapes_are_decoded_and_broken_ones_are_kept() {
        assert_eq!(percent_decoded("Bearer%20sk%2dx"), "Bearer sk-x");
        assert_eq!(percent_decoded("100%"), "100%");
        assert_eq!(percent_decoded("%zz%4"), "%zz%4");
        assert_eq!(percent_decoded("%E4%BD%A0"), "你");
    }
}
