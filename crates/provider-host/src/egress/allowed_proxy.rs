//! A forward proxy that a tenant's requests may go through.

use super::address::AddressScope;
use super::origin::Origin;

/// A permitted proxy, and the scope of the addresses that it may be at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AllowedProxy {
    pub(super) origin: Origin,
    pub(super) scope: AddressScope,
}
