//! What kind of network an IP address belongs to, in whatever spelling it
//! comes, and which kinds may be reached.
//!
//! The ranges are those of the IANA registries of special-purpose addresses;
//! what these registries do not know, the services that clouds put on fixed
//! addresses, is listed by hand.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses a tenant may reach, once the origin is on its list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressScope {
    /// The public internet alone.
    #[default]
    Public,
    /// Also this machine and private networks: [`AddressKind::Loopback`],
    /// [`AddressKind::Private`] and [`AddressKind::Shared`]. Metadata
    /// services, link-local and all other special addresses stay out of
    /// reach.
    PublicAndPrivate,
}

impl AddressScope {
    /// Whether addresses of `kind` may be reached.
    #[must_use]
    pub fn permits(self, kind: AddressKind) -> bool {
        match kind {
            AddressKind::Public => true,
            AddressKind::Loopback | AddressKind::Private | AddressKind::Shared => match self {
                Self::Public => false,
                Self::PublicAndPrivate => true,
            },
            AddressKind::LinkLocal
            | AddressKind::Metadata
            | AddressKind::Unspecified
            | AddressKind::Multicast
            | AddressKind::Documentation
            | AddressKind::Reserved => false,
        }
    }
}

/// The kind of network that an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressKind {
    /// Anywhere on the internet.
    Public,
    /// This machine: `127.0.0.0/8`, `::1`.
    Loopback,
    /// Private networks: RFC 1918, `fc00::/7`, `fec0::/10`.
    Private,
    /// The provider's side of a shared address: `100.64.0.0/10`.
    Shared,
    /// This link: `169.254.0.0/16`, `fe80::/10`.
    LinkLocal,
    /// A cloud's metadata service, which returns credentials to any caller.
    Metadata,
    /// `0.0.0.0/8` and `::`, which mean this machine to many systems.
    Unspecified,
    /// Many receivers at once, broadcast included.
    Multicast,
    /// For examples in documents only.
    Documentation,
    /// Set aside for protocols, tests and the future.
    Reserved,
}

impl AddressKind {
    /// The kind of `address`. An IPv6 address that carries an IPv4 address
    /// is of that address's kind.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

impl fmt::Display for AddressKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Public => "public",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Shared => "shared (carrier-grade NAT)",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Unspecified => "unspecified",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Reserved => "reserved",
        })
    }
}

/// Metadata services on IPv4: those of most clouds, of ECS and EKS, of
/// Alibaba Cloud, of Azure's host, of Oracle Cloud.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];

/// Metadata services on IPv6: Google Cloud, Oracle Cloud, Akamai, Scaleway,
/// Alibaba Cloud.
const METADATA_V6: [Ipv6Addr; 5] = [
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
    Ipv6Addr::new(0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
    Ipv6Addr::new(0xfd00, 0x100, 0, 0, 0, 0, 0x100, 0x200),
];

fn of_v4(address: Ipv4Addr) -> AddressKind {
    if METADATA_V4.contains(&address) {
        return AddressKind::Metadata;
    }
    match address.octets() {
        [0, ..] => AddressKind::Unspecified,
        [127, ..] => AddressKind::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressKind::Private,
        [100, 64..=127, ..] => AddressKind::Shared,
        [169, 254, ..] => AddressKind::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => AddressKind::Documentation,
        [224..=239, ..] | [255, 255, 255, 255] => AddressKind::Multicast,
        // Protocol assignments, the old 6to4 relays, benchmarks, the future.
        [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] | [240..=255, ..] => {
            AddressKind::Reserved
        }
        _ => AddressKind::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> AddressKind {
    if address.is_unspecified() {
        return AddressKind::Unspecified;
    }
    if address.is_loopback() {
        return AddressKind::Loopback;
    }
    if METADATA_V6.contains(&address) {
        return AddressKind::Metadata;
    }
    if let Some(embedded) = embedded_v4(address) {
        return of_v4(embedded);
    }
    match address.segments() {
        // EC2's and EKS's, with all that Amazon may yet put beside them.
        [0xfd00, 0xec2, ..] => AddressKind::Metadata,
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => AddressKind::Private,
        [0xfe80..=0xfebf, ..] => AddressKind::LinkLocal,
        [0xff00..=0xffff, ..] => AddressKind::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => AddressKind::Documentation,
        // Protocol assignments, Teredo among them, whose embedded address is
        // not the one that packets go to.
        [0x2001, 0..=0x1ff, ..] => AddressKind::Reserved,
        // ISATAP: a tunnel to the IPv4 address, below a public prefix.
        [0x2000..=0x3fff, _, _, _, 0 | 0x200, 0x5efe, high, low] => of_v4(join(high, low)),
        // The only block that is given out for the internet.
        [0x2000..=0x3fff, ..] => AddressKind::Public,
        _ => AddressKind::Reserved,
    }
}

/// The IPv4 address that `address` leads to by way of a translator or tunnel.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        // IPv4-compatible; -mapped; -translated (SIIT); NAT64, well known and
        // local. A local translator may embed elsewhere, but then the rest of
        // its range is refused as reserved.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        // 6to4.
        | [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::AddressKind::{self, *};
    use super::AddressScope;

    #[test]
    fn every_address_is_of_the_kind_that_its_range_says() {
        let table: &[(&str, AddressKind)] = &[
            ("8.8.8.8", Public),
            ("1.1.1.1", Public),
            ("47.88.0.1", Public),
            ("100.63.255.255", Public),
            ("100.128.0.0", Public),
            ("172.15.255.255", Public),
            ("172.32.0.0", Public),
            ("192.1.0.1", Public),
            ("127.0.0.1", Loopback),
            ("127.255.255.254", Loopback),
            ("10.0.0.1", Private),
            ("172.16.0.1", Private),
            ("172.31.255.255", Private),
            ("192.168.1.1", Private),
            ("100.64.0.1", Shared),
            ("100.127.255.255", Shared),
            ("169.254.0.1", LinkLocal),
            ("169.254.169.254", Metadata),
            ("169.254.170.2", Metadata),
            ("100.100.100.200", Metadata),
            ("168.63.129.16", Metadata),
            ("0.0.0.0", Unspecified),
            ("0.1.2.3", Unspecified),
            ("192.0.2.1", Documentation),
            ("198.51.100.1", Documentation),
            ("203.0.113.1", Documentation),
            ("198.18.0.1", Reserved),
            ("192.0.0.8", Reserved),
            ("192.88.99.1", Reserved),
            ("240.0.0.1", Reserved),
            ("224.0.0.1", Multicast),
            ("239.255.255.255", Multicast),
            ("255.255.255.255", Multicast),
            ("2606:4700:4700::1111", Public),
            ("2a00:1450:4001:80f::200e", Public),
            ("::", Unspecified),
            ("::1", Loopback),
            ("fc00::1", Private),
            ("fd12:3456::1", Private),
            ("fec0::1", Private),
            ("fd00:ec2::254", Metadata),
            ("fe80::1", LinkLocal),
            ("ff02::1", Multicast),
            ("2001:db8::1", Documentation),
            ("3fff::1", Documentation),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Reserved),
            ("2001:2::1", Reserved),
            ("100::1", Reserved),
            ("4000::1", Reserved),
            ("64:ff9b:1::7f00:1", Reserved),
        ];
        for (address, kind) in table {
            assert_eq!(
                AddressKind::of(address.parse().unwrap()),
                *kind,
                "{address}"
            );
        }
    }

    #[test]
    fn an_embedded_address_is_what_counts() {
        let table: &[(&str, AddressKind)] = &[
            // IPv4-mapped
            ("::ffff:127.0.0.1", Loopback),
            ("::ffff:169.254.169.254", Metadata),
            ("::ffff:8.8.8.8", Public),
            // IPv4-compatible
            ("::127.0.0.1", Loopback),
            ("::10.0.0.1", Private),
            // IPv4-translated
            ("::ffff:0:192.168.0.1", Private),
            // NAT64
            ("64:ff9b::127.0.0.1", Loopback),
            ("64:ff9b::a9fe:a9fe", Metadata),
            ("64:ff9b::8.8.8.8", Public),
            // 6to4
            ("2002:7f00:1::", Loopback),
            ("2002:c0a8:101::1", Private),
            ("2002:808:808::1", Public),
            // ISATAP
            ("2a00:1450::5efe:10.0.0.1", Private),
            ("2a00:1450::200:5efe:127.0.0.1", Loopback),
            ("2a00:1450::5efe:8.8.8.8", Public),
            // which does not make a private prefix public
            ("fd00::5efe:8.8.8.8", Private),
            ("fe80::5efe:8.8.8.8", LinkLocal),
        ];
        for (address, kind) in table {
            assert_eq!(
                AddressKind::of(address.parse().unwrap()),
                *kind,
                "{address}"
            );
        }
    }

    #[test]
    fn private_networks_open_on_request_and_metadata_never() {
        let table: &[(AddressKind, bool, bool)] = &[
            (Public, true, true),
            (Loopback, false, true),
            (Private, false, true),
            (Shared, false, true),
            (LinkLocal, false, false),
            (Metadata, false, false),
            (Unspecified, false, false),
            (Multicast, false, false),
            (Documentation, false, false),
            (Reserved, false, false),
        ];
        for (kind, public, private) in table {
            assert_eq!(AddressScope::Public.permits(*kind), *public, "{kind}");
            assert_eq!(
                AddressScope::PublicAndPrivate.permits(*kind),
                *private,
                "{kind}"
            );
        }
    }
}
