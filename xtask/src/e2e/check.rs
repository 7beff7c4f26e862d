//! Check lists: every check has a name, and one that fails does not hide the next.

use puremix_tests::Reply;
use std::fmt::Debug;
use std::io;

/// The results of one app.
pub struct Checks {
    pub app: String,
    pub passed: usize,
    pub failed: Vec<String>,
}

impl Checks {
    pub fn new(app: impl Into<String>) -> Checks {
        Checks { app: app.into(), passed: 0, failed: Vec::new() }
    }

    pub fn that(&mut self, what: &str, holds: bool) {
        self.record(what, if holds { Ok(()) } else { Err("does not hold".to_owned()) });
    }


    pub fn equal<T: PartialEq + Debug>(&mut self, what: &str, actual: T, expected: T) {
        self.record(what, if actual == expected { Ok(()) } else { Err(format!("{actual:?} instead of {expected:?}")) });
    }

    /// The reply's status, and texts its body must contain. Answers the reply, empty when there was none.
    pub fn page(&mut self, what: &str, reply: io::Result<Reply>, status: u16, contains: &[&str]) -> Reply {
        let reply = match reply {
            Ok(reply) => reply,
            Err(e) => {
                self.record(what, Err(format!("no answer: {e}")));
                return Reply::default();
            }
        };
        let text = reply.text();
        let missing: Vec<&&str> = contains.iter().filter(|wanted| !text.contains(**wanted)).collect();
        let result = if reply.status != status {
            Err(format!("status {} instead of {status}\n{}", reply.status, excerpt(&text)))
        } else if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("the body lacks {missing:?}\n{}", excerpt(&text)))
        };
        self.record(what, result);
        reply
    }

    /// There is an answer, whatever its status.
    pub fn answers(&mut self, what: &str, reply: io::Result<Reply>) {
        self.record(what, reply.map(|_| ()).map_err(|e| format!("no answer: {e}")));
    }

    pub fn record(&mut self, what: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(why) => {
                println!("FAILED {}: {what}: {why}", self.app);
                self.failed.push(format!("{}: {what}: {}", self.app, why.lines().next().unwrap_or_default()));
            }
        }
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(2_000).collect()
}
