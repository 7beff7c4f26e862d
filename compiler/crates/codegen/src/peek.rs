//! Arithmetic on what is probably numbers: `this.x * o.x + row[i]` reads the numbers through the objects, without counting references, and
//! computes unboxed. Where a value is no number, or a property not where it was last time, the whole expression runs the general way.
//!
//! ```text
//! a.x * b[i]
//! if let Some(n1) = cx.peek_num(a, [rt::Step::Slot(7)]) && let Some(n2) = cx.peek_num(b, [rt::Step::At(i)]) { rt::Value::Num(n1 * n2) }
//! else { rt::js_mul(cx, &rt::get(cx, a, K_X, 7)?, &rt::index_int(cx, b, i)?)? }
//! ```
//! Looking has no effects, so it may happen before the general way starts from the beginning.

use crate::body::Body;
use crate::module::global_path;
use crate::operator::{apply_native, is_comparison, native};
use crate::rep::{Code, Rep, Want, as_i32, atom, integer, number};
use proc_macro2::TokenStream;
use puremix_ir::*;
use quote::quote;

/// A fast way being made: what must hold, in order.
#[derive(Default)]
struct Fast {
    conditions: Vec<TokenStream>,
    /// Something is read through an object.
    reads: bool,
    /// Something shows that numbers are meant: `+` alone might as well join texts.
    numeric: bool,
}

/// Where a path of reads starts.
enum Start {
    Value(TokenStream),
    Global(TokenStream),
}

/// Operations that are worth a fast way.
fn is_fast(op: BinaryOp) -> bool {
    use BinaryOp::*;
    matches!(op, Add | Sub | Mul | Div | Rem | BitAnd | BitOr | BitXor | Shl | Shr | Ushr | Lt | Le | Gt | Ge)
}

impl Body<'_, '_> {
    /// `a op b` where neither side is known to be a number.
    pub fn emit_fast_binary(&mut self, op: BinaryOp, a: &Expr, b: &Expr, e: &Expr) -> Option<Code> {
        if self.general || !is_fast(op) {
            return None;
        }
        let mut fast = Fast { numeric: op != BinaryOp::Add, ..Fast::default() };
        let x = self.fast_num(a, &mut fast)?;
        let y = self.fast_num(b, &mut fast)?;
        if fast.conditions.is_empty() || !(fast.reads || fast.numeric) {
            return None;
        }
        let result = apply_fast(op, x, y)?;
        let rep = if is_comparison(op) { Rep::Bool } else { Rep::of(e.ty) };
        let quick = result.to(rep.want());
        let slow = self.general(|body| body.emit_binary(op, Lang::Js, a, b, e)).to(rep.want());
        let conditions = fast.conditions;
        Some(Code::owned(rep, quote!(if #(#conditions)&&* { #quick } else { #slow })))
    }

    /// `sum += row.x`, `this.n -= 1`, `list[i] *= 2` as statements.
    pub fn emit_fast_assign_op(&mut self, op: BinaryOp, place: &Place, value: &Expr, e: &Expr) -> Option<Code> {
        if self.general || !is_fast(op) {
            return None;
        }
        let mut fast = Fast { numeric: op != BinaryOp::Add, ..Fast::default() };
        if let (BinaryOp::Add | BinaryOp::Sub, Some(steps)) = (op, self.place_steps(place)) {
            let y = self.fast_num(value, &mut fast)?;
            let delta = if op == BinaryOp::Sub { quote!(-(#y)) } else { y };
            return Some(self.fast_add(steps, delta, fast, |body| body.emit_assign_op(op, Lang::Js, place, value, Want::Unit, e)));
        }
        let old = self.fast_place(place, &mut fast)?;
        let y = self.fast_num(value, &mut fast)?;
        if !fast.reads {
            return None;
        }
        let result = apply_fast(op, old, y)?.to(Want::Num);
        self.fast_store(place, fast, result, e, |body| body.emit_assign_op(op, Lang::Js, place, value, Want::Unit, e))
    }

    /// `entry.count++` as a statement.
    pub fn emit_fast_update(&mut self, place: &Place, delta: f64, e: &Expr) -> Option<Code> {
        if self.general {
            return None;
        }
        let mut fast = Fast::default();
        let d = number(delta);
        if let Some(steps) = self.place_steps(place) {
            return Some(self.fast_add(steps, d, fast, |body| body.emit_update(place, delta, true, Want::Unit, e)));
        }
        let old = self.fast_place(place, &mut fast)?;
        if !fast.reads {
            return None;
        }
        let result = quote!(#old + #d);
        self.fast_store(place, fast, result, e, |body| body.emit_update(place, delta, true, Want::Unit, e))
    }

    /// Stores the result of the fast way, or goes the general one.
    fn fast_store(&mut self, place: &Place, fast: Fast, result: TokenStream, e: &Expr, slow: impl FnOnce(&mut Self) -> Code) -> Option<Code> {
        let store = match place {
            Place::Local(local) => {
                let var = self.var(*local);
                let ident = &var.ident;
                match (var.cell, var.by_ref) {
                    (true, true) => quote!(rt::cell_set(#ident, rt::Value::Num(#result))),
                    (true, false) => quote!(rt::cell_set(&#ident, rt::Value::Num(#result))),
                    (false, _) => quote!(#ident = rt::Value::Num(#result)),
                }
            }
            Place::Get(object, name) => {
                let o = self.emit(object, Want::Ref);
                let key = self.tables.atom(name);
                let ic = self.tables.ic();
                self.fallible_at(e.span, quote!(rt::set_num(cx, #o, #key, #result, #ic)))
            }
            Place::Index(Lang::Js, object, key) => {
                let o = self.emit(object, Want::Ref);
                let k = self.emit(key, Want::Int);
                self.fallible_at(e.span, quote!(rt::set_index_int(cx, #o, #k, rt::Value::Num(#result))))
            }
            _ => return None,
        };
        let slow = self.general(slow).tokens;
        let conditions = fast.conditions;
        Some(Code::value(quote!(if #(#conditions)&&* { #store; } else { #slow; })))
    }

    /// The way to a property or element whose operands are plain variables, its last step for writing.
    fn place_steps(&mut self, place: &Place) -> Option<(Start, TokenStream)> {
        match place {
            Place::Get(object, name) if self.is_simple(object) && &**name != "length" => {
                let start = self.path_start(object)?;
                let ic = self.tables.ic();
                self.store_ic = Some(ic.clone());
                Some((start, quote!(rt::Step::Slot(#ic))))
            }
            Place::Index(Lang::Js, object, key) if self.is_simple(object) && self.is_simple(key) && self.rep(key) == Rep::Int => {
                let start = self.path_start(object)?;
                let k = self.emit(key, Want::Int);
                Some((start, quote!(rt::Step::At(#k))))
            }
            _ => None,
        }
    }

    /// Adds to a number where it is, or goes the general way.
    fn fast_add(&mut self, (start, step): (Start, TokenStream), delta: TokenStream, fast: Fast, slow: impl FnOnce(&mut Self) -> Code) -> Code {
        let add = match start {
            Start::Value(start) => quote!(cx.add_num(#start, [#step], #delta)),
            Start::Global(slot) => quote!(cx.add_global(#slot, [#step], #delta)),
        };
        let slow = self.general(slow).tokens;
        self.store_ic = None;
        let conditions = fast.conditions;
        if conditions.is_empty() {
            return Code::value(quote!(if !#add { #slow; }));
        }
        Code::value(quote!(if #(#conditions)&&* && #add {} else { #slow; }))
    }

    /// Emits the general way: without fast ways inside.
    fn general(&mut self, emit: impl FnOnce(&mut Self) -> Code) -> Code {
        let outer = std::mem::replace(&mut self.general, true);
        let code = emit(self);
        self.general = outer;
        code
    }

    /// The number in a place whose operands are plain variables.
    fn fast_place(&mut self, place: &Place, fast: &mut Fast) -> Option<TokenStream> {
        match place {
            Place::Local(local) => {
                let var = self.is_bound(*local).then(|| self.var(*local)).filter(|var| var.rep == Rep::Value)?;
                let ident = &var.ident;
                let read = match (var.cell, var.by_ref) {
                    (true, by_ref) => {
                        fast.reads = true;
                        let cell = if by_ref { quote!(#ident) } else { quote!(&#ident) };
                        quote!(cx.peek_num(#cell, [rt::Step::Cell]))
                    }
                    (false, false) if !var.checked => quote!(cx.peek_num(&#ident, [])),
                    (false, _) => return None,
                };
                Some(self.condition(read, fast))
            }
            Place::Get(object, name) if self.is_simple(object) && &**name != "length" => {
                let start = self.path_start(object)?;
                let ic = self.tables.ic();
                self.place_ic = Some(ic.clone());
                fast.reads = true;
                Some(self.peek_at(start, &[quote!(rt::Step::Slot(#ic))], fast))
            }
            Place::Index(Lang::Js, object, key) if self.is_simple(object) && self.is_simple(key) && self.rep(key) == Rep::Int => {
                let start = self.path_start(object)?;
                let k = self.emit(key, Want::Int);
                fast.reads = true;
                Some(self.peek_at(start, &[quote!(rt::Step::At(#k))], fast))
            }
            _ => None,
        }
    }

    /// The expression as an `f64`, if it has no effects and every operand is a number or may turn out to be one.
    fn fast_num(&mut self, e: &Expr, fast: &mut Fast) -> Option<TokenStream> {
        match &e.kind {
            ExprKind::Num(n) => {
                fast.numeric = true;
                Some(number(*n))
            }
            ExprKind::Local(local) if self.is_bound(*local) => self.fast_local(*local, e, fast),
            ExprKind::Global(_) => {
                let start = self.path_start(e)?;
                Some(self.peek_at(start, &[], fast))
            }
            ExprKind::Get(object, name) if &**name == "length" => {
                if e.ty.is_number() {
                    return None;
                }
                let (start, steps) = self.path(object, fast)?;
                let Start::Value(start) = start else { return None };
                fast.numeric = true;
                fast.reads = true;
                Some(self.condition(quote!(cx.peek_len(#start, [#(#steps),*])), fast))
            }
            ExprKind::Get(..) | ExprKind::Index(Lang::Js, ..) => {
                let (start, steps) = self.path(e, fast)?;
                fast.reads = true;
                Some(self.peek_at(start, &steps, fast))
            }
            ExprKind::Unary(UnaryOp::Neg, Lang::Js, x) => {
                let x = atom(self.fast_num(x, fast)?);
                fast.numeric = true;
                Some(quote!((-#x)))
            }
            ExprKind::Binary(op, Lang::Js, a, b) if is_fast(*op) && !is_comparison(*op) => {
                fast.numeric |= *op != BinaryOp::Add;
                let x = self.fast_num(a, fast)?;
                let y = self.fast_num(b, fast)?;
                let value = apply_fast(*op, x, y)?.to(Want::Num);
                Some(quote!((#value)))
            }
            _ => None,
        }
    }

    fn fast_local(&mut self, local: LocalId, e: &Expr, fast: &mut Fast) -> Option<TokenStream> {
        let var = self.var(local);
        if var.cell {
            let ident = &var.ident;
            let cell = if var.by_ref { quote!(#ident) } else { quote!(&#ident) };
            return Some(self.condition(quote!(cx.peek_num(#cell, [rt::Step::Cell])), fast));
        }
        match var.rep {
            _ if var.checked => None,
            Rep::Num | Rep::Int => {
                fast.numeric = true;
                Some(self.emit(e, Want::Num))
            }
            Rep::Value => {
                let v = self.emit(e, Want::Ref);
                Some(self.condition(quote!(cx.peek_num(#v, [])), fast))
            }
            Rep::Bool | Rep::Str => None,
        }
    }

    /// A condition that gives a number.
    fn condition(&mut self, read: TokenStream, fast: &mut Fast) -> TokenStream {
        let n = self.temp();
        fast.conditions.push(quote!(let Some(#n) = #read));
        quote!(#n)
    }

    fn peek_at(&mut self, start: Start, steps: &[TokenStream], fast: &mut Fast) -> TokenStream {
        let read = match start {
            Start::Value(start) => quote!(cx.peek_num(#start, [#(#steps),*])),
            Start::Global(slot) => quote!(cx.peek_global(#slot, [#(#steps),*])),
        };
        self.condition(read, fast)
    }

    /// What a path of reads starts from.
    fn path_start(&mut self, e: &Expr) -> Option<Start> {
        match &e.kind {
            ExprKind::This => Some(Start::Value(self.emit(e, Want::Ref))),
            ExprKind::Local(local) if self.is_bound(*local) => {
                let var = self.var(*local);
                let plain = !var.cell && !var.checked && var.rep == Rep::Value;
                plain.then(|| Start::Value(self.emit(e, Want::Ref)))
            }
            ExprKind::Global(global) => self.global_start(self.module, *global),
            ExprKind::Import(import) => match self.m.imports[import.index()].target {
                ImportTarget::Global(owner, global) => self.global_start(owner, global),
                _ => None,
            },
            _ => None,
        }
    }

    fn global_start(&mut self, owner: ModuleId, global: GlobalId) -> Option<Start> {
        if self.program.module(owner).global(global).constant.is_some() {
            return None;
        }
        Some(Start::Global(global_path(self.program, self.module, owner, global)))
    }

    /// `a.b[i].c` as a start and steps; the conditions of its indices join the others.
    fn path(&mut self, e: &Expr, fast: &mut Fast) -> Option<(Start, Vec<TokenStream>)> {
        match &e.kind {
            ExprKind::Get(object, name) if &**name != "length" => {
                let (start, mut steps) = self.path(object, fast)?;
                let ic = self.tables.ic();
                self.shared_ics.insert(std::ptr::from_ref(e).addr(), ic.clone());
                steps.push(quote!(rt::Step::Slot(#ic)));
                Some((start, steps))
            }
            ExprKind::Index(Lang::Js, object, key) => {
                let (start, mut steps) = self.path(object, fast)?;
                let index = self.fast_index(key, fast)?;
                steps.push(quote!(rt::Step::At(#index)));
                Some((start, steps))
            }
            _ => Some((self.path_start(e)?, Vec::new())),
        }
    }

    /// An index as an `i32`.
    fn fast_index(&mut self, key: &Expr, fast: &mut Fast) -> Option<TokenStream> {
        match &key.kind {
            ExprKind::Num(n) => as_i32(*n).map(integer),
            ExprKind::Local(local) if self.is_bound(*local) && self.var(*local).rep == Rep::Int && self.is_simple(key) => Some(self.emit(key, Want::Int)),
            ExprKind::Str(_) => None,
            _ => {
                let (numeric, reads) = (fast.numeric, fast.reads);
                let n = self.fast_num(key, fast)?;
                // That an index is a number says nothing about the element.
                (fast.numeric, fast.reads) = (numeric, reads);
                Some(quote!(rt::to_index(#n)))
            }
        }
    }
}

/// The operation on two `f64`.
fn apply_fast(op: BinaryOp, x: TokenStream, y: TokenStream) -> Option<Code> {
    let (rep, want) = native(op, Lang::Js, Rep::Num, Rep::Num, Ty::Num)?;
    Some(Code::owned(rep, apply_native(op, rep, want, x, y)))
}
