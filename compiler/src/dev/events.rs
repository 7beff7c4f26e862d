//! What open browsers are told, as server-sent events.

use bytes::Bytes;
use puremix_runtime::http::message::{Body, Reply, Stream};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// Events a browser may be behind before it is left to reconnect.
const BEHIND: usize = 64;
/// Silence after which a comment is sent, so that browsers that went away are noticed.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// All open browsers, and what a new one must know.
#[derive(Default)]
pub struct Events {
    browsers: RefCell<Vec<Sender<Bytes>>>,
    /// Names this start of the server: a browser that knew another loads its page again.
    start: Cell<u64>,
    build: Cell<u64>,
    error: RefCell<Option<Value>>,
    /// Of the version that runs; null when there are none.
    warnings: RefCell<Value>,
}

impl Events {
    pub fn new(start: u64) -> Events {
        Events { start: Cell::new(start), ..Events::default() }
    }

    /// A stream for one browser.
    pub fn subscribe(&self) -> Reply {
        let (sender, stream) = Stream::new(BEHIND);
        let hello = json!({ "kind": "hello", "start": self.start.get().to_string(), "build": self.build.get(), "warnings": &*self.warnings.borrow() });
        let mut text = format!("retry: 250\n\n{}", event(&hello));
        if let Some(report) = &*self.error.borrow() {
            text.push_str(&event(&json!({ "kind": "error", "report": report })));
        }
        // A new channel has room.
        let _ = sender.try_send(Bytes::from(text));
        self.browsers.borrow_mut().push(sender);
        let mut reply = Reply::status(200).with("content-type", "text/event-stream").with("cache-control", "no-store").with("x-accel-buffering", "no");
        reply.body = Body::Stream(stream);
        reply
    }

    /// A new version runs. `patch` is false when open pages must be loaded again.
    pub fn updated(&self, patch: bool, files: &[String], warnings: Option<Value>) {
        self.build.set(self.build.get() + 1);
        self.warnings.replace(warnings.unwrap_or_default());
        self.error.take();
        let kind = if patch { "patch" } else { "reload" };
        self.send(&event(&json!({ "kind": kind, "build": self.build.get(), "files": files, "warnings": &*self.warnings.borrow() })));
    }

    /// The first version runs.
    pub fn started(&self, warnings: Option<Value>) {
        self.warnings.replace(warnings.unwrap_or_default());
    }

    /// A version has errors; the one before goes on.
    pub fn failed(&self, report: Value) {
        self.send(&event(&json!({ "kind": "error", "report": report })));
        self.error.replace(Some(report));
    }

    /// Keeps connections alive.
    pub fn beat(&self) {
        self.send(": still here\n\n");
    }

    fn send(&self, text: &str) {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        // A browser that is gone, or does not read, is dropped; it comes back by itself.
        self.browsers.borrow_mut().retain(|browser| browser.try_send(bytes.clone()).is_ok());
    }
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}
