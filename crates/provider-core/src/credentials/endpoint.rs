//! The endpoint URL, in the forms that are pasted into the form.
//!
//! `docs/endpoint-urls.md` lists accepted and rejected URLs; the tests run
//! every row.

use wire::percent;

use crate::http::Scheme;

/// The URL of a tenant's endpoint, without the path of an API. The query may
/// contain a secret, so the type has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: String,
    /// Empty, or starting with `/` and not ending with one.
    base_path: String,
    query: Option<String>,
}

/// Longest accepted URL, in bytes; gateways reject longer request lines.
const MAX_URL_BYTES: usize = 2048;

/// The paths of the APIs that the provider calls. They are stripped from the
/// end of a URL.
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

/// The prefix of DashScope's native APIs.
const DASHSCOPE_PATH: &str = "/api/v1/services/";

impl Endpoint {
    /// Parses a URL.
    ///
    /// # Errors
    ///
    /// A message that follows the name of the variable.
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let url = url.trim();
        if url.len() > MAX_URL_BYTES {
            return Err("is longer than 2048 bytes");
        }
        if url
            .chars()
            .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
        {
            return Err("contains whitespace, a backslash or a control character");
        }
        if !has_whole_escapes(url) {
            return Err("contains a `%` that is not followed by two hexadecimal digits");
        }
        let (scheme, rest) = split_scheme(url)?;
        if rest.contains('#') {
            return Err("contains a fragment (`#…`), which is never sent; remove it");
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
            query: query.map(percent::encode_target),
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

    /// The URL of the API at `api_path` for messages, without the query, which
    /// may contain a key.
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

fn split_scheme(url: &str) -> Result<(Scheme, &str), &'static str> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err("has no scheme; start it with http:// or https://");
    };
    if scheme.eq_ignore_ascii_case("http") {
        Ok((Scheme::Http, rest))
    } else if scheme.eq_ignore_ascii_case("https") {
        Ok((Scheme::Https, rest))
    } else {
        Err("has a scheme other than http and https")
    }
}

fn parse_authority(authority: &str) -> Result<String, &'static str> {
    if authority.contains('@') {
        return Err("contains a user name (`…@`); use consumer_auth_mode instead");
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (address, rest) = bracketed
                .split_once(']')
                .ok_or("has a `[` without a matching `]`")?;
            if !is_ipv6(address) {
                return Err("has brackets around text that is not an IPv6 address");
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
        return Err("has no host");
    }
    if !host.is_ascii() {
        return Err("has a host with non-ASCII letters; use its `xn--` form");
    }
    if !host.starts_with('[')
        && !host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    {
        return Err("has a host with an invalid character");
    }
    match port {
        None => Ok(host),
        Some(port) => match port.parse::<u16>() {
            Ok(number) if number > 0 && port.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(format!("{host}:{number}"))
            }
            _ => Err("has a port that is not a number from 1 to 65535"),
        },
    }
}

/// Whether a text looks like an IPv6 address. Connecting to an invalid one
/// fails.
fn is_ipv6(text: &str) -> bool {
    text.matches(':').count() >= 2
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
}

fn base_path(path: &str) -> Result<String, &'static str> {
    let path = path.trim_end_matches('/');
    if path
        .split('/')
        .skip(1)
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        // Gateways normalise such paths before or after they verify a
        // signature, so the path is ambiguous.
        return Err("has an empty, `.` or `..` segment in its path");
    }
    let path = match path.split_once(DASHSCOPE_PATH) {
        Some((base, _)) => base,
        None => API_PATHS
            .iter()
            .find_map(|api| path.strip_suffix(api))
            .unwrap_or(path),
    };
    Ok(percent::encode_target(path))
}

/// Whether each `%` begins an escape. Gateways decode others differently.
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

    /// The rows of the documentation's table: a URL, what is sent for it, and
    /// why it is rejected, of which one is empty.
    fn documented() -> Vec<[&'static str; 3]> {
        let cell = |cell: &'static str| {
            let cell = cell.trim();
            let code = cell.strip_prefix('`').and_then(|c| c.strip_suffix('`'));
            code.unwrap_or(cell)
        };
        include_str!("../../../../docs/endpoint-urls.md")
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.strip_suffix('|'))
            .skip(1) // the head
            .map(|row| {
                let mut cells = row.split('|');
                let given = cells.next().unwrap().trim().strip_suffix('`').unwrap();
                let [sent, refused] = [cells.next(), cells.next()].map(Option::unwrap);
                [given, cell(sent), refused.trim()]
            })
            .collect()
    }

    #[test]
    fn every_row_of_the_documentation_is_true() {
        let rows = documented();
        assert!(rows.len() > 40, "{rows:?}");
        for [given, sent, refused] in rows {
            match Endpoint::parse(given) {
                Ok(_) => assert_eq!((chat_url(given).as_str(), ""), (sent, refused), "{given}"),
                Err(problem) => {
                    assert_eq!(sent, "", "{given}: {problem}");
                    assert!(!refused.is_empty(), "{given}: {problem}");
                    assert!(problem.starts_with(refused), "{given}: {problem}");
                }
            }
        }
    }

    #[test]
    fn what_a_page_cannot_show_is_handled_too() {
        assert_eq!(
            chat_url("  http://h/team \n"),
            "http://h/team/v1/chat/completions"
        );
        let long = format!("http://h/{}", "a".repeat(MAX_URL_BYTES));
        for (given, word) in [("http://h\u{0}", "control"), (&long, "longer than")] {
            let problem = Endpoint::parse(given).err().expect(given);
            assert!(problem.contains(word), "{problem}");
        }
    }

    #[test]
    fn the_url_for_a_message_has_no_query() {
        let endpoint = Endpoint::parse("http://h/p?api_key=sk-1").unwrap();
        assert_eq!(endpoint.display_url(CHAT), "http://h/p/v1/chat/completions");
    }
}
