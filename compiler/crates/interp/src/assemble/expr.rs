//! Expressions: each leaves its value in a register.

use super::control::Open;
use super::function::Assembler;
use crate::image::{FunctionId, Op, Reg, ScopeRead};
use puremix_ir::visit::{Access, Mention, Node, mentions, walk_expr};
use puremix_ir::*;

impl Assembler<'_, '_> {
    /// Evaluates for the effect.
    pub fn assemble_effect(&mut self, e: &Expr) {
        if is_constant(e) || matches!(e.kind, ExprKind::Closure(_)) {
            return;
        }
        self.scoped(|a| {
            let to = a.temp();
            a.assemble_to(e, to);
        });
    }

    /// The register that holds the value: a plain variable's own, otherwise a new one.
    pub fn operand(&mut self, e: &Expr) -> Reg {
        self.operand_before(e, &[])
    }

    /// As [`Assembler::operand`]; the value is copied if one of the expressions that are evaluated before its use may change the variable.
    pub fn operand_before(&mut self, e: &Expr, later: &[&Expr]) -> Reg {
        match &e.kind {
            ExprKind::Local(local)
                if !self.is_cell(*local)
                    && !self.facts.is_checked(self.m, *local)
                    && !(self.m.local(*local).assigned && later.iter().any(|l| self.assigns(l, *local))) =>
            {
                self.register(*local)
            }
            ExprKind::This => self.this,
            _ => {
                let to = self.temp();
                self.assemble_to(e, to);
                to
            }
        }
    }

    /// Whether evaluating the expression may assign the local (a plain register: no closure can).
    pub fn assigns(&self, e: &Expr, local: LocalId) -> bool {
        let mut found = false;
        walk_expr(e, &mut |node: Node<'_>| {
            mentions(node, &mut |mention| {
                found |= matches!(mention, Mention::Local(l, Access::Write | Access::ReadWrite | Access::Declare) if l == local);
            });
        });
        found
    }

    /// The operands in registers that follow each other.
    pub fn operand_run(&mut self, operands: &[&Expr]) -> crate::image::Run {
        let run = self.run(operands.len());
        for (index, e) in operands.iter().enumerate() {
            self.assemble_to(e, run.first + index as u32);
        }
        run
    }

    /// Evaluates into a register. Nothing reads `to` before the value is there, but parts of the value may be written to it.
    pub fn assemble_to(&mut self, e: &Expr, to: Reg) {
        let mark = self.mark();
        self.assemble_value(e, to);
        self.release(mark);
    }

    fn assemble_value(&mut self, e: &Expr, to: Reg) {
        self.at(e.span);
        match &e.kind {
            ExprKind::Undefined => self.op(Op::Undefined(to)),
            ExprKind::Null => self.op(Op::Null(to)),
            ExprKind::Bool(b) => self.op(Op::Bool(to, *b)),
            ExprKind::Num(n) => self.op(Op::Num(to, *n)),
            ExprKind::Str(text) => {
                let text = self.tables.text(text);
                self.op(Op::Text(to, text));
            }
            ExprKind::BigInt(digits) => {
                let digits = self.tables.utf8(digits);
                self.op(Op::BigInt(to, digits));
            }
            ExprKind::Regex { source, flags } => {
                let (source, flags) = (self.tables.text(source), self.tables.utf8(flags));
                self.op(Op::Regex { to, source, flags });
            }
            ExprKind::Local(local) => self.read_local(*local, to),
            ExprKind::Global(global) => {
                let read = Box::new(self.tables.read_global(self.module, *global));
                self.op(Op::Read { to, read });
            }
            ExprKind::Import(import) => {
                let read = Box::new(self.tables.read_import(self.module, *import));
                self.op(Op::Read { to, read });
            }
            ExprKind::Builtin(name) if &**name == "undefined" => self.op(Op::Undefined(to)),
            ExprKind::Builtin(name) => {
                let name = self.tables.atom(name);
                self.op(Op::Builtin { to, name });
            }
            ExprKind::TypeofBuiltin(name) => {
                let name = self.tables.atom(name);
                self.op(Op::TypeofBuiltin { to, name });
            }
            ExprKind::This => self.op(Op::Move { to, from: self.this }),
            ExprKind::NewTarget => self.op(Op::Move { to, from: self.new_target }),
            ExprKind::Callee => self.op(Op::Move { to, from: self.callee }),
            ExprKind::Arguments => self.op(Op::Move { to, from: self.arguments }),
            ExprKind::Unary(UnaryOp::Void, _, x) => {
                self.assemble_effect(x);
                self.op(Op::Undefined(to));
            }
            ExprKind::Unary(op, lang, x) => {
                let from = self.operand(x);
                self.at(e.span);
                self.op(Op::Unary { op: *op, lang: *lang, to, from });
            }
            ExprKind::Binary(op, lang, x, y) => {
                let a = self.operand_before(x, &[y]);
                let b = self.operand(y);
                self.at(e.span);
                self.op(Op::Binary { op: *op, lang: *lang, to, a, b });
            }
            ExprKind::Logical(op, lang, x, y) => {
                self.assemble_to(x, to);
                let end = self.skip_logical(*op, *lang, to);
                self.assemble_to(y, to);
                self.land([end]);
            }
            ExprKind::Cond(test) => {
                let otherwise = self.jump_unless(&test.test, test.lang);
                self.assemble_to(&test.then, to);
                let end = self.jump(Op::Jump(0));
                self.land([otherwise]);
                self.assemble_to(&test.otherwise, to);
                self.land([end]);
            }
            ExprKind::Concat(lang, parts) => {
                let parts: Vec<&Expr> = parts.iter().collect();
                self.assemble_concat(*lang, &parts, to, e);
            }
            ExprKind::Assign(place, value) => self.assemble_assign(place, value, to),
            ExprKind::AssignOp(op, lang, place, value) => self.assemble_assign_op(*op, *lang, place, value, to, e),
            ExprKind::AssignLogical(op, lang, place, value) => self.assemble_assign_logical(*op, *lang, place, value, to, e),
            ExprKind::Update { place, delta, prefix } => self.assemble_update(place, *delta, *prefix, to, e),
            ExprKind::Delete(place) => self.assemble_delete(place, to, e),
            ExprKind::Get(object, name) => {
                let (object, name) = (self.operand(object), self.tables.atom(name));
                self.at(e.span);
                self.op(Op::Get { to, object, name });
            }
            ExprKind::GetSafe(object, name) => {
                let (object, name) = (self.operand(object), self.tables.atom(name));
                self.at(e.span);
                self.op(Op::GetSafe { to, object, name });
            }
            ExprKind::Index(lang, object, key) => {
                let (object, key) = (self.operand_before(object, &[key]), self.operand(key));
                self.at(e.span);
                self.op(Op::Index { lang: *lang, to, object, key });
            }
            ExprKind::IndexSafe(object, key) => {
                let (object, key) = (self.operand_before(object, &[key]), self.operand(key));
                self.at(e.span);
                self.op(Op::IndexSafe { to, object, key });
            }
            ExprKind::GetSuper { this, home, key } => {
                let this = self.operand_before(this, &[key]);
                let home = self.operand_before(home, &[key]);
                let key = self.operand(key);
                self.at(e.span);
                self.op(Op::GetSuper { to, this, home, key });
            }
            ExprKind::GetPrivate(object, symbol) => {
                let (object, symbol) = (self.operand(object), self.symbol(*symbol));
                self.at(e.span);
                self.op(Op::GetPrivate { to, object, symbol });
            }
            ExprKind::HasPrivate(object, symbol) => {
                let (object, symbol) = (self.operand(object), self.symbol(*symbol));
                self.at(e.span);
                self.op(Op::HasPrivate { to, object, symbol });
            }
            ExprKind::OptionalChain(inner) => {
                self.chains.push(Vec::new());
                self.assemble_to(inner, to);
                let links = self.chains.pop().unwrap_or_default();
                let end = self.jump(Op::Jump(0));
                self.land(links);
                self.op(Op::Undefined(to));
                self.land([end]);
            }
            ExprKind::OptionalLink(inner) => {
                self.assemble_to(inner, to);
                let link = self.jump(Op::JumpNullish { test: to, to: 0 });
                if let Some(chain) = self.chains.last_mut() {
                    chain.push(link);
                }
            }
            ExprKind::Call { .. }
            | ExprKind::CallMethod { .. }
            | ExprKind::CallIndex { .. }
            | ExprKind::CallWithThis { .. }
            | ExprKind::New { .. }
            | ExprKind::CallSuper { .. } => self.assemble_call(e, to),
            ExprKind::ImportDynamic(import) => self.assemble_import(*import, to),
            ExprKind::Runtime(name, operands) => self.assemble_operation(name, operands, to, e),
            ExprKind::Closure(f) => self.assemble_closure(*f, to),
            ExprKind::Class(class) => self.assemble_class(class, to, e),
            ExprKind::Array(_, elements) => self.assemble_array(elements, to, e),
            ExprKind::Object(_, properties) => self.assemble_object(properties, to, e),
            ExprKind::Seq(items) => {
                let Some((last, before)) = items.split_last() else { return };
                for item in before {
                    self.assemble_effect(item);
                }
                self.assemble_to(last, to);
            }
            ExprKind::Await(x) => {
                let from = self.operand(x);
                self.at(e.span);
                self.op(Op::Await { to, from });
            }
            ExprKind::Yield(x) => {
                let from = self.operand(x);
                self.at(e.span);
                self.assemble_resume(|on_return| Op::Yield { to, from, on_return }, to);
            }
            ExprKind::YieldStar(x) => {
                let from = self.operand(x);
                self.at(e.span);
                self.assemble_resume(|on_return| Op::YieldStar { to, from, on_return }, to);
            }
            ExprKind::Do(block, value) => {
                self.assemble_block(block);
                self.assemble_to(value, to);
            }
            ExprKind::Markup(block) => {
                self.op(Op::BeginMarkup);
                self.assemble_block(block);
                self.at(e.span);
                self.op(Op::EndMarkup(to));
            }
        }
    }

    /// A suspension, and what to do when the generator is told to return there.
    fn assemble_resume(&mut self, suspend: impl FnOnce(u32) -> Op, to: Reg) {
        let yielded = self.jump(suspend(0));
        let go_on = self.jump(Op::Jump(0));
        self.land([yielded]);
        self.assemble_return_of(to);
        self.land([go_on]);
    }

    /// Jumps over the right operand when the left one, in `to`, is the value.
    pub fn skip_logical(&mut self, op: LogicalOp, lang: Lang, to: Reg) -> u32 {
        match op {
            LogicalOp::And => self.jump(Op::JumpUnless { test: to, lang, to: 0 }),
            LogicalOp::Or => self.jump(Op::JumpIf { test: to, lang, to: 0 }),
            LogicalOp::Nullish => self.jump(Op::JumpNotNullish { test: to, to: 0 }),
        }
    }

    /// A jump that is taken unless the test holds.
    pub fn jump_unless(&mut self, test: &Expr, lang: Lang) -> u32 {
        self.scoped(|a| {
            let test = a.operand(test);
            a.jump(Op::JumpUnless { test, lang, to: 0 })
        })
    }

    fn assemble_concat(&mut self, lang: Lang, parts: &[&Expr], to: Reg, e: &Expr) {
        let run = self.run(parts.len());
        for (index, part) in parts.iter().enumerate() {
            let register = run.first + index as u32;
            self.assemble_to(part, register);
            // Each part is converted when it has been evaluated, as template literals do.
            if !matches!(part.kind, ExprKind::Str(_)) {
                self.op(Op::Unary { op: UnaryOp::ToStr, lang, to: register, from: register });
            }
        }
        self.at(e.span);
        self.op(Op::Concat { lang, to, parts: run });
    }

    fn assemble_operation(&mut self, name: &'static str, operands: &[Expr], to: Reg, e: &Expr) {
        match (name, operands) {
            ("slot_given", [Expr { kind: ExprKind::Str(Text::Utf8(slot)), .. }]) if self.has_scope() => {
                let read = match &**slot {
                    "title" => ScopeRead::Title,
                    "description" => ScopeRead::Description,
                    _ => return self.op(Op::Scope { to, read: ScopeRead::HasContent }),
                };
                self.op(Op::Scope { to, read });
                let absent = self.jump(Op::JumpNullish { test: to, to: 0 });
                self.op(Op::Bool(to, true));
                let end = self.jump(Op::Jump(0));
                self.land([absent]);
                self.op(Op::Bool(to, false));
                self.land([end]);
            }
            ("slot_given", _) => self.op(Op::Bool(to, false)),
            ("raw", [value]) => {
                let from = self.operand(value);
                self.at(e.span);
                self.op(Op::RawMarkup { to, from });
            }
            (step, [Expr { kind: ExprKind::Local(local), .. }]) if self.patterns.contains_key(local) => {
                let walk = self.patterns[local];
                self.assemble_step(step, walk, e.span, to);
            }
            _ => {
                let text = match (name, operands.first()) {
                    ("destructure", Some(source)) => self.wording().source_text(source),
                    ("iter_open", Some(source)) => self.wording().pattern_text(source),
                    _ => String::new(),
                };
                let operands: Vec<&Expr> = operands.iter().collect();
                let operands = self.operand_run(&operands);
                self.at_about(e.span, &text);
                self.op(Op::Operation { to, run: crate::operations::find(name), operands });
            }
        }
    }

    /// An array pattern begins: its iterator closes when an exception ends it.
    pub fn open_pattern(&mut self, local: LocalId, iterable: &Expr, span: Span) {
        let walk = self.walk();
        let from = self.operand(iterable);
        let text = self.wording().pattern_text(iterable);
        self.at_about(span, &text);
        self.op(Op::OpenOf { walk, from });
        self.patterns.insert(local, walk);
        self.open.push(Open::Walk { walk, is_await: false });
    }

    /// A step of an array pattern.
    fn assemble_step(&mut self, name: &str, walk: u32, span: Span, to: Reg) {
        self.at(span);
        match name {
            "iter_next" => {
                let over = self.jump(Op::NextOf { walk, to, done: 0 });
                let end = self.jump(Op::Jump(0));
                self.land([over]);
                self.op(Op::Undefined(to));
                self.land([end]);
            }
            "iter_rest" => {
                let (none, item) = (self.run(0), self.temp());
                self.op(Op::Array { to, elements: none });
                let head = self.here();
                let over = self.jump(Op::NextOf { walk, to: item, done: 0 });
                self.op(Op::Push { array: to, from: item });
                self.op(Op::Jump(head));
                self.land([over]);
                self.open.pop();
                self.op(Op::Leave);
            }
            _ => {
                self.open.pop();
                self.op(Op::Leave);
                self.op(Op::CloseOf(walk));
                self.op(Op::Undefined(to));
            }
        }
    }

    fn assemble_import(&mut self, import: ImportId, to: Reg) {
        let read = Box::new(self.tables.read_import(self.module, import));
        let lazy = match &self.m.imports[import.index()].target {
            ImportTarget::Namespace(owner) | ImportTarget::Global(owner, _) => Some(self.tables.number(*owner)),
            _ => None,
        };
        self.op(Op::ImportDynamic { to, lazy, read });
    }

    /// A closure of the function with what it captures.
    pub fn assemble_closure(&mut self, f: FnId, to: Reg) {
        let captures = self.facts.captures(f).iter().map(|local| self.register(*local)).collect();
        let function = FunctionId(f.0);
        self.op(Op::Closure { to, function, captures });
    }

    pub fn has_scope(&self) -> bool {
        self.f.kind == FnKind::Render
    }
}

fn is_constant(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Undefined | ExprKind::Null | ExprKind::Bool(_) | ExprKind::Num(_) | ExprKind::Str(_))
}
