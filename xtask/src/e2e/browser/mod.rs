//! The client runtime (`runtime/client`) in a real Chromium: `tests/run/browser` with scripts, and what must work without them.

mod calls;
mod elsewhere;
mod forms;
mod links;
mod merging;
mod plain;
mod shop;

use super::check::Checks;
use puremix_tests::{Browser, Server};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Until something that was begun shows.
const PATIENCE: Duration = Duration::from_secs(8);

pub fn check(checks: &mut Checks, server: &mut Server) {
    calls::file(checks, server);
    let Some(mut visit) = Visit::begin(checks, server) else { return };
    let groups = [("calls", calls::check as fn(&mut Visit<'_>) -> Result<(), String>), ("forms", forms::check), ("elsewhere", elsewhere::check), ("merging", merging::check), ("links", links::check), ("plain", plain::check)];
    for (name, group) in groups {
        let begun = Instant::now();
        if let Err(why) = group(&mut visit) {
            visit.checks.record(&format!("{name} to the end"), Err(why));
        }
        println!("browser: {name} took {} ms", begun.elapsed().as_millis());
    }
}

/// A browser at the app.
struct Visit<'a> {
    browser: Browser,
    checks: &'a mut Checks,
    origin: String,
    /// Violations that were expected.
    policies: usize,
}

pub use shop::check as check_shop;

impl<'a> Visit<'a> {
    /// `None` where there is no browser.
    fn begin(checks: &'a mut Checks, server: &Server) -> Option<Visit<'a>> {
        let Ok(browser) = Browser::start() else {
            println!("NOT CHECKED: Chromium is not installed (Debian: apt-get install chromium)");
            return None;
        };
        let mut visit = Visit { browser, checks, origin: format!("http://{}", server.address), policies: 0 };
        if let Err(why) = visit.browser.watch_policy() {
            visit.checks.record("the policy can be watched", Err(why));
        }
        Some(visit)
    }
}

impl Visit<'_> {
    /// Opens a page. What the page before has tried against its policy is an error of ours.
    fn open(&mut self, path: &str) -> Result<(), String> {
        self.judge_policy();
        self.browser.open(&format!("{}{path}", self.origin))
    }

    /// Opens a page with the server's memory as it was at its start.
    fn open_anew(&mut self, path: &str) -> Result<(), String> {
        self.open(path)?;
        self.browser.evaluate("PureMix.call('restart')")?;
        self.open(path)
    }

    fn judge_policy(&mut self) {
        let violations = self.browser.violations().unwrap_or_default();
        if violations.len() != std::mem::take(&mut self.policies) {
            let page = self.run("location.pathname").unwrap_or_default();
            self.checks.record(&format!("{page} keeps its policy"), Err(format!("{violations:?}")));
        }
    }

    fn run(&mut self, script: &str) -> Result<Value, String> {
        self.browser.evaluate(script)
    }

    /// The expression comes true.
    fn shows(&mut self, what: &str, expression: &str) {
        self.gives(what, &format!("!!({expression})"), true);
    }

    /// The expression comes to have this value.
    fn gives(&mut self, what: &str, expression: &str, value: impl Into<Value>) {
        let value = value.into();
        let deadline = Instant::now() + PATIENCE;
        let outcome = loop {
            let last = self.browser.evaluate(expression);
            if last.as_ref() == Ok(&value) {
                break Ok(());
            }
            if Instant::now() > deadline {
                break Err(format!("`{expression}` is {last:?} instead of {value}"));
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        self.checks.record(what, outcome);
    }

    /// Clicks, and waits until the page says `said`.
    fn click_for(&mut self, selector: &str, said: &str) -> Result<(), String> {
        self.browser.click(selector)?;
        self.gives(&format!("{selector} says {said}"), "document.querySelector('#said').textContent", said);
        Ok(())
    }

    /// Types into a field.
    fn fill(&mut self, selector: &str, text: &str) -> Result<(), String> {
        self.browser.wait_for("document.readyState === 'complete'")?;
        self.run(&format!("document.querySelector({selector:?}).focus()"))?;
        self.browser.type_text(text)
    }
}
