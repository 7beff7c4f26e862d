//! What must hold for everything that is generated, over all apps and programs of the repository, with and without inference.
#![forbid(unsafe_code)]

use proc_macro2::{TokenStream, TokenTree};
use puremix_tests::TempDir;
use puremixc::driver::{self, Compiled, Options};
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository")
}

/// Apps, by directory.
fn apps() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["examples", "templates/new"].iter().flat_map(|dir| entries(&root().join(dir))).filter(|path| path.is_dir()).collect();
    found.extend(["tests/run/basil", "tests/run/names", "tests/bench/app"].map(|dir| root().join(dir)));
    found
}

fn scripts() -> Vec<PathBuf> {
    let skipped = std::fs::read_to_string(root().join("tests/js/skip.txt")).expect("tests/js/skip.txt exists");
    let skipped: Vec<&str> = skipped.lines().filter_map(|line| line.split(' ').next()).collect();
    let is_script = |path: &PathBuf| path.extension().is_some_and(|e| ["js", "mjs", "cjs", "ts"].iter().any(|known| e == *known));
    let is_skipped = |path: &PathBuf| path.file_name().is_some_and(|name| skipped.iter().any(|s| name == *s));
    entries(&root().join("tests/js")).into_iter().filter(|path| is_script(path) && !is_skipped(path)).collect()
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).expect("a folder of the repository").flatten().map(|e| e.path()).collect();
    paths.sort();
    paths
}

/// Stands for the directory of the source.
const PLACE: &str = "«place»";

/// The generated files, with the directory of the source written as [`PLACE`].
fn generate(compiled: Compiled, directory: &Path) -> Result<Vec<(String, String)>, String> {
    let program = match &compiled.program {
        Some(program) => program,
        None => return Err(compiled.diagnostics.iter().map(|d| puremix_diag::render_text(d, &compiled.sources, false) + "\n").collect()),
    };
    let directory = directory.display().to_string();
    let files = driver::generate(program, &compiled.sources).files;
    Ok(files.into_iter().map(|(path, text)| (path, text.replace(&directory, PLACE))).collect())
}

/// Names that only the prelude of generated code, or nothing, may use.
const FOREIGN: [&str; 6] = ["unsafe", "std", "core", "alloc", "puremix_js", "puremix_value"];

/// What is wrong with a crate's files.
fn faults(files: &[(String, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    if !files[0].1.contains("#![forbid(unsafe_code)]") {
        faults.push("main.rs may be unsafe".to_owned());
    }
    // Beside Rust there are the sources that `Function.prototype.toString` shows.
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        if let Err(e) = syn::parse_file(text) {
            faults.push(format!("{path}: {e}"));
        }
        let tokens: TokenStream = text.replace("#![forbid(unsafe_code)]", "").parse().unwrap_or_default();
        let mut names = Vec::new();
        collect_names(tokens, &mut names);
        faults.extend(names.iter().filter(|name| FOREIGN.contains(&name.as_str())).map(|name| format!("{path} names `{name}`")));
        if let Some(line) = text.lines().find(|line| line.contains(PLACE)) {
            faults.push(format!("{path} tells where it was built: {}", line.trim()));
        }
    }
    faults
}

fn collect_names(tokens: TokenStream, names: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_names(group.stream(), names),
            TokenTree::Ident(ident) => names.push(ident.to_string()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The first line that two crates do not share.
fn difference(first: &[(String, String)], second: &[(String, String)]) -> Option<String> {
    let differing = first.iter().zip(second).find(|(a, b)| a != b);
    match differing {
        None => (first.len() != second.len()).then(|| format!("{} files, then {}", first.len(), second.len())),
        Some(((path, a), (_, b))) => {
            let line = a.lines().zip(b.lines()).find(|(a, b)| a != b).unwrap_or(("", ""));
            Some(format!("{path} differs:\n{}\n{}", line.0, line.1))
        }
    }
}

#[test]
fn apps_are_clean_and_the_same_from_everywhere() {
    let mut failed = Vec::new();
    for app in apps() {
        // A copy elsewhere whose files were made in the opposite order.
        let elsewhere = TempDir::new("same");
        let name = app.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut files = Vec::new();
        list(&app, Path::new(""), &mut files);
        for relative in files.iter().rev() {
            elsewhere.write(&format!("{name}/{}", relative.display()), std::fs::read(app.join(relative)).expect("readable"));
        }
        for infer in [true, false] {
            let of = |dir: &Path| {
                let dir = std::fs::canonicalize(dir).expect("it exists");
                driver::on_large_stack(move || generate(driver::compile(&dir, &Options { infer, client: false }), &dir))
            };
            match (of(&app), of(&elsewhere.path().join(&name))) {
                (Ok(first), Ok(second)) => {
                    failed.extend(faults(&first).into_iter().map(|fault| format!("{}: {fault}", app.display())));
                    if let Some(difference) = difference(&first, &second) {
                        failed.push(format!("{}: {difference}", app.display()));
                    }
                }
                (Err(e), _) | (_, Err(e)) => failed.push(format!("{}:\n{e}", app.display())),
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn list(root: &Path, relative: &Path, out: &mut Vec<PathBuf>) {
    for path in entries(&root.join(relative)) {
        let name = path.strip_prefix(root).expect("below").to_path_buf();
        let is_made = name.starts_with(".puremix") || name.starts_with("dist");
        if path.is_dir() && !is_made {
            list(root, &name, out);
        } else if !is_made {
            out.push(name);
        }
    }
}

#[test]
fn scripts_are_clean_and_the_same_each_time() {
    let mut failed = Vec::new();
    for script in scripts() {
        for infer in [true, false] {
            let once = || {
                let path = script.clone();
                let directory = root().join("tests/js");
                driver::on_large_stack(move || generate(driver::compile_script(&path, std::env::temp_dir(), &Options { infer, client: false }), &directory))
            };
            match (once(), once()) {
                (Ok(first), Ok(second)) => {
                    failed.extend(faults(&first).into_iter().map(|fault| format!("{}: {fault}", script.display())));
                    if let Some(difference) = difference(&first, &second) {
                        failed.push(format!("{}: {difference}", script.display()));
                    }
                }
                (Err(e), _) | (_, Err(e)) => failed.push(format!("{}:\n{e}", script.display())),
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
