//! Assignment: places, compound and logical forms, `++`, `delete`.

use crate::lower::Lowerer;
use crate::scope::Binding;
use oxc_ast::ast::*;
use oxc_syntax::operator::{AssignmentOperator, UpdateOperator};
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    pub fn assignment(&mut self, e: &'a AssignmentExpression<'a>) -> Expr {
        let span = self.span(e);
        if e.operator == AssignmentOperator::Assign {
            return self.plain_assignment(e, span);
        }
        let Some(target) = e.left.as_simple_assignment_target() else {
            return self.unsupported(span, "this assignment", "assign to a variable or a member");
        };
        let place = self.place(target);
        let logical = match e.operator {
            AssignmentOperator::LogicalAnd => Some(LogicalOp::And),
            AssignmentOperator::LogicalOr => Some(LogicalOp::Or),
            AssignmentOperator::LogicalNullish => Some(LogicalOp::Nullish),
            _ => None,
        };
        let kind = match logical {
            Some(op) => {
                let value = self.named_expr(&e.right, target_name(target));
                ExprKind::AssignLogical(op, Lang::Js, place, value.boxed())
            }
            None => {
                let op = compound_op(e.operator);
                let value = self.expr(&e.right);
                ExprKind::AssignOp(op, Lang::Js, place, value.boxed())
            }
        };
        Expr::new(kind, span)
    }

    fn plain_assignment(&mut self, e: &'a AssignmentExpression<'a>, span: Span) -> Expr {
        match e.left.as_simple_assignment_target() {
            Some(target) => {
                let place = self.place(target);
                let value = self.named_expr(&e.right, target_name(target));
                let value = self.guard_uninitialised(target, value);
                Expr::new(ExprKind::Assign(place, value.boxed()), span)
            }
            None => {
                let mut stmts = Vec::new();
                let value = self.expr(&e.right);
                let held = self.hold(value, "value", span, &mut stmts);
                self.assign_pattern(&e.left, held.clone(), &mut stmts);
                Expr::new(ExprKind::Do(stmts, held.boxed()), span)
            }
        }
    }

    /// A destructuring assignment whose value nobody reads.
    pub fn assignment_stmt(&mut self, e: &'a AssignmentExpression<'a>) -> Option<Stmt> {
        if e.operator != AssignmentOperator::Assign || e.left.is_simple_assignment_target() {
            return None;
        }
        if let Some(stmt) = self.swap(e) {
            return Some(stmt);
        }
        let span = self.span(e);
        let mut stmts = Vec::new();
        let value = self.expr(&e.right);
        self.assign_pattern(&e.left, value, &mut stmts);
        Some(Stmt::new(StmtKind::Block(stmts), span))
    }

    /// `[a, b] = [b, a]` needs no array.
    fn swap(&mut self, e: &'a AssignmentExpression<'a>) -> Option<Stmt> {
        let (AssignmentTarget::ArrayAssignmentTarget(targets), Expression::ArrayExpression(values)) = (&e.left, &e.right) else {
            return None;
        };
        let is_plain = |t: &AssignmentTargetMaybeDefault<'_>| t.as_assignment_target().is_some_and(AssignmentTarget::is_simple_assignment_target);
        let plain = targets.rest.is_none()
            && targets.elements.len() == values.elements.len()
            && targets.elements.iter().all(|t| t.as_ref().is_some_and(is_plain))
            && values.elements.iter().all(ArrayExpressionElement::is_expression);
        if !plain {
            return None;
        }
        let span = self.span(e);
        let mut stmts = Vec::new();
        let mut held = Vec::new();
        for value in values.elements.iter().filter_map(ArrayExpressionElement::as_expression) {
            let value = self.expr(value);
            let temp = self.temp("value", span);
            stmts.push(Stmt::new(StmtKind::Let(temp, Some(value)), span));
            held.push(Expr::new(ExprKind::Local(temp), span));
        }
        for (target, value) in targets.elements.iter().flatten().zip(held) {
            if let Some(target) = target.as_assignment_target() {
                self.assign_pattern(target, value, &mut stmts);
            }
        }
        Some(Stmt::new(StmtKind::Block(stmts), span))
    }

    /// Assigning to a variable that may still be uninitialised throws as reading it does.
    fn guard_uninitialised(&mut self, target: &'a SimpleAssignmentTarget<'a>, value: Expr) -> Expr {
        let SimpleAssignmentTarget::AssignmentTargetIdentifier(id) = target else { return value };
        let span = value.span;
        let read = match self.resolve(id) {
            Some(Binding::Local(local)) if !self.m.states[local.index()].initialised || self.crossing.contains(&local) => self.read_local(local, span),
            Some(Binding::Global(global)) if self.m.module.globals[global.index()].checked => Expr::new(ExprKind::Global(global), span),
            _ => return value,
        };
        let mut stmts = Vec::new();
        let held = self.hold(value, "value", span, &mut stmts);
        stmts.push(self.expr_stmt(read));
        Expr::new(ExprKind::Do(stmts, held.boxed()), span)
    }

    pub fn update(&mut self, e: &'a UpdateExpression<'a>) -> Expr {
        let span = self.span(e);
        let place = self.place(&e.argument);
        let delta = if e.operator == UpdateOperator::Increment { 1.0 } else { -1.0 };
        Expr::new(ExprKind::Update { place, delta, prefix: e.prefix }, span)
    }

    pub fn place(&mut self, target: &'a SimpleAssignmentTarget<'a>) -> Place {
        match target {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(id) => self.place_of_name(id),
            SimpleAssignmentTarget::StaticMemberExpression(e) => self.static_place(e),
            SimpleAssignmentTarget::ComputedMemberExpression(e) => self.computed_place(e),
            SimpleAssignmentTarget::PrivateFieldExpression(e) => self.private_place(e),
            SimpleAssignmentTarget::TSAsExpression(e) => self.place_of_expr(&e.expression),
            SimpleAssignmentTarget::TSSatisfiesExpression(e) => self.place_of_expr(&e.expression),
            SimpleAssignmentTarget::TSNonNullExpression(e) => self.place_of_expr(&e.expression),
            SimpleAssignmentTarget::TSTypeAssertion(e) => self.place_of_expr(&e.expression),
        }
    }

    fn place_of_expr(&mut self, e: &'a Expression<'a>) -> Place {
        match e.get_inner_expression() {
            Expression::Identifier(id) => self.place_of_name(id),
            Expression::StaticMemberExpression(e) => self.static_place(e),
            Expression::ComputedMemberExpression(e) => self.computed_place(e),
            Expression::PrivateFieldExpression(e) => self.private_place(e),
            other => {
                let span = self.span(other);
                self.unsupported(span, "assigning to this expression", "assign to a variable or a member");
                Place::Unknown("".into())
            }
        }
    }

    pub fn place_of_name(&mut self, id: &'a IdentifierReference<'a>) -> Place {
        let span = self.span(id);
        match self.resolve(id) {
            Some(binding) => self.place_of_binding(binding, id.name.as_str(), span),
            None => self.place_of_free_name(id.name.as_str(), span),
        }
    }

    fn place_of_free_name(&mut self, name: &str, span: Span) -> Place {
        if let Some(binding) = self.template_binding(name, span) {
            return self.place_of_binding(binding, name, span);
        }
        if let Some(global) = self.commonjs_global(name) {
            self.m.module.globals[global.index()].assigned = true;
            return Place::Global(global);
        }
        Place::Unknown(name.into())
    }

    pub fn place_of_binding(&mut self, binding: Binding, name: &str, span: Span) -> Place {
        let constant = |this: &mut Self, declared: Option<Span>| {
            let mut diagnostic = Diagnostic::error(codes::JS_ASSIGN_TO_CONST, span, format!("`{name}` is a constant and cannot be assigned"))
                .help("declare it with `let` if it must change");
            if let Some(declared) = declared {
                diagnostic = diagnostic.secondary(declared, "declared here");
            }
            this.report(diagnostic);
            Place::Unknown(name.into())
        };
        match binding {
            Binding::Local(local) => {
                self.note_use(local);
                let entry = &mut self.m.module.locals[local.index()];
                if entry.is_const {
                    let declared = entry.span;
                    return constant(self, Some(declared));
                }
                entry.assigned = true;
                Place::Local(local)
            }
            Binding::Global(global) => {
                let entry = &mut self.m.module.globals[global.index()];
                if entry.is_const {
                    let declared = entry.span;
                    return constant(self, Some(declared));
                }
                entry.assigned = true;
                entry.function = None;
                Place::Global(global)
            }
            Binding::Import(import) => {
                let declared = self.m.module.imports[import.index()].span;
                self.report(
                    Diagnostic::error(codes::JS_ASSIGN_TO_IMPORT, span, format!("the import `{name}` cannot be assigned"))
                        .secondary(declared, "imported here")
                        .help("copy it into a variable of this module: `let copy = …`"),
                );
                Place::Unknown(name.into())
            }
            Binding::NamespaceMember(object, member) => {
                let object = self.read_local(object, span);
                Place::Get(object.boxed(), self.semantic.scoping().symbol_name(member).into())
            }
            Binding::SelfName(_) | Binding::ClassName(_) | Binding::Undefined => constant(self, None),
        }
    }

    /// `delete place`
    pub fn delete(&mut self, e: &'a Expression<'a>, span: Span) -> Expr {
        let e = e.get_inner_expression();
        if let Expression::ChainExpression(chain) = e {
            let inner = match &chain.expression {
                ChainElement::StaticMemberExpression(m) => Some(self.static_place(m)),
                ChainElement::ComputedMemberExpression(m) => Some(self.computed_place(m)),
                _ => None,
            };
            if let Some(place) = inner {
                let chain = Expr::new(ExprKind::OptionalChain(Expr::new(ExprKind::Delete(place), span).boxed()), span);
                // A chain that ended early deleted nothing, which is success.
                let yes = Expr::new(ExprKind::Bool(true), span);
                return Expr::new(ExprKind::Logical(LogicalOp::Nullish, Lang::Js, chain.boxed(), yes.boxed()), span);
            }
        }
        let place = match e {
            Expression::StaticMemberExpression(m) => self.static_place(m),
            Expression::ComputedMemberExpression(m) => self.computed_place(m),
            other => {
                let value = self.expr(other);
                return Expr::new(ExprKind::Seq(vec![value, Expr::new(ExprKind::Bool(true), span)]), span);
            }
        };
        if let Place::Super { .. } = place {
            return self.unsupported(span, "deleting a member of `super`", "it always throws; remove it");
        }
        Expr::new(ExprKind::Delete(place), span)
    }
}

fn target_name<'b>(target: &'b SimpleAssignmentTarget<'_>) -> &'b str {
    match target {
        SimpleAssignmentTarget::AssignmentTargetIdentifier(id) => id.name.as_str(),
        _ => "",
    }
}

fn compound_op(op: AssignmentOperator) -> BinaryOp {
    match op {
        AssignmentOperator::Addition => BinaryOp::Add,
        AssignmentOperator::Subtraction => BinaryOp::Sub,
        AssignmentOperator::Multiplication => BinaryOp::Mul,
        AssignmentOperator::Division => BinaryOp::Div,
        AssignmentOperator::Remainder => BinaryOp::Rem,
        AssignmentOperator::Exponential => BinaryOp::Exp,
        AssignmentOperator::ShiftLeft => BinaryOp::Shl,
        AssignmentOperator::ShiftRight => BinaryOp::Shr,
        AssignmentOperator::ShiftRightZeroFill => BinaryOp::Ushr,
        AssignmentOperator::BitwiseOR => BinaryOp::BitOr,
        AssignmentOperator::BitwiseXOR => BinaryOp::BitXor,
        AssignmentOperator::BitwiseAnd => BinaryOp::BitAnd,
        AssignmentOperator::Assign
        | AssignmentOperator::LogicalAnd
        | AssignmentOperator::LogicalOr
        | AssignmentOperator::LogicalNullish => unreachable!("handled by the caller"),
    }
}
