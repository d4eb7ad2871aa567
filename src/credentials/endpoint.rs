//! The endpoint's URL, as people paste it.
//!
//! | given | base path | note |
//! | --- | --- | --- |
//! | `http://h`, `http://h/` | none | |
//! | `https://h:8443/team/` | `/team` | a route prefix is kept |
//! | `http://h/team/v1` | `/team` | the version belongs to the API's path |
//! | `http://h/v1/chat/completions` | none | a whole endpoint is cut back to its base |
//! | `http://h/team?key=x` | `/team` | the query goes with every request |
//! | `h/team`, `ftp://h` | refused | no scheme, or not HTTP |
//! | `http://user:pw@h` | refused | a secret does not belong in a URL |
//! | `http://h/#top` | refused | a fragment is never sent |

use crate::http::Scheme;

/// Where a tenant's requests go: everything before the path of an API. The
/// query may hold a secret, so it cannot be formatted.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: String,
    /// Empty, or starting with `/` and not ending with one.
    base_path: String,
    query: Option<String>,
}

/// Longest URL that is taken, in bytes; gateways refuse longer request lines.
const MAX_URL_BYTES: usize = 2048;

/// The paths of the APIs that the provider calls. One of them at the end of a
/// URL is taken for a pasted endpoint.
const API_PATHS: [&str; 8] = [
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/images/generations",
    "/v1/rerank",
    "/v1/reranks",
    "/v1/models",
    "/v1",
];

/// Under this path lie DashScope's native APIs.
const DASHSCOPE_PATH: &str = "/api/v1/services/";

impl Endpoint {
    /// Parses a URL.
    ///
    /// # Errors
    ///
    /// What is wrong, worded to follow the variable's name.
    pub fn parse(url: &str) -> Result<Self, String> {
        let url = url.trim();
        if url.len() > MAX_URL_BYTES {
            return Err(format!("is longer than {MAX_URL_BYTES} bytes"));
        }
        if url
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
        {
            return Err("holds a blank, a backslash or a control character".to_owned());
        }
        if !has_whole_escapes(url) {
            return Err("holds a `%` without two hexadecimal digits behind it".to_owned());
        }
        let (scheme, rest) = split_scheme(url)?;
        if rest.contains('#') {
            return Err("holds a fragment (`#…`), which is never sent; remove it".to_owned());
        }
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query).filter(|query| !query.is_empty())),
            None => (rest, None),
        };
        let (authority, path) = match rest.find('/').and_then(|at| rest.split_at_checked(at)) {
            Some((authority, path)) => (authority, path),
            None => (rest, ""),
        };
        Ok(Self {
            scheme,
            authority: parse_authority(authority)?,
            base_path: base_path(path)?,
            query: query.map(percent_encode),
        })
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host, and port if one was given.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The values of the query's parameters, as they are sent.
    pub fn query_values(&self) -> impl Iterator<Item = &str> {
        let items = self.query.iter().flat_map(|query| query.split('&'));
        items.map(|item| item.split_once('=').map_or(item, |(_, value)| value))
    }

    /// Path and query of the API at `api_path`, which starts with `/`.
    #[must_use]
    pub fn path_and_query(&self, api_path: &str) -> String {
        let mut target = format!("{}{api_path}", self.base_path);
        if let Some(query) = &self.query {
            target.push('?');
            target.push_str(query);
        }
        target
    }

    /// The URL of the API at `api_path`, for a message: without the query,
    /// which may hold a key.
    #[must_use]
    pub fn display_url(&self, api_path: &str) -> String {
        let Self {
            scheme,
            authority,
            base_path,
            ..
        } = self;
        format!("{}://{authority}{base_path}{api_path}", scheme.as_str())
    }
}

fn split_scheme(url: &str) -> Result<(Scheme, &str), String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err("has no scheme; start it with http:// or https://".to_owned());
    };
    if scheme.eq_ignore_ascii_case("http") {
        Ok((Scheme::Http, rest))
    } else if scheme.eq_ignore_ascii_case("https") {
        Ok((Scheme::Https, rest))
    } else {
        Err("has a scheme other than http and https".to_owned())
    }
}

fn parse_authority(authority: &str) -> Result<String, String> {
    if authority.contains('@') {
        return Err(
            "holds a user name before an `@`; choose a consumer_auth_mode instead".to_owned(),
        );
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (address, rest) = bracketed
                .split_once(']')
                .ok_or("has a `[` without its `]`")?;
            if !is_ipv6(address) {
                return Err("holds brackets around something that is no IPv6 address".to_owned());
            }
            (
                format!("[{address}]"),
                rest.strip_prefix(':')
                    .or_else(|| (!rest.is_empty()).then_some("?")),
            )
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host.to_ascii_lowercase(), Some(port)),
            None => (authority.to_ascii_lowercase(), None),
        },
    };
    if host.is_empty() {
        return Err("has no host".to_owned());
    }
    if !host.is_ascii() {
        return Err("has a host with letters beyond ASCII; write it in its `xn--` form".to_owned());
    }
    if !host.starts_with('[')
        && !host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    {
        return Err("has a host with a character that no host name has".to_owned());
    }
    match port {
        None => Ok(host),
        Some(port) => match port.parse::<u16>() {
            Ok(number) if number > 0 && port.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(format!("{host}:{number}"))
            }
            _ => Err("has a port that is not a number from 1 to 65535".to_owned()),
        },
    }
}

/// Whether a text has the looks of an IPv6 address; what none is, nobody can
/// connect to.
fn is_ipv6(text: &str) -> bool {
    text.matches(':').count() >= 2
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
}

fn base_path(path: &str) -> Result<String, String> {
    let path = path.trim_end_matches('/');
    if path
        .split('/')
        .skip(1)
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        // Gateways normalise such paths before or after they check a
        // signature: nobody can say which path was meant.
        return Err("has an empty, `.` or `..` segment in its path".to_owned());
    }
    let path = match path.split_once(DASHSCOPE_PATH) {
        Some((base, _)) => base,
        None => API_PATHS
            .iter()
            .find_map(|api| path.strip_suffix(api))
            .unwrap_or(path),
    };
    Ok(percent_encode(path))
}

/// Encodes what may not stand in a request's target as it is; what is encoded
/// already stays.
fn percent_encode(text: &str) -> String {
    encode(text, |byte| {
        byte.is_ascii_graphic() && !b"\"<>^`{|}".contains(&byte)
    })
}

/// Encodes a name or a value of a query: all but RFC 3986 §2.3's unreserved
/// characters.
pub(crate) fn percent_encode_component(text: &str) -> String {
    encode(text, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
    })
}

fn encode(text: &str, stays: impl Fn(u8) -> bool) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if stays(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 0xf)]);
        }
    }
    encoded
}

/// Whether each `%` begins an escape. Gateways read others as garbage, each
/// in its own way.
fn has_whole_escapes(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: &str = "/v1/chat/completions";

    fn chat_url(url: &str) -> String {
        let endpoint = Endpoint::parse(url).unwrap_or_else(|problem| panic!("{url}: {problem}"));
        let scheme = endpoint.scheme().as_str();
        format!(
            "{scheme}://{}{}",
            endpoint.authority(),
            endpoint.path_and_query(CHAT)
        )
    }

    #[test]
    fn accepted_forms() {
        for (given, expected) in [
            ("http://h", "http://h/v1/chat/completions"),
            ("http://h/", "http://h/v1/chat/completions"),
            (
                "  HTTPS://Gateway.Example:8443/Team  ",
                "https://gateway.example:8443/Team/v1/chat/completions",
            ),
            ("http://h/team/", "http://h/team/v1/chat/completions"),
            ("http://h/team//", "http://h/team/v1/chat/completions"),
            ("http://h/v1", "http://h/v1/chat/completions"),
            ("http://h/team/v1/", "http://h/team/v1/chat/completions"),
            ("http://h/v1beta", "http://h/v1beta/v1/chat/completions"),
            (
                "http://h/v1/chat/completions",
                "http://h/v1/chat/completions",
            ),
            (
                "http://h/team/v1/embeddings",
                "http://h/team/v1/chat/completions",
            ),
            (
                "http://h/compatible-mode/v1",
                "http://h/compatible-mode/v1/chat/completions",
            ),
            (
                "http://h/p/api/v1/services/rerank/text-rerank/text-rerank",
                "http://h/p/v1/chat/completions",
            ),
            (
                "http://h?key=a%20b",
                "http://h/v1/chat/completions?key=a%20b",
            ),
            (
                "http://h/team?x=1&y",
                "http://h/team/v1/chat/completions?x=1&y",
            ),
            ("http://h/team?", "http://h/team/v1/chat/completions"),
            (
                "http://h/团队",
                "http://h/%E5%9B%A2%E9%98%9F/v1/chat/completions",
            ),
            (
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080/v1/chat/completions",
            ),
            (
                "http://[::1]:8080/a",
                "http://[::1]:8080/a/v1/chat/completions",
            ),
            (
                "http://[2001:DB8::1]",
                "http://[2001:DB8::1]/v1/chat/completions",
            ),
        ] {
            assert_eq!(chat_url(given), expected, "{given}");
        }
    }

    #[test]
    fn refused_forms_say_what_is_wrong() {
        for (given, word) in [
            ("gateway.example/team", "scheme"),
            ("//gateway.example", "scheme"),
            ("ftp://h", "scheme"),
            ("http://", "no host"),
            ("http:///path", "no host"),
            ("http://user:pw@h", "`@`"),
            ("http://h/#top", "fragment"),
            ("http://h/a b", "blank"),
            ("http://h\\a", "backslash"),
            ("http://h/50%", "`%`"),
            ("http://h/?a=%zz", "`%`"),
            ("http://h\u{0}", "control"),
            ("http://h:99999", "port"),
            ("http://h:0", "port"),
            ("http://h:+80", "port"),
            ("http://h:", "port"),
            ("http://[::1", "`]`"),
            ("http://[nonsense]", "IPv6"),
            ("http://[::1]8080", "port"),
            ("http://bücher.example", "xn--"),
            ("http://h,i", "character"),
            ("http://h/a/../b", "segment"),
            ("http://h/a//b", "segment"),
        ] {
            let problem = Endpoint::parse(given).err().expect(given);
            assert!(problem.contains(word), "{given}: {problem}");
        }
    }

    #[test]
    fn the_url_for_a_message_has_no_query() {
        let endpoint = Endpoint::parse("http://h/p?api_key=sk-1").unwrap();
        assert_eq!(endpoint.display_url(CHAT), "http://h/p/v1/chat/completions");
    }
}
