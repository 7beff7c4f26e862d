//! Built-ins against Node: each line of `expressions/*.js` on both sides, printed by `util.inspect`.

mod expression;

use puremix_value::Isolate;
use std::io::Write;
use std::process::{Command, Stdio};

const DRIVER: &str = r"
const { inspect } = require('util');
process.on('unhandledRejection', () => {});
const lines = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const values = lines.map((line) => {
    try { const v = (0, eval)('(' + line + ')'); return () => inspect(v) } catch (e) { return () => 'throws ' + e }
});
const print = () => console.log(JSON.stringify(values.map((v) => v())));
if (process.argv[1] === 'later') setTimeout(print, 20); else print();
";

/// A zone with summer time, on both sides.
const ZONE: &str = "Europe/Berlin";

/// What Node prints of each line; `None` where there is no Node.
fn node(lines: &[&str], when: &str) -> Option<Vec<String>> {
    let mut child = Command::new("node").args(["-e", DRIVER, when]).env("TZ", ZONE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    child.stdin.take()?.write_all(serde_json::to_string(lines).ok()?.as_bytes()).ok()?;
    let out = child.wait_with_output().ok()?;
    serde_json::from_slice(&out.stdout).ok()
}

/// `later`: values are printed when the microtasks have run.
fn check(file: &str, later: bool) {
    let lines: Vec<&str> = file.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).collect();
    let Some(expected) = node(&lines, if later { "later" } else { "now" }) else {
        eprintln!("node is not there: nothing compared");
        return;
    };
    assert!(puremix_js::date::set_local_zone(ZONE));
    let cx = Isolate::new(&[], 0, 0);
    cx.set_stack_budget(1 << 20);
    puremix_js::start(cx);
    let mut wrong = String::new();
    for (line, expected) in lines.iter().zip(expected) {
        let ours = match expression::evaluate(cx, line) {
            Ok(v) => {
                if later {
                    puremix_js::promise::drain(cx, true);
                }
                puremix_js::inspect(cx, &v)
            }
            Err(thrown) => thrown,
        };
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
            check(include_str!(concat!("expressions/", stringify!($name), ".js")), false);
        }
    )*};
}

against_node! { collections json math_and_numbers regexp dates inspection typed_arrays locales }

#[test]
fn promises_settle_in_nodes_order() {
    check(include_str!("expressions/promises.js"), true);
}
