//! Scheme, host and port of a request, and of an entry of an egress list
//! ([`allowed`](super::allowed)).
//!
//! Each host has one spelling here: names in lower case and without a final
//! dot, addresses as four decimal numbers or in brackets. Other spellings of
//! an address (`127.1`, `0x7f000001`, `017700000001`) are refused, for what
//! they mean depends on who reads them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The way to speak to an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// A host as a URL names it: by address if the text is one, else by name, in
/// lower case and without a final dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// A literal address.
    Address(IpAddr),
    /// A name to resolve. What it resolves to is checked when it is known.
    Name(String),
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V4(address)) => address.fmt(formatter),
            Self::Address(IpAddr::V6(address)) => write!(formatter, "[{address}]"),
            Self::Name(name) => formatter.write_str(name),
        }
    }
}

/// Scheme, host and port.
///
/// ```
/// use provider_host::egress::Origin;
///
/// let origin: Origin = "https://AI.example.com".parse()?;
/// assert_eq!(origin.to_string(), "https://ai.example.com:443");
/// # Ok::<(), provider_host::egress::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The scheme.
    pub scheme: Scheme,
    /// The host.
    pub host: Host,
    /// The port; the scheme's own if the text named none.
    pub port: u16,
}

/// Why a text is not an origin. The text itself is not repeated: it may hold
/// credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// Not a URL at all.
    #[error("not a URL; write it as http://host:port or https://host:port")]
    NotAUrl,
    /// No scheme, or another than `http` and `https`.
    #[error("the scheme is not http or https; begin with http:// or https://")]
    Scheme,
    /// There is a user name or password before the host.
    #[error("user information before the host is not allowed; remove it")]
    UserInformation,
    /// The host is empty or has characters that no host name has.
    #[error("invalid host; use a name of letters, digits, `-`, `_` and `.`, or an IP address")]
    Host,
    /// The host is an address, in a spelling that some read otherwise.
    #[error("the host is an address in an unusual spelling; write four decimal numbers")]
    AddressSpelling,
    /// A `*` that is not a whole label before a domain.
    #[error(
        "a `*` stands for names below a domain of two labels or more, as in https://*.example.com"
    )]
    Wildcard,
    /// The port is not a number from 1 to 65,535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// There is a path, a query or a fragment where only an origin belongs.
    #[error("a path, query or fragment is not allowed; give scheme, host and port only")]
    Path,
}

impl Origin {
    /// The origin of a URL, whatever its path, query and fragment. White
    /// space around it is ignored.
    ///
    /// # Errors
    ///
    /// If `url` is not an `http` or `https` URL of a host, or has user
    /// information.
    pub fn of_url(url: &str) -> Result<Self, OriginError> {
        let uri: http::Uri = url.trim().parse().map_err(|_| OriginError::NotAUrl)?;
        Self::of_uri(&uri)
    }

    /// The origin of a parsed URI.
    ///
    /// # Errors
    ///
    /// As for [`of_url`](Self::of_url).
    pub fn of_uri(uri: &http::Uri) -> Result<Self, OriginError> {
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(OriginError::Scheme),
        };
        let authority = uri.authority().ok_or(OriginError::Host)?;
        if authority.as_str().contains('@') {
            return Err(OriginError::UserInformation);
        }
        let host = parse_host(authority.host())?;
        let port = match port_text(authority) {
            None => scheme.default_port(),
            Some(digits) => parse_port(digits)?,
        };
        Ok(Self { scheme, host, port })
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let text = text.trim();
        let (_, after_scheme) = text.split_once("://").ok_or(OriginError::Scheme)?;
        match after_scheme.find(['/', '?', '#']) {
            None => Self::of_url(text),
            Some(end) if &after_scheme[end..] == "/" => Self::of_url(text),
            Some(_) => Err(OriginError::Path),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

/// What follows the host's colon. The parsed form would take `host:` and
/// `host:99999` for no port at all.
fn port_text(authority: &http::uri::Authority) -> Option<&str> {
    authority
        .as_str()
        .strip_prefix(authority.host())?
        .strip_prefix(':')
}

fn parse_port(digits: &str) -> Result<u16, OriginError> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(OriginError::Port);
    }
    match digits.parse() {
        Ok(0) | Err(_) => Err(OriginError::Port),
        Ok(port) => Ok(port),
    }
}

fn parse_host(host: &str) -> Result<Host, OriginError> {
    if let Some(literal) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let address = literal.parse().map_err(|_| OriginError::Host)?;
        return Ok(Host::Address(IpAddr::V6(address)));
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if let Ok(address) = name.parse() {
        return Ok(Host::Address(IpAddr::V4(address)));
    }
    if !is_host_name(&name) {
        Err(OriginError::Host)
    } else if ends_in_a_number(&name) {
        Err(OriginError::AddressSpelling)
    } else {
        Ok(Host::Name(name))
    }
}

/// Whether URL parsers take the name for an address: the rule of the URL
/// Standard, "host parsing", "ends in a number". No top-level domain does.
fn ends_in_a_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let digits = last.bytes().all(|byte| byte.is_ascii_digit());
    let hexadecimal = last
        .strip_prefix("0x")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    digits || hexadecimal
}

pub(super) fn is_host_name(name: &str) -> bool {
    // 253 bytes is what the DNS can hold, 63 one of its labels.
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::{Origin, OriginError};

    #[test]
    fn an_origin_has_one_spelling() {
        let table = [
            ("http://example.com", "http://example.com:80"),
            ("https://example.com/", "https://example.com:443"),
            ("HTTPS://Example.COM.:8443", "https://example.com:8443"),
            (" http://127.0.0.1:8080 ", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]:80"),
            ("http://my_gateway-1.svc", "http://my_gateway-1.svc:80"),
        ];
        for (text, expected) in table {
            let origin: Origin = text.parse().unwrap();
            assert_eq!(origin.to_string(), expected, "{text}");
            assert_eq!(expected.parse(), Ok(origin), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_origin_is_refused_with_its_fault() {
        let table = [
            ("", OriginError::Scheme),
            ("example.com", OriginError::Scheme),
            ("ftp://example.com", OriginError::Scheme),
            ("http://user@example.com", OriginError::UserInformation),
            ("http://user:pass@example.com", OriginError::UserInformation),
            ("http://example.com:0", OriginError::Port),
            ("http://example.com:", OriginError::Port),
            ("http://example.com/v1", OriginError::Path),
            ("http://example.com?x=1", OriginError::Path),
            ("http://example.com#x", OriginError::Path),
            ("http://*.example.com", OriginError::Host),
            ("http://a..b", OriginError::Host),
            ("http://127.1", OriginError::AddressSpelling),
            ("http://2130706433", OriginError::AddressSpelling),
            ("http://0x7f000001", OriginError::AddressSpelling),
            ("http://0177.0.0.1", OriginError::AddressSpelling),
            ("http://0x", OriginError::AddressSpelling),
            ("http://example.1", OriginError::AddressSpelling),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Origin>(), Err(expected), "{text}");
        }
        for text in [
            "http://",
            "http://:80",
            "http://example.com:99999",
            "http://exa mple",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_url_keeps_only_its_origin() {
        let origin = Origin::of_url("http://127.0.0.1:8080/prefix/v1?key=value#top").unwrap();
        assert_eq!(origin.to_string(), "http://127.0.0.1:8080");
    }
}
