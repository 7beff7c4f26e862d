//! A headless Chromium that a test drives over its debugging pipe.

use crate::TempDir;
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answer to a URL of the internet, which tests do not reach.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

/// Bytes that the protocol gives as base64.
pub fn decode_base64(text: &str) -> Result<Vec<u8>, String> {
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|e| e.to_string())
}

/// A browser with one page.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    next: u64,
    session: String,
    /// What answers requests to other hosts than ours, by URL.
    elsewhere: BTreeMap<String, Elsewhere>,
    complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts the Chromium that is installed (Debian: `apt-get install chromium`).
    pub fn start() -> Result<Browser, String> {
        let profile = TempDir::new("chromium");
        // The pipe is file descriptors 3 and 4, which only a shell can give a child without unsafe code.
        let script = "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                      --remote-debugging-pipe --user-data-dir=\"$1\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
        let mut child = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("sh: {e}"))?;
        let (Some(to), Some(out)) = (child.stdin.take(), child.stdout.take()) else { return Err("no pipe".to_owned()) };
        let (send, from) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(out).split(0).map_while(Result::ok) {
                if let Ok(message) = serde_json::from_slice(&message) {
                    // Nobody may be waiting any more.
                    let _ = send.send(message);
                }
            }
        });
        let mut browser = Browser { child, to, from, next: 0, session: String::new(), elsewhere: BTreeMap::new(), complaints: Vec::new(), _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }))?;
        browser.session = attached["sessionId"].as_str().unwrap_or_default().to_owned();
        Ok(browser)
    }

    /// Sends a command of the protocol; its number.
    fn send(&mut self, method: &str, params: &Value) -> Result<u64, String> {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).map_err(|e| format!("{method}: {e}; is chromium installed?"))?;
        Ok(self.next)
    }

    /// The result of a command of the [DevTools protocol](https://chromedevtools.github.io/devtools-protocol/).
    ///
    /// # Errors
    /// The browser's own, and a browser that does not answer.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.send(method, &params)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = self.from.recv_timeout(left).map_err(|_| format!("{method}: no answer; is chromium installed?"))?;
            if answer["method"].is_string() {
                self.take_event(&answer)?;
            }
            if answer["id"] == id {
                return match answer.get("error") {
                    Some(error) => Err(format!("{method}: {error}")),
                    None => Ok(answer["result"].clone()),
                };
            }
        }
    }

    /// What the browser tells by itself. It is read while a command is under way.
    fn take_event(&mut self, event: &Value) -> Result<(), String> {
        let params = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Fetch.requestPaused" => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                let id = &params["requestId"];
                let Some(found) = self.elsewhere.get(url) else {
                    self.complaints.push(format!("{url} is not at hand"));
                    return self.send("Fetch.failRequest", &json!({ "requestId": id, "errorReason": "NameNotResolved" })).map(drop);
                };
                let body = base64::engine::general_purpose::STANDARD.encode(&found.body);
                let headers = json!([{ "name": "Content-Type", "value": found.content_type }, { "name": "Access-Control-Allow-Origin", "value": "*" }]);
                self.send("Fetch.fulfillRequest", &json!({ "requestId": id, "responseCode": 200, "responseHeaders": headers, "body": body })).map(drop)
            }
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                self.complaints.push(details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or("exception").to_owned());
                Ok(())
            }
            "Runtime.consoleAPICalled" if params["type"] == "error" => {
                self.complaints.push(format!("console.error: {}", params["args"]));
                Ok(())
            }
            "Log.entryAdded" if params["entry"]["level"] == "error" => {
                self.complaints.push(format!("{} {}", params["entry"]["text"], params["entry"]["url"]));
                Ok(())
            }
            // A dialog would hold everything up.
            "Page.javascriptDialogOpening" => {
                self.complaints.push(format!("dialog: {}", params["message"]));
                self.send("Page.handleJavaScriptDialog", &json!({ "accept": true })).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// From now on notes exceptions, errors in the console, failed loads and dialogs: see [`Browser::complaints`].
    pub fn listen(&mut self) -> Result<(), String> {
        for domain in ["Runtime", "Log", "Page"] {
            self.call(&format!("{domain}.enable"), json!({}))?;
        }
        Ok(())
    }

    /// What went wrong since the last time this was asked.
    pub fn complaints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.complaints)
    }

    /// Answers requests to `https:` by this table; what is not in it fails.
    pub fn answer_elsewhere(&mut self, table: BTreeMap<String, Elsewhere>) -> Result<(), String> {
        self.elsewhere = table;
        self.call("Fetch.enable", json!({ "patterns": [{ "urlPattern": "https://*" }] })).map(drop)
    }

    /// Runs a script in each document before its own.
    pub fn run_first(&mut self, script: &str) -> Result<(), String> {
        self.call("Page.enable", json!({}))?;
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).map(drop)
    }

    pub fn open(&mut self, url: &str) -> Result<(), String> {
        self.call("Page.navigate", json!({ "url": url }))?;
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")
    }

    /// From the next page on, notes what its Content-Security-Policy forbids: see [`Browser::violations`].
    pub fn watch_policy(&mut self) -> Result<(), String> {
        let source = "window.violations = []; addEventListener('securitypolicyviolation', e => violations.push(`${e.effectiveDirective}: ${e.blockedURI} ${e.sample} (line ${e.lineNumber})`))";
        self.run_first(source)
    }

    /// What the policy of the open page has forbidden so far.
    pub fn violations(&mut self) -> Result<Vec<String>, String> {
        let list = self.evaluate("window.violations")?;
        Ok(list.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect())
    }

    /// The value of an expression in the page.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, String> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params)?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(format!("{expression}: {details}")),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Clicks the middle of an element as a person does; it is scrolled into view before. While the page is loading, a style sheet may still move it.
    pub fn click(&mut self, selector: &str) -> Result<(), String> {
        self.wait_for("document.readyState === 'complete'")?;
        let place = format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.scrollIntoView({{ block: 'center', behavior: 'instant' }}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        );
        let place = self.evaluate(&place)?;
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            self.call("Input.dispatchMouseEvent", json!({ "type": kind, "x": place[0], "y": place[1], "button": button, "clickCount": 1 }))?;
        }
        Ok(())
    }

    /// Whether the scripts of pages run, from the next page on. [`Browser::evaluate`] works all the same.
    pub fn run_scripts(&mut self, run: bool) -> Result<(), String> {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !run })).map(drop)
    }

    /// Cuts the network, or brings it back.
    pub fn set_offline(&mut self, offline: bool) -> Result<(), String> {
        self.call("Network.enable", json!({}))?;
        self.call("Network.emulateNetworkConditions", json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })).map(drop)
    }

    /// Chooses files in an `<input type=file>`.
    pub fn choose_files(&mut self, selector: &str, files: &[std::path::PathBuf]) -> Result<(), String> {
        let document = self.call("DOM.getDocument", json!({}))?;
        let node = self.call("DOM.querySelector", json!({ "nodeId": document["root"]["nodeId"], "selector": selector }))?;
        self.call("DOM.setFileInputFiles", json!({ "nodeId": node["nodeId"], "files": files })).map(drop)
    }

    /// Types at the focus as a person does.
    pub fn type_text(&mut self, text: &str) -> Result<(), String> {
        self.call("Input.insertText", json!({ "text": text })).map(drop)
    }

    /// Until the expression is true. While a page is being replaced there is nothing to ask.
    pub fn wait_for(&mut self, expression: &str) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let last = self.evaluate(expression);
            if last == Ok(Value::Bool(true)) {
                return Ok(());
            }
            if Instant::now() > deadline {
                let page = self.evaluate("document.documentElement.outerHTML");
                return Err(format!("`{expression}` never came true: {last:?}\n{page:?}"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
