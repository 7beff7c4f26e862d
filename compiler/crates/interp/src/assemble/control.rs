//! Loops, switches, jumps and exceptions.

use super::function::Assembler;
use crate::image::{Op, Pc, Reg};
use puremix_ir::*;

/// A construct that jumps pass through.
pub(super) enum Open {
    Label { id: LabelId, breaks: Vec<Pc>, continues: Vec<Pc> },
    /// A `Try` operation to leave.
    Catch,
    /// Everything that leaves goes to the `finally` block, and on from there.
    Finally { exits: Vec<(Exit, Pc)>, exit: Reg, value: Reg },
    /// A loop over an iterator, which closes when it is left early.
    Walk { walk: u32, is_await: bool },
    /// A buffer of its own: jumps never leave it.
    Markup,
}

/// How a block with `finally` is left, beside its end (0) and an exception (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Return,
    Jump { label: LabelId, is_continue: bool },
}

/// The numbers of exits that every `finally` has.
const NORMAL: f64 = 0.0;
const THROWN: f64 = 1.0;
const FIRST_EXIT: usize = 2;

impl Assembler<'_, '_> {
    #[allow(clippy::too_many_arguments)]
    pub fn assemble_loop(
        &mut self,
        label: LabelId,
        lang: Lang,
        test: Option<&Expr>,
        body: &[Stmt],
        post_test: Option<&Expr>,
        update: Option<&Expr>,
        fresh: &[LocalId],
    ) {
        // Closures of the loop's head keep the first binding to themselves.
        self.assemble_fresh(fresh);
        let head = self.here();
        let leave = test.map(|test| self.jump_unless(test, lang));
        self.open.push(Open::Label { id: label, breaks: Vec::new(), continues: Vec::new() });
        self.assemble_block(body);
        let (breaks, continues) = self.close_label();
        self.land(continues);
        let leave_after = post_test.map(|test| self.jump_unless(test, lang));
        self.assemble_fresh(fresh);
        if let Some(update) = update {
            self.assemble_effect(update);
        }
        self.op(Op::Jump(head));
        self.land(breaks.into_iter().chain(leave).chain(leave_after));
    }

    /// New bindings for a turn's closures, with the values of the last.
    fn assemble_fresh(&mut self, fresh: &[LocalId]) {
        for local in fresh {
            if self.is_cell(*local) {
                let register = self.register(*local);
                self.op(Op::Renew(register));
            }
        }
    }

    fn close_label(&mut self) -> (Vec<Pc>, Vec<Pc>) {
        match self.open.pop() {
            Some(Open::Label { breaks, continues, .. }) => (breaks, continues),
            _ => unreachable!("labels close in order"),
        }
    }

    pub fn assemble_for_of(&mut self, label: LabelId, item: LocalId, iterable: &Expr, body: &[Stmt], is_await: bool) {
        let walk = self.walk();
        let from = self.operand(iterable);
        let text = self.wording().walked_text(iterable, is_await);
        self.at_about(iterable.span, &text);
        self.op(if is_await { Op::OpenAwait { walk, from } } else { Op::OpenOf { walk, from } });
        let turn = self.temp();
        let head = self.here();
        self.at(iterable.span);
        let next = self.jump(if is_await { Op::NextAwait { walk, to: turn, done: 0 } } else { Op::NextOf { walk, to: turn, done: 0 } });
        self.open.push(Open::Label { id: label, breaks: Vec::new(), continues: Vec::new() });
        self.open.push(Open::Walk { walk, is_await });
        self.assemble_item(item, turn);
        self.assemble_block(body);
        self.open.pop();
        let (breaks, continues) = self.close_label();
        for jump in continues {
            self.aim(jump, head);
        }
        self.op(Op::Jump(head));
        // An exhausted iterator needs no closing, but its loop is over.
        self.land([next]);
        self.op(Op::Leave);
        self.land(breaks);
    }

    pub fn assemble_for_in(&mut self, label: LabelId, item: LocalId, object: &Expr, body: &[Stmt]) {
        let walk = self.walk();
        let from = self.operand(object);
        self.at(object.span);
        self.op(Op::OpenIn { walk, from });
        let turn = self.temp();
        let head = self.here();
        let next = self.jump(Op::NextIn { walk, to: turn, done: 0 });
        self.open.push(Open::Label { id: label, breaks: Vec::new(), continues: Vec::new() });
        self.assemble_item(item, turn);
        self.assemble_block(body);
        let (breaks, continues) = self.close_label();
        for jump in continues {
            self.aim(jump, head);
        }
        self.op(Op::Jump(head));
        self.land(breaks.into_iter().chain([next]));
    }

    pub fn assemble_labeled(&mut self, label: LabelId, body: &[Stmt]) {
        self.open.push(Open::Label { id: label, breaks: Vec::new(), continues: Vec::new() });
        self.assemble_block(body);
        let (breaks, _) = self.close_label();
        self.land(breaks);
    }

    /// `break` or `continue` of a label, through whatever lies between.
    pub fn assemble_jump(&mut self, label: LabelId, is_continue: bool) {
        for index in (0..self.open.len()).rev() {
            match &self.open[index] {
                Open::Label { id, .. } if *id == label => {
                    let at = self.jump(Op::Jump(0));
                    if let Open::Label { breaks, continues, .. } = &mut self.open[index] {
                        if is_continue { continues.push(at) } else { breaks.push(at) }
                    }
                    return;
                }
                Open::Walk { walk, is_await } => {
                    // Its own loop goes on.
                    let own = is_continue && matches!(&self.open[index - 1], Open::Label { id, .. } if *id == label);
                    if !own {
                        let (walk, is_await) = (*walk, *is_await);
                        self.assemble_close(walk, is_await);
                    }
                }
                Open::Catch => self.op(Op::Leave),
                Open::Finally { .. } => return self.assemble_exit(index, Exit::Jump { label, is_continue }, None),
                Open::Label { .. } | Open::Markup => {}
            }
        }
        unreachable!("no label {} is open in {}", label.0, self.m.path)
    }

    fn assemble_close(&mut self, walk: u32, is_await: bool) {
        self.op(Op::Leave);
        self.op(if is_await { Op::CloseAwait(walk) } else { Op::CloseOf(walk) });
    }

    /// Leaves the function with the value of a register.
    pub fn assemble_return_of(&mut self, from: Reg) {
        for index in (0..self.open.len()).rev() {
            match &self.open[index] {
                Open::Walk { walk, is_await } => {
                    let (walk, is_await) = (*walk, *is_await);
                    self.assemble_close(walk, is_await);
                }
                Open::Catch => self.op(Op::Leave),
                Open::Finally { .. } => return self.assemble_exit(index, Exit::Return, Some(from)),
                Open::Label { .. } | Open::Markup => {}
            }
        }
        self.op(Op::Return(from));
    }

    /// Goes to a `finally` block with a note on how to go on from there.
    fn assemble_exit(&mut self, index: usize, how: Exit, from: Option<Reg>) {
        let Open::Finally { exits, exit, value } = &self.open[index] else { return };
        let (exit, value) = (*exit, *value);
        let mut kinds: Vec<Exit> = Vec::new();
        for (known, _) in exits {
            if !kinds.contains(known) {
                kinds.push(*known);
            }
        }
        let number = kinds.iter().position(|k| *k == how).unwrap_or(kinds.len());
        self.op(Op::Leave);
        if let Some(from) = from {
            self.op(Op::Move { to: value, from });
        }
        self.op(Op::Num(exit, (FIRST_EXIT + number) as f64));
        let at = self.jump(Op::Jump(0));
        if let Open::Finally { exits, .. } = &mut self.open[index] {
            exits.push((how, at));
        }
    }

    pub fn assemble_try(&mut self, body: &[Stmt], catch: Option<&Catch>, finally: Option<&[Stmt]>) {
        let Some(finally) = finally else {
            return match catch {
                Some(catch) => self.assemble_catch(body, catch),
                None => self.assemble_block(body),
            };
        };
        let (exit, value) = (self.temp(), self.temp());
        let guarded = self.jump(Op::Try { to: value, handler: 0 });
        self.open.push(Open::Finally { exits: Vec::new(), exit, value });
        match catch {
            Some(catch) => self.assemble_catch(body, catch),
            None => self.assemble_block(body),
        }
        let exits = match self.open.pop() {
            Some(Open::Finally { exits, .. }) => exits,
            _ => unreachable!("blocks close in order"),
        };
        self.op(Op::Leave);
        self.op(Op::Num(exit, NORMAL));
        let normal = self.jump(Op::Jump(0));
        self.land([guarded]);
        self.op(Op::Num(exit, THROWN));
        self.land(exits.iter().map(|(_, at)| *at).chain([normal]));
        self.assemble_block(finally);
        let skip = self.jump(Op::JumpUnlessExit { exit, number: THROWN as u32, to: 0 });
        self.op(Op::Rethrow(value));
        self.land([skip]);
        let mut kinds: Vec<Exit> = Vec::new();
        for (kind, _) in exits {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        for (index, kind) in kinds.into_iter().enumerate() {
            let skip = self.jump(Op::JumpUnlessExit { exit, number: (FIRST_EXIT + index) as u32, to: 0 });
            match kind {
                Exit::Return => self.assemble_return_of(value),
                Exit::Jump { label, is_continue } => self.assemble_jump(label, is_continue),
            }
            self.land([skip]);
        }
    }

    fn assemble_catch(&mut self, body: &[Stmt], catch: &Catch) {
        let caught = self.temp();
        let guarded = self.jump(Op::Try { to: caught, handler: 0 });
        self.open.push(Open::Catch);
        self.assemble_block(body);
        self.open.pop();
        self.op(Op::Leave);
        let end = self.jump(Op::Jump(0));
        self.land([guarded]);
        if let Some(local) = catch.binding {
            self.assemble_item(local, caught);
        }
        self.assemble_block(&catch.body);
        self.land([end]);
    }

    pub fn assemble_switch(&mut self, label: LabelId, discriminant: &Expr, cases: &[Case]) {
        // The discriminant may read what the cases redeclare: it comes first, and in a register of its own.
        let subject = self.temp();
        self.assemble_to(discriminant, subject);
        self.assemble_declarations(cases.iter().flat_map(|case| &case.body));
        let mut entries = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            if let Some(test) = &case.test {
                let at = self.scoped(|a| {
                    let b = a.operand(test);
                    a.at(test.span);
                    a.jump(Op::JumpEqual { a: subject, b, to: 0 })
                });
                entries.push((index, at));
            }
        }
        let default = self.jump(Op::Jump(0));
        self.open.push(Open::Label { id: label, breaks: Vec::new(), continues: Vec::new() });
        let mut default_at = None;
        for (index, case) in cases.iter().enumerate() {
            self.land(entries.iter().filter(|(of, _)| *of == index).map(|(_, at)| *at).collect::<Vec<_>>());
            if case.test.is_none() {
                default_at = Some(self.here());
            }
            for stmt in &case.body {
                self.scoped(|a| a.assemble_stmt(stmt));
            }
        }
        let (breaks, _) = self.close_label();
        self.land(breaks);
        let end = self.here();
        self.aim(default, default_at.unwrap_or(end));
    }
}
