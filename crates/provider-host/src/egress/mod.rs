//! Where a tenant's component may connect to.
//!
//! Two questions, both with "no" as the default: is the request's origin on
//! the tenant's list ([`allowed`]), and is the address that the name resolves
//! to of a kind that may be reached ([`address`])? The second is checked for
//! each address at the moment of connecting, and the connection is made to a
//! checked address, so a name that resolves differently later gains nothing.

pub mod address;
pub mod allowed;
mod allowed_proxy;
mod credentials;
pub mod origin;
mod policy;
pub mod resolver;

pub use address::{AddressKind, AddressScope};
pub use allowed::{AllowedOrigin, HostPattern};
pub use credentials::EndpointError;
pub use origin::{Host, Origin, OriginError, Scheme};
pub use policy::{EgressDenied, EgressPolicy, PlainHttp};
pub use resolver::{Resolver, SystemResolver};
