//! `tidy`: the rules of docs/style.md that a machine can check.

mod features;

use crate::shell::{Outcome, root, tracked_files};
use puremix_diag::codes;
use std::fs;

const MAX_LINES: usize = 500;

/// Files that are longer, and how long they may be. This list only shrinks: a file that has become short leaves it.
const LONG: &[(&str, usize)] = &[
    ("compiler/crates/front-js/src/tests/language.rs", 600),
    ("compiler/crates/front-page/tests/template.rs", 650),
    ("compiler/crates/ir/src/visit.rs", 550),
    ("runtime/crates/js/src/builtins/object.rs", 550),
    ("runtime/crates/value/src/isolate.rs", 600),
];

/// Where `unsafe` may be written; each block carries its proof, which clippy's `undocumented_unsafe_blocks` demands.
const UNSAFE_HOME: &str = "runtime/crates/value/src/heap/";

/// Crates that own a parser, and the names that must not be in what `lib.rs` makes public.
const PRIVATE_PARSERS: &[(&str, &[&str])] = &[
    ("compiler/crates/front-js/src/", &["oxc_"]),
    ("compiler/crates/front-page/src/", &["pest::", "Pair<", "Pairs<"]),
    ("compiler/crates/front-parsley/src/", &["pest::", "Pair<", "Pairs<"]),
];

pub fn run() -> Outcome {
    let mut wrong = Vec::new();
    for path in tracked_files()? {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        if path.ends_with(".rs") {
            check_length(&path, text.lines().count(), &mut wrong);
            check_rust(&path, &text, &mut wrong);
        }
        if ["rs", "toml", "md", "pest", "sh", "yml"].iter().any(|e| path.ends_with(&format!(".{e}"))) {
            check_spaces(&path, &text, &mut wrong);
        }
    }
    check_error_pages(&mut wrong);
    features::check(&mut wrong)?;
    if wrong.is_empty() {
        println!("tidy: ok ({} files above {MAX_LINES} lines)", LONG.len());
        Ok(())
    } else {
        Err(format!("{} untidy places\n{}", wrong.len(), wrong.join("\n")))
    }
}

fn check_length(path: &str, lines: usize, wrong: &mut Vec<String>) {
    let listed = LONG.iter().find(|(long, _)| *long == path);
    let limit = listed.map_or(MAX_LINES, |(_, limit)| *limit);
    if lines > limit {
        wrong.push(format!("{path}: {lines} lines, the limit is {limit}; split it by topic"));
    } else if listed.is_some() && lines <= MAX_LINES {
        wrong.push(format!("xtask/src/tidy.rs: {path} is short now; take it off the list"));
    }
}

fn check_rust(path: &str, text: &str, wrong: &mut Vec<String>) {
    let crate_root = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
    let may_be_unsafe = path.starts_with("runtime/crates/value/");
    if crate_root && !may_be_unsafe && !text.contains("#![forbid(unsafe_code)]") && !path.starts_with("tests/bench/") {
        wrong.push(format!("{path}: a crate begins with #![forbid(unsafe_code)]"));
    }
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        let place = format!("{path}:{}", number + 1);
        let is_unsafe = code.contains("unsafe {") || code.contains("unsafe fn") || code.contains("unsafe impl");
        if is_unsafe && !path.starts_with(UNSAFE_HOME) && path != "xtask/src/tidy.rs" {
            wrong.push(format!("{place}: `unsafe` outside {UNSAFE_HOME}"));
        }
        // The macros' names are spelled apart so that this file passes its own check.
        for stub in [concat!("to", "do!("), concat!("unimple", "mented!(")] {
            if code.contains(stub) {
                wrong.push(format!("{place}: an unfinished place"));
            }
        }
        let is_public = code.starts_with("pub fn") || code.starts_with("pub type") || code.starts_with("pub use");
        for (home, names) in PRIVATE_PARSERS {
            if is_public && path == format!("{home}lib.rs") && names.iter().any(|n| line.contains(n)) {
                wrong.push(format!("{place}: a parser's type in a public signature"));
            }
        }
    }
}

fn check_spaces(path: &str, text: &str, wrong: &mut Vec<String>) {
    // Snapshots hold what was printed, spaces included.
    let is_snapshot = path.contains("/tests") && text.contains("expect![[");
    for (number, line) in text.lines().enumerate().filter(|_| !is_snapshot) {
        // Two spaces at the end are a line break in Markdown; nobody sees them.
        if line.ends_with([' ', '\t']) {
            wrong.push(format!("{path}:{}: trailing space", number + 1));
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        wrong.push(format!("{path}: no newline at the end"));
    }
}

fn check_error_pages(wrong: &mut Vec<String>) {
    for (code, name) in codes::ALL {
        if !root().join(format!("docs/errors/{code}.md")).is_file() {
            wrong.push(format!("docs/errors/{code}.md ({name}) is missing"));
        }
    }
}
