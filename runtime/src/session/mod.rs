//! Sessions: ids in signed cookies, data behind a store.
//!
//! In: requests' cookies. Out: session data as text (JSON) and `Set-Cookie` lines. A session exists only once the app writes to it. This
//! room must never know the isolate or what the data means.

mod locks;
mod memory;
mod open;
mod redis;
mod resp;
mod sql;
mod store;

pub use locks::{Held, Locks, PATIENCE};
pub use memory::MemoryStore;
pub use open::open;
pub use redis::RedisStore;
pub use sql::SqlStore;
pub use store::{Record, SessionStore, StoreError, StoreFuture, StoreKey, Update};

use crate::config::settings::SessionSettings;
use crate::csrf::mac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

/// A session's id as the cookie carries it; unguessable.
#[derive(Clone, Debug)]
pub struct SessionId {
    text: String,
    key: OnceCell<StoreKey>,
}

impl PartialEq for SessionId {
    fn eq(&self, other: &SessionId) -> bool {
        self.text == other.text
    }
}

impl SessionId {
    /// A new id of 192 random bits.
    pub fn random() -> SessionId {
        SessionId::of(URL_SAFE_NO_PAD.encode(crate::sys::random_bytes::<24>()))
    }

    fn of(text: String) -> SessionId {
        SessionId { text, key: OnceCell::new() }
    }

    /// Under which the store knows it: whoever reads the store has no cookie that opens a session.
    pub fn store_key(&self) -> StoreKey {
        *self.key.get_or_init(|| Sha256::digest(self.text.as_bytes()).into())
    }

    /// For `session.id`; whoever has it and the secret has the session, so it belongs in no log.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Signs and reads session cookies, and holds the store.
pub struct Sessions {
    settings: SessionSettings,
    /// Ready to sign; the first signs, all verify.
    keys: Vec<Hmac<Sha256>>,
    pub store: Arc<dyn SessionStore>,
    pub locks: Locks,
}

/// What a session's cookie says, beside its value. A session may have its own.
#[derive(Clone, Debug, PartialEq)]
pub struct CookieOptions {
    /// `None`: until the browser is closed.
    pub max_age: Option<Duration>,
    /// `None` is `auto`: secure when the request was.
    pub secure: Option<bool>,
    pub http_only: bool,
    pub same_site: Option<&'static str>,
    pub path: String,
    pub domain: Option<String>,
    pub partitioned: bool,
    /// `Low`, `Medium`, `High`.
    pub priority: Option<&'static str>,
}

impl Sessions {
    /// `secrets` is not empty: where the configuration has none, the caller makes one for this start.
    pub fn new(settings: SessionSettings, secrets: &[Vec<u8>], store: Arc<dyn SessionStore>) -> Sessions {
        let keys = secrets
            .iter()
            .map(|secret| {
                let mut derive = mac(secret);
                derive.update(b"puremix session v1");
                mac(&derive.finalize().into_bytes())
            })
            .collect();
        Sessions { settings, keys, store, locks: Locks::default() }
    }

    pub fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    /// The id in a cookie's value, if we signed it, and whether with the secret that signs now.
    pub fn read(&self, cookie: &str) -> Option<(SessionId, bool)> {
        let (id, signature) = cookie.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let signer = self.keys.iter().position(|key| {
            let mut mac = key.clone();
            mac.update(id.as_bytes());
            mac.verify_slice(&signature).is_ok()
        });
        signer.map(|i| (SessionId::of(id.to_owned()), i == 0))
    }

    fn sign(&self, id: &SessionId) -> String {
        // There is a key: `new` is given a secret.
        let mut mac = self.keys.first().cloned().unwrap_or_else(|| mac(&[]));
        mac.update(id.text.as_bytes());
        format!("{}.{}", id.text, URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// The `Set-Cookie` line of a session. `https`: how the request came, after trusted proxies. A cookie that must be secure over plain
    /// HTTP would be lost by the browser, so on loopback (`is_local`) it is sent without the mark.
    pub fn set_cookie(&self, id: &SessionId, options: &CookieOptions, https: bool, is_local: bool) -> String {
        let mut line = format!("{}={}; Path={}", self.settings.name, self.sign(id), options.path);
        if let Some(max_age) = options.max_age {
            line.push_str(&format!("; Max-Age={}", max_age.as_secs()));
        }
        attributes(&mut line, options, https, is_local);
        line
    }

    /// The `Set-Cookie` line that removes the cookie.
    pub fn clear_cookie(&self, options: &CookieOptions, https: bool, is_local: bool) -> String {
        let mut line = format!("{}=; Path={}; Max-Age=0", self.settings.name, options.path);
        attributes(&mut line, options, https, is_local);
        line
    }
}

fn attributes(line: &mut String, options: &CookieOptions, https: bool, is_local: bool) {
    if let Some(domain) = &options.domain {
        line.push_str("; Domain=");
        line.push_str(domain);
    }
    if options.http_only {
        line.push_str("; HttpOnly");
    }
    if let Some(same_site) = options.same_site {
        line.push_str("; SameSite=");
        line.push_str(same_site);
    }
    let secure = options.secure.unwrap_or(https);
    if https && secure || secure && !is_local {
        line.push_str("; Secure");
    }
    if options.partitioned {
        line.push_str("; Partitioned");
    }
    if let Some(priority) = options.priority {
        line.push_str("; Priority=");
        line.push_str(priority);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(secrets: &[&str]) -> Sessions {
        let secrets: Vec<Vec<u8>> = secrets.iter().map(|s| s.as_bytes().to_vec()).collect();
        Sessions::new(crate::config::Settings::default().session, &secrets, Arc::new(MemoryStore::default()))
    }

    fn value(line: &str) -> &str {
        line.split(';').next().unwrap().split_once('=').unwrap().1
    }

    #[test]
    fn only_our_cookies_open_sessions() {
        let ours = sessions(&["one"]);
        let id = SessionId::random();
        let line = ours.set_cookie(&id, &ours.settings().cookie, true, false);
        assert!(ours.read(value(&line)).is_some_and(|found| found == (id.clone(), true)));
        assert!(ours.read(id.as_str()).is_none());
        assert!(ours.read(&format!("{}x", value(&line))).is_none());
        assert!(ours.read(&format!("x{}", value(&line))).is_none());
        assert!(sessions(&["two"]).read(value(&line)).is_none());
        assert_eq!(sessions(&["two", "one"]).read(value(&line)), Some((id, false)), "old secrets still verify");
    }

    #[test]
    fn cookie_attributes() {
        let mut settings = crate::config::Settings::default().session;
        let line = |s: &SessionSettings, https, local| {
            let all = Sessions::new(s.clone(), &[b"k".to_vec()], Arc::new(MemoryStore::default()));
            all.clear_cookie(&s.cookie, https, local)
        };
        assert_eq!(line(&settings, true, false), "sid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(line(&settings, false, false), "sid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        settings.cookie.secure = Some(true);
        settings.cookie.domain = Some("a.example".to_owned());
        assert_eq!(line(&settings, false, false), "sid=; Path=/; Max-Age=0; Domain=a.example; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(line(&settings, false, true), "sid=; Path=/; Max-Age=0; Domain=a.example; HttpOnly; SameSite=Lax");
        settings.cookie = CookieOptions { domain: None, partitioned: true, priority: Some("High"), same_site: Some("None"), http_only: false, ..settings.cookie };
        assert_eq!(line(&settings, true, false), "sid=; Path=/; Max-Age=0; SameSite=None; Secure; Partitioned; Priority=High");
    }
}
