//! Counting requests of clients in fixed windows, as express-rate-limit does: a window begins with a client's first request.
//!
//! Memory is bounded: counters live in two generations per shard, and the older is dropped whole. Who sends from more networks than a generation
//! holds makes us forget, not grow.

use super::message::{Reply, RequestParts};
use crate::config::rate_limit::{Draft, Message, RateLimit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SHARDS: usize = 16;
/// Clients of one generation of one shard.
const GENERATION: usize = 8192;

/// A client: its IPv4 address, or the network of its IPv6 address.
type Client = u128;

/// Every limit with its counters; shared by all threads.
pub struct RateLimits(Vec<Limiter>);

struct Limiter {
    rule: RateLimit,
    shards: Vec<Mutex<Shard>>,
}

#[derive(Default)]
struct Shard {
    young: HashMap<Client, Window>,
    old: HashMap<Client, Window>,
}

#[derive(Clone, Copy)]
struct Window {
    ends: Instant,
    hits: u32,
}

/// What a limit says about a request that it let through.
pub struct Counted {
    rule: usize,
    client: Client,
    hits: u32,
    left: Duration,
}

impl RateLimits {
    pub fn new(rules: &[RateLimit]) -> RateLimits {
        let shards = || (0..SHARDS).map(|_| Mutex::default()).collect();
        RateLimits(rules.iter().map(|rule| Limiter { rule: rule.clone(), shards: shards() }).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The 429 of the first limit that it exceeds.
    pub fn count(&self, parts: &RequestParts) -> Result<Vec<Counted>, Reply> {
        let mut counted = Vec::new();
        if self.0.is_empty() {
            return Ok(counted);
        }
        let ip = parts.remote_addr().parse::<IpAddr>().ok();
        for (i, limiter) in self.0.iter().enumerate().filter(|(_, l)| matches(&l.rule, parts.path(), parts.method())) {
            let client = client_of(ip, limiter.rule.ipv6_subnet);
            let (hits, left) = limiter.hit(client, Instant::now());
            let this = Counted { rule: i, client, hits, left };
            if hits > limiter.rule.limit {
                let mut reply = refusal(&limiter.rule);
                describe(&limiter.rule, &this, &mut reply);
                return Err(reply.with("retry-after", seconds(left).to_string()));
            }
            counted.push(this);
        }
        Ok(counted)
    }

    /// Adds the headers of the limits that counted the request, and forgets it where answers like this one do not count.
    pub fn answered(&self, counted: &[Counted], reply: &mut Reply) {
        for this in counted {
            let Some(limiter) = self.0.get(this.rule) else { continue };
            describe(&limiter.rule, this, reply);
            if if reply.status < 400 { limiter.rule.skip_successful } else { limiter.rule.skip_failed } {
                limiter.forget(this.client);
            }
        }
    }
}

impl Limiter {
    fn hit(&self, client: Client, now: Instant) -> (u32, Duration) {
        let Ok(mut shard) = self.shard(client).lock() else { return (0, self.rule.window) };
        let known = shard.young.get(&client).or_else(|| shard.old.get(&client)).copied().filter(|w| w.ends > now);
        let window = match known {
            Some(w) => Window { hits: w.hits.saturating_add(1), ..w },
            None => Window { ends: now + self.rule.window, hits: 1 },
        };
        if shard.young.len() >= GENERATION && !shard.young.contains_key(&client) {
            shard.old = std::mem::take(&mut shard.young);
        }
        shard.young.insert(client, window);
        (window.hits, window.ends - now)
    }

    fn forget(&self, client: Client) {
        if let Ok(mut shard) = self.shard(client).lock()
            && let Some(window) = shard.young.get_mut(&client)
        {
            window.hits = window.hits.saturating_sub(1);
        }
    }

    fn shard(&self, client: Client) -> &Mutex<Shard> {
        // Networks differ in their middle bits; a prime modulus would do as well, but the count is a power of two.
        let mixed = (client ^ (client >> 64)) as u64;
        let at = (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as usize;
        &self.shards[at % self.shards.len()]
    }
}

fn client_of(ip: Option<IpAddr>, ipv6_subnet: u8) -> Client {
    match ip.map(|ip| ip.to_canonical()) {
        // No IPv6 address that a client can have begins with so many zeros.
        Some(IpAddr::V4(v4)) => u128::from(u32::from(v4)),
        Some(IpAddr::V6(v6)) => u128::from(v6) & (u128::MAX << (128 - u32::from(ipv6_subnet))),
        None => 0,
    }
}

fn matches(rule: &RateLimit, path: &str, method: &str) -> bool {
    let in_path = path.get(..rule.path.len()).is_some_and(|start| start.eq_ignore_ascii_case(&rule.path))
        && path.get(rule.path.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    in_path && (rule.methods.is_empty() || rule.methods.iter().any(|m| m == method))
}

fn refusal(rule: &RateLimit) -> Reply {
    match &rule.message {
        Message::Text(text) => Reply::html(rule.status, text.clone()),
        Message::Json(text) => Reply::json(rule.status, text.clone()),
    }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_millis().div_ceil(1000) as u64
}

fn describe(rule: &RateLimit, counted: &Counted, reply: &mut Reply) {
    let (limit, remaining, reset, window) = (rule.limit, rule.limit.saturating_sub(counted.hits), seconds(counted.left), seconds(rule.window));
    let mut put = |name: &'static str, value: String| {
        // Draft 8 has one item for each limit; of the others, the last limit speaks.
        if rule.standard_headers != Draft::Eight || name.starts_with("x-") {
            reply.headers.retain(|(n, _)| n != name);
        }
        reply.headers.push((name.into(), value.into()));
    };
    if rule.legacy_headers {
        put("x-ratelimit-limit", limit.to_string());
        put("x-ratelimit-remaining", remaining.to_string());
        let end = (SystemTime::now() + counted.left).duration_since(UNIX_EPOCH).unwrap_or_default();
        put("x-ratelimit-reset", seconds(end).to_string());
    }
    match rule.standard_headers {
        Draft::None => {}
        Draft::Six => {
            put("ratelimit-policy", format!("{limit};w={window}"));
            put("ratelimit-limit", limit.to_string());
            put("ratelimit-remaining", remaining.to_string());
            put("ratelimit-reset", reset.to_string());
        }
        Draft::Seven => {
            put("ratelimit-policy", format!("{limit};w={window}"));
            put("ratelimit", format!("limit={limit}, remaining={remaining}, reset={reset}"));
        }
        Draft::Eight => {
            let name = &rule.identifier;
            put("ratelimit", format!("\"{name}\"; r={remaining}; t={reset}"));
            put("ratelimit-policy", format!("\"{name}\"; q={limit}; w={window}; pk=:{}:", partition(counted.client)));
        }
    }
}

/// A name for a client that does not tell its address.
fn partition(client: Client) -> String {
    let hash: String = Sha256::digest(client.to_be_bytes()).iter().take(6).map(|b| format!("{b:02x}")).collect();
    STANDARD.encode(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Effective, Environment, Flags, Settings, Tree};

    fn limits(entries: Vec<(&str, Tree)>) -> RateLimits {
        let map = |entries: Vec<(&str, Tree)>| Tree::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
        let effective = Effective::choose(&Flags::default(), &Environment::default(), &map(vec![("rateLimit", map(entries))])).unwrap();
        RateLimits::new(&Settings::read(&effective, "production").unwrap().rate_limits)
    }

    #[test]
    fn windows_count_and_end() {
        let made = limits(vec![("windowMs", Tree::Num(1000.0)), ("limit", Tree::Num(2.0))]);
        let (limiter, start) = (&made.0[0], Instant::now());
        let at = |client, ms| limiter.hit(client, start + Duration::from_millis(ms));
        assert_eq!(at(1, 0), (1, Duration::from_secs(1)));
        assert_eq!(at(1, 900), (2, Duration::from_millis(100)));
        assert_eq!(at(2, 900).0, 1);
        assert_eq!(at(1, 999).0, 3);
        assert_eq!(at(1, 1000), (1, Duration::from_secs(1)));
    }

    #[test]
    fn memory_is_bounded() {
        let made = limits(vec![]);
        let (limiter, now) = (&made.0[0], Instant::now());
        limiter.hit(7, now);
        for client in 0..2_000_000_u128 {
            limiter.hit(client << 72, now);
        }
        let kept: usize = limiter.shards.iter().map(|s| s.lock().map(|s| s.young.len() + s.old.len()).unwrap()).sum();
        assert!(kept <= 2 * GENERATION * SHARDS, "{kept}");
        let used = limiter.shards.iter().filter(|s| s.lock().is_ok_and(|s| !s.young.is_empty())).count();
        assert_eq!(used, SHARDS, "clients spread over the shards");
    }

    #[test]
    fn clients_of_one_network_are_one() {
        let client = |text: &str| client_of(text.parse().ok(), 56);
        assert_eq!(client("2001:db8:0:1ff::1"), client("2001:db8:0:100:9::2"));
        assert_ne!(client("2001:db8:0:1ff::1"), client("2001:db8:0:200::1"));
        assert_eq!(client("::ffff:203.0.113.9"), client("203.0.113.9"));
        assert_ne!(client("203.0.113.8"), client("203.0.113.9"));
    }

    #[test]
    fn paths() {
        let made = limits(vec![("path", Tree::Str("/api/*".into())), ("methods", Tree::Str("post".into()))]);
        let on = |path, method| matches(&made.0[0].rule, path, method);
        assert!(on("/api", "POST") && on("/api/x", "POST") && on("/API/x", "POST"));
        assert!(!on("/apix", "POST") && !on("/", "POST") && !on("/api", "GET"));
    }
}
