//! Who is really asking: `X-Forwarded-*` headers, believed only from proxies the configuration trusts.

use actix_http::header::{self, HeaderMap, HeaderName};
use std::net::{IpAddr, SocketAddr};

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Which peers may speak for others (`trustProxy`).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Trust {
    /// `false`: nobody.
    Nobody,
    /// The default: a proxy on this machine.
    #[default]
    Loopback,
    /// `true`: everybody; the leftmost address of `X-Forwarded-For` is the client.
    Everybody,
    /// A number: so many proxies stand in front of us.
    Hops(usize),
    /// Networks given as addresses or `address/bits`, or the words `loopback`, `linklocal`, `uniquelocal`.
    Networks(Vec<Network>),
}

/// An address range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub address: IpAddr,
    pub bits: u8,
}

impl Network {
    /// `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `::1`, `127.0.0.1`.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.split_once('/') {
            Some((a, b)) => (a.trim().parse().ok()?, Some(bits(b.trim())?)),
            None => (text.trim().parse().ok()?, None),
        };
        let width = if matches!(address, IpAddr::V4(_)) { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Network { address, bits })
    }

    fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same_prefix(u128::from(a.to_bits()) << 96, u128::from(b.to_bits()) << 96, self.bits),
            (IpAddr::V6(a), IpAddr::V6(b)) => same_prefix(a.to_bits(), b.to_bits(), self.bits),
            _ => false,
        }
    }
}

/// `8`, or `255.0.0.0` with ones before zeros.
fn bits(text: &str) -> Option<u8> {
    if let Ok(mask) = text.parse::<std::net::Ipv4Addr>() {
        let mask = mask.to_bits();
        return (mask.leading_ones() + mask.trailing_zeros() == 32).then_some(mask.leading_ones() as u8);
    }
    text.parse().ok()
}

fn same_prefix(a: u128, b: u128, bits: u8) -> bool {
    bits == 0 || (a ^ b) >> (128 - u32::from(bits)) == 0
}

impl Trust {
    /// Reads Express's spellings: `true`, `false`, a number of hops, or a comma-separated list of networks and names.
    pub fn parse(text: &str) -> Option<Trust> {
        match text.trim() {
            "true" => return Some(Trust::Everybody),
            "false" | "" => return Some(Trust::Nobody),
            "loopback" => return Some(Trust::Loopback),
            t => {
                if let Ok(n) = t.parse() {
                    return Some(Trust::Hops(n));
                }
            }
        }
        let mut networks = Vec::new();
        for item in text.split(',') {
            let names: &[&str] = match item.trim() {
                "loopback" => &["127.0.0.0/8", "::1"],
                "linklocal" => &["169.254.0.0/16", "fe80::/10"],
                "uniquelocal" => &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
                other => &[other],
            };
            for name in names {
                networks.push(Network::parse(name)?);
            }
        }
        Some(Trust::Networks(networks))
    }

    /// Whether the host at `hop` steps from us (the peer is step 0) may name the one before it.
    fn trusts(&self, ip: IpAddr, hop: usize) -> bool {
        let ip = ip.to_canonical();
        match self {
            Trust::Nobody => false,
            Trust::Loopback => ip.is_loopback(),
            Trust::Everybody => true,
            Trust::Hops(n) => hop < *n,
            Trust::Networks(list) => list.iter().any(|n| n.contains(ip)),
        }
    }

    /// Whether the peer may speak for clients.
    pub fn trusts_peer(&self, peer: Option<SocketAddr>) -> bool {
        peer.is_some_and(|p| self.trusts(p.ip(), 0))
    }
}

fn line(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut all = headers.get_all(name).filter_map(|v| v.to_str().ok());
    let mut text = all.next()?.to_owned();
    for more in all {
        text.push(',');
        text.push_str(more);
    }
    Some(text)
}

/// The client's address as trusted proxies report it: from the right, the first address that is not a trusted proxy.
pub fn client_address(trust: &Trust, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<String> {
    if !trust.trusts_peer(peer) {
        return None;
    }
    let chain = line(headers, &FORWARDED_FOR)?;
    let mut client = None;
    for (hop, item) in chain.rsplit(',').enumerate() {
        let Some(ip) = address_of(item) else { break };
        client = Some(ip.to_canonical().to_string());
        if !trust.trusts(ip, hop + 1) {
            break;
        }
    }
    client
}

/// The addresses that trusted proxies have named, the client's first; empty where none is trusted (Express' `req.ips`).
pub fn client_chain(trust: &Trust, peer: Option<SocketAddr>, headers: &HeaderMap) -> Vec<String> {
    let mut chain = Vec::new();
    if trust.trusts_peer(peer) && let Some(items) = line(headers, &FORWARDED_FOR) {
        for (hop, item) in items.rsplit(',').enumerate() {
            let Some(ip) = address_of(item) else { break };
            chain.push(ip.to_canonical().to_string());
            if !trust.trusts(ip, hop + 1) {
                break;
            }
        }
    }
    chain.reverse();
    chain
}

/// An address with or without a port.
fn address_of(item: &str) -> Option<IpAddr> {
    let item = item.trim();
    item.parse::<IpAddr>().ok().or_else(|| item.parse::<SocketAddr>().ok().map(|a| a.ip()))
}

/// `https` when a trusted proxy says so; we speak plain HTTP ourselves.
pub fn protocol(trust: &Trust, peer: Option<SocketAddr>, headers: &HeaderMap) -> &'static str {
    let said = if trust.trusts_peer(peer) { headers.get(&FORWARDED_PROTO).and_then(|v| v.to_str().ok()) } else { None };
    match said.and_then(|s| s.split(',').next()) {
        Some(s) if s.trim().eq_ignore_ascii_case("https") => "https",
        _ => "http",
    }
}

/// Whether a trusted proxy says that it passed the request on.
pub fn is_proxied(trust: &Trust, peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    trust.trusts_peer(peer) && [&FORWARDED_FOR, &FORWARDED_PROTO, &FORWARDED_HOST].iter().any(|name| headers.contains_key(*name))
}

/// The host the client asked for.
pub fn host<'h>(trust: &Trust, peer: Option<SocketAddr>, headers: &'h HeaderMap) -> Option<&'h str> {
    if trust.trusts_peer(peer)
        && let Some(said) = headers.get(&FORWARDED_HOST).and_then(|v| v.to_str().ok())
    {
        let first = said.split(',').next().unwrap_or(said).trim();
        if is_host(first) {
            return Some(first);
        }
    }
    headers.get(header::HOST).and_then(|v| v.to_str().ok())
}

/// Letters, digits, `.`, `-`, `_`, an optional port, or an IPv6 address in brackets. Everything else in a `Host` header is an attack on
/// whoever puts it into a link.
pub fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((v6, port)) if v6.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", port),
            _ => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_ok = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.len() <= 5 && p.bytes().all(|b| b.is_ascii_digit()));
    !name.is_empty() && port_ok && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_http::header::HeaderValue;

    fn client(trust: &str, peer: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(forwarded).unwrap());
        let peer = format!("{peer}:9").parse().unwrap();
        client_address(&Trust::parse(trust).unwrap(), Some(peer), &headers).unwrap_or("peer".to_owned())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("loopback", "127.0.0.1", "203.0.113.9"), "203.0.113.9");
        assert_eq!(client("loopback", "198.51.100.1", "203.0.113.9"), "peer");
        assert_eq!(client("loopback", "127.0.0.1", "6.6.6.6, 203.0.113.9"), "203.0.113.9");
        assert_eq!(client("true", "198.51.100.1", "6.6.6.6, 203.0.113.9"), "6.6.6.6");
        assert_eq!(client("false", "127.0.0.1", "203.0.113.9"), "peer");
        assert_eq!(client("2", "198.51.100.1", "6.6.6.6, 203.0.113.9, 10.0.0.1"), "203.0.113.9");
        assert_eq!(client("uniquelocal", "10.1.2.3", "6.6.6.6, 203.0.113.9, 10.0.0.1"), "203.0.113.9");
        assert_eq!(client("loopback", "127.0.0.1", "nonsense"), "peer");
        assert_eq!(client("loopback", "127.0.0.1", "203.0.113.9:4711"), "203.0.113.9");
    }

    #[test]
    fn hosts() {
        for good in ["example.org", "a-b.c_d:80", "[::1]:8080", "127.0.0.1", "localhost:3000"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "a b", "a/b", "a@b", "a:b", "[::1", "[zz]", "a:123456", ":80", "a\"b"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
