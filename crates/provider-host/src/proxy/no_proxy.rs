//! Targets that are reached without a proxy: the list that `NO_PROXY` holds.

use crate::egress::{Host, Origin};
use ipnet::IpNet;
use std::str::FromStr;

/// A list of targets that are reached directly, separated by commas or
/// whitespace. An entry is one of:
///
/// | entry | matches |
/// | --- | --- |
/// | `*` | every target |
/// | `example.com`, `.example.com`, `*.example.com` | the name, and names below it |
/// | `10.1.2.3`, `::1`, `[::1]` | the address |
/// | `10.0.0.0/8`, `fd00::/8` | the addresses of the network |
///
/// `:port` after an entry limits it to that port. A network or an address
/// matches only targets that are named by address: names are not resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoProxy(Vec<Entry>);

/// An entry that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{entry}` is not a host, domain, address or network; write them like example.com, .example.com, 10.1.2.3 or 10.0.0.0/8"
)]
pub struct NoProxyError {
    /// The entry.
    pub entry: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    All,
    /// A name without a leading dot, and what is below it.
    Domain(String),
    Network(IpNet),
}

impl NoProxy {
    /// Whether `target` is on the list.
    #[must_use]
    pub fn contains(&self, target: &Origin) -> bool {
        self.0.iter().any(|entry| entry.matches(target))
    }
}

impl FromStr for NoProxy {
    type Err = NoProxyError;

    fn from_str(text: &str) -> Result<Self, NoProxyError> {
        text.split(|separator: char| separator == ',' || separator.is_whitespace())
            .filter(|entry| !entry.is_empty())
            .map(|entry| {
                Entry::read(entry).ok_or_else(|| NoProxyError {
                    entry: entry.to_owned(),
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Entry {
    fn read(text: &str) -> Option<Self> {
        let (hosts, port) = match text.rsplit_once(':') {
            // Else the colon belongs to an address.
            Some((hosts, port)) if hosts.ends_with(']') || !hosts.contains(':') => {
                (hosts, Some(port.parse().ok().filter(|port| *port != 0)?))
            }
            _ => (text, None),
        };
        Some(Self {
            hosts: Hosts::read(hosts)?,
            port,
        })
    }

    fn matches(&self, target: &Origin) -> bool {
        self.port.is_none_or(|port| port == target.port) && self.hosts.match_host(&target.host)
    }
}

impl Hosts {
    fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::All);
        }
        if let Ok(network) = text.parse() {
            return Some(Self::Network(network));
        }
        let domain = text.strip_prefix('*').unwrap_or(text);
        let domain = domain.strip_prefix('.').unwrap_or(domain);
        let url = if domain.contains(':') && !domain.starts_with('[') {
            format!("http://[{domain}]")
        } else {
            format!("http://{domain}")
        };
        match url.parse::<Origin>().ok()?.host {
            Host::Address(address) if domain == text => {
                Some(Self::Network(address.to_canonical().into()))
            }
            Host::Name(name) if !text.starts_with('*') || text.starts_with("*.") => {
                Some(Self::Domain(name))
            }
            Host::Address(_) | Host::Name(_) => None,
        }
    }

    fn match_host(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::All, _) => true,
            (Self::Domain(domain), Host::Name(name)) => name
                .strip_suffix(domain.as_str())
                .is_some_and(|below| below.is_empty() || below.ends_with('.')),
            (Self::Network(network), Host::Address(address)) => {
                network.contains(&address.to_canonical())
            }
            (Self::Domain(_), Host::Address(_)) | (Self::Network(_), Host::Name(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NoProxy;

    #[test]
    fn an_entry_matches_what_curl_lets_it_match() {
        let table = [
            ("", "https://a.test", false),
            ("*", "https://a.test", true),
            ("*", "http://10.1.2.3", true),
            ("example.com", "https://example.com", true),
            ("example.com", "https://Deep.Sub.Example.Com.", true),
            ("example.com", "https://notexample.com", false),
            ("example.com", "https://example.com.evil.test", false),
            (".example.com", "https://example.com", true),
            (".Example.com.", "https://sub.example.com", true),
            ("*.example.com", "https://sub.example.com", true),
            ("com", "https://example.com", true),
            ("10.1.2.3", "http://10.1.2.3:8080", true),
            ("10.1.2.3", "http://10.1.2.4", false),
            ("10.1.2.3", "http://[::ffff:10.1.2.3]", true),
            ("::1", "http://[::1]", true),
            ("[::1]", "http://[::1]", true),
            ("10.0.0.0/8", "http://10.200.0.1", true),
            ("10.1.2.3/8", "http://10.200.0.1", true),
            ("10.0.0.0/8", "http://11.0.0.1", false),
            ("10.0.0.0/8", "http://name.test", false),
            ("fd00::/8", "http://[fd12::1]", true),
            ("fd00::/8", "http://[fe80::1]", false),
            ("example.com:8443", "https://example.com:8443", true),
            ("example.com:443", "https://example.com", true),
            ("example.com:8443", "https://example.com", false),
            ("[::1]:8080", "http://[::1]:8080", true),
            ("[::1]:8080", "http://[::1]", false),
            ("*:8080", "http://a.test:8080", true),
            ("*:8080", "http://a.test", false),
            ("a.test, b.test c.test,,", "https://c.test", true),
        ];
        for (list, target, expected) in table {
            let read: NoProxy = list.parse().unwrap();
            let target = target.parse().unwrap();
            assert_eq!(read.contains(&target), expected, "{list:?} {target}");
        }
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_named() {
        for entry in [
            "10.*",
            "127.1",
            "a..b",
            "*example.com",
            ".10.1.2.3",
            "10.0.0.0/33",
            "example.com:",
            "example.com:0",
            "example.com:https",
            "http://example.com",
            "[::1",
            "example.com/8",
        ] {
            let list = format!("a.test,{entry}");
            let error = list.parse::<NoProxy>().unwrap_err();
            assert_eq!(error.entry, entry);
        }
    }
}
