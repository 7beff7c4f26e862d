//! Whether the program leaves the built-in objects alone, as far as its text shows.
//!
//! A member can be replaced by its name (`x.trim = …` of any `x`: the name is remembered), or by a computed name, `x[k] = …`, where `x` is
//! a built-in object. The latter takes the object itself as a value: where one goes anywhere but into a variable that is only looked
//! into, compared or called, nothing is assumed any more.

use puremix_ir::visit::{Node, children, walk};
use puremix_ir::*;
use std::collections::HashSet;

pub(super) struct Intact {
    written: HashSet<Name>,
    all: bool,
}

/// A variable of the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Variable {
    Local(usize, LocalId),
    Global(ModuleId, GlobalId),
}

/// Objects whose members inference knows.
const KNOWN: [&str; 11] = ["Array", "Boolean", "Date", "Function", "Math", "Number", "Object", "String", "global", "globalThis", "performance"];
/// Functions that change their first argument.
const CHANGES: [&str; 6] = ["assign", "defineProperty", "defineProperties", "setPrototypeOf", "set", "deleteProperty"];
/// Methods that only call what they are given: `list.map(String)`.
const CALLBACKS: [&str; 16] = [
    "map", "filter", "forEach", "some", "every", "find", "findIndex", "findLast", "findLastIndex", "flatMap", "reduce", "reduceRight", "sort", "then",
    "catch", "from",
];
/// Functions of `Object` and `Reflect` that look only.
const LOOKS: [&str; 14] = [
    "create", "entries", "getOwnPropertyDescriptor", "getOwnPropertyDescriptors", "getOwnPropertyNames", "getOwnPropertySymbols", "getPrototypeOf", "has",
    "hasOwn", "is", "keys", "ownKeys", "construct", "values",
];

impl Intact {
    pub fn find(program: &Program) -> Intact {
        let mut search = Search { program, held: HashSet::new(), module: 0 };
        while search.hold_more() {}
        let mut intact = Intact { written: HashSet::new(), all: true };
        for (index, module) in program.modules.iter().enumerate() {
            search.module = index;
            for function in &module.functions {
                walk(&function.body, &mut |node| intact.note(&search, node));
            }
        }
        intact
    }

    /// Whether the member or global of this name is what the language made it, on all built-in objects.
    pub fn holds(&self, name: &str) -> bool {
        self.all && !self.written.contains(name)
    }

    fn note(&mut self, search: &Search<'_>, node: Node<'_>) {
        if let Node::Expr(e) = node {
            match &e.kind {
                ExprKind::Assign(place, _)
                | ExprKind::AssignOp(_, _, place, _)
                | ExprKind::AssignLogical(_, _, place, _)
                | ExprKind::Update { place, .. }
                | ExprKind::Delete(place) => match place {
                    Place::Get(_, name) | Place::Unknown(name) => drop(self.written.insert(name.clone())),
                    Place::Index(_, object, _) => self.all &= !search.is_shared(object),
                    Place::Local(_) | Place::Global(_) | Place::Super { .. } | Place::Private(..) => {}
                },
                ExprKind::CallMethod { name, args, .. } if CHANGES.contains(&&**name) => {
                    self.all &= !matches!(args.first(), Some(Arg::Value(object)) if search.is_shared(object));
                }
                _ => {}
            }
        }
        let mut position = 0;
        children(node, &mut |child| {
            if let Node::Expr(child) = child {
                self.all &= !search.is_shared(child) || search.only_looks(node, position, child);
            }
            position += 1;
        });
    }
}

/// Which variables may hold a built-in object or a prototype.
struct Search<'a> {
    program: &'a Program,
    held: HashSet<Variable>,
    /// The module being looked at.
    module: usize,
}

impl Search<'_> {
    /// Finds further variables; false when there are none.
    fn hold_more(&mut self) -> bool {
        let before = self.held.len();
        for (index, module) in self.program.modules.iter().enumerate() {
            self.module = index;
            for function in &module.functions {
                let mut found = Vec::new();
                walk(&function.body, &mut |node| match node {
                    Node::Stmt(Stmt { kind: StmtKind::Let(local, Some(value)), .. }) if self.is_shared(value) => {
                        found.push(Variable::Local(index, *local));
                    }
                    Node::Expr(Expr { kind: ExprKind::Assign(place, value) | ExprKind::AssignLogical(_, _, place, value), .. }) if self.is_shared(value) => {
                        match place {
                            Place::Local(local) => found.push(Variable::Local(index, *local)),
                            Place::Global(global) => found.push(Variable::Global(index.into(), *global)),
                            _ => {}
                        }
                    }
                    _ => {}
                });
                self.held.extend(found);
            }
        }
        self.held.len() > before
    }

    /// A prototype or a built-in object.
    fn is_shared(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Builtin(name) => KNOWN.contains(&&**name),
            ExprKind::Get(object, name) | ExprKind::GetSafe(object, name) => {
                matches!(&**name, "prototype" | "__proto__" | "constructor") || is_global_object(object) && KNOWN.contains(&&**name)
            }
            // `Array["proto" + "type"]`
            ExprKind::Index(_, object, key) | ExprKind::IndexSafe(object, key) => !matches!(key.kind, ExprKind::Num(_)) && self.is_shared(object),
            ExprKind::CallMethod { name, .. } => &**name == "getPrototypeOf",
            ExprKind::Local(local) => self.held.contains(&Variable::Local(self.module, *local)),
            ExprKind::Global(global) => self.held.contains(&Variable::Global(self.module.into(), *global)),
            ExprKind::Import(import) => match &self.program.modules[self.module].imports[import.index()].target {
                ImportTarget::Global(module, global) => self.held.contains(&Variable::Global(*module, *global)),
                _ => false,
            },
            ExprKind::Cond(test) => self.is_shared(&test.then) || self.is_shared(&test.otherwise),
            ExprKind::Logical(_, _, a, b) => self.is_shared(a) || self.is_shared(b),
            ExprKind::Assign(_, value) | ExprKind::AssignLogical(_, _, _, value) => self.is_shared(value),
            ExprKind::Seq(items) => items.last().is_some_and(|e| self.is_shared(e)),
            ExprKind::Do(_, value) | ExprKind::OptionalChain(value) | ExprKind::OptionalLink(value) => self.is_shared(value),
            ExprKind::Runtime("destructure", args) => args.first().is_some_and(|e| self.is_shared(e)),
            _ => false,
        }
    }

    /// Whether the node does no more with the child at this position than look into it, compare it, call it, or keep it where this
    /// search follows it.
    fn only_looks(&self, node: Node<'_>, position: usize, child: &Expr) -> bool {
        let e = match node {
            Node::Stmt(s) => {
                return matches!(s.kind, StmtKind::Expr(_) | StmtKind::Let(..) | StmtKind::If { .. } | StmtKind::ForOf { .. } | StmtKind::ForIn { .. } | StmtKind::Loop { .. });
            }
            Node::Expr(e) => e,
        };
        match &e.kind {
            ExprKind::Get(..) | ExprKind::GetSafe(..) | ExprKind::Binary(..) | ExprKind::Unary(..) => true,
            ExprKind::Index(..) | ExprKind::IndexSafe(..) | ExprKind::CallIndex { .. } | ExprKind::Call { .. } | ExprKind::New { .. } => position == 0,
            ExprKind::CallWithThis { .. } => position <= 1,
            ExprKind::CallMethod { .. } if position == 0 => true,
            ExprKind::CallMethod { recv, name, .. } => {
                let name = &&**name;
                CALLBACKS.contains(name) && matches!(child.kind, ExprKind::Builtin(_))
                    || CHANGES.contains(name)
                    || matches!(&recv.kind, ExprKind::Builtin(object) if &**object == "console" || matches!(&**object, "Object" | "Reflect") && LOOKS.contains(name))
            }
            // What flows through is shared, too, and is looked at there.
            ExprKind::Cond(_) | ExprKind::Logical(..) | ExprKind::Do(..) | ExprKind::OptionalChain(_) | ExprKind::OptionalLink(_) => true,
            ExprKind::Seq(_) | ExprKind::Runtime("destructure", _) => true,
            ExprKind::Assign(place, _) | ExprKind::AssignLogical(_, _, place, _) => match place {
                Place::Local(_) | Place::Global(_) => true,
                // The object, whose member is written by name; the value goes where nobody follows it.
                Place::Get(..) => position == 0,
                _ => false,
            },
            ExprKind::AssignOp(_, _, place, _) | ExprKind::Update { place, .. } | ExprKind::Delete(place) => matches!(place, Place::Get(..)),
            ExprKind::Class(class) => class.parent.as_ref().is_some_and(|parent| std::ptr::eq(parent, child)),
            _ => false,
        }
    }
}

fn is_global_object(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Builtin(name) if matches!(&**name, "globalThis" | "global"))
}
