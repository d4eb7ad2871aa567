//! Forward proxies: which proxy the requests to an origin go through.
//!
//! hyper-util has a matcher for the same purpose, which reads the environment by
//! curl's rules. It does not fit here: it drops a URL that it cannot read, and
//! the requests go out directly; it takes no port in an exception; and it reads
//! the environment of the process only.

mod environment;
mod no_proxy;
mod proxies;
mod url;

pub use environment::EnvironmentError;
pub use no_proxy::{NoProxy, NoProxyError};
pub use proxies::Proxies;
pub use url::{ProxyUrl, ProxyUrlError};
