//! A lowered source file, and the whole program.

use crate::{FnId, FnKind, Function, GlobalId, ImportId, Lang, Local, ModuleId, Name, Python, Shared, Text, Ty, app};
use puremix_diag::{FileId, Span};
use std::rc::Rc;

/// One source file after lowering.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    pub file: FileId,
    /// Path relative to the project, with `/`.
    pub path: Rc<str>,
    pub lang: Lang,
    pub functions: Vec<Function>,
    pub locals: Vec<Local>,
    pub globals: Vec<Global>,
    pub requests: Vec<Request>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// Runs the module's body; async when it has a top-level `await`.
    pub init: FnId,
    /// What the server needs of it, when it is a page, component or layout.
    pub page: Option<app::PageTable>,
    /// Of a `.py` file, or of a page with Python blocks.
    pub python: Option<Rc<Python>>,
}

impl Module {
    /// A module whose initialiser does nothing.
    pub fn empty(file: FileId, path: &str, lang: Lang) -> Module {
        Module {
            file,
            path: path.into(),
            lang,
            functions: vec![Function::new("", None, FnKind::ModuleInit, Span::new(file, 0, 0))],
            locals: Vec::new(),
            globals: Vec::new(),
            requests: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            init: FnId(0),
            page: None,
            python: None,
        }
    }

    /// Whether Node would run it as an ES module: by its extension, else by what it uses.
    pub fn is_esm(&self) -> bool {
        let is_commonjs = self.exports.iter().any(|e| matches!(e, Export::Global { name, .. } if &**name == "module.exports"));
        let is_static = || self.requests.iter().any(|r| r.kind == RequestKind::Static);
        let uses_modules = || self.function(self.init).is_async || !self.exports.is_empty() || is_static();
        self.path.ends_with(".mjs") || !self.path.ends_with(".cjs") && !is_commonjs && uses_modules()
    }

    pub fn function(&self, id: FnId) -> &Function {
        &self.functions[id.index()]
    }

    pub fn local(&self, id: crate::LocalId) -> &Local {
        &self.locals[id.index()]
    }

    pub fn global(&self, id: GlobalId) -> &Global {
        &self.globals[id.index()]
    }

    /// What a page or component is called: its file's name up to the first dot.
    pub fn page_name(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or(&self.path);
        file.split_once('.').map_or(file, |(stem, _)| stem)
    }
}

/// A module-level variable: one slot of the isolate.
#[derive(Clone, Debug, PartialEq)]
pub struct Global {
    pub name: Name,
    pub is_const: bool,
    /// May be read before it is initialised (TDZ, cycles).
    pub checked: bool,
    /// Assigned somewhere other than its `Let`-like initialisation.
    pub assigned: bool,
    /// A function declaration that is never reassigned: calls go straight to it.
    pub function: Option<FnId>,
    /// `function` is a declaration: other modules of a cycle may use it before this module runs.
    pub hoisted: bool,
    pub ty: Ty,
    /// Filled by inference: the value of a constant that is initialised with a literal and never read before. Front ends write `None`.
    pub constant: Option<Constant>,
    pub span: Span,
}

/// A literal that may stand for a variable's every read.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Undefined,
    Null,
    Bool(bool),
    Num(f64),
    Str(Text),
}

/// One module specifier that the file asks for, once per file and specifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub specifier: Rc<str>,
    pub span: Span,
    pub kind: RequestKind,
    /// Filled by the driver's resolution.
    pub target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    Static,
    Dynamic,
    Require,
}

/// What a specifier means.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Unresolved,
    Module(ModuleId),
    /// A module of the runtime (`node:crypto`, `jsonwebtoken` …) by its canonical name.
    Native(Rc<str>),
    /// A component (`.puremix`); its binding is used in templates only.
    Component(ModuleId),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    pub request: usize,
    pub name: ImportName,
    pub local_name: Name,
    pub span: Span,
    /// Filled by linking.
    pub target: ImportTarget,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportName {
    Default,
    Namespace,
    Named(Name),
}

#[derive(Clone, Debug, PartialEq)]
pub enum ImportTarget {
    Unresolved,
    Global(ModuleId, GlobalId),
    Namespace(ModuleId),
    /// Member of a runtime module; `None` is its namespace object.
    Native(Rc<str>, Option<Name>),
    Component(ModuleId),
    /// The import names nothing: reported, and a ReferenceError when reached.
    Missing,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Export {
    Global { name: Name, global: GlobalId, span: Span },
    /// `export { x } from`, or an imported binding exported again.
    Import { name: Name, import: ImportId, span: Span },
    /// `export * from`
    All { request: usize, span: Span },
}

/// The whole app after linking.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    pub modules: Vec<Shared<Module>>,
    /// Initialisation order.
    pub order: Vec<ModuleId>,
    pub app: app::App,
}

impl Program {
    /// All modules, for stages that may be run on a part of them.
    pub fn ids(&self) -> Vec<ModuleId> {
        (0..self.modules.len()).map(ModuleId::from).collect()
    }

    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.index()]
    }

    /// What a module exports by name, with what `export *` adds, and the module that says so. None of them is `Export::All`.
    pub fn exports_of(&self, id: ModuleId) -> Vec<(Name, ModuleId, &Export)> {
        let mut exports = Vec::new();
        self.collect_exports(id, &mut exports, &mut vec![id], true);
        exports
    }

    fn collect_exports<'p>(&'p self, id: ModuleId, out: &mut Vec<(Name, ModuleId, &'p Export)>, seen: &mut Vec<ModuleId>, own: bool) {
        let m = self.module(id);
        for export in &m.exports {
            match export {
                Export::Global { name, .. } | Export::Import { name, .. } => {
                    // `export *` leaves the default out, and what the module itself exports wins.
                    let hidden = !own && &**name == "default" || out.iter().any(|(n, ..)| n == name);
                    if !hidden {
                        out.push((name.clone(), id, export));
                    }
                }
                Export::All { .. } => {}
            }
        }
        for export in &m.exports {
            if let Export::All { request, .. } = export
                && let Target::Module(from) = m.requests[*request].target
                && !seen.contains(&from)
            {
                seen.push(from);
                self.collect_exports(from, out, seen, false);
            }
        }
    }
}
