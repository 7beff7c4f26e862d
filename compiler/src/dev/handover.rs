//! Sessions that outlive a restart of the development server.

use puremix_runtime::session::MemoryStore;
use serde_json::{Value, json};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Everything that one process hands to the next.
#[derive(Clone)]
pub struct Sessions {
    /// Signs cookies when the app configures no secret.
    pub secret: [u8; 32],
    pub store: Arc<MemoryStore>,
}

impl Sessions {
    pub fn new() -> Sessions {
        Sessions { secret: crate::secret::of_project(Path::new(".")), store: Arc::default() }
    }
}

/// Writes them to a file that only this user can read; `None` when that fails, which costs the sessions.
pub fn write(sessions: &Sessions) -> Option<PathBuf> {
    let directory = Path::new(".puremix");
    std::fs::create_dir_all(directory).ok()?;
    let path = directory.join(format!("dev-sessions-{}.json", std::process::id()));
    // A file from before may be another user's.
    let _ = std::fs::remove_file(&path);
    let list: Vec<Value> = sessions.store.entries().iter().map(|(key, lives, data)| json!([hex(key), lives.as_secs(), &**data])).collect();
    let text = json!({ "secret": hex(&sessions.secret), "sessions": list }).to_string();
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).ok()?;
    file.write_all(text.as_bytes()).ok()?;
    Some(path)
}

/// Reads what another process left, and removes it.
pub fn read(path: &Path) -> Option<Sessions> {
    let text = std::fs::read_to_string(path).ok()?;
    let _ = std::fs::remove_file(path);
    let state: Value = serde_json::from_str(&text).ok()?;
    let entry = |row: &Value| {
        let data: Arc<str> = row[2].as_str()?.into();
        Some((bytes(row[0].as_str()?)?, Duration::from_secs(row[1].as_u64()?), data))
    };
    let entries = state["sessions"].as_array()?.iter().filter_map(entry);
    Some(Sessions { secret: bytes(state["secret"].as_str()?)?, store: Arc::new(MemoryStore::of_entries(entries)) })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    let pairs: Option<Vec<u8>> = (0..text.len() / 2).map(|i| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()).collect();
    pairs?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_were_written() {
        let key: [u8; 32] = std::array::from_fn(|i| i as u8 * 7);
        assert_eq!(bytes(&hex(&key)), Some(key));
        assert_eq!(bytes("00"), None);
        assert_eq!(bytes(&"zz".repeat(32)), None);
    }
}
