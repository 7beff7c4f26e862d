//! What a person sees while cargo works.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

/// A line that tells the stage, and during the first build the crates done and an estimate.
///
/// On a terminal it is a live line on stderr; elsewhere (CI logs) a plain line now and then.
pub struct Progress {
    bar: ProgressBar,
    quiet: bool,
    terminal: bool,
    last_line: Instant,
    started: Instant,
    done: u64,
    total: u64,
}

impl Progress {
    pub fn new(quiet: bool) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(
            None,
            if quiet || !terminal { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() },
        );
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        let now = Instant::now();
        Progress { bar, quiet, terminal, last_line: now, started: now, done: 0, total: 0 }
    }

    /// A new stage begins; it is always worth a line.
    pub fn stage(&mut self, text: &str) {
        self.say(text.to_owned(), true);
    }

    /// Compilation of `total` crates begins.
    pub fn begin_crates(&mut self, total: usize) {
        (self.done, self.total, self.started) = (0, total as u64, Instant::now());
    }

    /// One crate is ready; `fresh` means it was in the cache.
    pub fn crate_done(&mut self, name: &str, fresh: bool) {
        self.done += 1;
        if fresh {
            return;
        }
        let text = format!("compiling: {} of {} crates{} ({name})", self.done, self.total.max(self.done), self.estimate());
        self.say(text, false);
    }

    fn estimate(&self) -> String {
        let elapsed = self.started.elapsed();
        if self.done < 10 || elapsed < Duration::from_secs(5) || self.total <= self.done {
            return String::new();
        }
        let left = elapsed.as_secs_f64() / self.done as f64 * (self.total - self.done) as f64;
        format!(", about {} left", duration_text(Duration::from_secs_f64(left)))
    }

    fn say(&mut self, text: String, always: bool) {
        if self.terminal {
            self.bar.set_message(text);
        } else if !self.quiet && (always || self.last_line.elapsed() > Duration::from_secs(10)) {
            self.last_line = Instant::now();
            eprintln!("{text}");
        }
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// `0.4 s`, `12 s`, `3 min 5 s`.
pub fn duration_text(d: Duration) -> String {
    let seconds = d.as_secs();
    if seconds >= 60 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else if seconds >= 10 {
        format!("{seconds} s")
    } else {
        format!("{:.1} s", d.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration_text(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration_text(Duration::from_secs(12)), "12 s");
        assert_eq!(duration_text(Duration::from_secs(185)), "3 min 5 s");
    }
}
