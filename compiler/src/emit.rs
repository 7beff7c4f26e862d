//! `emit`: each stage of the pipeline as text.

use crate::driver::{self, Compiled, Options};
use crate::front::{self, FileRole};
use crate::project::{Project, discover, read_source};
use clap::ValueEnum;
use puremix_diag::suggest::closest;
use puremix_diag::{Diagnostic, Severity, SourceMap, codes};
use puremix_ir::{Module, Program, print};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One rung of the ladder from source to Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// The blocks a `.puremix` file is cut into
    Sections,
    /// What the page front end made of the template, as the script front end gets it
    Ast,
    /// The IR after lowering
    Ir,
    /// The IR after linking and inference
    Typed,
    /// The generated Rust
    Rust,
    /// Generated line to source line
    Map,
}

/// The project a file belongs to.
pub fn project_of(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|dir| discover::locate(dir).is_ok_and(|root| root == **dir)).map(Path::to_path_buf)
}

/// The text of a stage, for all files or one, all functions or those of one name. Front-end stages work on apps with
/// errors; the later ones answer the diagnostics instead.
pub fn emit(app: &Path, stage: Stage, only: Option<&Path>, function: Option<&str>, options: &Options) -> Result<String, Compiled> {
    if let (Some(file), Stage::Ir | Stage::Typed | Stage::Rust | Stage::Map) = (only, stage)
        && !is_part(app, file)
    {
        return emit(file, stage, None, function, options);
    }
    match stage {
        Stage::Sections | Stage::Ast | Stage::Map if function.is_some() => Err(without_functions()),
        Stage::Sections | Stage::Ast if app.is_file() => Err(failed(
            Diagnostic::project(codes::UNKNOWN_FUNCTION, Severity::Error, format!("`{}` is a script: only pages have this stage", app.display()))
                .help("ask for `--stage ir`, `typed`, `rust` or `map`"),
        )),
        Stage::Sections | Stage::Ast => Ok(front_stage(app, stage, only)),
        Stage::Ir => {
            let (project, program, compiled) = driver::lower(app);
            match project {
                Some(project) => printed(&project, &program, only, function),
                None => Err(compiled),
            }
        }
        Stage::Typed => {
            let compiled = compile(app, options);
            match (&compiled.project, &compiled.program) {
                (Some(project), Some(program)) => printed(project, program, only, function),
                _ => Err(compiled),
            }
        }
        Stage::Rust | Stage::Map => {
            let compiled = compile(app, options);
            match (&compiled.project, &compiled.program) {
                (Some(project), Some(program)) => {
                    let functions = function.map(|name| named(project, program, only, name)).transpose()?;
                    Ok(generated(project, program, &compiled.sources, stage, only, functions.as_deref()))
                }
                _ => Err(compiled),
            }
        }
    }
}

/// Whether the app's program holds the file. What no page reaches is a script beside the app.
fn is_part(app: &Path, file: &Path) -> bool {
    match driver::lower(app) {
        (Some(project), program, _) => program.modules.iter().any(|m| wanted(&project, m, Some(file))),
        (None, ..) => true,
    }
}

/// An app, or a script with what it imports.
fn compile(app: &Path, options: &Options) -> Compiled {
    if app.is_file() { driver::compile_script(app, PathBuf::new(), options) } else { driver::compile(app, options) }
}

fn printed(project: &Project, program: &Program, only: Option<&Path>, function: Option<&str>) -> Result<String, Compiled> {
    if let Some(name) = function {
        named(project, program, only, name)?;
    }
    Ok(program.modules.iter().filter(|m| wanted(project, m, only)).map(|m| print_module(m, function)).collect())
}

/// The functions of that name as generated Rust calls them, or the error that there is none.
fn named(project: &Project, program: &Program, only: Option<&Path>, name: &str) -> Result<Vec<String>, Compiled> {
    let modules = || program.modules.iter().filter(|m| wanted(project, m, only));
    let functions = || modules().flat_map(|m| m.functions.iter().enumerate());
    let found: Vec<String> = functions().filter(|(_, f)| *f.name == *name).map(|(i, f)| puremix_codegen::function_name(i, &f.name)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let place = match (only, modules().next()) {
        (Some(_), Some(module)) => format!("`{}`", module.path),
        _ => "the app".to_owned(),
    };
    let diagnostic = Diagnostic::project(codes::UNKNOWN_FUNCTION, Severity::Error, format!("no function `{name}` in {place}"));
    let names: BTreeSet<&str> = functions().map(|(_, f)| &*f.name).filter(|n| !n.is_empty()).collect();
    Err(failed(match closest(name, names.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => diagnostic,
        None => {
            let some: Vec<String> = names.iter().take(12).map(|n| format!("`{n}`")).collect();
            diagnostic.help(format!("it has {}{}", some.join(", "), if names.len() > some.len() { ", …" } else { "" }))
        }
    }))
}

fn without_functions() -> Compiled {
    let diagnostic = Diagnostic::project(codes::UNKNOWN_FUNCTION, Severity::Error, "`--fn` chooses a function of `--stage ir`, `typed` or `rust`");
    failed(diagnostic.help("leave out `--fn`, or ask for one of those stages"))
}

fn failed(diagnostic: Diagnostic) -> Compiled {
    Compiled { diagnostics: vec![diagnostic], ..Compiled::default() }
}

fn wanted(project: &Project, module: &Module, only: Option<&Path>) -> bool {
    only.is_none_or(|path| *project.display(path) == *module.path)
}

fn print_module(module: &Module, function: Option<&str>) -> String {
    match function {
        None => print::print_module(module),
        Some(name) => (0..module.functions.len())
            .filter(|i| *module.functions[*i].name == *name)
            .map(|i| print::print_function(module, i.into()))
            .collect(),
    }
}

fn front_stage(app: &Path, stage: Stage, only: Option<&Path>) -> String {
    let mut out = String::new();
    let (Some(project), _) = discover(app, crate::config::of_project(app).app_dir.as_deref()) else { return out };
    let files: Vec<PathBuf> = match only {
        Some(path) => vec![path.to_path_buf()],
        None => project.routes.iter().map(|r| r.path.clone()).collect(),
    };
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "puremix" || e == "html")) {
        let mut sources = SourceMap::default();
        let shown = project.display(path);
        let Ok(file) = read_source(path, &shown, &mut sources) else { continue };
        let role = if project.routes.iter().any(|r| r.path == *path) {
            FileRole::Page
        } else if shown.contains("layouts/") {
            FileRole::Layout
        } else {
            FileRole::Component
        };
        let (page, _) = front::parse_page(file, &shown, &sources.file(file).text, role, &project.client, &std::collections::BTreeSet::new());
        let _ = writeln!(out, "=== {shown}");
        match stage {
            Stage::Sections => {
                let _ = writeln!(out, "layout: {:?}", page.layout.as_ref().map(|l| &l.value));
                let _ = writeln!(out, "--- imports\n{}", page.imports.text.trim());
                for block in &page.blocks {
                    let _ = writeln!(out, "--- {:?} {:?} at {}\n{}", block.kind, block.lang, sources.describe(block.span), block.unit.text.trim());
                }
                if let Some(head) = &page.head {
                    let _ = writeln!(out, "--- head at {}", sources.describe(head.span));
                }
                let _ = writeln!(out, "--- facts\n{:#?}", page.facts);
            }
            _ => {
                for piece in page.head.iter().flat_map(|h| &h.pieces) {
                    let _ = writeln!(out, "--- head piece {:?}\n{}", piece.key, piece.unit.text.trim());
                }
                let _ = writeln!(out, "--- template\n{}", page.template.text.trim());
                for (i, text) in page.statics.iter().enumerate() {
                    let _ = writeln!(out, "--- static {i}\n{text}");
                }
            }
        }
    }
    out
}

fn generated(project: &Project, program: &Program, sources: &SourceMap, stage: Stage, only: Option<&Path>, functions: Option<&[String]>) -> String {
    let output = driver::generate(program, sources);
    let mut out = String::new();
    for (path, text) in &output.files {
        let lines = text.lines().enumerate();
        let source = |line: usize| driver::source_of(&output, path, line as u32 + 1);
        if let Some(only) = only {
            let shown = project.display(only);
            let from_it = |line: usize| source(line).is_some_and(|span| sources.file(span.file).path == shown);
            if !lines.clone().any(|(line, _)| from_it(line)) {
                continue;
            }
        }
        let _ = writeln!(out, "// === {path}");
        match stage {
            Stage::Map => {
                for (line, code) in lines {
                    if let Some(span) = source(line) {
                        let _ = writeln!(out, "{:>6}  {:<40} {}", line + 1, sources.describe(span), code.trim());
                    }
                }
            }
            _ => match functions {
                None => out.push_str(text),
                Some(names) => out.push_str(&items_named(text, names)),
            },
        }
    }
    out
}

/// The top-level functions of formatted Rust that have one of the names.
fn items_named(text: &str, names: &[String]) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if !inside && names.iter().any(|name| line.contains(&format!("fn {name}(")) || line.contains(&format!("fn {name}<"))) {
            inside = true;
        }
        if inside {
            out.push_str(line);
            out.push('\n');
            inside = line != "}";
        }
    }
    out
}
