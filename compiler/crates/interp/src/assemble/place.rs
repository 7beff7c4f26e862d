//! Variables and assignment: the place is evaluated once and before the value.

use super::function::Assembler;
use crate::image::{Op, Reg};
use puremix_ir::*;

/// A place whose operands are in registers.
pub(super) enum Held {
    Local(LocalId),
    Global(GlobalId),
    Get(Reg, Name),
    Index(Lang, Reg, Reg),
    Super(Reg, Reg, Reg),
    Private(Reg, LocalId),
    Unknown(Name),
}

impl Assembler<'_, '_> {
    /// Evaluates the operands of a place. `later` runs before the place is used again.
    pub fn hold_place(&mut self, place: &Place, later: &[&Expr]) -> Held {
        match place {
            Place::Local(local) => Held::Local(*local),
            Place::Global(global) => Held::Global(*global),
            Place::Get(object, name) => Held::Get(self.operand_before(object, later), name.clone()),
            Place::Index(lang, object, key) => {
                let after_object: Vec<&Expr> = std::iter::once(&**key).chain(later.iter().copied()).collect();
                let object = self.operand_before(object, &after_object);
                Held::Index(*lang, object, self.operand_before(key, later))
            }
            Place::Super { this, home, key } => {
                let this = self.operand_before(this, &[key]);
                let home = self.operand_before(home, &[key]);
                Held::Super(this, home, self.operand_before(key, later))
            }
            Place::Private(object, symbol) => Held::Private(self.operand_before(object, later), *symbol),
            Place::Unknown(name) => Held::Unknown(name.clone()),
        }
    }

    pub fn read_place(&mut self, held: &Held, to: Reg) {
        match held {
            Held::Local(local) => self.read_local(*local, to),
            Held::Global(global) => {
                let read = Box::new(self.tables.read_global(self.module, *global));
                self.op(Op::Read { to, read });
            }
            Held::Get(object, name) => {
                let name = self.tables.atom(name);
                self.op(Op::Get { to, object: *object, name });
            }
            Held::Index(lang, object, key) => self.op(Op::Index { lang: *lang, to, object: *object, key: *key }),
            Held::Super(this, home, key) => self.op(Op::GetSuper { to, this: *this, home: *home, key: *key }),
            Held::Private(object, symbol) => {
                let symbol = self.symbol(*symbol);
                self.op(Op::GetPrivate { to, object: *object, symbol });
            }
            Held::Unknown(name) => {
                let name = self.tables.atom(name);
                self.op(Op::Builtin { to, name });
            }
        }
    }

    pub fn store(&mut self, held: &Held, from: Reg) {
        match held {
            Held::Local(local) => self.write_local(*local, from),
            Held::Global(global) => {
                let slot = self.tables.global(self.module, *global);
                self.op(Op::SetGlobal { slot, from });
            }
            Held::Get(object, name) => {
                let name = self.tables.atom(name);
                self.op(Op::Set { object: *object, name, from });
            }
            Held::Index(lang, object, key) => self.op(Op::SetIndex { lang: *lang, object: *object, key: *key, from }),
            Held::Super(this, home, key) => self.op(Op::SetSuper { this: *this, home: *home, key: *key, from }),
            Held::Private(object, symbol) => {
                let symbol = self.symbol(*symbol);
                self.op(Op::SetPrivate { object: *object, symbol, from });
            }
            Held::Unknown(name) => {
                let name = self.tables.utf8(name);
                self.op(Op::AssignUnknown { name, from });
            }
        }
    }

    /// The register that holds a private symbol.
    pub fn symbol(&mut self, local: LocalId) -> Reg {
        if !self.is_cell(local) {
            return self.register(local);
        }
        let to = self.temp();
        self.read_local(local, to);
        to
    }

    pub fn read_local(&mut self, local: LocalId, to: Reg) {
        let register = self.register(local);
        let checked = self.facts.is_checked(self.m, local);
        let name = || self.m.local(local).name.clone();
        match (self.is_cell(local), checked) {
            (true, true) => {
                let name = self.tables.utf8(&name());
                self.op(Op::CellRead { to, cell: register, name });
            }
            (true, false) => self.op(Op::CellGet { to, cell: register }),
            (false, checked) => {
                if checked {
                    let name = self.tables.utf8(&name());
                    self.op(Op::CheckInit { reg: register, name });
                }
                if to != register {
                    self.op(Op::Move { to, from: register });
                }
            }
        }
    }

    pub fn write_local(&mut self, local: LocalId, from: Reg) {
        let register = self.register(local);
        if self.is_cell(local) {
            self.op(Op::CellSet { cell: register, from });
        } else if register != from {
            self.op(Op::Move { to: register, from });
        }
    }

    /// Brings a local to life with this value: a new cell, if it lives in one.
    pub fn declare(&mut self, local: LocalId, from: Reg) {
        let to = self.register(local);
        if self.is_cell(local) {
            self.op(Op::Cell { to, from });
        } else if to != from {
            self.op(Op::Move { to, from });
        }
    }

    pub fn assemble_assign(&mut self, place: &Place, value: &Expr, to: Reg) {
        let held = self.hold_place(place, &[value]);
        self.assemble_to(value, to);
        self.store(&held, to);
    }

    pub fn assemble_assign_op(&mut self, op: BinaryOp, lang: Lang, place: &Place, value: &Expr, to: Reg, e: &Expr) {
        // A plain string variable grows in place.
        if let (Place::Local(local), BinaryOp::Add, Lang::Js) = (place, op, lang)
            && !self.is_cell(*local)
            && !self.facts.is_checked(self.m, *local)
            && !self.assigns(value, *local)
        {
            let b = self.operand(value);
            let register = self.register(*local);
            self.at(e.span);
            self.op(Op::AddAssign { to: register, b });
            return self.op(Op::Move { to, from: register });
        }
        let held = self.hold_place(place, &[value]);
        let old = self.temp();
        self.at(e.span);
        self.read_place(&held, old);
        let b = self.operand(value);
        self.at(e.span);
        self.op(Op::Binary { op, lang, to, a: old, b });
        self.store(&held, to);
    }

    pub fn assemble_assign_logical(&mut self, op: LogicalOp, lang: Lang, place: &Place, value: &Expr, to: Reg, e: &Expr) {
        let held = self.hold_place(place, &[value]);
        self.at(e.span);
        self.read_place(&held, to);
        let end = self.skip_logical(op, lang, to);
        self.assemble_to(value, to);
        self.at(e.span);
        self.store(&held, to);
        self.land([end]);
    }

    pub fn assemble_update(&mut self, place: &Place, delta: f64, prefix: bool, to: Reg, e: &Expr) {
        let held = self.hold_place(place, &[]);
        let old = self.temp();
        self.at(e.span);
        self.read_place(&held, old);
        if prefix {
            self.op(Op::Step { to, from: old, delta });
            return self.store(&held, to);
        }
        let new = self.temp();
        self.op(Op::Numeric { to: old, from: old });
        self.op(Op::Step { to: new, from: old, delta });
        self.store(&held, new);
        self.op(Op::Move { to, from: old });
    }

    pub fn assemble_delete(&mut self, place: &Place, to: Reg, e: &Expr) {
        let held = self.hold_place(place, &[]);
        self.at(e.span);
        match held {
            Held::Get(object, name) => {
                let name = self.tables.atom(&name);
                self.op(Op::DeleteName { to, object, name });
            }
            Held::Index(_, object, key) => self.op(Op::DeleteIndex { to, object, key }),
            // `verify` admits no other place; strict mode refuses them in the front end.
            Held::Local(_) | Held::Global(_) | Held::Super(..) | Held::Private(..) | Held::Unknown(_) => self.op(Op::Bool(to, true)),
        }
    }
}
