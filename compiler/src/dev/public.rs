//! Files served as they are, read from disk when they are asked for.

use crate::embedded::content_type_of;
use puremix_runtime::http::message::{Body, Reply};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// By URL.
#[derive(Clone, Default)]
pub struct Files(Arc<BTreeMap<String, File>>);

#[derive(Clone, PartialEq, Eq)]
struct File {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
}

impl Files {
    /// `list` holds URLs, which begin with `/`, and paths.
    pub fn of(list: &[(String, PathBuf)]) -> Files {
        let file = |path: &PathBuf| {
            let meta = std::fs::metadata(path).ok();
            File { path: path.clone(), modified: meta.as_ref().and_then(|m| m.modified().ok()), length: meta.map_or(0, |m| m.len()) }
        };
        Files(Arc::new(list.iter().map(|(url, path)| (url.clone(), file(path))).collect()))
    }

    /// URLs of files that are new, changed or gone.
    pub fn changed_since(&self, before: &Files) -> Vec<String> {
        let differs = |url: &&String| self.0.get(*url) != before.0.get(*url);
        let mut urls: Vec<String> = self.0.keys().chain(before.0.keys()).filter(differs).cloned().collect();
        urls.sort();
        urls.dedup();
        urls
    }

    /// The answer to a request for a decoded path: `/x` and `/public/x` are the same file.
    pub fn answer(&self, path: &str) -> Option<Reply> {
        let short = path.strip_prefix("/public").filter(|rest| rest.starts_with('/'));
        let file = self.0.get(path).or_else(|| self.0.get(short?))?;
        let mut reply = Reply::status(200).with("content-type", content_type_of(path)).with("cache-control", "no-cache");
        reply.body = Body::File(Box::new(file.path.clone().into()));
        Some(reply)
    }
}
