//! `.puremix/puremix.d.ts`: what TypeScript, and an editor, can know of the app: `PureMix` of browser scripts with the server functions they call, and
//! functions that are not written in TypeScript.
//!
//! In: a program. Out: declarations. Python modules are declared by patterns, since their imports are relative: `'../services/analytics'` and
//! `'./analytics'` are one module.

mod annotation;
mod client;

use puremix_ir::{ParameterKind, Program, Python, PythonParameter};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// The declarations of a program; `None` where there is nothing to declare.
pub fn declarations(program: &Program) -> Option<String> {
    let client = client::declarations(program);
    // Such lines count only before everything else.
    let library = client.as_ref().map(|_| "/// <reference lib=\"dom\" />\n".to_owned());
    let parts: Vec<String> = [library, python(program), client].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{HEAD}{}", parts.concat()))
}

/// Its Python modules that JavaScript can import.
fn python(program: &Program) -> Option<String> {
    let modules: Vec<(&str, &Python)> = program
        .modules
        .iter()
        .filter_map(|module| Some((importable(&module.path)?, module.python.as_deref()?)))
        .collect();
    if modules.is_empty() {
        return None;
    }
    let mut out = String::new();
    for (path, python) in &modules {
        // The last name alone, where no other module has it: `./analytics` has no directory to tell.
        let names: Vec<&str> = path.rsplit('/').collect();
        let shared = |length: usize| modules.iter().filter(|(other, _)| other.rsplit('/').take(length).eq(names.iter().copied().take(length))).count() > 1;
        let length = (1..=names.len()).find(|length| !shared(*length)).unwrap_or(names.len());
        let tail = names[..length].iter().rev().copied().collect::<Vec<_>>().join("/");
        let functions = functions(python);
        for ending in ["", ".py"] {
            let _ = write!(out, "\ndeclare module '*/{tail}{ending}' {{\n{functions}}}\n");
        }
    }
    Some(out)
}

const HEAD: &str = "// Made by puremixc at each build or check and while `puremixc dev` runs; for TypeScript: \"include\": [\"app\", \".puremix/puremix.d.ts\"]\n";

/// Writes the declarations below the project's root, or removes those of an app that has none any more.
pub fn write(root: &Path, program: &Program) -> io::Result<()> {
    let path = root.join(".puremix/puremix.d.ts");
    let before = std::fs::read_to_string(&path).ok();
    match declarations(program) {
        Some(text) if before.as_ref() == Some(&text) => Ok(()),
        Some(text) => {
            std::fs::create_dir_all(root.join(".puremix"))?;
            std::fs::write(path, text)
        }
        None if before.is_some() => std::fs::remove_file(path),
        None => Ok(()),
    }
}

/// The module's path as imports end in it; pages' blocks and API routes are imported by nobody.
fn importable(path: &str) -> Option<&str> {
    let path = path.strip_suffix(".py")?;
    (!path.starts_with("app/routes/")).then(|| path.strip_suffix("/__init__").unwrap_or(path))
}

fn functions(python: &Python) -> String {
    // Of its own names, in source order; what it imports is declared where it stands.
    let own = python.functions.iter().filter(|f| f.global.is_some() && !f.is_imported);
    let mut out = String::new();
    let mut names = Vec::new();
    for function in own {
        out += &doc(function.doc.as_deref().unwrap_or_default());
        let (name, is_word) = (&*function.name, RESERVED.contains(&&*function.name));
        let declared = if is_word { format!("{name}_") } else { name.to_owned() };
        let export = if is_word { "" } else { "export " };
        let returns = function.returns.as_deref().map_or("any".to_owned(), annotation::result);
        let _ = writeln!(out, "  {export}function {declared}({}): Promise<{returns}>;", parameters(function.parameters.as_deref()));
        if is_word {
            let _ = writeln!(out, "  export {{ {declared} as {name} }};");
        }
        names.push(if is_word { format!("{name}: typeof {declared}") } else { format!("{name}: typeof {name}") });
    }
    let _ = writeln!(out, "  const functions: {{ {} }};\n  export default functions;", names.join("; "));
    out
}

fn parameters(parameters: Option<&[PythonParameter]>) -> String {
    let Some(parameters) = parameters else { return "...args: any[]".to_owned() };
    let of = |p: &PythonParameter| p.annotation.as_deref().map_or("any".to_owned(), annotation::argument);
    let given = parameters.iter().filter_map(|p| {
        let name = if RESERVED.contains(&&*p.name) { format!("{}_", p.name) } else { p.name.to_string() };
        match p.kind {
            ParameterKind::Positional => Some(format!("{name}{}: {}", if p.has_default { "?" } else { "" }, of(p))),
            ParameterKind::Rest => Some(format!("...{name}: {}", annotation::list(&of(p)))),
            // Arguments are given by position.
            ParameterKind::Keyword | ParameterKind::KeywordRest => None,
        }
    });
    given.collect::<Vec<_>>().join(", ")
}

fn doc(text: &str) -> String {
    let text = text.trim().replace("*/", "*\u{200b}/");
    match text.lines().collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [line] => format!("  /** {line} */\n"),
        lines => format!("  /**\n{}   */\n", lines.iter().map(|line| format!("   * {}", line.trim()).trim_end().to_owned() + "\n").collect::<String>()),
    }
}

/// Names of Python that are words of TypeScript.
const RESERVED: &[&str] = &[
    "arguments", "await", "case", "catch", "const", "debugger", "default", "delete", "do", "enum", "eval", "export", "extends", "false", "function", "implements",
    "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public", "static", "super", "switch", "this", "throw", "true", "typeof",
    "var", "void", "yield",
];
