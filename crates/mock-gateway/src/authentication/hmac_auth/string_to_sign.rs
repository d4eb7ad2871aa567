//! The string that a signature of `hmac-auth` covers.

use super::parameters;
use crate::wire_request::WireRequest;

/// Headers with a line of their own at the start.
const STATIC_HEADERS: [&str; 4] = ["accept", "content-md5", "content-type", "date"];
/// Names that a list of signed headers cannot add.
const NEVER_LISTED: [&str; 3] = [":method", "x-ca-signature", "x-ca-signature-headers"];

/// On a line each: the method, the values of the four static headers, and
/// `name:value` of each listed header; then, without a line end, the undecoded
/// path and `?name=value&…` of the parameters. `form` is the body, if its
/// parameters are signed.
pub(super) fn string_to_sign(request: &WireRequest<'_>, form: &[u8]) -> Vec<u8> {
    let mut text = line(&[request.method.as_bytes()]);
    for name in STATIC_HEADERS {
        text.extend(line(&[request.value(name)]));
    }
    for name in listed_headers(request.value("x-ca-signature-headers")) {
        text.extend(line(&[&name, b":", listed_value(request, &name)]));
    }
    let (path, query) = request.path_and_query();
    text.extend(path.as_bytes());
    let mut separator = b'?';
    for (name, value) in parameters::read(query.as_bytes(), form) {
        text.push(separator);
        text.extend([name.as_slice(), b"=", &value].concat());
        separator = b'&';
    }
    text
}

/// The names in a list, sorted. The list is split at commas and **not**
/// trimmed: after `", "` a name starts with a space. A name that is listed
/// twice is signed twice.
fn listed_headers(list: &[u8]) -> Vec<Vec<u8>> {
    let is_static = |name: &[u8]| {
        let mut names = STATIC_HEADERS.iter().chain(&NEVER_LISTED);
        names.any(|known| known.as_bytes() == name)
    };
    let mut names: Vec<Vec<u8>> = list
        .split(|byte| *byte == b',')
        .map(<[u8]>::to_ascii_lowercase)
        .filter(|name| !name.is_empty() && !is_static(name))
        .collect();
    names.sort();
    names
}

/// Envoy shows plugins the request line's parts as headers too.
fn listed_value<'a>(request: &WireRequest<'a>, name: &[u8]) -> &'a [u8] {
    match std::str::from_utf8(name).unwrap_or_default() {
        ":path" => request.target.as_bytes(),
        ":authority" => request.value("host"),
        name => request.value(name),
    }
}

fn line(parts: &[&[u8]]) -> Vec<u8> {
    let mut line = parts.concat();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(headers: &[(&'static str, &'static str)], target: &'static str) -> String {
        let request = WireRequest {
            method: "GET",
            target,
            headers: headers
                .iter()
                .map(|(name, value)| (*name, value.as_bytes()))
                .collect(),
            body: b"",
        };
        let text = string_to_sign(&request, b"");
        String::from_utf8(text).unwrap().replace('\n', "#")
    }

    #[test]
    fn absent_headers_are_empty_lines() {
        assert_eq!(signed(&[], "/p"), "GET#####/p");
    }

    #[test]
    fn static_headers_stand_in_their_order_with_their_first_values() {
        let headers = [
            ("date", "d"),
            ("content-type", "c"),
            ("content-md5", "m"),
            ("accept", "a"),
            ("accept", "second"),
        ];
        assert_eq!(signed(&headers, "/p"), "GET#a#m#c#d#/p");
    }

    #[test]
    fn listed_headers_are_sorted_lower_cased_and_kept_twice() {
        let headers = [
            ("x-ca-signature-headers", "X-B,,x-a,x-b,x-missing"),
            ("x-a", "1"),
            ("x-b", "2"),
        ];
        assert_eq!(
            signed(&headers, "/p"),
            "GET#####x-a:1#x-b:2#x-b:2#x-missing:#/p"
        );
    }

    #[test]
    fn a_space_in_the_list_belongs_to_a_name() {
        let headers = [("x-ca-signature-headers", "x-b, x-a"), ("x-a", "1")];
        assert_eq!(signed(&headers, "/p"), "GET##### x-a:#x-b:#/p");
    }

    #[test]
    fn names_with_a_line_of_their_own_are_not_listed_again() {
        let list = "accept,Date,:method,content-md5,content-type,\
            x-ca-signature,x-ca-signature-headers";
        let headers = [("x-ca-signature-headers", list)];
        assert_eq!(signed(&headers, "/p"), "GET#####/p");
    }

    #[test]
    fn the_request_line_can_be_listed() {
        let headers = [
            ("x-ca-signature-headers", ":path,:authority"),
            ("host", "gateway"),
        ];
        assert_eq!(
            signed(&headers, "/p?b&a"),
            "GET#####:authority:gateway#:path:/p?b&a#/p?a=&b="
        );
    }

    #[test]
    fn the_path_is_taken_as_it_came_and_parameters_are_decoded() {
        assert_eq!(signed(&[], "/%70?%62=%32"), "GET#####/%70?b=2");
        assert_eq!(signed(&[], "/p?"), "GET#####/p");
    }
}
