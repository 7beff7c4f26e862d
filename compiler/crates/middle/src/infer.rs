//! Type inference over the whole program.
//!
//! Flow-insensitive: a variable has the join of all that is ever assigned to it, found by iterating all functions from the bottom of
//! the lattice until nothing changes. Parameters of functions that are only called directly have the join of all arguments,
//! results of known functions the join of all returns. Annotations of the source play no part.
//!
//! What it assumes of built-in objects (results of `Math.floor`, `"".slice` …) holds while the app does not replace them; `builtins`
//! looks for that in the whole program, and generated code checks the unboxing of a call's result all the same.

mod builtins;
mod intact;
mod counters;
mod direct;
mod early;
mod expr;
mod ops;

use crate::graph::ModuleGraph;
use intact::Intact;
use puremix_ir::*;
use std::collections::HashSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InferOptions {
    /// `false` leaves every type `Any` (`--no-infer`).
    pub enabled: bool,
}

/// Fills the types of expressions, locals, globals and results, the constants, and [`Function::direct_only`].
pub fn infer(program: &mut Program, options: InferOptions) {
    if !options.enabled {
        return;
    }
    let mut state = State::new(program);
    loop {
        state.settle(program);
        if !state.raise_unreached(program) {
            break;
        }
    }
    state.store(program);
}

/// What is known of a variable: the join of all values but undefined, and whether it may be undefined.
/// Apart from the lattice so that `x === undefined ? default : x` keeps the type of what is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    ty: Ty,
    undefined: bool,
}

impl Slot {
    const NEVER: Slot = Slot { ty: Ty::Never, undefined: false };

    fn read(self) -> Ty {
        if self.undefined { self.ty.join(Ty::Undefined) } else { self.ty }
    }

    /// Adds a value; answers whether that was news.
    fn add(&mut self, ty: Ty) -> bool {
        let before = *self;
        match ty {
            Ty::Undefined => self.undefined = true,
            ty => self.ty = self.ty.join(ty),
        }
        *self != before
    }
}

/// The facts about one module, by the indices of its tables.
struct Facts {
    locals: Vec<Slot>,
    globals: Vec<Slot>,
    /// What a function's body returns: of an async function before the promise, of a generator nothing known.
    returns: Vec<Ty>,
    direct: Vec<bool>,
    /// The one function a local always holds, once it is initialised.
    local_functions: Vec<Option<FnId>>,
    /// Assignments of a local beyond its declaration.
    writes: Vec<u32>,
    /// Locals that some branch reads knowing they are not undefined.
    narrowed: Vec<bool>,
}

struct State {
    facts: Vec<Facts>,
    intact: Intact,
    changed: bool,
}

impl State {
    fn new(program: &Program) -> State {
        let graph = ModuleGraph::of(program);
        let components = graph.components();
        let in_cycle = |module: usize| components.iter().filter(|c| **c == components[module]).count() > 1;
        let direct = direct::find(program);
        let mut facts = Vec::new();
        for (index, (module, direct)) in program.modules.iter().zip(direct).enumerate() {
            let undefined = early::maybe_undefined(module, in_cycle(index));
            let mut locals = vec![Slot::NEVER; module.locals.len()];
            for (function, direct) in module.functions.iter().zip(&direct.functions) {
                if let Some(rest) = function.rest {
                    locals[rest.index()].add(Ty::Array);
                }
                if !direct {
                    function.params.iter().for_each(|p| {
                        locals[p.index()].add(Ty::Any);
                    });
                }
            }
            let globals = undefined.into_iter().map(|undefined| Slot { ty: Ty::Never, undefined }).collect();
            facts.push(Facts {
                locals,
                globals,
                returns: vec![Ty::Never; module.functions.len()],
                direct: direct.functions,
                local_functions: direct.locals,
                writes: counters::count_writes(module),
                narrowed: vec![false; module.locals.len()],
            });
        }
        State { facts, intact: Intact::find(program), changed: false }
    }

    /// Types everything again and again until no fact changes.
    fn settle(&mut self, program: &mut Program) {
        loop {
            self.changed = false;
            for index in 0..program.modules.len() {
                self.module(program, index);
            }
            if !self.changed {
                return;
            }
        }
    }

    fn module(&mut self, program: &mut Program, index: usize) {
        for f in 0..program.modules[index].functions.len() {
            let mut body = std::mem::take(&mut program.modules[index].functions[f].body);
            let returns = {
                let module = &program.modules[index];
                let mut typer = expr::Typer::new(self, &program.modules, index, FnId::from(f));
                typer.body(&mut body);
                let function = module.function(FnId::from(f));
                // A body whose end can be reached answers undefined.
                let falls = if ends(&body) { Ty::Never } else { Ty::Undefined };
                match (function.kind, function.is_generator) {
                    (FnKind::Function | FnKind::Arrow | FnKind::Method, false) => typer.returns.join(falls),
                    _ => Ty::Any,
                }
            };
            program.modules[index].functions[f].body = body;
            let known = &mut self.facts[index].returns[f];
            let joined = known.join(returns);
            self.changed |= joined != *known;
            *known = joined;
        }
    }

    /// Variables and results that no value reaches (functions never called, calls that never return) become `Any`: code for them is
    /// generated all the same. Answers whether there were any.
    fn raise_unreached(&mut self, program: &Program) -> bool {
        let mut raised = false;
        for (facts, module) in self.facts.iter_mut().zip(&program.modules) {
            let narrowed = facts.narrowed.iter().copied().chain(std::iter::repeat(false));
            for (slot, narrowed) in facts.locals.iter_mut().chain(&mut facts.globals).zip(narrowed) {
                if slot.ty == Ty::Never && (narrowed || !slot.undefined) {
                    slot.ty = Ty::Any;
                    raised = true;
                }
            }
            for (ty, function) in facts.returns.iter_mut().zip(&module.functions) {
                if *ty == Ty::Never && function.kind != FnKind::ModuleInit {
                    *ty = Ty::Any;
                    raised = true;
                }
            }
        }
        raised
    }

    fn store(self, program: &mut Program) {
        let constants: Vec<Vec<Option<Constant>>> =
            program.modules.iter().zip(&self.facts).map(|(module, facts)| constants(module, facts)).collect();
        for ((module, facts), constants) in program.modules.iter_mut().zip(self.facts).zip(constants) {
            for (local, slot) in module.locals.iter_mut().zip(facts.locals) {
                local.ty = slot.read();
            }
            for ((global, slot), constant) in module.globals.iter_mut().zip(facts.globals).zip(constants) {
                global.ty = slot.read();
                global.constant = constant;
            }
            for ((function, ret), direct) in module.functions.iter_mut().zip(facts.returns).zip(facts.direct) {
                function.ret = ret;
                function.direct_only = direct;
            }
        }
    }
}

/// Whether control cannot leave the block at its end (a conservative `no`).
fn ends(block: &[Stmt]) -> bool {
    block.last().is_some_and(|stmt| match &stmt.kind {
        StmtKind::Return(_) | StmtKind::Throw(_) => true,
        StmtKind::Block(block) => ends(block),
        StmtKind::If { then, otherwise, .. } => ends(then) && ends(otherwise),
        StmtKind::Try { body, catch, finally } => {
            finally.as_deref().is_some_and(ends) || ends(body) && catch.as_ref().is_none_or(|c| ends(&c.body))
        }
        // Without a test it ends only by `break`.
        StmtKind::Loop { label, test: None, post_test: None, body, .. } => !breaks_to(body, *label),
        // A `break` makes the end reachable, and so does a missing default.
        StmtKind::Switch { label, cases, .. } => {
            cases.iter().any(|c| c.test.is_none())
                && cases.last().is_some_and(|c| ends(&c.body))
                && cases.iter().all(|c| !breaks_to(&c.body, *label))
        }
        StmtKind::Labeled { label, body } => ends(body) && !breaks_to(body, *label),
        _ => false,
    })
}

fn breaks_to(block: &[Stmt], label: LabelId) -> bool {
    let mut found = false;
    visit::walk(block, &mut |node| {
        found |= matches!(node, visit::Node::Stmt(Stmt { kind: StmtKind::Break(to), .. }) if *to == label);
    });
    found
}

/// Module constants whose one assignment is a literal among the initialiser's own statements.
fn constants(module: &Module, facts: &Facts) -> Vec<Option<Constant>> {
    let mut constants = vec![None; module.globals.len()];
    let mut twice = HashSet::new();
    for stmt in &module.function(module.init).body {
        let StmtKind::Expr(Expr { kind: ExprKind::Assign(Place::Global(id), value), .. }) = &stmt.kind else { continue };
        if !twice.insert(*id) {
            constants[id.index()] = None;
            continue;
        }
        constants[id.index()] = match &value.kind {
            ExprKind::Undefined => Some(Constant::Undefined),
            ExprKind::Null => Some(Constant::Null),
            ExprKind::Bool(b) => Some(Constant::Bool(*b)),
            ExprKind::Num(n) => Some(Constant::Num(*n)),
            ExprKind::Str(s) => Some(Constant::Str(s.clone())),
            _ => None,
        };
    }
    for ((constant, global), slot) in constants.iter_mut().zip(&module.globals).zip(&facts.globals) {
        let early = slot.undefined && *constant != Some(Constant::Undefined);
        if !global.is_const || global.assigned || global.checked || early {
            *constant = None;
        }
    }
    constants
}
