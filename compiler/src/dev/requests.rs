//! The requests that were answered last, and how long their stages took.

use puremix_runtime::http::message::Reply;
use std::collections::VecDeque;
use std::time::Duration;

/// Requests that are remembered.
const REMEMBERED: usize = 100;

/// A request that was answered.
pub struct Answered {
    pub method: String,
    pub url: String,
    pub status: u16,
    pub took: Duration,
    /// `Server-Timing` of the reply.
    timing: String,
}

impl Answered {
    pub fn new(method: String, url: String, reply: &Reply, took: Duration) -> Answered {
        Answered { method, url, status: reply.status, took, timing: reply.header("server-timing").unwrap_or_default().to_owned() }
    }

    /// Milliseconds that a stage took.
    pub fn stage(&self, name: &str) -> Option<f64> {
        let entry = self.timing.split(", ").find_map(|entry| entry.strip_prefix(name)?.strip_prefix(";dur="))?;
        entry.parse().ok()
    }
}

#[derive(Default)]
pub struct Requests(VecDeque<Answered>);

impl Requests {
    pub fn note(&mut self, answered: Answered) {
        self.0.truncate(REMEMBERED - 1);
        self.0.push_front(answered);
    }

    /// Newest first.
    pub fn latest(&self) -> impl Iterator<Item = &Answered> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_found_by_name() {
        let reply = Reply::status(200).with("server-timing", "action;dur=1.50, loaders;dur=0.25");
        let answered = Answered::new("GET".to_owned(), "/".to_owned(), &reply, Duration::ZERO);
        assert_eq!((answered.stage("action"), answered.stage("loaders"), answered.stage("load"), answered.stage("render")), (Some(1.5), Some(0.25), None, None));
    }
}
