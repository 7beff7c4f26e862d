//! The modules that test files can import: JavaScript that comes with the compiler and is never part of a built app.

use puremix_ir::{ImportName, Module, Shared};

/// Specifiers of the library's own modules begin with this, and so do the paths in their stacks.
const HOME: &str = "puremix:test/";

/// What runs before each test file: the globals.
pub const PRELUDE: &str = "puremix:test/globals";

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        /// Names, paths and texts.
        const MODULES: &[(&str, &str, &str)] = &[$((
            concat!("puremix:test/", $name),
            concat!("puremix:test/", $name, ".js"),
            include_str!(concat!("library/", $name, ".js")),
        )),*];
    };
}

modules!(
    "api", "equality", "expect", "forms", "globals", "harness", "index", "jest", "matchers", "mock", "node", "pages", "request", "show", "spies", "timers",
    "vitest",
);

/// What people import, and the module that it is.
const PUBLIC: &[(&str, &str)] = &[
    ("puremix:test", "puremix:test/index"),
    ("node:test", "puremix:test/node"),
    ("vitest", "puremix:test/vitest"),
    ("@jest/globals", "puremix:test/jest"),
    ("bun:test", "puremix:test/jest"),
];

/// The path and text of the module that a specifier names.
pub fn module(specifier: &str) -> Option<(&'static str, &'static str)> {
    let name = PUBLIC.iter().find(|(public, _)| *public == specifier).map_or(specifier, |(_, name)| name);
    MODULES.iter().find(|(known, ..)| *known == name).map(|(_, path, text)| (*path, *text))
}

/// Whether a path or a line of a stack is the library's.
pub fn is_own(path: &str) -> bool {
    path.starts_with(HOME)
}

/// Whether modules of the app's own import `request` or `app`.
pub fn needs_app(modules: &[Shared<Module>]) -> bool {
    modules.iter().filter(|module| !is_own(&module.path)).any(|module| {
        let asks = |name: &ImportName| match name {
            ImportName::Named(name) => matches!(&**name, "app" | "request"),
            ImportName::Namespace | ImportName::Default => true,
        };
        module.imports.iter().any(|import| &*module.requests[import.request].specifier == "puremix:test" && asks(&import.name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_import_exists() {
        for (public, _) in PUBLIC {
            assert!(module(public).is_some(), "{public}");
        }
        assert!(module(PRELUDE).is_some());
        assert!(module("express").is_none());
    }
}
