//! Statements.

use super::function::Assembler;
use crate::image::{Op, Reg};
use puremix_ir::*;

impl Assembler<'_, '_> {
    /// The statements of a block. Its variables come to life at its head, uninitialised, each time it is entered.
    pub fn assemble_block(&mut self, block: &[Stmt]) {
        self.assemble_declarations(block.iter());
        for stmt in block {
            self.scoped(|a| a.assemble_stmt(stmt));
        }
    }

    /// Variables that may be read, or captured by closures, before their `Let` gives them values.
    pub fn assemble_declarations<'s>(&mut self, block: impl Iterator<Item = &'s Stmt>) {
        for stmt in block {
            let StmtKind::Let(local, _) = stmt.kind else { continue };
            if self.is_cell(local) || self.facts.is_checked(self.m, local) {
                self.at(stmt.span);
                let register = self.register(local);
                self.op(Op::Uninit(register));
                if self.is_cell(local) {
                    self.op(Op::Cell { to: register, from: register });
                }
            }
        }
    }

    pub fn assemble_stmt(&mut self, stmt: &Stmt) {
        self.at(stmt.span);
        match &stmt.kind {
            StmtKind::Expr(e) => self.assemble_effect(e),
            StmtKind::Let(local, value) => self.assemble_let(*local, value.as_ref()),
            StmtKind::Block(block) => self.assemble_block(block),
            StmtKind::If { test, lang, then, otherwise } => {
                let skip = self.jump_unless(test, *lang);
                self.assemble_block(then);
                if otherwise.is_empty() {
                    return self.land([skip]);
                }
                let end = self.jump(Op::Jump(0));
                self.land([skip]);
                self.assemble_block(otherwise);
                self.land([end]);
            }
            StmtKind::Loop { label, lang, test, body, post_test, update, fresh } => {
                self.assemble_loop(*label, *lang, test.as_ref(), body, post_test.as_ref(), update.as_ref(), fresh);
            }
            StmtKind::ForOf { label, lang: _, item, iterable, body, is_await } => self.assemble_for_of(*label, *item, iterable, body, *is_await),
            StmtKind::ForIn { label, item, object, body } => self.assemble_for_in(*label, *item, object, body),
            StmtKind::Labeled { label, body } => self.assemble_labeled(*label, body),
            StmtKind::Switch { label, discriminant, cases } => self.assemble_switch(*label, discriminant, cases),
            StmtKind::Break(label) => self.assemble_jump(*label, false),
            StmtKind::Continue(label) => self.assemble_jump(*label, true),
            StmtKind::Return(value) => self.assemble_return(value.as_ref()),
            StmtKind::Throw(e) => {
                let from = self.operand(e);
                self.at(stmt.span);
                self.op(Op::Throw(from));
            }
            StmtKind::Try { body, catch, finally } => self.assemble_try(body, catch.as_ref(), finally.as_deref()),
            StmtKind::Write(_)
            | StmtKind::WriteHole(..)
            | StmtKind::WriteRaw(_)
            | StmtKind::WriteAttr { .. }
            | StmtKind::WriteAttrs(_)
            | StmtKind::Each { .. }
            | StmtKind::Component { .. }
            | StmtKind::WriteSlot(_)
            | StmtKind::WriteCsrf => self.assemble_template_stmt(stmt),
        }
    }

    fn assemble_let(&mut self, local: LocalId, value: Option<&Expr>) {
        let register = self.register(local);
        let checked = self.m.local(local).checked;
        if let Some(Expr { kind: ExprKind::Runtime("iter_open", iterable), span, .. }) = value
            && let [iterable] = iterable.as_slice()
            && !checked
            && !self.is_cell(local)
        {
            return self.open_pattern(local, iterable, *span);
        }
        if let Some(text) = value.and_then(|value| self.wording().note(local, value)) {
            self.texts.insert(local, text);
        }
        match value {
            // The block's head has made it uninitialised; the assignment that follows is the initialisation.
            None if checked => {}
            Some(value) if self.is_cell(local) || checked => {
                let from = self.temp();
                self.assemble_to(value, from);
                self.write_local(local, from);
            }
            None => {
                let from = if self.is_cell(local) { self.temp() } else { register };
                self.op(Op::Undefined(from));
                self.write_local(local, from);
            }
            Some(value) => self.assemble_to(value, register),
        }
    }

    fn assemble_return(&mut self, value: Option<&Expr>) {
        let from = self.temp();
        match value {
            Some(value) => {
                self.assemble_to(value, from);
                // An async generator awaits what it returns.
                if self.f.is_async && self.f.is_generator {
                    self.at(value.span);
                    self.op(Op::Await { to: from, from });
                }
            }
            None => self.op(Op::Undefined(from)),
        }
        self.assemble_return_of(from);
    }

    /// What a turn of a loop, or a catch, gives a variable.
    pub fn assemble_item(&mut self, item: LocalId, from: Reg) {
        self.declare(item, from);
    }
}
