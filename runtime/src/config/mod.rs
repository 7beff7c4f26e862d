//! Configuration: flags, environment, `.env` files and `puremix.config.js` become [`Settings`].
//!
//! In: text and plain data. Out: [`Settings`] and the list of effective values with their origins. This room must never know the
//! isolate: the exported object of `puremix.config.js` arrives as a [`Tree`].

pub mod compression;
pub mod cors;
pub mod effective;
pub mod env_file;
pub mod environment;
pub mod headers;
pub mod keys;
pub mod rate_limit;
pub mod secrets;
pub mod settings;
pub mod suggest;
mod tree;
pub mod upload;

pub use effective::{Effective, Flags, Origin};
pub use environment::Environment;
pub use settings::{ClientSettings, Settings};
pub use tree::Tree;

use std::sync::OnceLock;

static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();
static ASSUMED: OnceLock<&str> = OnceLock::new();

/// Where nobody says otherwise, the mode is this instead of `production`. Before the environment is first read; the first call holds.
pub fn assume_mode(mode: &'static str) {
    let _ = ASSUMED.set(mode);
}

/// [`assume_mode`] `development`.
pub fn assume_development() {
    assume_mode("development");
}

/// The app's environment, as `process.env` shows it. Read once, when first asked for: the process's variables and the `.env` files of
/// the working directory.
pub fn environment() -> &'static Environment {
    ENVIRONMENT.get_or_init(|| {
        let process = std::env::vars_os().map(|(n, v)| (n.to_string_lossy().into_owned(), v.to_string_lossy().into_owned()));
        let otherwise = ASSUMED.get().copied().unwrap_or("production");
        Environment::load(process, std::path::Path::new("."), otherwise)
    })
}
