//! Streams of files (`fs.createReadStream`) are JavaScript over the native `fs`, which few programs use: a module that names them asks for them.

use crate::library::{FILE_STREAMS, is_path};
use puremix_diag::Span;
use puremix_ir::visit::{Node, walk};
use puremix_ir::{ExprKind, ImportName, Module, Request, RequestKind, Shared, Target, Text};
use std::path::Path;

/// The names of `fs` that make them.
const NAMES: [&str; 4] = ["createReadStream", "createWriteStream", "ReadStream", "WriteStream"];

/// Adds the request. Modules that are given `fs` by others count too, by the two names that nothing else has.
pub fn ask(path: &Path, module: &mut Shared<Module>) {
    let asks_already = || module.requests.iter().any(|request| &*request.specifier == FILE_STREAMS);
    if path.to_str().is_some_and(is_path) || asks_already() {
        return;
    }
    let fs = module.requests.iter().find(|request| matches!(&*request.specifier, "fs" | "node:fs"));
    let names = if fs.is_some() { &NAMES[..] } else { &NAMES[..2] };
    if !does_mention(module, names) {
        return;
    }
    let span = fs.or(module.requests.first()).map(|request| request.span);
    let span = span.unwrap_or(Span::new(module.file, 0, 0));
    module.requests.push(Request { specifier: FILE_STREAMS.into(), span, kind: RequestKind::Static, target: Target::Unresolved });
}

fn does_mention(module: &Module, names: &[&str]) -> bool {
    let is_one = |name: &str| names.contains(&name);
    if module.imports.iter().any(|import| matches!(&import.name, ImportName::Named(name) if is_one(name))) {
        return true;
    }
    let mut found = false;
    for function in &module.functions {
        walk(&function.body, &mut |node| {
            let Node::Expr(e) = node else { return };
            found |= match &e.kind {
                ExprKind::Get(_, name) | ExprKind::GetSafe(_, name) | ExprKind::CallMethod { name, .. } => is_one(name),
                ExprKind::Str(Text::Utf8(text)) => is_one(text),
                _ => false,
            };
        });
    }
    found
}
