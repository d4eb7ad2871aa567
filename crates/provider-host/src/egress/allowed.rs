//! An entry of an egress list.
//!
//! | written | allows |
//! | --- | --- |
//! | `https://ai.example.com` | port 443 of this name, by TLS |
//! | `http://AI.Example.com.:8080` | the same name whatever its case and with a final dot, without TLS |
//! | `https://*.example.com` | every name below `example.com`, at any depth, and not `example.com` itself |
//! | `http://192.0.2.7:80` | this address |
//! | `http://[2001:db8::7]` | this address |
//! | `https://*`, `https://*.com`, `https://ai.*`, `https://*ai.example.com` | refused: too wide, or not what it seems |

use super::origin::{Host, Origin, OriginError, Scheme, is_host_name};
use std::fmt;
use std::str::FromStr;

/// Origins that a tenant may reach.
///
/// ```
/// use provider_host::egress::{AllowedOrigin, Origin};
///
/// let allowed: AllowedOrigin = "https://*.example.com".parse()?;
/// assert!(allowed.matches(&"https://ai.example.com".parse::<Origin>()?));
/// assert!(!allowed.matches(&"https://example.com".parse::<Origin>()?));
/// # Ok::<(), provider_host::egress::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin {
    /// The scheme.
    pub scheme: Scheme,
    /// The hosts.
    pub host: HostPattern,
    /// The port.
    pub port: u16,
}

/// Hosts that an entry allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// This one.
    Exact(Host),
    /// All names below this one, which has two labels or more.
    Subdomains(String),
}

impl AllowedOrigin {
    /// Whether the entry allows `origin`.
    #[must_use]
    pub fn matches(&self, origin: &Origin) -> bool {
        self.scheme == origin.scheme
            && self.port == origin.port
            && match (&self.host, &origin.host) {
                (HostPattern::Exact(allowed), host) => allowed == host,
                (HostPattern::Subdomains(suffix), Host::Name(name)) => name
                    .strip_suffix(suffix.as_str())
                    .is_some_and(|rest| rest.ends_with('.')),
                (HostPattern::Subdomains(_), Host::Address(_)) => false,
            }
    }
}

impl From<Origin> for AllowedOrigin {
    fn from(origin: Origin) -> Self {
        let Origin { scheme, host, port } = origin;
        Self {
            scheme,
            host: HostPattern::Exact(host),
            port,
        }
    }
}

/// What stands for the `*` while the rest is read as an origin.
const STAND_IN: &str = "any";

impl FromStr for AllowedOrigin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://*.") else {
            return Ok(Origin::from_str(text)?.into());
        };
        let origin: Origin = format!("{scheme}://{STAND_IN}.{rest}").parse()?;
        let Host::Name(name) = &origin.host else {
            return Err(OriginError::Wildcard);
        };
        let suffix = name.strip_prefix(STAND_IN);
        let suffix = suffix.and_then(|suffix| suffix.strip_prefix('.'));
        // A single label is a whole top-level domain, or close to it.
        match suffix {
            Some(suffix) if is_host_name(suffix) && suffix.contains('.') => Ok(Self {
                scheme: origin.scheme,
                host: HostPattern::Subdomains(suffix.to_owned()),
                port: origin.port,
            }),
            _ => Err(OriginError::Wildcard),
        }
    }
}

impl fmt::Display for AllowedOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port } = self;
        match host {
            HostPattern::Exact(host) => write!(formatter, "{scheme}://{host}:{port}"),
            HostPattern::Subdomains(suffix) => write!(formatter, "{scheme}://*.{suffix}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AllowedOrigin;
    use crate::egress::OriginError;

    #[test]
    fn an_entry_has_one_spelling() {
        let table = [
            ("https://AI.example.com", "https://ai.example.com:443"),
            ("https://*.Example.com.", "https://*.example.com:443"),
            (
                "http://*.svc.cluster.local:8080/",
                "http://*.svc.cluster.local:8080",
            ),
        ];
        for (text, expected) in table {
            let allowed: AllowedOrigin = text.parse().unwrap();
            assert_eq!(allowed.to_string(), expected, "{text}");
            assert_eq!(expected.parse(), Ok(allowed), "{text}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_whole_labels_below_a_domain() {
        for text in ["https://*.com", "https://*.com."] {
            assert_eq!(
                text.parse::<AllowedOrigin>(),
                Err(OriginError::Wildcard),
                "{text}"
            );
        }
        for text in [
            "https://*",
            "https://*.",
            "https://*.*.example.com",
            "https://ai.*",
            "https://*ai.example.com",
            "https://*.1.2.3",
            "https://*.[::1]",
            "https://*.example.com/path",
            "https://user@*.example.com",
            "*.example.com",
        ] {
            assert!(text.parse::<AllowedOrigin>().is_err(), "{text}");
        }
    }
}
