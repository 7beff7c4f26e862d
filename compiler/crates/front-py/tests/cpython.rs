//! What is Python and what is not: our verdict against that of the CPython on this machine.

use puremix_diag::FileId;
use puremix_front_py::{Source, Use, lower_module};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// One text a line, with `\n` for its line ends. Nothing that versions of Python judge differently.
const TEXTS: &str = include_str!("texts.txt");

/// Answers `1` for each text that CPython compiles, `0` for the others.
const JUDGE: &str = "import sys, warnings\nwarnings.simplefilter('ignore')\nfor text in sys.stdin.buffer.read().decode().split('\\x1e'):\n    try:\n        compile(text, 'x', 'exec')\n        print(1)\n    except SyntaxError:\n        print(0)\n";

#[test]
fn verdicts_are_cpythons() {
    let texts: Vec<String> = TEXTS.lines().map(|line| line.replace("\\n", "\n") + "\n").collect();
    let mut python = Command::new("python3").args(["-c", JUDGE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("tests need python3");
    python.stdin.take().expect("piped").write_all(texts.join("\x1e").as_bytes()).expect("python3 reads");
    let judged = String::from_utf8(python.wait_with_output().expect("python3 answers").stdout).expect("digits");
    let judged: Vec<bool> = judged.lines().map(|line| line == "1").collect();
    assert_eq!(judged.len(), texts.len());
    let ours = |text: &str| lower_module(&Source::of_file(FileId(0), text), "x", "x.py", &[], Use::Module).1;
    let differing: Vec<String> = texts.iter().zip(judged).filter_map(|(text, is_python)| {
        let found = ours(text);
        (found.is_empty() != is_python).then(|| format!("{text:?}: CPython says {is_python}, we say {:?}", found.first().map(|d| &d.message)))
    }).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
