//! Array and object literals.

use super::function::Assembler;
use crate::image::{KeyAt, Member, Op, Reg};
use puremix_diag::Span;
use puremix_ir::*;

/// Longer literals are filled element by element: each element of a run needs a register.
const MAX_RUN: usize = 64;

impl Assembler<'_, '_> {
    pub fn assemble_array(&mut self, elements: &[Element], to: Reg, e: &Expr) {
        let values: Vec<&Expr> = elements.iter().filter_map(|x| if let Element::Value(e) = x { Some(e) } else { None }).collect();
        if values.len() == elements.len() && values.len() <= MAX_RUN {
            let elements = self.operand_run(&values);
            return self.op(Op::Array { to, elements });
        }
        let array = self.temp();
        let none = self.run(0);
        self.op(Op::Array { to: array, elements: none });
        for element in elements {
            self.scoped(|a| match element {
                Element::Hole => a.op(Op::PushHole(array)),
                Element::Value(value) => {
                    let from = a.operand(value);
                    a.op(Op::Push { array, from });
                }
                Element::Spread(value) => {
                    let from = a.operand(value);
                    let text = a.wording().iterable_text(value);
                    a.at_about(e.span, &text);
                    a.op(Op::PushSpread { array, from, is_last: false });
                }
            });
        }
        self.op(Op::Move { to, from: array });
    }

    pub fn assemble_object(&mut self, properties: &[Property], to: Reg, e: &Expr) {
        let object = self.temp();
        self.op(Op::Object(object));
        for property in properties {
            self.scoped(|a| a.assemble_property(object, property, e));
        }
        self.op(Op::Move { to, from: object });
    }

    fn assemble_property(&mut self, object: Reg, property: &Property, e: &Expr) {
        let enumerable = true;
        match property {
            Property::Value(key, value) => {
                let computed = matches!(key, Key::Computed(_));
                let key = self.assemble_key(key);
                let from = self.operand(value);
                self.at(e.span);
                // An anonymous function takes the name of its computed key.
                let member = if computed && self.is_anonymous_function(value) { Member::Named } else { Member::Field };
                self.op(Op::Define { member, object, key, from });
            }
            Property::Method(key, f) => self.assemble_member(Member::Method { enumerable }, object, key, *f, e.span),
            Property::Getter(key, f) => self.assemble_member(Member::Getter { enumerable }, object, key, *f, e.span),
            Property::Setter(key, f) => self.assemble_member(Member::Setter { enumerable }, object, key, *f, e.span),
            Property::Proto(value) => {
                let from = self.operand(value);
                self.op(Op::LiteralProto { object, from });
            }
            Property::Spread(value) => {
                let from = self.operand(value);
                self.at(e.span);
                self.op(Op::CopyProps { object, from });
            }
        }
    }

    pub fn assemble_member(&mut self, member: Member, object: Reg, key: &Key, f: FnId, span: Span) {
        let key = self.assemble_key(key);
        let from = self.temp();
        self.assemble_closure(f, from);
        self.at(span);
        self.op(Op::Define { member, object, key, from });
    }

    fn is_anonymous_function(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Closure(f) => self.m.function(*f).name.is_empty(),
            ExprKind::Class(class) => class.name.is_empty(),
            _ => false,
        }
    }

    /// A key; a computed one is converted now.
    pub fn assemble_key(&mut self, key: &Key) -> KeyAt {
        match key {
            Key::Name(name) => KeyAt::Name(self.tables.atom(name)),
            Key::Computed(e) => {
                let to = self.temp();
                self.assemble_to(e, to);
                self.at(e.span);
                self.op(Op::ToKey { to, from: to });
                KeyAt::Value(to)
            }
            Key::Private(local) => KeyAt::Private(self.symbol(*local)),
        }
    }
}
