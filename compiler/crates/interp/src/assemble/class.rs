//! Classes: the constructor and prototype are made, then members are defined in order; static fields and blocks run last.

use super::facts::locals_of_class;
use super::function::Assembler;
use crate::image::{FunctionId, Given, KeyAt, Member as Defined, Op, Reg};
use puremix_ir::*;

/// What runs after all members are defined.
enum Late {
    Field(KeyAt, FnId),
    Block(FnId),
}

impl Assembler<'_, '_> {
    pub fn assemble_class(&mut self, class: &Class, to: Reg, e: &Expr) {
        for (local, name) in &class.privates {
            let (symbol, name) = (self.temp(), self.tables.utf8(name));
            self.op(Op::PrivateSymbol { to: symbol, name });
            self.declare(*local, symbol);
        }
        // What the class holds may read its bindings before they have their values.
        let absent = self.temp();
        self.op(Op::Uninit(absent));
        for local in locals_of_class(class) {
            self.declare(local, absent);
        }
        let parent = class.parent.as_ref().map(|parent| {
            let register = self.temp();
            self.assemble_to(parent, register);
            register
        });
        let (constructor, proto) = (self.temp(), self.temp());
        let captures = self.facts.captures(class.constructor).iter().map(|local| self.register(*local)).collect();
        let function = FunctionId(class.constructor.0);
        self.at(e.span);
        self.op(Op::Class { constructor, proto, function, captures, parent });
        for (local, from) in [(class.binding, constructor), (class.home_static, constructor), (class.home_proto, proto)] {
            if let Some(local) = local {
                self.write_local(local, from);
            }
        }
        let mut late = Vec::new();
        for member in &class.members {
            let object = if member.is_static { constructor } else { proto };
            self.assemble_class_member(member, object, &mut late);
        }
        for (span, step) in late {
            self.scoped(|a| a.assemble_late(constructor, &step, span));
        }
        self.op(Op::Move { to, from: constructor });
    }

    fn assemble_class_member(&mut self, member: &Member, object: Reg, late: &mut Vec<(puremix_diag::Span, Late)>) {
        let enumerable = false;
        match &member.kind {
            MemberKind::Method(key, f) => self.scoped(|a| a.assemble_member(Defined::Method { enumerable }, object, key, *f, member.span)),
            MemberKind::Getter(key, f) => self.scoped(|a| a.assemble_member(Defined::Getter { enumerable }, object, key, *f, member.span)),
            MemberKind::Setter(key, f) => self.scoped(|a| a.assemble_member(Defined::Setter { enumerable }, object, key, *f, member.span)),
            // The key keeps its register until the field is computed.
            MemberKind::StaticField(key, f) => {
                let key = self.assemble_key(key);
                late.push((member.span, Late::Field(key, *f)));
            }
            MemberKind::StaticBlock(f) => late.push((member.span, Late::Block(*f))),
            MemberKind::FieldKey(local, e) => self.scoped(|a| {
                let from = a.temp();
                a.assemble_to(e, from);
                a.write_local(*local, from);
            }),
            MemberKind::FieldInit(local, f) => self.scoped(|a| {
                let from = a.temp();
                a.assemble_closure(*f, from);
                a.write_local(*local, from);
            }),
        }
    }

    fn assemble_late(&mut self, constructor: Reg, step: &Late, span: puremix_diag::Span) {
        let (Late::Field(_, f) | Late::Block(f)) = step;
        let (callee, value) = (self.temp(), self.temp());
        self.assemble_closure(*f, callee);
        let given = Given::Run(self.run(0));
        self.at(span);
        self.op(Op::Call { to: value, callee, this: Some(constructor), given });
        if let Late::Field(key, _) = step {
            self.op(Op::Define { member: Defined::Field, object: constructor, key: *key, from: value });
        }
    }
}
