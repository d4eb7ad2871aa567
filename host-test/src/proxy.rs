//! The forward proxies that the command line names.

use crate::failure::Failure;
use clap::Args;
use provider_host::proxy::{Proxies, ProxyUrl, ProxyUrlError};
use std::convert::Infallible;

pub(crate) const HINT: &str = "requests to endpoint_url go through a proxy; check that it can be reached, and that it permits the host and port of endpoint_url, or exempt them with --no-proxy";

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct ProxyArguments {
    /// Send requests through this forward proxy, which may be on this machine
    /// or in a private network: `http://HOST:PORT`. Other users of this machine
    /// can see a password in it: keep that in the environment.
    #[arg(long, value_name = "URL", value_parser = ProxyArgument::read)]
    proxy: Option<ProxyArgument>,
    /// Reach these targets without the proxy: a list of hosts, domains,
    /// addresses and networks, such as `localhost,.internal,10.0.0.0/8`.
    #[arg(long, value_name = "LIST", requires = "proxy")]
    no_proxy: Option<String>,
    /// Send requests through the proxies that `HTTP_PROXY`, `HTTPS_PROXY`,
    /// `ALL_PROXY` and `NO_PROXY` name.
    #[arg(long, conflicts_with = "proxy")]
    proxy_from_environment: bool,
}

/// A proxy's URL, or what is wrong with it. An error of the argument itself
/// would be printed with the value, and a password with that.
#[derive(Clone, Debug)]
struct ProxyArgument(Result<ProxyUrl, ProxyUrlError>);

impl ProxyArgument {
    #[expect(clippy::unnecessary_wraps, reason = "the signature of a value parser")]
    fn read(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.parse()))
    }
}

impl ProxyArguments {
    /// The proxies that are named here.
    pub(crate) fn proxies(&self) -> Result<Proxies, Failure> {
        if self.proxy_from_environment {
            return Proxies::from_environment().map_err(|error| {
                Failure::setup(format!("cannot use --proxy-from-environment: {error}"))
            });
        }
        let Some(ProxyArgument(proxy)) = &self.proxy else {
            return Ok(Proxies::none());
        };
        let proxy = proxy.clone();
        let proxy =
            proxy.map_err(|error| Failure::setup(format!("cannot use --proxy: {error}")))?;
        let no_proxy = self.no_proxy.as_deref().unwrap_or_default().parse();
        let no_proxy =
            no_proxy.map_err(|error| Failure::setup(format!("cannot use --no-proxy: {error}")))?;
        Ok(Proxies::all(proxy).with_no_proxy(no_proxy))
    }
}
