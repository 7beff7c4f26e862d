//! What we emit ourselves, in Chromium: error pages, the development server's overlay and pages, and the apps that `puremixc new` makes. Light and
//! dark, on a desk and in a hand: axe-core finds nothing, nothing is wider than the window, and the keyboard gets everywhere.

use super::check::Checks;
use super::{Builder, islands};
use crate::shell::{self, Outcome, root};
use puremix_tests::server::free_port;
use puremix_tests::{Browser, Dev, Server, TempDir};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// What of axe-core counts: the rules of WCAG 2.2 AA, and its good practices.
const AXE: &str = "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })\
    .then(r => r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target + ' ' + (n.any[0]?.message ?? '')).join('; ')}`.slice(0, 300)))";

/// Widths of a window in pixels, with the names of screenshots.
const WINDOWS: [(&str, u32, u32); 2] = [("desk", 1100, 700), ("hand", 360, 640)];

/// A throwing page, and one that is not valid.
const BROKEN: &str = "<title>Broken</title>\n<imports>\n  import { total } from '../lib/total'\n</imports>\n<p>{total([{ price: 2 }, null])}</p>\n";
const TOTAL: &str = "export function total(items) {\n  let sum = 0;\n  for (const item of items) {\n    sum += item.price;\n  }\n  return sum;\n}\n";
const INVALID: &str = "<title>Invalid</title>\n<h1>{user.name</h1>\n<p>{total +}</p>\n";

struct Viewer<'a> {
    browser: Browser,
    axe: String,
    /// Where screenshots go.
    pictures: Option<&'a Path>,
}

/// Looks at everything; with `pictures` its screenshots are written there.
pub fn check(checks: &mut Checks, builder: &Builder, pictures: Option<&Path>) -> Outcome {
    let Ok(browser) = Browser::start() else {
        println!("NOT CHECKED: Chromium is not installed (Debian: apt-get install chromium)");
        return Ok(());
    };
    let axe = std::fs::read_to_string(islands::packages()?.join("axe-core/axe.min.js")).map_err(|e| format!("axe-core: {e}"))?;
    let mut viewer = Viewer { browser, axe, pictures };
    let apps = TempDir::new("looks");
    for template in ["default", "minimal"] {
        shell::run({
            let mut new = builder.command(&["new", &apps.path().join(template).to_string_lossy(), "--template", template]);
            new.stdout(std::process::Stdio::null());
            new
        })?;
    }
    let app = apps.path().join("default");
    for (path, text) in [("app/routes/broken.puremix", BROKEN), ("app/lib/total.js", TOTAL)] {
        std::fs::write(app.join(path), text).map_err(|e| e.to_string())?;
    }
    let directory = TempDir::new("looks-cwd");
    let serve = |app: &Path| {
        let port = free_port();
        let mut run = builder.command(&["run", "--interpret", &app.to_string_lossy(), "--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
        run.current_dir(directory.path()).env("NODE_ENV", "production").env("SESSION_SECRET", "an-hour-of-monkeys-at-a-typewriter");
        Server::start_command(run, port)
    };
    let server = serve(&app)?;
    for (name, path) in [("new", "/"), ("new-notes", "/notes"), ("error-404", "/nothing"), ("error-500", "/broken")] {
        viewer.look(checks, name, &format!("http://{}{path}", server.address), "true")?;
    }
    viewer.tab_through(checks, &format!("http://{}/notes", server.address))?;
    drop(server);
    let server = serve(&apps.path().join("minimal"))?;
    viewer.look(checks, "new-minimal", &format!("http://{}/", server.address), "true")?;
    drop(server);

    let dev = Dev::start_with(&builder.puremixc, &app, |command| {
        command.env("PUREMIX_RUNTIME", root()).env("PUREMIX_HOME", &builder.home);
    })?;
    let address = dev.server.address;
    viewer.look(checks, "dev-exception", &format!("http://{address}/broken"), "true")?;
    viewer.look(checks, "dev-overview", &format!("http://{address}/__dev"), "true")?;
    viewer.browser.open(&format!("http://{address}/notes"))?;
    std::fs::write(app.join("app/routes/invalid.puremix"), INVALID).map_err(|e| e.to_string())?;
    let shows = "!!document.querySelector('puremix-dev-overlay')?.shadowRoot.querySelector('section')";
    viewer.browser.wait_for(shows)?;
    viewer.look(checks, "dev-overlay", &format!("http://{address}/notes"), shows)?;
    let overlay = "document.querySelector('puremix-dev-overlay')";
    checks.equal("the overlay has the focus", viewer.browser.evaluate(&format!("{overlay}.shadowRoot.activeElement?.localName"))?, json!("button"));
    viewer.key("Escape")?;
    checks.equal("Escape hides it", viewer.browser.evaluate(&format!("{overlay} === null"))?, json!(true));
    Ok(())
}

impl Viewer<'_> {
    /// Opens a page in each window and scheme.
    fn look(&mut self, checks: &mut Checks, name: &str, url: &str, is_ready: &str) -> Outcome {
        for (window, width, height) in WINDOWS {
            for scheme in ["light", "dark"] {
                let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": window == "hand" });
                self.browser.call("Emulation.setDeviceMetricsOverride", size)?;
                let features = json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
                self.browser.call("Emulation.setEmulatedMedia", json!({ "features": features }))?;
                self.browser.open(url)?;
                self.browser.wait_for(is_ready)?;
                let axe = self.axe.clone();
                self.browser.evaluate(&format!("{axe}; true"))?;
                checks.equal(&format!("{name}, {window}, {scheme}: axe"), self.browser.evaluate(AXE)?, json!([]));
                let wide = self.browser.evaluate("document.documentElement.scrollWidth - innerWidth")?.as_i64();
                checks.that(&format!("{name}, {window}, {scheme}: nothing is wider than the window"), wide.is_some_and(|wide| wide <= 0));
                self.picture(&format!("{name}-{window}-{scheme}"))?;
            }
        }
        Ok(())
    }

    fn picture(&mut self, name: &str) -> Outcome {
        let Some(directory) = self.pictures else { return Ok(()) };
        let shot = self.browser.call("Page.captureScreenshot", json!({ "format": "webp", "quality": 55 }))?;
        let bytes = puremix_tests::decode_base64(shot["data"].as_str().unwrap_or_default())?;
        std::fs::create_dir_all(directory).and_then(|()| std::fs::write(directory.join(format!("{name}.webp")), bytes)).map_err(|e| e.to_string())
    }

    fn key(&mut self, key: &str) -> Outcome {
        for kind in ["keyDown", "keyUp"] {
            self.browser.call("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": if key == "Tab" { 9 } else { 27 } }))?;
        }
        std::thread::sleep(Duration::from_millis(30));
        Ok(())
    }

    /// The tabulator reaches every link, field and button of a page in the order of the document, and each shows that it has the focus.
    fn tab_through(&mut self, checks: &mut Checks, url: &str) -> Outcome {
        self.browser.open(url)?;
        let wanted = self.browser.evaluate("[...document.querySelectorAll('a[href], input:not([type=hidden]), button')].map(e => e.outerHTML.slice(0, 60))")?;
        let mut reached = Vec::new();
        for _ in 0..wanted.as_array().map_or(0, Vec::len) {
            self.key("Tab")?;
            reached.push(self.browser.evaluate("document.activeElement.outerHTML.slice(0, 60)")?);
            checks.equal("the focus is seen", self.browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")?, json!("solid"));
        }
        checks.equal("the tabulator's order", json!(reached), wanted);
        Ok(())
    }
}
