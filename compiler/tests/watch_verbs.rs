//! `puremixc check --watch` and `puremixc test --watch`, with saves while they run.

use puremix_tests::TempDir;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

fn app() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/run/testing")
}

/// A verb that watches, ended with the test.
struct Watching {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Watching {
    fn start(arguments: &[&str]) -> Watching {
        let mut command = Command::new(env!("CARGO_BIN_EXE_puremixc"));
        let mut child = command.args(arguments).env_remove("NODE_ENV").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("puremixc starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Watching { child, lines }
    }

    /// Lines up to and with the first that has this part.
    fn until(&mut self, part: &str) -> Vec<String> {
        let mut found = Vec::new();
        for line in self.lines.by_ref() {
            found.push(line.expect("text"));
            if found.last().is_some_and(|line| line.contains(part)) {
                return found;
            }
        }
        panic!("no line with {part}: {found:?}");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn check_watches() {
    let copy = TempDir::copy_of("check-watch", &app());
    let mut watching = Watching::start(&["check", &copy.path().to_string_lossy(), "--watch", "--json"]);
    let event = |lines: Vec<String>| -> serde_json::Value {
        let mut event: serde_json::Value = serde_json::from_str(lines.last().expect("a line")).expect("JSON");
        event.as_object_mut().expect("an object").remove("ms");
        event
    };
    assert_eq!(event(watching.until("checked")).to_string(), r#"{"event":"checked","errors":0,"warnings":0,"changed":[]}"#);
    copy.write("app/lib/guests.js", "export const entries = [;\n");
    let lines = watching.until("checked");
    assert!(lines[0].contains("app/lib/guests.js"), "{lines:?}");
    assert_eq!(event(lines).to_string(), r#"{"event":"checked","errors":1,"warnings":0,"changed":["app/lib/guests.js"]}"#);
    let ended = Command::new("kill").args(["-INT", &watching.child.id().to_string()]).status().expect("kill runs");
    assert!(ended.success());
    assert_eq!(watching.child.wait().expect("it ends").code(), Some(1), "the last exit code");
}

#[test]
fn tests_run_again_at_a_save() {
    let copy = TempDir::copy_of("test-watch", &app());
    let mut watching = Watching::start(&["test", &copy.path().to_string_lossy(), "app/lib", "--watch", "--json"]);
    assert!(watching.until("summary").last().expect("a line").contains("\"ok\":true"));
    copy.write("app/lib/price.js", "export const price = () => 'nothing';\nexport const clock = { now: () => 1 };\n");
    assert!(watching.until("summary").last().expect("a line").contains("\"ok\":false"));
}
