//! Assignment: the place is evaluated once and before the value.

use crate::body::Body;
use crate::module::global_path;
use crate::operator::native;
use crate::rep::{Code, Form, Rep, Want, atom, number};
use proc_macro2::{Ident, TokenStream};
use puremix_ir::*;
use quote::quote;

/// A place whose operands are in temporaries (or are plain variables nothing changes meanwhile).
enum Held {
    Local(LocalId),
    Global(GlobalId),
    Get(TokenStream, Name),
    /// The key is a value, or a number in a variable.
    Index(Lang, TokenStream, TokenStream, Rep),
    Super(TokenStream, TokenStream, TokenStream),
    Private(TokenStream, LocalId),
    Unknown(Name),
}

impl Body<'_, '_> {
    /// Evaluates the operands of a place; `lets` receives the temporaries.
    fn hold_place(&mut self, place: &Place, later: Option<&Expr>, lets: &mut Vec<TokenStream>) -> Held {
        match place {
            Place::Local(local) => Held::Local(*local),
            Place::Global(global) => Held::Global(*global),
            Place::Get(object, name) => Held::Get(self.hold(object, later, lets), name.clone()),
            Place::Index(lang, object, key) => {
                let o = self.hold(object, later, lets);
                let rep = self.rep(key);
                if *lang == Lang::Js && rep.is_number() {
                    let k = self.emit(key, rep.want());
                    let k = self.keep(k, lets);
                    return Held::Index(*lang, o, quote!(#k), rep);
                }
                let k = self.hold(key, later, lets);
                Held::Index(*lang, o, k, Rep::Value)
            }
            Place::Super { this, home, key } => {
                Held::Super(self.hold(this, later, lets), self.hold(home, later, lets), self.hold(key, later, lets))
            }
            Place::Private(object, symbol) => Held::Private(self.hold(object, later, lets), *symbol),
            Place::Unknown(name) => Held::Unknown(name.clone()),
        }
    }

    /// A `&Value` that can be used any number of times.
    fn hold(&mut self, e: &Expr, later: Option<&Expr>, lets: &mut Vec<TokenStream>) -> TokenStream {
        let changed = match (&e.kind, later) {
            (ExprKind::Local(local), Some(later)) => self.assigns(later, *local),
            _ => false,
        };
        if self.is_simple(e) && !changed {
            return self.emit(e, Want::Ref);
        }
        let value = self.emit(e, Want::Value);
        let t = self.keep(value, lets);
        quote!(&#t)
    }

    fn keep(&mut self, value: TokenStream, lets: &mut Vec<TokenStream>) -> Ident {
        let t = self.temp();
        lets.push(quote!(let #t = #value;));
        t
    }

    /// Reads a held place.
    fn read(&mut self, held: &Held, ty: Ty, span: Span) -> Code {
        match held {
            Held::Local(local) => self.read_local(*local),
            Held::Global(global) => self.read_global(self.module, *global),
            Held::Get(o, name) => {
                let key = self.tables.atom(name);
                let ic = self.place_ic.take().unwrap_or_else(|| self.tables.ic());
                Code::value(self.fallible_at(span, quote!(rt::get(cx, #o, #key, #ic))))
            }
            Held::Index(Lang::Js, o, k, rep) => {
                let name = match rep {
                    Rep::Int => quote!(index_int),
                    Rep::Num => quote!(index_num),
                    _ => quote!(index),
                };
                Code::value(self.fallible_at(span, quote!(rt::#name(cx, #o, #k))))
            }
            Held::Index(lang, o, k, _) => {
                let name = crate::operator::lang_op(*lang, "index");
                Code::value(self.fallible_at(span, quote!(rt::#name(cx, #o, #k))))
            }
            Held::Super(this, home, key) => Code::value(self.fallible_at(span, quote!(rt::get_super(cx, #this, #home, #key)))),
            Held::Private(o, symbol) => {
                let symbol = self.read_local(*symbol).to(Want::Ref);
                Code::value(self.fallible_at(span, quote!(rt::get_private(cx, #o, #symbol))))
            }
            Held::Unknown(name) => {
                let key = self.tables.atom(name);
                let ic = self.tables.ic();
                let _ = ty;
                Code::value(self.fallible_at(span, quote!(rt::builtin(cx, #key, #ic))))
            }
        }
    }

    /// The representation in which a place takes its value.
    fn place_rep(&self, place: &Place) -> Rep {
        match place {
            Place::Local(local) => self.peek(*local),
            _ => Rep::Value,
        }
    }

    /// A statement that stores an owned value of the place's representation.
    fn store(&mut self, held: &Held, value: TokenStream, span: Span) -> TokenStream {
        match held {
            Held::Local(local) => {
                let var = self.var(*local);
                let ident = &var.ident;
                if var.cell {
                    let cell = if var.by_ref { quote!(#ident) } else { quote!(&#ident) };
                    match self.is_suspending() {
                        // The value may suspend, and the variable is moved meanwhile.
                        true => quote!({ let v = #value; rt::cell_set(#cell, v); }),
                        false => quote!(rt::cell_set(#cell, #value);),
                    }
                } else {
                    quote!(#ident = #value;)
                }
            }
            Held::Global(global) => {
                let slot = global_path(self.program, self.module, self.module, *global);
                quote!(cx.set_global(#slot, #value);)
            }
            Held::Get(o, name) => {
                let key = self.tables.atom(name);
                let ic = self.store_ic.take().unwrap_or_else(|| self.tables.ic());
                let call = self.fallible_at(span, quote!(rt::set(cx, #o, #key, #value, #ic)));
                quote!(#call;)
            }
            Held::Index(Lang::Js, o, k, rep) => {
                let name = match rep {
                    Rep::Int => quote!(set_index_int),
                    Rep::Num => quote!(set_index_num),
                    _ => quote!(set_index),
                };
                let call = self.fallible_at(span, quote!(rt::#name(cx, #o, #k, #value)));
                quote!(#call;)
            }
            Held::Index(lang, o, k, _) => {
                let name = crate::operator::lang_op(*lang, "set_index");
                let call = self.fallible_at(span, quote!(rt::#name(cx, #o, #k, #value)));
                quote!(#call;)
            }
            Held::Super(this, home, key) => {
                let call = self.fallible_at(span, quote!(rt::set_super(cx, #this, #home, #key, #value)));
                quote!(#call;)
            }
            Held::Private(o, symbol) => {
                let symbol = self.read_local(*symbol).to(Want::Ref);
                let call = self.fallible_at(span, quote!(rt::set_private(cx, #o, #symbol, #value)));
                quote!(#call;)
            }
            Held::Unknown(name) => {
                let name = &**name;
                let call = self.fallible_at(span, quote!(rt::assign_unknown(cx, #name, #value)));
                quote!(#call;)
            }
        }
    }

    pub fn emit_assign(&mut self, place: &Place, value: &Expr, want: Want, span: Span) -> Code {
        if let (ExprKind::Closure(f), Want::Unit, Place::Local(_) | Place::Global(_)) = (&value.kind, want, place) {
            if !crate::module::is_value(self.own_facts(), self.m, *f) && !self.place_is_checked(place) {
                return Code::value(quote!(()));
            }
            if let Place::Global(global) = place
                && let Global { checked: true, hoisted: true, function: Some(known), .. } = self.m.global(*global)
                && known == f
            {
                if !crate::module::is_value(self.own_facts(), self.m, *f) {
                    return Code::value(quote!(()));
                }
                // Another module may have made it already.
                let read = self.read_global(self.module, *global).tokens;
                return Code::value(quote!(#read));
            }
            let held = self.hold_place(place, None, &mut Vec::new());
            let closure = self.emit_held_closure(*f);
            let store = self.store(&held, closure, span);
            return Code::value(quote!({ #store }));
        }
        if let Some(code) = self.emit_self_append(place, value, want) {
            return code;
        }
        let mut lets = Vec::new();
        let held = self.hold_place(place, Some(value), &mut lets);
        let rep = self.place_rep(place);
        if want == Want::Unit {
            let v = self.emit(value, rep.want());
            let store = self.store(&held, v, span);
            return Code::value(if lets.is_empty() { strip(store) } else { quote!({ #(#lets)* #store }) });
        }
        let v = self.emit(value, rep.want());
        let t = self.keep(v, &mut lets);
        let kept = Code { tokens: quote!(#t), rep, form: Form::Place }.to(rep.want());
        let store = self.store(&held, kept, span);
        Code::owned(rep, quote!({ #(#lets)* #store #t }))
    }

    /// `s = s + a + b` of a string variable: it grows in place.
    fn emit_self_append(&mut self, place: &Place, value: &Expr, want: Want) -> Option<Code> {
        let (Place::Local(local), ExprKind::Binary(BinaryOp::Add, Lang::Js, a, b)) = (place, &value.kind) else { return None };
        if want != Want::Unit || self.peek(*local) != Rep::Str || self.m_is_cell(place) {
            return None;
        }
        let mut parts = Vec::new();
        if !self.join_parts(a, b, &mut parts) || !matches!(parts.first()?.kind, ExprKind::Local(first) if first == *local) {
            return None;
        }
        let ident = self.var(*local).ident;
        if parts[1..].iter().any(|part| self.assigns(part, *local)) {
            return None;
        }
        let strings: Vec<TokenStream> = parts[1..].iter().map(|part| self.emit_join_part(part)).collect();
        Some(self.push_all(&ident, &strings))
    }

    /// Appends strings that are evaluated before the first one is appended.
    fn push_all(&mut self, ident: &Ident, strings: &[TokenStream]) -> Code {
        let (more, function) = match strings {
            [one] => (one.clone(), quote!(str_push)),
            _ => (quote!([#(#strings),*]), quote!(str_push_all)),
        };
        let push = self.fallible(quote!(rt::#function(cx, &mut #ident, &t)));
        Code::value(quote!({ let t = #more; #push; }))
    }

    fn place_is_checked(&self, place: &Place) -> bool {
        match place {
            Place::Local(local) => self.m.local(*local).checked,
            Place::Global(global) => self.m.global(*global).checked,
            _ => false,
        }
    }

    pub fn emit_assign_op(&mut self, op: BinaryOp, lang: Lang, place: &Place, value: &Expr, want: Want, e: &Expr) -> Code {
        let mut lets = Vec::new();
        if lang == Lang::Js
            && want == Want::Unit
            && let Some(code) = self.emit_fast_assign_op(op, place, value, e)
        {
            return code;
        }
        if let Some(code) = self.emit_append(op, lang, place, value, want) {
            return code;
        }
        let held = self.hold_place(place, Some(value), &mut lets);
        let rep = self.place_rep(place);
        let old_rep = match &held {
            Held::Local(_) => rep,
            Held::Global(global) if !self.m.global(*global).checked => Rep::of(self.m.global(*global).ty),
            _ => Rep::Value,
        };
        // JavaScript reads the place before it evaluates the value.
        let old = self.read(&held, e.ty, e.span);
        let value_rep = self.rep(value);
        let keeps_order = matches!(held, Held::Local(local) if !self.assigns(value, local)) && !self.m_is_cell(place);
        let result = match native(op, lang, old_rep, value_rep, e.ty) {
            Some((result, want_operand)) => {
                let x = if keeps_order {
                    old.to(want_operand)
                } else {
                    let owned = old.to(old_rep.want());
                    let t = self.keep(owned, &mut lets);
                    Code { tokens: quote!(#t), rep: old_rep, form: Form::Place }.to(want_operand)
                };
                let y = self.emit(value, want_operand);
                self.native_code(op, result, want_operand, x, y)
            }
            None => {
                let x = if keeps_order {
                    old.to(Want::Ref)
                } else {
                    let owned = old.to(Want::Value);
                    let t = self.keep(owned, &mut lets);
                    quote!(&#t)
                };
                let y = self.emit(value, Want::Ref);
                self.apply_runtime(op, lang, vec![x, y], e.span)
            }
        };
        self.finish_assign(lets, &held, result, rep, want, e.span)
    }

    fn m_is_cell(&self, place: &Place) -> bool {
        matches!(place, Place::Local(local) if self.own_facts().is_cell(self.m, *local) || self.m.local(*local).checked)
    }

    /// `s += x` on a plain variable: the string grows in place.
    fn emit_append(&mut self, op: BinaryOp, lang: Lang, place: &Place, value: &Expr, want: Want) -> Option<Code> {
        let Place::Local(local) = place else { return None };
        if op != BinaryOp::Add || lang != Lang::Js || want != Want::Unit || self.m_is_cell(place) || self.assigns(value, *local) {
            return None;
        }
        let var = self.var(*local);
        if var.by_ref {
            return None;
        }
        let ident = &var.ident;
        match (var.rep, self.rep(value)) {
            (Rep::Str, _) => {
                let mut parts = Vec::new();
                match &value.kind {
                    ExprKind::Binary(BinaryOp::Add, Lang::Js, a, b) if self.join_parts(a, b, &mut parts) => {}
                    ExprKind::Concat(Lang::Js, pieces) if !pieces.is_empty() => {
                        let strings: Vec<TokenStream> = pieces.iter().map(|piece| self.emit_to_str(Lang::Js, piece).to(Want::Str)).collect();
                        return Some(self.push_all(ident, &strings));
                    }
                    _ => parts = vec![value],
                }
                let strings: Vec<TokenStream> = parts.iter().map(|part| self.emit_join_part(part)).collect();
                Some(self.push_all(ident, &strings))
            }
            (Rep::Value, _) => {
                let v = self.emit(value, Want::Value);
                let t = self.temp();
                let call = self.fallible(quote!(rt::js_add_assign(cx, &mut #ident, &#t)));
                Some(Code::value(quote!({ let #t = #v; #call; })))
            }
            _ => None,
        }
    }

    /// Stores the result and gives it in the form wanted.
    fn finish_assign(&mut self, mut lets: Vec<TokenStream>, held: &Held, result: Code, rep: Rep, want: Want, span: Span) -> Code {
        // The value of the expression is the operation's, before the place converts it.
        let value_rep = if rep == Rep::Value { result.rep } else { rep };
        let value = result.to(value_rep.want());
        if want == Want::Unit {
            let v = Code::owned(value_rep, value).to(rep.want());
            let store = self.store(held, v, span);
            return Code::value(if lets.is_empty() { strip(store) } else { quote!({ #(#lets)* #store }) });
        }
        let t = self.keep(value, &mut lets);
        let kept = Code { tokens: quote!(#t), rep: value_rep, form: Form::Place }.to(rep.want());
        let store = self.store(held, kept, span);
        Code::owned(value_rep, quote!({ #(#lets)* #store #t }))
    }

    pub fn emit_assign_logical(&mut self, op: LogicalOp, lang: Lang, place: &Place, value: &Expr, want: Want, span: Span) -> Code {
        let mut lets = Vec::new();
        let held = self.hold_place(place, Some(value), &mut lets);
        let rep = self.place_rep(place);
        let old = self.read(&held, Ty::Any, span);
        let old = old.to(rep.want());
        let t = self.keep(old, &mut lets);
        let kept = Code { tokens: quote!(#t), rep, form: Form::Place };
        let test = atom(match op {
            LogicalOp::And | LogicalOp::Or => kept.to(Want::Test(lang)),
            LogicalOp::Nullish => {
                let v = kept.to(Want::Ref);
                quote!(rt::is_nullish(#v))
            }
        });
        let test = if op == LogicalOp::Or { quote!(!#test) } else { test };
        let v = self.emit(value, rep.want());
        if want == Want::Unit {
            let store = self.store(&held, v, span);
            return Code::value(quote!({ #(#lets)* if #test { #store } }));
        }
        let n = self.temp();
        let kept = Code { tokens: quote!(#n), rep, form: Form::Place }.to(rep.want());
        let store = self.store(&held, kept, span);
        Code::owned(rep, quote!({ #(#lets)* if #test { let #n = #v; #store #n } else { #t } }))
    }

    pub fn emit_update(&mut self, place: &Place, delta: f64, prefix: bool, want: Want, e: &Expr) -> Code {
        if want == Want::Unit
            && let Some(code) = self.emit_fast_update(place, delta, e)
        {
            return code;
        }
        let mut lets = Vec::new();
        let held = self.hold_place(place, None, &mut lets);
        let rep = self.place_rep(place);
        if let (Held::Local(local), Rep::Num | Rep::Int) = (&held, rep) {
            let ident = self.var(*local).ident;
            let by = if rep == Rep::Int { crate::rep::integer(delta.abs() as i32) } else { number(delta.abs()) };
            let step = if delta < 0.0 { quote!(#ident -= #by) } else { quote!(#ident += #by) };
            return match (want, prefix) {
                (Want::Unit, _) => Code::owned(rep, step),
                (_, true) => Code::owned(rep, quote!({ #step; #ident })),
                (_, false) => {
                    let t = self.temp();
                    Code::owned(rep, quote!({ let #t = #ident; #step; #t }))
                }
            };
        }
        let old = self.read(&held, Ty::Any, e.span).to(Want::Ref);
        let d = number(delta);
        if prefix || want == Want::Unit {
            let new = self.fallible_at(e.span, quote!(rt::js_step(cx, #old, #d)));
            return self.finish_assign(lets, &held, Code::value(new), rep, want, e.span);
        }
        let numeric = self.fallible_at(e.span, quote!(rt::js_to_numeric(cx, #old)));
        let t = self.keep(numeric, &mut lets);
        let new = self.fallible(quote!(rt::js_step(cx, &#t, #d)));
        let new = Code::value(new).to(rep.want());
        let store = self.store(&held, new, e.span);
        Code::value(quote!({ #(#lets)* #store #t }))
    }

    pub fn emit_delete(&mut self, place: &Place, span: Span) -> Code {
        let mut lets = Vec::new();
        let held = self.hold_place(place, None, &mut lets);
        let call = match held {
            Held::Get(o, name) => {
                let key = self.tables.atom(&name);
                quote!(rt::delete_name(cx, #o, #key))
            }
            Held::Index(_, o, k, rep) => {
                let k = Code { tokens: k, rep, form: if rep == Rep::Value { Form::Ref } else { Form::Place } }.to(Want::Ref);
                quote!(rt::delete_index(cx, #o, #k))
            }
            // `verify` admits no other place; strict mode refuses them in the front end.
            Held::Local(_) | Held::Global(_) | Held::Super(..) | Held::Private(..) | Held::Unknown(_) => return Code::owned(Rep::Bool, quote!(true)),
        };
        let value = self.fallible_at(span, call);
        Code::owned(Rep::Bool, if lets.is_empty() { value } else { quote!({ #(#lets)* #value }) })
    }
}

/// A store statement as an expression for a statement's place: without its semicolon.
fn strip(store: TokenStream) -> TokenStream {
    let mut trees: Vec<_> = store.into_iter().collect();
    if matches!(trees.last(), Some(proc_macro2::TokenTree::Punct(p)) if p.as_char() == ';') {
        trees.pop();
    }
    trees.into_iter().collect()
}
