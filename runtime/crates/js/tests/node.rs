//! Built-ins against Node: each line of `expressions/*.js` on both sides, printed by `util.inspect`.

mod expression;

use puremix_value::Isolate;
use std::io::Write;
use std::process::{Command, Stdio};

const DRIVER: &str = r"
const { inspect } = require('util');
const lines = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(lines.map((line) => {
    try { return inspect((0, eval)('(' + line + ')')) } catch (e) { return 'throws ' + e }
})));
";

/// A zone with summer time, on both sides.
const ZONE: &str = "Europe/Berlin";

/// What Node prints of each line; `None` where there is no Node.
fn node(lines: &[&str]) -> Option<Vec<String>> {
    let mut child = Command::new("node").args(["-e", DRIVER]).env("TZ", ZONE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(serde_json::to_string(lines).ok()?.as_bytes()).ok()?;
    let out = child.wait_with_output().ok()?;
    serde_json::from_slice(&out.stdout).ok()
}

fn check(file: &str) {
    let lines: Vec<&str> = file.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).collect();
    let Some(expected) = node(&lines) else {
        eprintln!("node is not there: nothing compared");
        return;
    };
    assert!(puremix_js::date::set_local_zone(ZONE));
    let cx = Isolate::new(&[], 0, 0);
    cx.set_stack_budget(1 << 20);
    puremix_js::start(cx);
    let mut wrong = String::new();
    for (line, expected) in lines.iter().zip(expected) {
        let ours = expression::outcome(cx, line);
        if ours != expected {
            wrong += &format!("{line}\n  node: {expected}\n  ours: {ours}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

macro_rules! against_node {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(include_str!(concat!("expressions/", stringify!($name), ".js")));
        }
    )*};
}

against_node! { collections json math_and_numbers regexp dates inspection typed_arrays locales }
