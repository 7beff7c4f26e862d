//! The module under construction: its tables, and what lowering knows of each local so far.

use crate::scope::Binding;
use puremix_diag::{Diagnostic, FileId, Span};
use puremix_ir::verify::MAX_DEPTH;
use puremix_ir::visit::{self, Node};
use puremix_ir::*;
use std::collections::HashMap;
use std::rc::Rc;

/// Where a local stands in the text that has been lowered so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LocalState {
    /// Its declaration has been lowered: uses from here on follow it.
    pub initialised: bool,
    /// Something used or captured it before: a check is needed, and a cell that lives from the head of its block on.
    pub early: bool,
    /// A `Let` without a value already stands for it; its declaration assigns.
    pub declared: bool,
}

pub(crate) struct Builder {
    pub module: Module,
    pub diagnostics: Vec<Diagnostic>,
    pub states: Vec<LocalState>,
    /// Statements of the initialiser that run before all others: function declarations of all units.
    pub hoisted: Vec<Stmt>,
    pub init_body: Vec<Stmt>,
    /// The initialiser's next label; several units share it.
    pub init_labels: u32,
    global_names: HashMap<String, u32>,
}

impl Builder {
    pub fn new(file: FileId, path: &str) -> Builder {
        let module = Module::empty(file, path, Lang::Js);
        Builder {
            module,
            diagnostics: Vec::new(),
            states: Vec::new(),
            hoisted: Vec::new(),
            init_body: Vec::new(),
            init_labels: 0,
            global_names: HashMap::new(),
        }
    }

    /// Goes on with a module that has functions already: they are there before what is added.
    pub fn over(mut module: Module) -> Builder {
        let hoisted = std::mem::take(&mut module.functions[0].body);
        let states = vec![LocalState { initialised: true, ..LocalState::default() }; module.locals.len()];
        let global_names = module.globals.iter().map(|global| (global.name.to_string(), 1)).collect();
        Builder { module, diagnostics: Vec::new(), states, hoisted, init_body: Vec::new(), init_labels: 0, global_names }
    }

    /// Closes the initialiser and hands the module out.
    pub fn finish(mut self) -> (Module, Vec<Diagnostic>) {
        let mut body = std::mem::take(&mut self.hoisted);
        body.append(&mut self.init_body);
        self.module.functions[0].body = body;
        self.refuse_deep_trees();
        (self.module, self.diagnostics)
    }

    /// Passes recurse over trees: a function deeper than they survive is reported, and left without a body.
    fn refuse_deep_trees(&mut self) {
        for function in &mut self.module.functions {
            let mut work: Vec<(Node<'_>, usize)> = function.body.iter().map(|s| (Node::Stmt(s), 1)).collect();
            let mut too_deep = None;
            while let (Some((node, depth)), None) = (work.pop(), too_deep) {
                if depth > MAX_DEPTH {
                    too_deep = Some(node.span());
                }
                visit::children(node, &mut |child| work.push((child, depth + 1)));
            }
            if let Some(span) = too_deep {
                self.diagnostics.push(crate::parse::too_deep(span));
                function.body = Vec::new();
                function.uses = Uses::default();
            }
        }
    }

    /// Reserves a function; its fields are filled when its body has been lowered.
    pub fn function(&mut self, name: &str, parent: Option<FnId>, kind: FnKind, span: Span) -> FnId {
        let id = FnId::from(self.module.functions.len());
        self.module.functions.push(Function::new(name, parent, kind, span));
        id
    }

    pub fn local(&mut self, name: &str, owner: FnId, span: Span, state: LocalState) -> LocalId {
        let id = LocalId::from(self.module.locals.len());
        self.module.locals.push(Local::new(name, owner, span));
        self.states.push(state);
        id
    }

    /// A new module variable. Names are kept apart by a suffix when blocks of a page declare the same one.
    pub fn global(&mut self, name: &str, is_const: bool, span: Span) -> GlobalId {
        let count = self.global_names.entry(name.to_owned()).or_insert(0);
        *count += 1;
        let name: Name = if *count == 1 { name.into() } else { format!("{name}${count}").into() };
        let id = GlobalId::from(self.module.globals.len());
        self.module.globals.push(Global {
            name,
            is_const,
            checked: false,
            assigned: false,
            function: None,
            hoisted: false,
            ty: Ty::Any,
            constant: None,
            span,
        });
        id
    }

    pub fn request(&mut self, specifier: &str, kind: RequestKind, span: Span) -> usize {
        if let Some(found) = self.module.requests.iter().position(|r| &*r.specifier == specifier && r.kind == kind) {
            return found;
        }
        self.module.requests.push(Request { specifier: specifier.into(), span, kind, target: Target::Unresolved });
        self.module.requests.len() - 1
    }

    /// An import binding; the same name of the same request is one binding.
    pub fn import(&mut self, request: usize, name: ImportName, local_name: &str, span: Span) -> ImportId {
        let same = |i: &Import| i.request == request && i.name == name;
        if let Some(found) = self.module.imports.iter().position(same) {
            return ImportId::from(found);
        }
        self.module.imports.push(Import { request, name, local_name: local_name.into(), span, target: ImportTarget::Unresolved });
        ImportId::from(self.module.imports.len() - 1)
    }
}

/// Names that a unit takes from outside itself, in order of precedence.
#[derive(Default)]
pub(crate) struct OuterNames {
    pub tables: Vec<HashMap<Rc<str>, Binding>>,
}

impl OuterNames {
    pub fn get(&self, name: &str) -> Option<Binding> {
        self.tables.iter().find_map(|t| t.get(name).copied())
    }
}
