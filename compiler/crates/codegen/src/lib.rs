#![forbid(unsafe_code)]
//! Typed IR to a readable Rust crate.
//!
//! In: a linked [`Program`] that `verify` accepts. Out: formatted Rust files that name only `puremix_runtime::__rt`, and for every generated
//! line the place it came from.
//! This crate must never know source languages, the runtime's types, cargo or IO; it has no diagnostics and no fallback: what cannot be
//! compiled was refused before.

mod app;
mod body;
mod call;
mod callback;
mod class;
mod control;
mod expr;
mod facts;
mod function;
mod literal;
mod module;
mod names;
mod operator;
mod peek;
mod place;
mod print;
mod rep;
mod rows;
mod stmt;
mod suspend;
mod tables;
mod template;
mod texts;
mod wording;

use puremix_diag::{SourceMap, Span};
use puremix_ir::Program;

/// What the driver decides about the generated text.
#[derive(Clone, Debug)]
pub struct EmitOptions {
    /// Version of puremixc for the files' headers.
    pub version: String,
}

/// The sources of one generated crate, without its `Cargo.toml`.
#[derive(Clone, Debug, Default)]
pub struct GeneratedCrate {
    /// Path inside the crate and text; `src/main.rs` comes first.
    pub files: Vec<(String, String)>,
    /// For each file and each of its lines (from the first) the source it was generated from.
    pub line_maps: Vec<(String, Vec<Option<Span>>)>,
}

/// What generated code calls the `index`th function of a module.
pub fn function_name(index: usize, name: &str) -> String {
    names::function(index, name)
}

/// Writes the crate. Equal programs give equal bytes.
pub fn emit(program: &Program, sources: &SourceMap, options: &EmitOptions) -> GeneratedCrate {
    let facts: Vec<facts::ModuleFacts> = facts::of_program(program);
    let mut tables = tables::Tables::new(program, sources);
    let modules: Vec<module::ModuleCode> =
        (0..program.modules.len()).map(|index| module::emit_module(program, &facts, &mut tables, index.into())).collect();
    let main = app::emit_main(program, &tables, &modules, options);
    let mut out = GeneratedCrate::default();
    let mut texts = Vec::new();
    let mut add = |path: String, header: String, code: proc_macro2::TokenStream| {
        let (text, map) = print::render(code, &header, &tables.marks, sources);
        out.line_maps.push((path.clone(), map));
        out.files.push((path, text));
    };
    add("src/main.rs".into(), print::header(&options.version, "the app"), main);
    for (module, code) in program.modules.iter().zip(modules) {
        if !code.texts.is_empty() {
            texts.push((format!("src/{}.txt", code.name), code.texts.text(&sources.file(module.file).text)));
        }
        add(format!("src/{}.rs", code.name), print::header(&options.version, &module.path), code.tokens);
    }
    add("src/atoms.rs".into(), print::header(&options.version, "the app's property names"), tables.emit_atoms());
    out.files.extend(texts);
    out
}
