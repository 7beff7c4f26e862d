//! A function: its registers, its prologue, its body.

use super::control::Open;
use super::facts::Facts;
use super::tables::Tables;
use crate::image::{Function, Op, Pc, Reg, Run, ScopeRead};
use puremix_diag::Span;
use puremix_ir::message::{HeldTexts, Wording};
use puremix_ir::*;
use puremix_value::FnKind as Kind;
use std::collections::HashMap;

/// A function being assembled.
pub(super) struct Assembler<'a, 't> {
    pub tables: &'a mut Tables<'t>,
    pub facts: &'a Facts,
    pub module: ModuleId,
    pub m: &'a Module,
    pub id: FnId,
    pub f: &'a puremix_ir::Function,
    pub ops: Vec<Op>,
    places: Vec<u32>,
    /// The place of the operations that are written now.
    place: u32,
    /// What messages call temporaries.
    pub texts: HeldTexts,
    /// Of the iterators of array patterns, the cursors: an exception in a pattern closes them.
    pub patterns: HashMap<LocalId, u32>,
    registers: HashMap<LocalId, Reg>,
    /// The first register that is free, and the most that ever were in use.
    next: Reg,
    most: Reg,
    pub walks: u32,
    /// Constructs that jumps pass through, innermost last.
    pub open: Vec<Open>,
    /// Jumps to the ends of the optional chains being written.
    pub chains: Vec<Vec<Pc>>,
    pub this: Reg,
    pub new_target: Reg,
    pub callee: Reg,
    pub arguments: Reg,
}

pub(super) fn assemble_function(tables: &mut Tables<'_>, facts: &Facts, module: ModuleId, id: FnId) -> Function {
    let m = tables.program.module(module);
    let f = m.function(id);
    let mut a = Assembler {
        tables,
        facts,
        module,
        m,
        id,
        f,
        ops: Vec::new(),
        places: Vec::new(),
        place: 0,
        texts: HeldTexts::new(),
        patterns: HashMap::new(),
        registers: HashMap::new(),
        next: 0,
        most: 0,
        walks: 0,
        open: Vec::new(),
        chains: Vec::new(),
        this: 0,
        new_target: 0,
        callee: 0,
        arguments: 0,
    };
    let is_render = f.kind == FnKind::Render;
    for local in &f.params {
        let register = a.temp();
        a.registers.insert(*local, register);
    }
    let rest = f.rest.map(|local| a.declare_register(local));
    let captures: Vec<Reg> = facts.captures(id).iter().map(|local| a.declare_register(*local)).collect();
    for (index, local) in m.locals.iter().enumerate() {
        let local_id = LocalId::from(index);
        if local.owner == id && !a.registers.contains_key(&local_id) {
            a.declare_register(local_id);
        }
    }
    a.this = a.temp();
    a.new_target = a.temp();
    a.callee = a.temp();
    a.arguments = a.temp();
    a.at(f.span);
    if is_render {
        a.assemble_scope();
    }
    for local in f.params.iter().chain(&f.rest) {
        if facts.is_cell(m, *local) {
            let register = a.register(*local);
            a.op(Op::Cell { to: register, from: register });
        }
    }
    // A generator's parameters are bound by the call that makes it.
    let (head, rest_of_body) = f.body.split_at(if f.is_generator { f.head.min(f.body.len()) } else { 0 });
    a.assemble_block(head);
    let head = if head.is_empty() { 0 } else { a.ops.len() as u32 };
    a.assemble_block(rest_of_body);
    let end = a.temp();
    a.op(Op::Undefined(end));
    a.op(Op::Return(end));
    let awaits = a.ops.iter().any(|op| matches!(op, Op::Await { .. } | Op::NextAwait { .. } | Op::CloseAwait(_)));
    let definition = a.tables.definition(&f.name, f.length, kind(f));
    let source = a.tables.source(f.span);
    Function {
        def: definition,
        source,
        registers: a.most,
        walks: a.walks,
        params: if is_render { 0 } else { f.params.len() as u32 },
        rest,
        captures,
        this: f.uses.this.then_some(a.this),
        new_target: f.uses.new_target.then_some(a.new_target),
        callee: f.uses.callee.then_some(a.callee),
        arguments: f.uses.arguments.then_some(a.arguments),
        is_async: f.is_async,
        is_generator: f.is_generator,
        awaits,
        head,
        ops: a.ops,
        places: a.places,
    }
}

fn kind(f: &puremix_ir::Function) -> Kind {
    match (f.kind, f.is_async, f.is_generator) {
        (_, true, true) => Kind::AsyncGenerator,
        (_, false, true) => Kind::Generator,
        (_, true, false) => Kind::Async,
        (FnKind::Arrow, ..) => Kind::Arrow,
        (FnKind::Method, ..) => Kind::Method,
        (FnKind::BaseConstructor, ..) => Kind::ClassBase,
        (FnKind::DerivedConstructor, ..) => Kind::ClassDerived,
        (FnKind::Function | FnKind::ModuleInit | FnKind::Render, ..) => Kind::Normal,
    }
}

impl Assembler<'_, '_> {
    /// Operations from here on are at this place.
    pub fn at(&mut self, span: Span) {
        self.place = self.tables.place(span, "");
    }

    /// As [`Assembler::at`]; messages about what is called or walked there name `expression`.
    pub fn at_about(&mut self, span: Span, expression: &str) {
        self.place = self.tables.place(span, expression);
    }

    pub fn wording(&self) -> Wording<'_> {
        Wording { module: self.m, function: self.f, held: &self.texts }
    }

    pub fn op(&mut self, op: Op) {
        self.ops.push(op);
        self.places.push(self.place);
    }

    /// Writes a jump whose target [`Assembler::land`] fills in.
    pub fn jump(&mut self, op: Op) -> Pc {
        self.op(op);
        self.ops.len() as Pc - 1
    }

    pub fn here(&self) -> Pc {
        self.ops.len() as Pc
    }

    /// Lets these jumps lead here.
    pub fn land(&mut self, jumps: impl IntoIterator<Item = Pc>) {
        let here = self.here();
        for at in jumps {
            self.aim(at, here);
        }
    }

    pub fn aim(&mut self, jump: Pc, target: Pc) {
        match &mut self.ops[jump as usize] {
            Op::Jump(to)
            | Op::JumpIf { to, .. }
            | Op::JumpUnless { to, .. }
            | Op::JumpNullish { to, .. }
            | Op::JumpNotNullish { to, .. }
            | Op::JumpEqual { to, .. }
            | Op::JumpUnlessExit { to, .. }
            | Op::Try { handler: to, .. }
            | Op::NextOf { done: to, .. }
            | Op::NextAwait { done: to, .. }
            | Op::NextIn { done: to, .. }
            | Op::NextEach { done: to, .. }
            | Op::Yield { on_return: to, .. }
            | Op::YieldStar { on_return: to, .. } => *to = target,
            other => unreachable!("{other:?} is no jump"),
        }
    }

    /// A register above those in use.
    pub fn temp(&mut self) -> Reg {
        self.temps(1)
    }

    /// Registers that follow each other.
    pub fn temps(&mut self, count: u32) -> Reg {
        let first = self.next;
        self.next += count;
        self.most = self.most.max(self.next);
        first
    }

    pub fn run(&mut self, count: usize) -> Run {
        Run { first: self.temps(count as u32), count: count as u32 }
    }

    /// Runs `write` and frees the temporaries it took.
    pub fn scoped<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.next;
        let result = write(self);
        self.next = mark;
        result
    }

    /// For [`Assembler::release`].
    pub fn mark(&self) -> Reg {
        self.next
    }

    /// Frees the temporaries taken since the mark.
    pub fn release(&mut self, mark: Reg) {
        self.next = mark;
    }

    pub fn walk(&mut self) -> u32 {
        self.walks += 1;
        self.walks - 1
    }

    fn declare_register(&mut self, local: LocalId) -> Reg {
        let register = self.temp();
        self.registers.insert(local, register);
        register
    }

    /// The register of a local or of a captured one: of its cell, if it has one.
    pub fn register(&self, local: LocalId) -> Reg {
        match self.registers.get(&local) {
            Some(register) => *register,
            None => unreachable!("`{}` is neither a local nor captured in {}", self.m.local(local).name, self.f.name),
        }
    }

    pub fn is_cell(&self, local: LocalId) -> bool {
        self.facts.is_cell(self.m, local)
    }

    /// A template's parameters: what its page's scope offers.
    fn assemble_scope(&mut self) {
        let Some(page) = &self.m.page else { return };
        let names = if page.head == Some(self.id) { &page.head_scope } else { &page.render_scope };
        for (local, name) in self.f.params.iter().zip(names) {
            let to = self.register(*local);
            let read = self.scope_read(page, name);
            self.op(Op::Scope { to, read });
        }
    }

    fn scope_read(&mut self, page: &app::PageTable, name: &app::ScopeName) -> ScopeRead {
        use app::ScopeName;
        match name {
            ScopeName::Loader(loader) => ScopeRead::Loader(page.loaders.iter().position(|l| l.name == *loader).map_or(u32::MAX, |i| i as u32)),
            ScopeName::Params => ScopeRead::Params,
            ScopeName::Query => ScopeRead::Query,
            ScopeName::Request => ScopeRead::Request,
            ScopeName::ActionResult => ScopeRead::ActionResult,
            ScopeName::Env => ScopeRead::Env,
            ScopeName::Props => ScopeRead::Props,
            ScopeName::Prop(prop) => ScopeRead::Prop(self.tables.atom(prop)),
            ScopeName::PageValue(name) => ScopeRead::PageValue(self.tables.utf8(name)),
            ScopeName::Title => ScopeRead::Title,
            ScopeName::Description => ScopeRead::Description,
            ScopeName::Error => ScopeRead::Error,
            ScopeName::Url => ScopeRead::Url,
        }
    }
}
