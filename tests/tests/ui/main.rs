//! What users read when something is wrong: the whole compiler on small apps, every diagnostic as it is printed.
//!
//! One case a kind of mistake. `cargo xtask bless` writes the expected texts; read them as a user would before committing.
#![forbid(unsafe_code)]

mod functions;
mod names;
mod page;
mod parsley;
mod project;
mod python;
mod script;

use expect_test::Expect;
use puremix_tests::TempDir;
use puremixc::driver::{self, Options};
use std::path::Path;

/// Compiles an app of these files and compares everything that is reported.
fn check(files: &[(&str, &str)], expected: Expect) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    check_bytes(&files, expected);
}

/// [`check`] for files that need not be text.
fn check_bytes(files: &[(&str, &[u8])], expected: Expect) {
    let app = TempDir::new("ui");
    for (path, bytes) in files {
        app.write(path, bytes);
    }
    let path = app.path().to_path_buf();
    let text = driver::on_large_stack(move || {
        let compiled = driver::compile(&path, &Options { infer: true, client: false });
        let texts: Vec<String> =
            compiled.diagnostics.iter().map(|d| puremix_diag::render_text(d, &compiled.sources, false)).collect();
        let root = std::fs::canonicalize(&path).expect("the app exists");
        let whole = texts.join("\n\n").replace(&root.display().to_string(), "ROOT");
        whole.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>()
    });
    expected.assert_eq(&text);
}

/// Every code is shown to work somewhere: here, or beside the code that reports it.
#[test]
fn every_code_has_a_snapshot() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository");
    let mut texts = String::new();
    for dir in ["tests/tests", "compiler"] {
        read_rust(&root.join(dir), &mut texts);
    }
    let missing: Vec<_> = puremix_diag::codes::ALL.iter().filter(|(code, _)| !texts.contains(&format!("[{code}]"))).collect();
    assert!(missing.is_empty(), "no snapshot shows {missing:?}");
}

fn read_rust(dir: &Path, texts: &mut String) {
    for path in std::fs::read_dir(dir).expect("a folder of the repository").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            read_rust(&path, texts);
        } else if path.extension().is_some_and(|e| e == "rs") {
            texts.push_str(&std::fs::read_to_string(&path).expect("source text"));
        }
    }
}

/// One page, `app/routes/index.puremix`.
fn page(text: &str, expected: Expect) {
    check(&[("app/routes/index.puremix", text)], expected);
}

/// A page that imports `app/lib/a.js`.
fn module(text: &str, expected: Expect) {
    let index = "<imports>\n  import * as a from '../lib/a'\n</imports>\n<loader>\n  function load() { return { data: a } }\n</loader>\n<p>{load.data.x}</p>\n";
    check(&[("app/routes/index.puremix", index), ("app/lib/a.js", text)], expected);
}
