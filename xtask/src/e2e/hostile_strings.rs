//! Escaping in a real browser: `tests/run/hostile-strings` writes each of its strings into every place a template has for a value. No string
//! may run, none may change the markup around it, and where text is shown it is the string as it was typed.

use super::check::Checks;
use super::{App, Builder, Mode, serve};
use crate::shell::Outcome;
use puremix_tests::Browser;

/// One page for each kind of place.
const PAGES: &[&str] = &["text", "attributes", "urls", "styles", "handlers", "data", "frames", "title"];

/// Runs before everything in each document: what a string that got out would call.
const TRAPS: &str = "window.hits = []; for (const name of ['__hit', 'alert', 'confirm', 'prompt', 'print']) window[name] = () => { (window.top.hits ??= []).push(name + ' in ' + location.href.slice(0, 80)); };";

pub fn in_a_browser(checks: &mut Checks, builder: &Builder, app: &App) -> Outcome {
    let Ok(mut browser) = Browser::start() else {
        println!("NOT CHECKED: Chromium is not installed (Debian: apt-get install chromium)");
        return Ok(());
    };
    browser.run_first(TRAPS)?;
    browser.listen()?;
    let running = serve(app, None, Mode::Interpreted, builder)?;
    let origin = format!("http://{}", running.server.address);
    for page in PAGES {
        let started = std::time::Instant::now();
        browser.open(&format!("{origin}/{page}"))?;
        browser.evaluate(include_str!("hostile_strings.js"))?;
        let found = browser.evaluate(&format!("check('{page}')"))?;
        let faults: Vec<String> = found["faults"].as_array().into_iter().flatten().filter_map(|fault| fault.as_str().map(str::to_owned)).collect();
        let summary = faults.iter().take(8).map(String::as_str).collect::<Vec<_>>().join("\n");
        checks.record(&format!("strings on {page}"), if faults.is_empty() { Ok(()) } else { Err(format!("{} faults\n{summary}", faults.len())) });
        checks.equal(&format!("what ran on {page}"), browser.evaluate("window.hits")?.to_string(), "[]".to_owned());
        let looked_at = found["places"].as_u64().unwrap_or(0);
        checks.that(&format!("something was looked at on {page}"), looked_at > 300);
        println!("{page}: {looked_at} places in {} ms", started.elapsed().as_millis());
    }
    Ok(())
}
