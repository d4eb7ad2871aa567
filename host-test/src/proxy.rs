//! The forward proxies that the command line names.

use anyhow::Context as _;
use clap::Args;
use provider_host::proxy::{Proxies, ProxyUrl, ProxyUrlError};
use std::convert::Infallible;

pub(crate) const HINT: &str = "requests to the endpoint go through a proxy; check that it is reachable and permits the endpoint's host and port, or exempt them with --no-proxy";

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
    pub(crate) fn proxies(&self) -> anyhow::Result<Proxies> {
        if self.proxy_from_environment {
            return Proxies::from_environment().context("cannot use --proxy-from-environment");
        }
        let Some(ProxyArgument(proxy)) = &self.proxy else {
            return Ok(Proxies::none());
        };
        let proxy = proxy.clone().context("cannot use --proxy")?;
        let no_proxy = self.no_proxy.as_deref().unwrap_or_default().parse();
        let no_proxy = no_proxy.context("cannot use --no-proxy")?;
        Ok(Proxies::all(proxy).with_no_proxy(no_proxy))
    }
}
