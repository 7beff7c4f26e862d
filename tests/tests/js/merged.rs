//! Many generated crates as modules of one.

use puremix_diag::render_text;
use puremixc::driver::{self, Compiled, Options};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A compiled program.
pub struct Case {
    pub name: String,
    pub program: PathBuf,
    /// Path in the crate and text.
    files: Vec<(String, String)>,
    /// The crate's attributes.
    attributes: String,
    /// Crates it links beyond the runtime.
    capabilities: Vec<&'static str>,
}

impl Case {
    /// An app: compiled with the programs to see that rustc takes it without a warning, not run.
    pub fn compile_app(app: &Path, infer: bool) -> Result<Case, String> {
        let path = app.to_owned();
        let name = app.file_name().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        Case::new(app, &name, app, infer, move || driver::compile(&path, &Options { infer, client: false }))
    }

    /// `name` is the program's path in its folder.
    pub fn compile(program: &Path, name: &str, infer: bool) -> Result<Case, String> {
        let path = program.to_owned();
        let project = program.parent().unwrap_or(program);
        Case::new(program, name, project, infer, move || driver::compile_script(&path, std::env::temp_dir(), &Options { infer, client: false }))
    }

    fn new(program: &Path, name: &str, project: &Path, infer: bool, compile: impl FnOnce() -> Compiled + Send + 'static) -> Result<Case, String> {
        let stem = name.replace(['-', '.', '/'], "_");
        let name = format!("{stem}_{}", if infer { "typed" } else { "boxed" });
        let generated = driver::on_large_stack(move || {
            let compiled = compile();
            match &compiled.program {
                Some(program) => {
                    let capabilities: Vec<&str> = program.app.capabilities.iter().map(|c| c.name()).collect();
                    Ok((driver::generate(program, &compiled.sources).files, capabilities))
                }
                None => Err(compiled.diagnostics.iter().map(|d| render_text(d, &compiled.sources, false)).collect::<Vec<_>>().join("\n")),
            }
        });
        let (files, capabilities): (Vec<(String, String)>, _) = generated.map_err(|e: String| format!("{name}: {e}"))?;
        let mut attributes = String::new();
        let of = |(path, text): (String, String)| if path.ends_with(".rs") { (path, as_module(&text, &name, project, &mut attributes)) } else { (path, text) };
        let files = files.into_iter().map(of).collect();
        Ok(Case { name, program: program.to_owned(), files, attributes, capabilities })
    }
}

/// `crate ::a`, and a path that goes on in the next line, as `crate::a`.
fn without_space_before_colons(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("crate") {
        let (before, after) = rest.split_at(at + "crate".len());
        out.push_str(before);
        rest = if after.trim_start().starts_with("::") { after.trim_start() } else { after };
    }
    out + rest
}

/// The text with every path from the crate's root leading through `name`; a module called `m1_crate` is no root.
fn below(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Inside macros the printer leaves a space.
    let text = without_space_before_colons(text);
    let mut pieces = text.split("crate::").peekable();
    while let Some(piece) = pieces.next() {
        out.push_str(piece);
        if pieces.peek().is_some() {
            let is_root = !piece.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            out.push_str("crate::");
            out.push_str(&if is_root { format!("{name}::") } else { String::new() });
        }
    }
    out
}

/// A file of a crate as a file of the module `name`: paths gain a segment, the crate's attributes and `main` go, and embedded files are
/// found in `project`.
fn as_module(text: &str, name: &str, project: &Path, attributes: &mut String) -> String {
    let text = below(text, name).replace("env!(\"PUREMIX_PROJECT\")", &format!("{project:?}"));
    let mut depth = 0;
    text.lines()
        .filter(|line| {
            // Attributes of the crate, which may span lines.
            let starts = line.starts_with("#![");
            let inside = depth > 0 || starts;
            depth = if inside && !line.ends_with(']') { 1 } else { 0 };
            if inside {
                attributes.push_str(line);
                attributes.push('\n');
            }
            !inside
        })
        .map(|line| if line == "fn main() {" { "pub fn main() {" } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Builds the crate `name` of the cases; answers the binary, which runs the case that `JS_CASE` names.
pub fn build(name: &str, cases: &[Case]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let src = dir.join("src");
    let _ = fs::remove_dir_all(&src);
    fs::create_dir_all(&src).expect("a writable target directory");
    let used: BTreeSet<&str> = cases.iter().flat_map(|case| case.capabilities.iter().copied()).collect();
    let used: Vec<&str> = used.into_iter().collect();
    let manifest = puremixc::cargo::skeleton::manifest(name, name, &root.join("runtime"), &used);
    let write = |path: PathBuf, text: &str| fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    write(dir.join("Cargo.toml"), &manifest);
    let _ = fs::copy(root.join("Cargo.lock"), dir.join("Cargo.lock"));
    // Whatever is left to warn about is a defect of the generated code.
    let mut main = format!("#![deny(warnings)]\n{}", cases.first().map_or("", |case| &case.attributes));
    let mut arms = String::new();
    for case in cases {
        let folder = src.join(&case.name);
        fs::create_dir_all(&folder).expect("a writable target directory");
        for (path, text) in &case.files {
            let file = path.trim_start_matches("src/");
            write(folder.join(if file == "main.rs" { "mod.rs" } else { file }), text);
        }
        main.push_str(&format!("mod {};\n", case.name));
        arms.push_str(&format!("        Ok({:?}) => {}::main(),\n", case.name, case.name));
    }
    main.push_str(&format!("fn main() {{\n    match std::env::var(\"JS_CASE\").as_deref() {{\n{arms}        _ => std::process::exit(2),\n    }}\n}}\n"));
    write(src.join("main.rs"), &main);
    // Crates share what they depend on.
    let target = dir.with_file_name("js-cases").join("target");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .current_dir(&dir)
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_INCREMENTAL", "1")
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the generated crate does not build: {}", dir.display());
    target.join("debug").join(name)
}
