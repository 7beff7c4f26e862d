//! What other modules' linking and checking depend on.

use puremix_ir::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A number that is another when something of the module is that [`link`](crate::link), [`check`](crate::check) or [`spill`](crate::spill)
/// read of it while they are at another module: its path, what it exports, imports and asks for, its variables, and how its Python
/// functions are called. Its code may differ.
pub fn interface(module: &Module) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&*module.path, module.page.is_some()).hash(&mut hasher);
    for export in &module.exports {
        match export {
            Export::Global { name, global, .. } => (0, name, global.0).hash(&mut hasher),
            Export::Import { name, import, .. } => (1, name, import.0).hash(&mut hasher),
            Export::All { request, .. } => (2, request).hash(&mut hasher),
        }
    }
    for import in &module.imports {
        import.request.hash(&mut hasher);
        match &import.name {
            ImportName::Default => 0.hash(&mut hasher),
            ImportName::Namespace => 1.hash(&mut hasher),
            ImportName::Named(name) => (2, name).hash(&mut hasher),
        }
    }
    for request in &module.requests {
        (request.kind as u8).hash(&mut hasher);
        match &request.target {
            Target::Unresolved => 0.hash(&mut hasher),
            Target::Module(to) => (1, to.0).hash(&mut hasher),
            Target::Native(name) => (2, name).hash(&mut hasher),
            Target::Component(to) => (3, to.0).hash(&mut hasher),
        }
    }
    for global in &module.globals {
        let uses_this = global.function.map(|f| module.function(f).uses.this);
        (&global.name, global.checked, global.assigned, global.function.map(|f| f.0), uses_this).hash(&mut hasher);
    }
    for function in module.python.iter().flat_map(|python| &python.functions) {
        (&function.name, function.global.map(|g| g.0), function.arity(), function.span.start).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_places_are_no_part_of_it() {
        let lowered = |text: &str| puremix_front_js::lower_module(&ScriptUnit::verbatim(FileId(0), text, 0, ScriptLang::Js), "a.js").0;
        let number = |text: &str| interface(&lowered(text));
        let first = number("import b from './b'; export function f(x) { return x; }");
        assert_eq!(first, number("import b from './b';\n\nexport function f(x) { return x + 1; }"));
        assert_ne!(first, number("import b from './b'; export function f(x) { return this; }"));
        assert_ne!(first, number("import b from './b'; export function g(x) { return x; }"));
        assert_ne!(first, number("import c from './b'; import b from './c'; export function f(x) { return x; }"));
        assert_ne!(first, number("import b from './b'; function f(x) { return x; }"));
        assert_ne!(first, number("import { b } from './b'; export function f(x) { return x; }"));
    }
}
