//! `PureMix` of browser scripts, with `call` typed by the app's server functions.

use super::annotation;
use puremix_ir::app::ServerFn;
use puremix_ir::{Module, ParameterKind, Program};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is the same for all apps.
const CLIENT: &str = include_str!("client.d.ts");

/// The declarations of `PureMix`; `None` for a program whose pages do without it.
pub fn declarations(program: &Program) -> Option<String> {
    let is_used = program.modules.iter().filter_map(|module| module.page.as_ref()).any(|page| page.mentions_puremix || page.needs_client || !page.actions.is_empty());
    is_used.then(|| format!("\n{CLIENT}{}", functions(program)))
}

/// The server functions by the names that calls may use, and the types that pages declare for them.
fn functions(program: &Program) -> String {
    let mut pages = String::new();
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut namespaces: Vec<String> = Vec::new();
    for module in &program.modules {
        let Some(page) = module.page.as_ref().filter(|page| !page.actions.is_empty()) else { continue };
        let namespace = namespace(&module.path, &namespaces);
        let _ = write!(pages, "\n  /** {} */\n  namespace {namespace} {{\n", module.path);
        for declared in &page.types {
            let _ = writeln!(pages, "    {declared}");
        }
        pages += "    interface $functions {\n";
        for action in &page.actions {
            let (data, result) = signature(module, action);
            let _ = writeln!(pages, "      {}: {{ data: {data}; result: {result} }};", quoted(&action.name));
            for name in names(program, module, &action.name) {
                named.entry(name).or_default().push(format!("PureMixPages.{namespace}.$functions[{}]", quoted(&action.name)));
            }
        }
        pages += "    }\n  }\n";
        namespaces.push(namespace);
    }
    let mut out = String::new();
    if !pages.is_empty() {
        let _ = write!(out, "\n/** The app's server functions, file by file. */\ndeclare namespace PureMixPages {{{pages}}}\n");
    }
    out += "\ndeclare namespace PureMix {\n  /** The app's server functions by the names that calls use; of one name there may be several. */\n  interface Functions {\n";
    for (name, functions) in named {
        let _ = writeln!(out, "    {}: {};", quoted(&name), functions.join(" | "));
    }
    out + "  }\n}\n"
}

/// The names that calls have for a function: a component's is called by its own name where the page shows the component.
fn names(program: &Program, module: &Module, function: &str) -> Vec<String> {
    let is_component = program.modules.iter().flat_map(|m| &m.requests).any(|request| match request.target {
        puremix_ir::Target::Component(id) => program.module(id).path == module.path,
        _ => false,
    });
    let file = module.path.rsplit('/').next().unwrap_or(&module.path);
    let component = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut names = vec![function.to_owned()];
    if is_component {
        names.extend([format!("{component}.{function}"), format!("{component}_{function}")]);
    }
    names
}

/// What a function is called with, and what it returns.
fn signature(module: &Module, action: &ServerFn) -> (String, String) {
    if let Some(signature) = &action.signature {
        // Of a form's fields the type says nothing, and an object will do.
        let data = signature.data.as_deref().filter(|data| !data.contains("FormData")).unwrap_or("any");
        return (data.to_owned(), signature.result.as_deref().unwrap_or("any").to_owned());
    }
    let python = module.python.as_deref().and_then(|python| python.functions.iter().find(|f| f.action == Some(action.function)));
    let Some(function) = python else { return ("any".to_owned(), "any".to_owned()) };
    let first = function.parameters.iter().flatten().find(|p| p.kind == ParameterKind::Positional);
    let data = first.and_then(|p| p.annotation.as_deref()).map_or("any".to_owned(), annotation::argument);
    (data, function.returns.as_deref().map_or("any".to_owned(), annotation::result))
}

/// A name for a file's part that no other file has.
fn namespace(path: &str, taken: &[String]) -> String {
    let word: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = if word.starts_with(|c: char| c.is_ascii_digit()) { format!("_{word}") } else { word };
    let numbered = (2..).map(|n| format!("{name}_{n}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or(name)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
