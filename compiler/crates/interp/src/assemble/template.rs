//! Templates: operations on the output buffer.

use super::control::Open;
use super::function::Assembler;
use crate::image::Op;
use puremix_ir::*;

impl Assembler<'_, '_> {
    pub fn assemble_template_stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Write(text) => {
                let text = self.tables.utf8(text);
                self.op(Op::Write(text));
            }
            StmtKind::WriteHole(context, e) => self.assemble_hole(*context, e),
            StmtKind::WriteRaw(e) => {
                let from = self.operand(e);
                self.at(e.span);
                self.op(Op::WriteRaw(from));
            }
            StmtKind::WriteAttr { name, kind, value } => {
                let from = self.operand(value);
                let name = self.tables.utf8(name);
                self.at(value.span);
                self.op(Op::WriteAttr { name, kind: *kind, from });
            }
            StmtKind::WriteAttrs(e) => {
                let from = self.operand(e);
                self.at(e.span);
                self.op(Op::WriteAttrs(from));
            }
            StmtKind::Each { list, item, index, body } => self.assemble_each(list, *item, *index, body),
            StmtKind::Component { component, props, children, key, site } => self.assemble_component(component, [Some(props), children.as_ref(), key.as_ref()], *site, stmt),
            StmtKind::WriteSlot(slot) if self.has_scope() => self.op(Op::WriteSlot(*slot)),
            StmtKind::WriteSlot(_) => {}
            StmtKind::WriteCsrf => self.op(Op::WriteCsrf),
            other => unreachable!("{other:?} is no template statement"),
        }
    }

    fn assemble_hole(&mut self, context: EscapeContext, e: &Expr) {
        match &e.kind {
            ExprKind::Cond(test) => {
                let skip = self.jump_unless(&test.test, test.lang);
                self.scoped(|a| a.assemble_hole(context, &test.then));
                let end = self.jump(Op::Jump(0));
                self.land([skip]);
                self.scoped(|a| a.assemble_hole(context, &test.otherwise));
                self.land([end]);
            }
            ExprKind::Undefined | ExprKind::Null => {}
            // Inside the template the markup needs no buffer of its own.
            ExprKind::Markup(block) if context == EscapeContext::Text => self.assemble_block(block),
            _ => {
                let from = self.operand(e);
                self.at(e.span);
                self.op(Op::WriteHole(context, from));
            }
        }
    }

    fn assemble_each(&mut self, list: &Expr, item: LocalId, index: Option<LocalId>, body: &[Stmt]) {
        let walk = self.walk();
        let from = self.operand(list);
        self.at(list.span);
        self.op(Op::OpenEach { walk, from });
        let (turn, at) = (self.temp(), index.map(|_| self.temp()));
        let head = self.here();
        self.at(list.span);
        let next = self.jump(Op::NextEach { walk, to: turn, index: at, done: 0 });
        self.assemble_item(item, turn);
        if let (Some(index), Some(at)) = (index, at) {
            self.assemble_item(index, at);
        }
        self.open.push(Open::Markup);
        self.assemble_block(body);
        self.open.pop();
        self.op(Op::Jump(head));
        self.land([next]);
    }

    /// `given` are props, children and key.
    fn assemble_component(&mut self, component: &ComponentRef, given: [Option<&Expr>; 3], site: u64, stmt: &Stmt) {
        let Target::Component(module) = self.m.requests[component.request].target else {
            let (to, name) = (self.temp(), self.tables.utf8(&component.name));
            return self.op(Op::Read { to, read: Box::new(crate::image::Read::Missing(name)) });
        };
        let absent = Expr::new(ExprKind::Undefined, stmt.span);
        let operands = self.operand_run(&given.map(|e| e.unwrap_or(&absent)));
        self.at(stmt.span);
        let first = operands.first;
        self.op(Op::Component { module: self.tables.number(module), props: first, children: first + 1, key: first + 2, site });
    }
}
