//! Small programs of several files, and how the stages render for a test.
#![allow(dead_code)] // Each test file uses its own part.

use puremix_diag::{Diagnostic, SourceMap, render_text};
use puremix_front_js::{lower_module, on_big_stack};
use puremix_ir::*;

pub struct App {
    pub sources: SourceMap,
    pub program: Program,
    pub lowering: Vec<Diagnostic>,
}

/// The native modules of tests and what they export.
pub fn natives(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "node:crypto" => Some(&["createHash", "randomBytes", "randomUUID"]),
        "node:fs" => Some(&["readFileSync", "writeFileSync"]),
        "lru-cache" => Some(&["LRUCache", "default"]),
        "jsonwebtoken" => Some(&["sign", "verify", "default"]),
        _ => None,
    }
}

pub fn known(_: Lang) -> &'static [&'static str] {
    &["Math", "console", "Map", "Set", "JSON", "Object", "Array", "String", "Number", "Date", "process", "setInterval", "fetch", "Promise"]
}

impl App {
    /// Lowers the files and resolves their relative requests, as the driver does.
    pub fn new(files: &[(&str, &str)]) -> App {
        let mut app = App { sources: SourceMap::default(), program: Program::default(), lowering: Vec::new() };
        for (path, text) in files {
            let file = app.sources.add(*path, *text);
            let lang = if path.ends_with(".ts") { ScriptLang::Ts } else { ScriptLang::Js };
            let (module, diagnostics) = lower_module(&ScriptUnit::verbatim(file, text, 0, lang), path);
            app.lowering.extend(diagnostics);
            app.program.modules.push(module.into());
        }
        let find = |specifier: &str| -> Target {
            let wanted = specifier.trim_start_matches("./");
            match files.iter().position(|(path, _)| *path == wanted || path.strip_suffix(".js") == Some(wanted)) {
                Some(index) => Target::Module(ModuleId::from(index)),
                None if natives(specifier).is_some() => Target::Native(specifier.into()),
                None => Target::Unresolved,
            }
        };
        for module in &mut app.program.modules {
            for request in &mut module.requests {
                request.target = find(&request.specifier);
            }
        }
        app
    }

    pub fn link(&mut self) -> Vec<Diagnostic> {
        let diagnostics = { let part = self.program.ids(); puremix_middle::link(&mut self.program, &[ModuleId(0)], &natives, &part) };
        self.verify();
        diagnostics
    }

    pub fn infer(&mut self) {
        puremix_middle::infer(&mut self.program, puremix_middle::InferOptions { enabled: true });
        self.verify();
    }

    pub fn verify(&self) {
        let violations = on_big_stack(|| verify_program(&self.program));
        let list: Vec<String> = violations.iter().map(|v| format!("{v} at {}", self.sources.describe(v.span))).collect();
        assert!(list.is_empty(), "{}\n{}", list.join("\n"), print_program(&self.program));
    }

    pub fn render(&self, diagnostics: &[Diagnostic]) -> String {
        diagnostics.iter().map(|d| render_text(d, &self.sources, false) + "\n").collect()
    }
}

/// A linked program that lowered and linked without a finding.
pub fn linked(files: &[(&str, &str)]) -> App {
    let mut app = App::new(files);
    let mut found = std::mem::take(&mut app.lowering);
    found.extend(app.link());
    assert!(found.is_empty(), "{}", app.render(&found));
    app
}
