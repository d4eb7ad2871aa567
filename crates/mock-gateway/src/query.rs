//! Parameters of a query string, as the gateway's plugins read them: not all
//! of them decode, and those in C++ do not take `+` for a space.

use percent_encoding::percent_decode_str;

/// The values of a parameter in their order, decoded as a form is: `+` is a
/// space.
pub(crate) fn form_values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = String> {
    form_urlencoded::parse(query.as_bytes())
        .filter(move |(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// The values of a parameter in their order, with `%XX` decoded and `+` kept.
/// Bytes outside UTF-8 become U+FFFD.
pub(crate) fn percent_decoded_values<'a>(
    query: &'a str,
    name: &'a str,
) -> impl Iterator<Item = String> {
    raw_values(query, name).map(percent_decoded)
}

/// The values of a parameter in their order, undecoded.
pub(crate) fn raw_values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(move |(known, _)| percent_decoded(known) == name)
        .map(|(_, value)| value)
}

fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_can_occur_more_than_once_or_without_a_value() {
        let query = "key=a&other=x&k%65y=b&key";
        assert!(form_values(query, "key").eq(["a", "b", ""]));
        assert!(percent_decoded_values(query, "key").eq(["a", "b", ""]));
        assert!(raw_values(query, "key").eq(["a", "b", ""]));
    }

    #[test]
    fn a_value_is_decoded_as_a_form_by_percent_alone_or_not_at_all() {
        let query = "key=a+b%20c%E4%BD%A0";
        assert!(form_values(query, "key").eq(["a b c你"]));
        assert!(percent_decoded_values(query, "key").eq(["a+b c你"]));
        assert!(raw_values(query, "key").eq(["a+b%20c%E4%BD%A0"]));
    }

    #[test]
    fn invalid_escapes_are_kept() {
        assert!(percent_decoded_values("key=100%&key=%zz%4", "key").eq(["100%", "%zz%4"]));
    }
}
