//! The URL of a forward proxy, with the name and password to use there.

use crate::egress::{Origin, OriginError};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::str::FromStr;

/// A forward proxy: `http://host:port` or `https://host:port`, with
/// `user:password@` before the host if the proxy wants them. Without a scheme it
/// is `http`; without a port, the scheme's own. Characters that end a URL's
/// authority must be percent-encoded in a name or password.
///
/// The password does not appear in what `Debug` prints.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    origin: Origin,
    authorization: Option<HeaderValue>,
}

/// Why a text is not the URL of a proxy. The text itself is not repeated: it may
/// hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyUrlError {
    /// Another scheme than `http` and `https`.
    #[error(
        "the proxy's scheme is not http or https; write http://host:port (SOCKS is not supported)"
    )]
    Scheme,
    /// The user name has a colon, which Basic authentication cannot express.
    #[error("the user name of the proxy's URL contains a colon; use another name")]
    UserName,
    /// What follows scheme and user information is not a host and a port.
    #[error("invalid proxy URL: {0}")]
    Origin(#[source] OriginError),
}

impl ProxyUrl {
    /// Scheme, host and port, without the name and password.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value of `Proxy-Authorization`, marked as sensitive.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

impl FromStr for ProxyUrl {
    type Err = ProxyUrlError;

    fn from_str(text: &str) -> Result<Self, ProxyUrlError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(ProxyUrlError::Scheme);
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        // The last one: people write passwords as they are.
        let (user_information, host) = match authority.rsplit_once('@') {
            Some((user_information, host)) => (Some(user_information), host),
            None => (None, authority),
        };
        let origin = format!("{scheme}://{host}{path}").parse();
        Ok(Self {
            origin: origin.map_err(ProxyUrlError::Origin)?,
            authorization: user_information.map(basic).transpose()?,
        })
    }
}

/// The header value of `user:password`, percent-encoded.
fn basic(user_information: &str) -> Result<HeaderValue, ProxyUrlError> {
    let (user, password) = user_information
        .split_once(':')
        .unwrap_or((user_information, ""));
    let mut credentials: Vec<u8> = percent_decode_str(user).collect();
    if credentials.contains(&b':') {
        return Err(ProxyUrlError::UserName);
    }
    credentials.push(b':');
    credentials.extend(percent_decode_str(password));
    let text = format!("Basic {}", BASE64_STANDARD.encode(credentials));
    let mut value = HeaderValue::try_from(text).expect("base64 is a valid header value");
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProxyUrl")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{ProxyUrl, ProxyUrlError};
    use crate::egress::OriginError;

    fn read(text: &str) -> (String, Option<String>) {
        let url: ProxyUrl = text.parse().unwrap();
        let authorization = url.authorization().map(|value| {
            assert!(value.is_sensitive(), "{text}");
            value.to_str().unwrap().to_owned()
        });
        (url.origin().to_string(), authorization)
    }

    #[test]
    fn a_url_is_an_origin_and_perhaps_credentials() {
        let table = [
            ("http://proxy.test:3128", "http://proxy.test:3128", None),
            ("http://proxy.test/", "http://proxy.test:80", None),
            ("HTTPS://Proxy.Test", "https://proxy.test:443", None),
            (" proxy.test:3128 ", "http://proxy.test:3128", None),
            ("http://[::1]:3128", "http://[::1]:3128", None),
            (
                "http://Aladdin:open%20sesame@proxy.test:1",
                "http://proxy.test:1",
                Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ),
            (
                "Aladdin@proxy.test:1",
                "http://proxy.test:1",
                Some("Basic QWxhZGRpbjo="),
            ),
            (
                "http://a:b@c@proxy.test:1",
                "http://proxy.test:1",
                Some("Basic YTpiQGM="),
            ),
        ];
        for (text, origin, authorization) in table {
            let expected = (origin.to_owned(), authorization.map(str::to_owned));
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_proxy_url_is_an_error_that_does_not_repeat_it() {
        let origin = |error| ProxyUrlError::Origin(error);
        let table = [
            ("socks5://secret:secret@proxy.test", ProxyUrlError::Scheme),
            ("http://sec%3Aret:x@proxy.test", ProxyUrlError::UserName),
            ("http://secret@proxy.test:0", origin(OriginError::Port)),
            ("http://secret@proxy.test/x", origin(OriginError::Path)),
            ("http://a:secret/b@proxy.test", origin(OriginError::Path)),
            ("http://127.1", origin(OriginError::AddressSpelling)),
        ];
        for (text, expected) in table {
            let error = text.parse::<ProxyUrl>().unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{text}");
        }
        for text in ["", "http://", "http://@", "proxy test"] {
            assert!(text.parse::<ProxyUrl>().is_err(), "{text}");
        }
    }
}
