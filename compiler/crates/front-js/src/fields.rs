//! What a constructor gives each new instance: private methods, parameter properties, fields.
//!
//! Their code is part of the constructor (after `super(…)` in a derived one): it sees the class's scope and the instance's `this`.

use crate::class::{field_name, method_name};
use crate::lower::{Home, Lowerer, undefined};
use crate::pattern::static_key;
use oxc_ast::ast::Class;
use oxc_ast::ast::*;
use puremix_diag::Span;
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    /// What a new instance gets before the rest of its constructor runs: private methods, parameter properties, fields.
    pub fn instance_fields(&mut self, index: usize) -> Vec<Stmt> {
        let c = self.classes[index].node;
        let mut stmts = Vec::new();
        self.private_methods(c, &mut stmts);
        self.parameter_properties(c, &mut stmts);
        for element in &c.body.body {
            let ClassElement::PropertyDefinition(p) = element else { continue };
            if p.r#static || p.declare || p.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition {
                continue;
            }
            let span = self.span(p.as_ref());
            let this = self.read_this(span);
            let value = match &p.value {
                Some(e) => self.named_expr(e, &field_name(&p.key, p.computed)),
                None => undefined(span),
            };
            if let PropertyKey::PrivateIdentifier(id) = &p.key {
                if let Some(symbol) = self.private_name(id.name.as_str()) {
                    let symbol = Expr::new(ExprKind::Local(symbol), span);
                    stmts.push(self.expr_stmt(self.runtime("define_private", vec![this, symbol, value], span)));
                }
                continue;
            }
            let key = match self.classes[index].field_keys.get(&p.span.start).copied() {
                Some(local) => self.read_local(local, span),
                None => crate::lower::string(&static_key(&p.key, p.computed).unwrap_or_default(), span),
            };
            stmts.push(self.expr_stmt(self.runtime("define_field", vec![this, key, value], span)));
        }
        stmts
    }

    fn private_methods(&mut self, c: &'a Class<'a>, stmts: &mut Vec<Stmt>) {
        let mut accessors: Vec<(String, [Option<Expr>; 2], Span)> = Vec::new();
        for element in &c.body.body {
            let ClassElement::MethodDefinition(m) = element else { continue };
            let PropertyKey::PrivateIdentifier(id) = &m.key else { continue };
            if m.r#static || m.value.body.is_none() {
                continue;
            }
            let span = self.span(m.as_ref());
            let (_, home) = self.home();
            let home = match home {
                Home::Constructor(class) => Home::ClassProto(class),
                other => other,
            };
            let function = self.function(&m.value, &method_name(m), FnKind::Method, home);
            let closure = Expr::new(ExprKind::Closure(function), span);
            let name = id.name.to_string();
            match m.kind {
                MethodDefinitionKind::Get | MethodDefinitionKind::Set => {
                    let at = usize::from(m.kind == MethodDefinitionKind::Set);
                    match accessors.iter_mut().find(|(n, ..)| *n == name) {
                        Some((_, pair, _)) => pair[at] = Some(closure),
                        None => {
                            let mut pair = [None, None];
                            pair[at] = Some(closure);
                            accessors.push((name, pair, span));
                        }
                    }
                }
                _ => {
                    let Some(symbol) = self.private_name(&name) else { continue };
                    let args = vec![self.read_this(span), Expr::new(ExprKind::Local(symbol), span), closure];
                    stmts.push(self.expr_stmt(self.runtime("define_private_method", args, span)));
                }
            }
        }
        for (name, [get, set], span) in accessors {
            let Some(symbol) = self.private_name(&name) else { continue };
            let or_undefined = |e: Option<Expr>| e.unwrap_or_else(|| undefined(span));
            let args = vec![self.read_this(span), Expr::new(ExprKind::Local(symbol), span), or_undefined(get), or_undefined(set)];
            stmts.push(self.expr_stmt(self.runtime("define_private_accessor", args, span)));
        }
    }

    /// TypeScript: `constructor(private name: string)` assigns `this.name`.
    fn parameter_properties(&mut self, c: &'a Class<'a>, stmts: &mut Vec<Stmt>) {
        let constructor = c.body.body.iter().find_map(|e| match e {
            ClassElement::MethodDefinition(m) if m.kind.is_constructor() && m.value.body.is_some() => Some(m),
            _ => None,
        });
        for param in constructor.iter().flat_map(|m| &m.value.params.items) {
            if !param.has_modifier() {
                continue;
            }
            let BindingPattern::BindingIdentifier(id) = &param.pattern else { continue };
            let Some(binding) = id.symbol_id.get().and_then(|s| self.bindings.get(&s).copied()) else { continue };
            let span = self.span(param);
            let this = self.read_this(span);
            let value = self.read_binding(binding, span);
            stmts.push(self.assign_stmt(Place::Get(this.boxed(), id.name.as_str().into()), value, span));
        }
    }
}
