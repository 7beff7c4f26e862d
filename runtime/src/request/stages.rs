//! How long the stages of a request take, for the development server. Not measured unless somebody asks.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

static IS_MEASURED: AtomicBool = AtomicBool::new(false);
static IS_TOLD: AtomicBool = AtomicBool::new(false);

/// From now on stages are measured, and replies have a `Server-Timing` header.
pub fn measure() {
    measure_for_log();
    IS_TOLD.store(true, Ordering::Relaxed);
}

/// From now on stages are measured; no client is told.
pub fn measure_for_log() {
    IS_MEASURED.store(true, Ordering::Relaxed);
}

/// A part of answering. Waiting for promises belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Action,
    /// Of the page and its layouts, which run side by side.
    Loaders,
    /// Components' loaders included.
    Render,
    /// An API route's or a Parsley handler.
    Handler,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Stage::Action => "action",
            Stage::Loaders => "loaders",
            Stage::Render => "render",
            Stage::Handler => "handler",
        }
    }
}

/// The stages of one request that have ended, in order.
#[derive(Debug, Default)]
pub struct Stages(RefCell<Vec<(Stage, Duration)>>);

impl Stages {
    /// A stage begins; `None` when nothing is measured.
    pub fn begin(&self) -> Option<Instant> {
        IS_MEASURED.load(Ordering::Relaxed).then(Instant::now)
    }

    /// The stage that began then has ended.
    pub fn end(&self, stage: Stage, begun: Option<Instant>) {
        if let Some(begun) = begun {
            self.0.borrow_mut().push((stage, begun.elapsed()));
        }
    }

    /// The stages for clients; `None` where they are not told.
    pub fn header(&self) -> Option<String> {
        self.text().filter(|_| IS_TOLD.load(Ordering::Relaxed))
    }

    /// The stages as the value of `Server-Timing` (W3C Server Timing §2), in milliseconds; `None` when there are none.
    pub fn text(&self) -> Option<String> {
        let stages = self.0.borrow();
        let mut text = String::new();
        for (stage, took) in stages.iter() {
            let separator = if text.is_empty() { "" } else { ", " };
            // A string buffer takes everything.
            let _ = write!(text, "{separator}{};dur={:.2}", stage.name(), took.as_secs_f64() * 1e3);
        }
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_a_header() {
        let stages = Stages::default();
        assert_eq!(stages.text(), None);
        stages.0.borrow_mut().extend([(Stage::Action, Duration::from_micros(1500)), (Stage::Render, Duration::from_millis(20))]);
        assert_eq!(stages.text().as_deref(), Some("action;dur=1.50, render;dur=20.00"));
    }
}
