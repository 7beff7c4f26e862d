//! What each construct becomes in Rust: source beside the generated code.
//!
//! `cargo xtask bless` rewrites the expected texts. Read the diff as a reviewer of hand-written Rust would: no clone without a reason, no
//! boxed number where the type is known, nothing that rustc has to remove.

mod control;
mod functions;
mod modules;
mod pages;
mod values;

use expect_test::Expect;
use puremix_diag::{Diagnostic, SourceMap, render_text};
use puremix_ir::app::{Route, RouteKind};
use puremix_ir::{CAPABILITIES, ModuleId, Program, Target};
use puremixc::driver;
use puremixc::front::{FileRole, lower_file};
use puremixc::project::natives;

/// The generated files of a program of these source files; the first is the entry. Imports name other files by `./name`.
fn generate(files: &[(&str, FileRole, &str)], infer: bool) -> Vec<(String, String)> {
    let mut sources = SourceMap::default();
    let mut program = Program::default();
    let mut found = Vec::new();
    for (path, role, text) in files {
        let file = sources.add(*path, *text);
        let (module, diagnostics) = lower_file(file, path, text, *role, &puremixc::load::PythonNames::default());
        program.modules.push(module.into());
        found.extend(diagnostics);
    }
    let at = |specifier: &str| files.iter().position(|(path, ..)| *path == specifier.trim_start_matches("./"));
    for request in program.modules.iter_mut().flat_map(|m| &mut m.requests) {
        request.target = match at(&request.specifier).map(|i| (ModuleId::from(i), files[i].1)) {
            Some((id, FileRole::Component)) => Target::Component(id),
            Some((id, _)) => Target::Module(id),
            None => Target::Native(request.specifier.trim_start_matches("node:").into()),
        };
    }
    if let FileRole::Page | FileRole::Handler = files[0].1 {
        let kind = if files[0].1 == FileRole::Page { RouteKind::Page { layout: None } } else { RouteKind::Handler(puremix_front_parsley::HANDLER) };
        program.app.routes.push(Route { pattern: Vec::new(), module: ModuleId(0), kind, file: files[0].0.into(), uses_session: true });
    }
    let roots = puremix_middle::entries(&program.app);
    let roots = if roots.is_empty() { vec![ModuleId(0)] } else { roots };
    let part = program.ids();
    found.extend(puremix_middle::link(&mut program, &roots, &natives::exports, &part));
    assert!(!found.iter().any(Diagnostic::is_error), "{}", found.iter().map(|d| render_text(d, &sources, false)).collect::<String>());
    puremix_middle::infer(&mut program, puremix_middle::InferOptions { enabled: infer });
    program.app.capabilities = puremix_middle::capabilities(&program, CAPABILITIES);
    driver::generate(&program, &sources).files
}

/// The top-level items of a generated file whose first line satisfies `wanted`, without the comments that name the source's lines.
fn items(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if !line.starts_with([' ', '}', ')', ']']) {
            inside = wanted(line);
        }
        let is_place = line.trim_start().strip_prefix("// ").is_some_and(|at| at.split(':').count() == 3);
        if inside && !is_place {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// A function of the source: `pub fn f1_name(`.
fn is_function(line: &str) -> bool {
    line.strip_prefix("pub fn f").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.starts_with("0("))
}

/// The functions of a JavaScript module.
fn js(source: &str, expected: Expect) {
    let source = source.to_owned();
    let text = driver::on_large_stack(move || items(&generate(&[("a.js", FileRole::Script, &source)], true)[1].1, is_function));
    expected.assert_eq(&text);
}

/// A JavaScript module as it is initialised, and its statics.
fn js_module(source: &str, expected: Expect) {
    let source = source.to_owned();
    let shown = |line: &str| !line.starts_with("use ") && !line.starts_with("// @generated");
    let text = driver::on_large_stack(move || items(&generate(&[("a.js", FileRole::Script, &source)], true)[1].1, shown));
    expected.assert_eq(&text);
}

/// The functions of a page that render.
fn page(source: &str, expected: Expect) {
    let source = source.to_owned();
    let text = driver::on_large_stack(move || items(&generate(&[("a.puremix", FileRole::Page, &source)], true)[1].1, |line| is_function(line) && line.contains("out")));
    expected.assert_eq(&text);
}
