//! Content-Security-Policy: `tests/run/policy` has a page for each way to run something; a real Chromium opens them, and the pages of the other
//! apps, and says what their policies forbid.

use super::check::Checks;
use super::{App, Builder, Mode, serve};
use crate::shell::Outcome;
use puremix_tests::{Browser, Server};
use serde_json::Value;
use std::collections::BTreeSet;

/// More pages of one app than anybody wants to wait for.
const MOST_PAGES: usize = 40;

/// The headers, without a browser.
pub fn check(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    let mut policy = |path: &str| client.get(path).ok().and_then(|r| r.header("content-security-policy").map(str::to_owned)).unwrap_or_default();
    let (still, scripts, files, raw) = (policy("/"), policy("/scripts"), policy("/files"), policy("/raw"));
    checks.that("a page without scripts runs none", still.contains("script-src 'none';script-src-attr 'none'") && still.contains("connect-src 'none'"));
    checks.that("its styles are known by their hashes", still.contains("style-src 'self' 'unsafe-hashes' 'sha256-"));
    checks.that("scripts are known by their hashes", scripts.matches("'sha256-").count() == 5 && scripts.contains("script-src 'self'"));
    checks.that("a handler with a value in it opens handlers", scripts.contains("script-src-attr 'unsafe-inline'"));
    checks.that("a file is known by its place", files.contains("script-src 'self';"));
    checks.that("trusted markup runs nothing", raw.contains("script-src 'sha256-") && raw.contains("script-src-attr 'none'"));
    let plain = policy("/none");
    checks.that("an error page has a policy, too", plain.contains("object-src 'none'"));
}

/// Opens the pages of apps in Chromium, where it is installed.
pub fn in_a_browser(checks: &mut Checks, builder: &Builder, apps: &[App]) -> Outcome {
    let Ok(mut browser) = Browser::start() else {
        println!("NOT CHECKED: Chromium is not installed (Debian: apt-get install chromium)");
        return Ok(());
    };
    browser.watch_policy()?;
    for app in apps.iter().filter(|app| ["examples/shop", "tests/run/basil", "tests/run/policy", "tests/run/guide"].contains(&app.path)) {
        let made = app.generate.map(|generate| generate()).transpose()?;
        let running = serve(app, made.as_ref(), Mode::Interpreted, builder)?;
        let origin = format!("http://{}", running.server.address);
        let source = running.source.to_string_lossy();
        let routes = builder.output(&["run", "--interpret", &source, "--", "routes"])?;
        let pages = routes.lines().filter(|line| line.ends_with(".puremix")).filter_map(|line| line.split_whitespace().next());
        let mut waiting: Vec<String> = pages.filter(|path| !path.contains('[')).map(str::to_owned).collect();
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut at = 0;
        while at < waiting.len().min(MOST_PAGES) {
            let path = waiting[at].clone();
            at += 1;
            browser.open(&format!("{origin}{path}"))?;
            // Modules and what timers do.
            std::thread::sleep(std::time::Duration::from_millis(100));
            let violations = browser.violations()?;
            let expected: &[&str] = if app.path == "tests/run/policy" && path == "/raw" { &["script-src-elem: inline", "script-src-attr: inline"] } else { &[] };
            let is_expected = violations.len() == expected.len() && expected.iter().all(|start| violations.iter().any(|v| v.starts_with(start)));
            checks.record(&format!("{}: the policy of {path}", app.path), if is_expected { Ok(()) } else { Err(format!("{violations:?}")) });
            if app.path == "tests/run/policy" {
                ran(checks, &mut browser, &path)?;
            }
            let links = browser.evaluate("[...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin).map(a => a.pathname)")?;
            waiting.extend(links.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|link| seen.insert((*link).to_owned())).map(str::to_owned));
        }
        println!("{}: {at} pages opened", app.path);
    }
    Ok(())
}

/// What ran in a page of `tests/run/policy` wrote its name into the document.
fn ran(checks: &mut Checks, browser: &mut Browser, path: &str) -> Outcome {
    let wanted: &[(&str, &str)] = match path {
        "/scripts" => &[("badge", "yes"), ("plain", "yes"), ("quoted", "a && b"), ("value", "7"), ("url", "yes"), ("inline", "umlauts: äöü"), ("module", "yes"), ("dynamic", "yes")],
        "/files" => &[("file", "yes"), ("made", "1")],
        "/raw" => &[("own", "yes")],
        "/data" => &[("items", "1")],
        _ => &[],
    };
    let data = browser.evaluate("({ ...document.body.dataset })")?;
    for (name, value) in wanted {
        checks.equal(&format!("{path} runs {name}"), data[name].as_str().unwrap_or_default(), value);
    }
    checks.that(&format!("{path} runs nothing else"), data["attack"].is_null());
    Ok(())
}
