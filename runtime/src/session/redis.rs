//! Sessions in Redis: `puremix:session:HASH` holds the version, a line feed and the data; Redis forgets what has expired itself.

use crate::capabilities::Encrypt;
use super::resp::{Answer, Client};
use super::store::{Record, SessionStore, StoreError, StoreFuture, StoreKey, Update, hex};
use std::sync::Arc;
use std::time::Duration;

/// Answers value and remaining life, or nothing.
const LOAD: &str = "local v = redis.call('GET', KEYS[1]) if not v then return false end return {v, redis.call('PTTL', KEYS[1])}";

/// Writes if the version is the one that was read; else answers as `LOAD`.
const UPDATE: &str = "local v = redis.call('GET', KEYS[1]) if not v then return false end \
    if string.match(v, '^%d+') ~= ARGV[1] then return {v, redis.call('PTTL', KEYS[1])} end \
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1";

pub struct RedisStore(Client);

impl RedisStore {
    /// The error is for people.
    pub fn new(url: &str, encrypt: Option<Encrypt>, trusted: Option<String>) -> Result<RedisStore, String> {
        Client::new(url, encrypt, trusted).map(RedisStore)
    }

    fn send(&self, command: Vec<Vec<u8>>) -> StoreFuture<Answer> {
        let client = self.0.clone();
        Box::pin(async move {
            let words: Vec<&[u8]> = command.iter().map(Vec::as_slice).collect();
            client.send(&words).await.map_err(StoreError)
        })
    }
}

fn name(key: &StoreKey) -> Vec<u8> {
    format!("puremix:session:{}", hex(key)).into_bytes()
}

fn value(version: u64, data: &str) -> Vec<u8> {
    format!("{version}\n{data}").into_bytes()
}

/// At least one millisecond, at most what Redis counts.
fn life(lives: Duration) -> Vec<u8> {
    lives.as_millis().clamp(1, 1 << 50).to_string().into_bytes()
}

fn record(answer: &Answer) -> Option<Record> {
    let Answer::List(parts) = answer else { return None };
    let [Answer::Text(value), Answer::Number(left)] = parts.as_slice() else { return None };
    let text = std::str::from_utf8(value).ok()?;
    let (version, data) = text.split_once('\n')?;
    Some(Record { data: data.into(), version: version.parse().ok()?, left: Duration::from_millis(u64::try_from(*left).unwrap_or(0)) })
}

fn words<const N: usize>(words: [&[u8]; N]) -> Vec<Vec<u8>> {
    words.iter().map(|w| w.to_vec()).collect()
}

impl SessionStore for RedisStore {
    fn answers_at_once(&self) -> bool {
        false
    }

    fn load(&self, key: StoreKey) -> StoreFuture<Option<Record>> {
        let answer = self.send(words([b"EVAL", LOAD.as_bytes(), b"1", &name(&key)]));
        Box::pin(async move { Ok(record(&answer.await?)) })
    }

    fn create(&self, key: StoreKey, data: Arc<str>, lives: Duration) -> StoreFuture<()> {
        let answer = self.send(words([b"SET", &name(&key), &value(1, &data), b"PX", &life(lives)]));
        Box::pin(async move { answer.await.map(|_| ()) })
    }

    fn update(&self, key: StoreKey, data: Arc<str>, version: u64, lives: Duration) -> StoreFuture<Update> {
        let known = version.to_string().into_bytes();
        let answer = self.send(words([b"EVAL", UPDATE.as_bytes(), b"1", &name(&key), &known, &value(version + 1, &data), &life(lives)]));
        Box::pin(async move {
            let answer = answer.await?;
            Ok(match (&answer, record(&answer)) {
                (Answer::Number(1), _) => Update::Done,
                (_, Some(found)) => Update::Conflict(found),
                (_, None) => Update::Gone,
            })
        })
    }

    fn touch(&self, key: StoreKey, lives: Duration) -> StoreFuture<()> {
        let answer = self.send(words([b"PEXPIRE", &name(&key), &life(lives)]));
        Box::pin(async move { answer.await.map(|_| ()) })
    }

    fn destroy(&self, key: StoreKey) -> StoreFuture<()> {
        let answer = self.send(words([b"DEL", &name(&key)]));
        Box::pin(async move { answer.await.map(|_| ()) })
    }
}
