//! Which addresses are everybody's: those that a webhook may go to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::{Ipv4Net, Ipv6Net};

/// What is not to be reached from everywhere, by IANA's registries of special-purpose addresses.
static SPECIAL_V4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| {
    let networks = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ];
    networks
        .iter()
        .filter_map(|network| network.parse().ok())
        .collect()
});

/// What everybody may reach: global unicast, and of that not what is special.
static GLOBAL_V6: LazyLock<Option<Ipv6Net>> = LazyLock::new(|| "2000::/3".parse().ok());
static SPECIAL_V6: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| {
    // Teredo, ORCHID and the like; documentation, twice; AS112. 6to4 is looked into.
    let networks = ["2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"];
    networks
        .iter()
        .filter_map(|network| network.parse().ok())
        .collect()
});

/// Whether an address is one that everybody may reach: none of a private network, of this machine, of the link, of
/// documentation, or of many; nor an IPv6 address with such an IPv4 address in it.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|network| network.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(within) = within(address) {
        return is_public_v4(within);
    }
    let is_global = GLOBAL_V6.is_some_and(|network| network.contains(&address));
    is_global && !SPECIAL_V6.iter().any(|network| network.contains(&address))
}

/// The IPv4 address that an IPv6 address leads to: one that is mapped (`::ffff:0:0/96`), translated (`64:ff9b::/96`) or
/// tunnelled (6to4, `2002::/16`).
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |at: usize| {
        let ([a, b], [c, d]) = (segments[at].to_be_bytes(), segments[at + 1].to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(of(6)),
        [0x2002, ..] => Some(of(1)),
        _ => None,
    }
}
