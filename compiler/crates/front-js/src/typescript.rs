//! What TypeScript adds at run time: enums, namespaces, `import x = require()`, `export =`.

use crate::lower::{Lowerer, number, string, undefined};
use crate::scope::Binding;
use oxc_ast::ast::*;
use puremix_diag::Span;
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    /// An object with the members and, for numbers, the names by value. Repeated declarations add to the same object.
    pub fn enum_declaration(&mut self, e: &'a TSEnumDeclaration<'a>, out: &mut Block) {
        if e.declare {
            return;
        }
        let span = self.span(e);
        let object = self.temp("enum", span);
        let read = Expr::new(ExprKind::Local(object), span);
        let mut code = Vec::new();
        let mut known: Vec<(String, EnumValue)> = Vec::new();
        let mut next = Some(0.0);
        for member in &e.body.members {
            let at = self.span(member);
            let name = enum_member_name(&member.id);
            let value = match &member.initializer {
                None => match next {
                    Some(n) => EnumValue::Number(n),
                    None => EnumValue::Computed,
                },
                Some(e) => constant_value(e, &known),
            };
            let lowered = match &value {
                EnumValue::Number(n) => number(*n, at),
                EnumValue::Text(s) => string(s, at),
                EnumValue::Computed => match &member.initializer {
                    Some(e) => self.expr(e),
                    None => undefined(at),
                },
            };
            next = match &value {
                EnumValue::Number(n) => Some(n + 1.0),
                EnumValue::Text(_) | EnumValue::Computed => None,
            };
            let stored = self.assign_expr(self.member_place(&read, string(&name, at)), lowered, at);
            let stmt = match value {
                EnumValue::Text(_) => stored,
                // `E[E.A = 1] = "A"`
                EnumValue::Number(_) | EnumValue::Computed => {
                    let place = Place::Index(Lang::Js, read.clone().boxed(), stored.boxed());
                    self.assign_expr(place, string(&name, at), at)
                }
            };
            code.push(self.expr_stmt(stmt));
            if let Some(symbol) = self.enum_member_symbol(e, &name) {
                self.bindings.insert(symbol, Binding::NamespaceMember(object, symbol));
            }
            known.push((name, value));
        }
        // Members may name each other: their bindings must exist before the initialisers are lowered, which the loop's order gives.
        self.bind_merged(&e.id, object, span, code, out);
    }

    fn enum_member_symbol(&self, e: &'a TSEnumDeclaration<'a>, name: &str) -> Option<oxc_syntax::symbol::SymbolId> {
        let scope = e.body.scope_id.get()?;
        let scoping = self.semantic.scoping();
        scoping.iter_bindings_in(scope).find(|s| scoping.symbol_name(*s) == name)
    }

    /// `id = id ?? {}` and the code that fills it.
    fn bind_merged(&mut self, id: &'a BindingIdentifier<'a>, object: LocalId, span: Span, code: Block, out: &mut Block) {
        let empty = Expr::new(ExprKind::Object(Lang::Js, Vec::new()), span);
        let binding = id.symbol_id.get().and_then(|s| self.bindings.get(&s).copied());
        let scoping = self.semantic.scoping();
        let merged = id.symbol_id.get().is_some_and(|s| !scoping.symbol_redeclarations(s).is_empty());
        let value = match binding {
            Some(binding) if merged => {
                let old = self.read_binding(binding, span);
                Expr::new(ExprKind::Logical(LogicalOp::Nullish, Lang::Js, old.boxed(), empty.boxed()), span)
            }
            _ => empty,
        };
        out.push(Stmt::new(StmtKind::Let(object, Some(value)), span));
        let read = Expr::new(ExprKind::Local(object), span);
        match binding {
            Some(Binding::Local(local)) if !merged => {
                let stmt = self.init_local(local, read, span);
                out.push(stmt);
            }
            Some(Binding::Global(global)) => out.push(self.assign_stmt(Place::Global(global), read, span)),
            Some(Binding::Local(local)) => {
                self.m.module.locals[local.index()].assigned = true;
                self.note_use(local);
                out.push(self.assign_stmt(Place::Local(local), read, span));
            }
            Some(other) => {
                let place = self.place_of_binding(other, id.name.as_str(), span);
                out.push(self.assign_stmt(place, read, span));
            }
            None => {}
        }
        out.extend(code);
    }

    fn member_place(&self, object: &Expr, key: Expr) -> Place {
        Place::Index(Lang::Js, object.clone().boxed(), key.boxed())
    }

    fn assign_expr(&self, place: Place, value: Expr, span: Span) -> Expr {
        Expr::new(ExprKind::Assign(place, value.boxed()), span)
    }

    /// `namespace N { export … }`: an object; exported declarations are its members.
    pub fn namespace(&mut self, n: &'a TSNamespaceDeclaration<'a>, out: &mut Block) {
        if n.declare {
            return;
        }
        let span = self.span(n);
        let TSNamespaceDeclarationBody::TSModuleBlock(body) = &n.body else {
            self.unsupported(span, "a dotted namespace", "nest one namespace in another, or use modules");
            return;
        };
        let has_values = body.body.iter().any(|s| !s.is_typescript_syntax() || matches!(s, Statement::ExportDeclaration(_) | Statement::TSEnumDeclaration(_) | Statement::TSNamespaceDeclaration(_)));
        if !has_values {
            return;
        }
        let object = self.temp(n.id.name.as_str(), span);
        let outer_vars = std::mem::take(&mut self.vars);
        if let Some(scope) = n.scope_id.get() {
            self.enter_scope(scope);
        }
        for statement in &body.body {
            if let Statement::ExportDeclaration(e) = statement {
                for id in declared_names(&e.declaration) {
                    if let Some(symbol) = id.symbol_id.get() {
                        self.bindings.insert(symbol, Binding::NamespaceMember(object, symbol));
                    }
                }
            }
        }
        let vars = std::mem::replace(&mut self.vars, outer_vars);
        let mut code: Block = vars
            .iter()
            .filter(|(s, l)| self.bindings.get(s) == Some(&Binding::Local(*l)))
            .map(|(_, l)| Stmt::new(StmtKind::Let(*l, Some(undefined(span))), span))
            .collect();
        let statements = self.statements(&body.body);
        code.extend(statements);
        self.bind_merged(&n.id, object, span, vec![Stmt::new(StmtKind::Block(code), span)], out);
    }

    /// `import fs = require("fs")` and `import A = N.B`.
    pub fn import_equals(&mut self, i: &'a TSImportEqualsDeclaration<'a>, out: &mut Block) {
        if i.import_kind.is_type() {
            return;
        }
        let span = self.span(i);
        let value = match &i.module_reference {
            TSModuleReference::ExternalModuleReference(r) => self.require_of(r.expression.value.as_str(), span),
            TSModuleReference::IdentifierReference(id) => self.identifier(id),
            TSModuleReference::QualifiedName(q) => self.qualified_name(q),
        };
        self.bind_name(&i.id, value, true, out);
    }

    fn qualified_name(&mut self, q: &'a TSQualifiedName<'a>) -> Expr {
        let span = self.span(q);
        let object = match &q.left {
            TSTypeName::IdentifierReference(id) => self.identifier(id),
            TSTypeName::QualifiedName(q) => self.qualified_name(q),
            TSTypeName::ThisExpression(_) => self.read_this(span),
        };
        self.get(object, q.right.name.as_str(), span)
    }

    pub fn export_assignment(&mut self, e: &'a TSExportAssignment<'a>, out: &mut Block) {
        let span = self.span(e);
        let value = self.expr(&e.expression);
        let global = self.default_global(span);
        out.push(self.assign_stmt(Place::Global(global), value, span));
        self.m.module.exports.push(Export::Global { name: "default".into(), global, span });
        self.m.module.exports.push(Export::Global { name: "module.exports".into(), global, span });
    }
}

/// The names a declaration gives a value.
pub(crate) fn declared_names<'b, 'a>(d: &'b Declaration<'a>) -> Vec<&'b BindingIdentifier<'a>> {
    match d {
        Declaration::VariableDeclaration(d) if !d.declare => {
            d.declarations.iter().flat_map(|d| d.id.get_binding_identifiers()).collect()
        }
        Declaration::FunctionDeclaration(f) if f.body.is_some() => f.id.iter().collect(),
        Declaration::ClassDeclaration(c) if !c.declare => c.id.iter().collect(),
        Declaration::TSEnumDeclaration(e) if !e.declare => vec![&e.id],
        Declaration::TSNamespaceDeclaration(n) if !n.declare => vec![&n.id],
        Declaration::TSImportEqualsDeclaration(i) if !i.import_kind.is_type() => vec![&i.id],
        _ => Vec::new(),
    }
}

#[derive(Clone, PartialEq)]
enum EnumValue {
    Number(f64),
    Text(String),
    Computed,
}

fn enum_member_name(id: &TSEnumMemberName<'_>) -> String {
    match id {
        TSEnumMemberName::Identifier(id) => id.name.to_string(),
        TSEnumMemberName::String(s) | TSEnumMemberName::ComputedString(s) => s.value.to_string(),
        TSEnumMemberName::ComputedTemplateString(t) => t.quasis.first().and_then(|q| q.value.cooked).map_or_else(String::new, |s| s.to_string()),
    }
}

/// Constant enum initialisers: numbers, strings, earlier members, and arithmetic over them.
fn constant_value(e: &Expression<'_>, known: &[(String, EnumValue)]) -> EnumValue {
    use oxc_syntax::operator::{BinaryOperator as B, UnaryOperator as U};
    let number = |e: &Expression<'_>| match constant_value(e, known) {
        EnumValue::Number(n) => Some(n),
        _ => None,
    };
    match e {
        Expression::NumericLiteral(n) => EnumValue::Number(n.value),
        Expression::StringLiteral(s) => EnumValue::Text(s.value.to_string()),
        Expression::TemplateLiteral(t) if t.expressions.is_empty() => {
            EnumValue::Text(t.quasis.first().and_then(|q| q.value.cooked).map_or_else(String::new, |s| s.to_string()))
        }
        Expression::Identifier(id) => {
            known.iter().find(|(n, _)| *n == id.name.as_str()).map_or(EnumValue::Computed, |(_, v)| v.clone())
        }
        Expression::ParenthesizedExpression(p) => constant_value(&p.expression, known),
        Expression::UnaryExpression(u) => match (u.operator, number(&u.argument)) {
            (U::UnaryNegation, Some(n)) => EnumValue::Number(-n),
            (U::UnaryPlus, Some(n)) => EnumValue::Number(n),
            (U::BitwiseNot, Some(n)) => EnumValue::Number(f64::from(!to_int32(n))),
            _ => EnumValue::Computed,
        },
        Expression::BinaryExpression(b) => {
            let (Some(x), Some(y)) = (number(&b.left), number(&b.right)) else { return EnumValue::Computed };
            EnumValue::Number(match b.operator {
                B::Addition => x + y,
                B::Subtraction => x - y,
                B::Multiplication => x * y,
                B::Division => x / y,
                B::Remainder => x % y,
                B::ShiftLeft => f64::from(to_int32(x).wrapping_shl(to_int32(y) as u32 & 31)),
                B::ShiftRight => f64::from(to_int32(x) >> (to_int32(y) as u32 & 31)),
                B::ShiftRightZeroFill => f64::from((to_int32(x) as u32) >> (to_int32(y) as u32 & 31)),
                B::BitwiseOR => f64::from(to_int32(x) | to_int32(y)),
                B::BitwiseAnd => f64::from(to_int32(x) & to_int32(y)),
                B::BitwiseXOR => f64::from(to_int32(x) ^ to_int32(y)),
                _ => return EnumValue::Computed,
            })
        }
        _ => EnumValue::Computed,
    }
}

/// ECMAScript ToInt32.
fn to_int32(n: f64) -> i32 {
    if !n.is_finite() {
        return 0;
    }
    n.trunc().rem_euclid(4_294_967_296.0) as u32 as i32
}
