//! Names and their variables.

use puremix_diag::Span;
use puremix_ir::{FnId, Local, LocalId};
use std::collections::HashMap;
use std::rc::Rc;

#[derive(Default)]
pub struct Scopes {
    locals: Vec<Local>,
    functions: Vec<FnId>,
    blocks: Vec<Scope>,
}

struct Scope {
    function: FnId,
    names: HashMap<Rc<str>, LocalId>,
}

impl Scopes {
    pub fn enter_function(&mut self, function: FnId) {
        self.functions.push(function);
        self.blocks.push(Scope { function, names: HashMap::new() });
    }

    pub fn leave_function(&mut self) {
        self.functions.pop();
        self.blocks.pop();
    }

    pub fn enter_block(&mut self) {
        self.blocks.push(Scope { function: self.function(), names: HashMap::new() });
    }

    pub fn leave_block(&mut self) {
        self.blocks.pop();
    }

    /// The function being lowered.
    pub fn function(&self) -> FnId {
        *self.functions.last().expect("lowering is inside a function")
    }

    pub fn declare(&mut self, name: &str, span: Span) -> LocalId {
        let id = self.push(name, span);
        let name: Rc<str> = name.into();
        self.blocks.last_mut().expect("lowering is inside a scope").names.insert(name, id);
        id
    }

    pub fn temp(&mut self, span: Span) -> LocalId {
        self.push("", span)
    }

    fn push(&mut self, name: &str, span: Span) -> LocalId {
        let id = LocalId::from(self.locals.len());
        let owner = self.function();
        self.locals.push(Local::new(name, owner, span));
        id
    }

    /// The variable of that name in the innermost scope only.
    pub fn declared_here(&self, name: &str) -> Option<LocalId> {
        self.blocks.last().and_then(|scope| scope.names.get(name).copied())
    }

    /// The nearest variable of that name; using one of an outer function captures it.
    pub fn resolve(&mut self, name: &str) -> Option<LocalId> {
        let here = self.function();
        let (owner, id) = self.blocks.iter().rev().find_map(|s| s.names.get(name).map(|id| (s.function, *id)))?;
        if owner != here {
            self.locals[id.index()].captured = true;
        }
        Some(id)
    }

    pub fn mark_assigned(&mut self, id: LocalId) {
        self.locals[id.index()].assigned = true;
    }

    pub fn into_locals(self) -> Vec<Local> {
        self.locals
    }
}
