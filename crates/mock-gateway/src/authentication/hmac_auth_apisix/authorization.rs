//! The `authorization` header of `hmac-auth-apisix`, and the string that its
//! signature covers.

use crate::wire_request::WireRequest;

/// The parsed header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Authorization<'a> {
    pub(super) key: &'a str,
    pub(super) algorithm: &'a str,
    /// The signed names, in the spelling and order of the header.
    pub(super) headers: Vec<&'a str>,
    pub(super) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Parses the header, or returns the plugin's reason to reject it.
    pub(super) fn read(request: &WireRequest<'a>) -> Result<Self, &'static str> {
        let header = request
            .header("authorization")
            .ok_or("missing Authorization header")?;
        let header = std::str::from_utf8(header).unwrap_or_default();
        let fields = header
            .strip_prefix("Signature ")
            .ok_or("Authorization header does not start with 'Signature '")?;
        let mut read = Self::default();
        for (name, value) in fields_of(fields) {
            match name {
                "keyId" => read.key = value,
                "algorithm" => read.algorithm = value,
                "signature" => read.signature = value,
                "headers" if !value.is_empty() => read.headers = value.split(' ').collect(),
                _ => {}
            }
        }
        if read.key.is_empty() || read.signature.is_empty() {
            Err("keyId or signature missing")
        } else if read.algorithm.is_empty() {
            Err("algorithm missing")
        } else {
            Ok(read)
        }
    }

    /// The key and each signed header on a line. Headers that the request lacks
    /// are left out.
    pub(super) fn string_to_sign(&self, request: &WireRequest<'_>) -> Vec<u8> {
        let mut text = [self.key.as_bytes(), b"\n"].concat();
        for name in &self.headers {
            if *name == "@request-target" {
                let line = format!("{} {}\n", request.method, request.target);
                text.extend(line.as_bytes());
            } else if let Some(value) = request.header(&name.to_ascii_lowercase()) {
                text.extend([name.as_bytes(), b": ", value, b"\n"].concat());
            }
        }
        text
    }
}

/// All matches of the plugin's pattern `(\w+)="([^"]*)"`.
fn fields_of(text: &str) -> Vec<(&str, &str)> {
    let mut fields = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit(|letter: char| !is_word(letter)).next();
        rest = after;
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let Some((value, behind)) = after.split_once('"') else {
                break;
            };
            fields.push((name, value));
            rest = behind;
        }
    }
    fields
}

const fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_whatever_stands_between_them() {
        let text = r#"keyId="k" ;;algorithm="a=b",-x="",="no",odd="open"#;
        let fields = [("keyId", "k"), ("algorithm", "a=b"), ("x", "")];
        assert_eq!(fields_of(text), fields);
    }

    #[test]
    fn the_last_of_equal_fields_counts() {
        let header = br#"Signature keyId="1",keyId="2",algorithm="a",signature="s""#;
        let request = WireRequest {
            method: "GET",
            target: "/",
            headers: vec![("authorization", header)],
            body: b"",
        };
        let read = Authorization::read(&request).unwrap();
        assert_eq!((read.key, read.headers.len()), ("2", 0));
    }

    #[test]
    fn the_string_to_sign_spells_names_as_the_list_does_and_skips_the_missing() {
        let request = WireRequest {
            method: "POST",
            target: "/foo?b&a",
            headers: vec![("date", b"today"), ("x-empty", b"")],
            body: b"",
        };
        let authorization = Authorization {
            key: "k",
            headers: vec!["Date", "x-missing", "x-empty", "@request-target"],
            ..Authorization::default()
        };
        assert_eq!(
            authorization.string_to_sign(&request),
            b"k\nDate: today\nx-empty: \nPOST /foo?b&a\n"
        );
    }
}
