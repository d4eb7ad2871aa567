//! Proxies as environment variables name them.

use super::no_proxy::NoProxyError;
use super::proxies::Proxies;
use super::url::{ProxyUrl, ProxyUrlError};
use std::ffi::OsString;
use std::str::FromStr;

/// A variable of the environment that cannot be used. Its value is not repeated:
/// it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// A proxy's URL cannot be read.
    #[error("environment variable {variable}: {error}")]
    Url {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong with its value.
        #[source]
        error: ProxyUrlError,
    },
    /// An exception cannot be read.
    #[error("environment variable {variable}: {error}")]
    NoProxy {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong with its value.
        #[source]
        error: NoProxyError,
    },
    /// The value is not UTF-8.
    #[error("environment variable {variable} is not UTF-8; correct or unset it")]
    NotUnicode {
        /// The variable's name.
        variable: &'static str,
    },
}

impl Proxies {
    /// The proxies of the process's environment. Nothing else in this library
    /// reads it.
    ///
    /// | variable | read for |
    /// | --- | --- |
    /// | `http_proxy`, `HTTP_PROXY` | requests to `http` URLs |
    /// | `https_proxy`, `HTTPS_PROXY` | requests to `https` URLs |
    /// | `all_proxy`, `ALL_PROXY` | both, where the variable above is not set |
    /// | `no_proxy`, `NO_PROXY` | the exceptions: see [`NoProxy`](super::NoProxy) |
    ///
    /// The first of the two names wins; an empty value counts as not set.
    /// `HTTP_PROXY` is ignored where `REQUEST_METHOD` is set: in a CGI program
    /// it is a header field of the client's request.
    ///
    /// # Errors
    ///
    /// If a variable cannot be read. It is never ignored: requests would leave
    /// another way than intended.
    pub fn from_environment() -> Result<Self, EnvironmentError> {
        read(|name| std::env::var_os(name))
    }
}

/// Reads the proxies from `variables`.
fn read(variables: impl Fn(&str) -> Option<OsString>) -> Result<Proxies, EnvironmentError> {
    let http_names: &[_] = if variables("REQUEST_METHOD").is_some() {
        &["http_proxy"]
    } else {
        &["http_proxy", "HTTP_PROXY"]
    };
    let url = |names: &[&'static str]| {
        first(&variables, names, |variable, error| EnvironmentError::Url {
            variable,
            error,
        })
    };
    // Read only where it counts: the URL may be of a kind that is not supported.
    let or_all = |own: Option<ProxyUrl>| match own {
        Some(proxy) => Ok(Some(proxy)),
        None => url(&["all_proxy", "ALL_PROXY"]),
    };
    let no_proxy = first(&variables, &["no_proxy", "NO_PROXY"], |variable, error| {
        EnvironmentError::NoProxy { variable, error }
    })?;
    Ok(Proxies {
        http: or_all(url(http_names)?)?,
        https: or_all(url(&["https_proxy", "HTTPS_PROXY"])?)?,
        no_proxy: no_proxy.unwrap_or_default(),
    })
}

/// The value of the first variable that is set and not empty.
fn first<T: FromStr>(
    variables: &impl Fn(&str) -> Option<OsString>,
    names: &[&'static str],
    failed: impl FnOnce(&'static str, T::Err) -> EnvironmentError,
) -> Result<Option<T>, EnvironmentError> {
    let set = names.iter().find_map(|name| {
        let value = variables(name).filter(|value| !value.is_empty())?;
        Some((*name, value))
    });
    let Some((variable, value)) = set else {
        return Ok(None);
    };
    let value = value
        .into_string()
        .map_err(|_| EnvironmentError::NotUnicode { variable })?;
    match value.parse() {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(failed(variable, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::{EnvironmentError, read};
    use crate::proxy::Proxies;
    use std::ffi::OsString;

    fn given(variables: &[(&str, &str)]) -> Result<Proxies, EnvironmentError> {
        read(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(OsString::from(value))
        })
    }

    /// The ports of the proxies for http and for https.
    fn ports(variables: &[(&str, &str)]) -> [Option<u16>; 2] {
        let proxies = given(variables).unwrap();
        ["http://a.test", "https://a.test"].map(|target| {
            let proxy = proxies.for_target(&target.parse().unwrap())?;
            Some(proxy.origin().port)
        })
    }

    #[test]
    fn the_lower_case_wins_and_the_scheme_s_own_over_that_for_all() {
        assert_eq!(ports(&[]), [None, None]);
        assert_eq!(ports(&[("ALL_PROXY", "p:1")]), [Some(1), Some(1)]);
        assert_eq!(
            ports(&[("ALL_PROXY", "p:1"), ("HTTPS_PROXY", "p:2")]),
            [Some(1), Some(2)]
        );
        assert_eq!(
            ports(&[("HTTP_PROXY", "p:1"), ("http_proxy", "p:2")]),
            [Some(2), None]
        );
        assert_eq!(
            ports(&[("HTTP_PROXY", "p:1"), ("http_proxy", "")]),
            [Some(1), None]
        );
    }

    #[test]
    fn a_proxy_for_all_that_nothing_uses_is_not_read() {
        let socks = ("all_proxy", "socks5://p:1080");
        let both = [socks, ("http_proxy", "p:1"), ("https_proxy", "p:2")];
        assert_eq!(ports(&both), [Some(1), Some(2)]);
        let error = given(&[socks, ("http_proxy", "p:1")]).unwrap_err();
        assert!(error.to_string().contains("all_proxy"), "{error}");
    }

    #[test]
    fn in_a_cgi_program_http_proxy_is_the_client_s() {
        let method = ("REQUEST_METHOD", "GET");
        assert_eq!(ports(&[method, ("HTTP_PROXY", "p:1")]), [None, None]);
        assert_eq!(ports(&[method, ("http_proxy", "p:1")]), [Some(1), None]);
        assert_eq!(ports(&[method, ("HTTPS_PROXY", "p:1")]), [None, Some(1)]);
    }

    #[test]
    fn exceptions_are_read_in_both_cases() {
        for name in ["no_proxy", "NO_PROXY"] {
            assert_eq!(
                ports(&[("ALL_PROXY", "p:1"), (name, "b.test,.test")]),
                [None, None]
            );
        }
    }

    #[test]
    fn a_value_that_cannot_be_read_is_an_error_with_its_variable() {
        let error = given(&[("HTTPS_PROXY", "socks5://u:secret@p:1")]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("HTTPS_PROXY"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let error = given(&[("no_proxy", "10.*")]).unwrap_err();
        assert!(error.to_string().contains("no_proxy"), "{error}");
    }
}
