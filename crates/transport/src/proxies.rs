//! Where requests come from, be it through proxies: what is limited for each address is limited for the client's.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;

/// The header in which each proxy adds, at the end, from where it was sent the request.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A proxy that is believed what it says of where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proxy {
    /// One with an address in a network.
    In(IpNet),
    /// Whoever connects to the Unix socket that is listened on.
    Socket,
}

/// A text that is no proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a proxy is an address, as in 10.0.0.1, a network of them, as in 10.0.0.0/8, or `unix` for a Unix socket's"
)]
pub struct NoProxy;

impl FromStr for Proxy {
    type Err = NoProxy;

    fn from_str(text: &str) -> Result<Self, NoProxy> {
        if text == "unix" {
            return Ok(Self::Socket);
        }
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Self::In).map_err(|_| NoProxy)
    }
}

/// What is limited for each address is limited for this: the address, or the network of all of those that one who has a
/// network of IPv6 may use.
#[must_use]
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The proxies in front of the server. Of all others, nothing is believed but the address they come from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<Proxy>);

impl Proxies {
    pub(crate) fn new(proxies: Vec<Proxy>) -> Self {
        Self(proxies)
    }

    /// Where a request comes from; none if that is no network.
    pub(crate) fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr().map(|address| address.ip());
        self.client_of(peer, request.headers())
    }

    fn client_of(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut nearest = peer.map(|address| address.to_canonical());
        // From the last to the first: what stands before the first address that is not believed, anybody may have written.
        let mut said = headers.get_all(FORWARDED_FOR).collect::<Vec<_>>();
        while self.is_believed(nearest)
            && let Some(header) = said.pop()
        {
            for address in header.to_str().unwrap_or_default().rsplit(',') {
                let Some(address) = address_in(address) else {
                    return nearest;
                };
                nearest = Some(address);
                if !self.is_believed(nearest) {
                    return nearest;
                }
            }
        }
        nearest
    }

    fn is_believed(&self, address: Option<IpAddr>) -> bool {
        self.0.iter().any(|proxy| match (proxy, address) {
            (Proxy::In(network), Some(address)) => network.contains(&address),
            (Proxy::Socket, None) => true,
            (Proxy::In(_), None) | (Proxy::Socket, Some(_)) => false,
        })
    }
}

/// Whether some proxy says that a request comes from another machine, be it true or not.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    let is_elsewhere = |entry: &str| address_in(entry).is_none_or(|address| !address.is_loopback());
    let mut said = headers.get_all(FORWARDED_FOR);
    headers.contains_key(FORWARDED)
        || said.any(|header| header.to_str().unwrap_or_default().split(',').any(is_elsewhere))
}

/// The address in an entry of the header. Some proxies add the port.
fn address_in(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let address = entry.parse().ok();
    let address = address.or_else(|| entry.parse().ok().map(|address: SocketAddr| address.ip()));
    let bare = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address
        .or_else(bare)
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_client_is_the_last_address_that_no_proxy_has() {
        let proxies = ["10.0.0.0/8", "2001:db8::1", "unix"].map(|text| text.parse().unwrap());
        let proxies = Proxies::new(proxies.to_vec());
        let (proxy, client) = (Some("10.1.2.3"), Some("192.0.2.1"));
        for (peer, said, expected) in [
            (proxy, &["192.0.2.1"] as &[&str], client),
            (Some("::ffff:10.1.2.3"), &["192.0.2.1"], client),
            (Some("2001:db8::1"), &["192.0.2.1"], client),
            (None, &["192.0.2.1"], client),
            // What the client has said itself, before the proxy added where it comes from.
            (proxy, &["203.0.113.9, 192.0.2.1"], client),
            (proxy, &["203.0.113.9", "192.0.2.1"], client),
            (proxy, &["unix, 203.0.113.9", "192.0.2.1, 10.9.9.9"], client),
            (proxy, &["10.0.0.1", "192.0.2.1", "10.9.9.9,10.8.8.8"], client),
            // As some write it.
            (proxy, &["192.0.2.1:4711"], client),
            (proxy, &["::ffff:192.0.2.1"], client),
            (proxy, &["[2001:db8::2]:4711"], Some("2001:db8::2")),
            (proxy, &["[2001:db8::2]"], Some("2001:db8::2")),
            // Whoever is no proxy may say what they want.
            (client, &["203.0.113.9"], client),
            (Some("2001:db8::2"), &["192.0.2.1"], Some("2001:db8::2")),
            // Nothing, or nonsense, is the proxy's own.
            (proxy, &[], proxy),
            (proxy, &[""], proxy),
            (proxy, &["unknown"], proxy),
            (proxy, &["192.0.2.1, unknown, 10.9.9.9"], Some("10.9.9.9")),
            (proxy, &["10.9.9.9"], Some("10.9.9.9")),
            (None, &[], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in said {
                headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
            }
            let address = |text: &str| text.parse::<IpAddr>().unwrap();
            let found = proxies.client_of(peer.map(address), &headers);
            assert_eq!(found, expected.map(address), "{peer:?} {said:?}");
        }
        // A socket's proxy is believed where that is said.
        let none = Proxies::default();
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, HeaderValue::from_static("192.0.2.1"));
        assert_eq!(none.client_of(None, &headers), None);
    }

    #[test]
    fn a_proxy_is_an_address_or_many() {
        for text in ["", "10.0.0.0/33", "10.0.0.1:80", "example.com", "UNIX", "*"] {
            assert_eq!(text.parse::<Proxy>(), Err(NoProxy), "{text}");
        }
    }
}
