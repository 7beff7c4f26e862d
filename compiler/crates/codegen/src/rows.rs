//! Lists that are wanted as JSON only: `response.json({ success: true, data: list.map(x => ({ … })), total: data.length })`.
//!
//! Where the mapped list is nothing but an argument of a method called `json`, a property of an object literal that is one, or a constant that is
//! used so and asked for its length, its records need not become objects: the callback has a second Rust function, which hands the values of its
//! record to the list that is being written.
//!
//! ```text
//! pub fn f3_rows(cx, p, rows_out: &mut rt::Rows) -> rt::R<()> { … rows_out.record([t1, t2, t3])?; return Ok(()); }
//! rt::arr_map_rows(cx, &list, &SHAPE_ID_NAME, |x, i, rows_out| f3_rows(cx, x, rows_out), || rt::closure(cx, &FN_3, vec![]))?
//! ```
//! What no code may see is told apart at run time (`puremix_js`, `json/rows.rs`): a `json` that is not the runtime's own gets the array.

use crate::body::Body;
use crate::rep::{Code, Rep, Want};
use proc_macro2::TokenStream;
use puremix_ir::visit::{Access, Mention, Node, mentions, walk};
use puremix_ir::*;
use quote::quote;
use std::collections::{HashMap, HashSet};

/// Records and lists of a module that stay JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// Callbacks that write their record.
    pub callbacks: HashSet<FnId>,
    /// Constants that hold such a list.
    pub lists: HashSet<LocalId>,
}

/// What is seen of a list before it is known whether all its uses are such.
#[derive(Default)]
struct Seen {
    /// The callback of the `map` that a constant holds.
    held: HashMap<LocalId, FnId>,
    /// Callbacks of lists that are arguments themselves.
    direct: HashSet<FnId>,
    /// Reads that are an argument or ask for the length.
    known: HashMap<LocalId, usize>,
    reads: HashMap<LocalId, usize>,
}

pub(crate) fn find(m: &Module) -> Rows {
    let mut seen = Seen::default();
    for f in &m.functions {
        walk(&f.body, &mut |node| note(m, node, &mut seen));
    }
    let mut rows = Rows { callbacks: seen.direct, lists: HashSet::new() };
    for (local, callback) in seen.held {
        let l = m.local(local);
        let is_plain = !l.captured && !l.assigned && !l.checked;
        let known = seen.known.get(&local).copied().unwrap_or(0);
        // A list that is only asked for its length is not worth a second function.
        if is_plain && known > 0 && seen.reads.get(&local) == Some(&known) {
            rows.lists.insert(local);
            rows.callbacks.insert(callback);
        }
    }
    rows
}

fn note(m: &Module, node: Node<'_>, seen: &mut Seen) {
    mentions(node, &mut |mention| {
        if let Mention::Local(local, access) = mention
            && access != Access::Declare
        {
            *seen.reads.entry(local).or_default() += 1;
        }
    });
    match node {
        Node::Stmt(Stmt { kind: StmtKind::Let(local, Some(value)), .. }) => {
            if let Some(callback) = mapped(m, value) {
                seen.held.insert(*local, callback);
            }
        }
        Node::Expr(Expr { kind: ExprKind::CallMethod { name, args, safe: false, .. }, .. }) if &**name == "json" => {
            if let [Arg::Value(argument)] = args.as_slice() {
                for list in lists_in(argument) {
                    match &list.kind {
                        ExprKind::Local(local) => *seen.known.entry(*local).or_default() += 1,
                        _ => seen.direct.extend(mapped(m, list)),
                    }
                }
            }
        }
        Node::Expr(Expr { kind: ExprKind::Get(object, name), .. }) if &**name == "length" => {
            if let ExprKind::Local(local) = object.kind {
                *seen.known.entry(local).or_default() += 1;
            }
        }
        _ => {}
    }
}

/// Places of an argument that nothing but JSON is made of: itself, and the values of an object literal with plain members.
fn lists_in(argument: &Expr) -> Vec<&Expr> {
    match &argument.kind {
        ExprKind::Object(Lang::Js, properties) => plain_members(properties).map(|members| members.into_iter().map(|(_, e)| e).collect()).unwrap_or_default(),
        _ => vec![argument],
    }
}

/// The members of an object literal, if they are values under distinct names and none can look at the object.
fn plain_members(properties: &[Property]) -> Option<Vec<(&str, &Expr)>> {
    let mut members: Vec<(&str, &Expr)> = Vec::with_capacity(properties.len());
    for property in properties {
        match property {
            Property::Value(Key::Name(name), e) if &**name != "toJSON" && members.iter().all(|(other, _)| *other != &**name) => members.push((name, e)),
            _ => return None,
        }
    }
    (members.len() <= 60).then_some(members)
}

/// The callback of `list.map(x => ({…}))`, if it ends with a record and nowhere else.
fn mapped(m: &Module, e: &Expr) -> Option<FnId> {
    let ExprKind::CallMethod { name, args, safe: false, .. } = &e.kind else { return None };
    let ("map", [Arg::Value(Expr { kind: ExprKind::Closure(id), .. })]) = (&**name, args.as_slice()) else { return None };
    let f = m.function(*id);
    let Some((Stmt { kind: StmtKind::Return(Some(Expr { kind: ExprKind::Object(Lang::Js, properties), .. })), .. }, before)) = f.body.split_last() else { return None };
    let mut returns = false;
    walk(before, &mut |node| returns |= matches!(node, Node::Stmt(Stmt { kind: StmtKind::Return(_), .. })));
    let members = plain_members(properties)?;
    let is_plain = !f.is_async && !f.is_generator && matches!(f.kind, FnKind::Arrow | FnKind::Function) && !members.is_empty();
    (is_plain && !returns && members.iter().all(|(_, e)| may_be_scalar(e))).then_some(*id)
}

/// Whether the value can be a text, a number or a boolean, as far as its form says.
fn may_be_scalar(e: &Expr) -> bool {
    !matches!(e.kind, ExprKind::Object(..) | ExprKind::Array(..) | ExprKind::Closure(_) | ExprKind::Class(_) | ExprKind::Undefined | ExprKind::Regex { .. } | ExprKind::New { .. })
}

impl Body<'_, '_> {
    /// Whether something in the argument of a call of `json` may be a list that is JSON already.
    pub fn holds_rows(&self, argument: &Expr) -> bool {
        let rows = &self.own_facts().rows;
        lists_in(argument).into_iter().any(|list| match &list.kind {
            ExprKind::Local(local) => rows.lists.contains(local),
            _ => mapped(self.m, list).is_some_and(|callback| rows.callbacks.contains(&callback)),
        })
    }

    /// The length of a text or a list, where the value is known to be one.
    pub fn emit_length(&mut self, object: &Expr) -> Option<Code> {
        if self.rep(object) == Rep::Str {
            let text = self.emit(object, Want::StrRef);
            return Some(Code::owned(Rep::Int, quote!(rt::str_len(#text))));
        }
        if object.ty != Ty::Array {
            return None;
        }
        let is_rows = matches!(object.kind, ExprKind::Local(list) if self.own_facts().rows.lists.contains(&list));
        let list = self.emit(object, Want::Ref);
        let length = if is_rows { quote!(rt::rows_len(#list)) } else { quote!(rt::array_len(#list)) };
        Some(Code::owned(Rep::Num, length))
    }

    /// `recv.json(argument)` with such a list.
    pub fn emit_call_with_rows(&mut self, recv: &Expr, name: &str, argument: &Expr, e: &Expr) -> Code {
        let text = self.wording().call_text(e);
        let changed = matches!(recv.kind, ExprKind::Local(l) if self.assigns(argument, l));
        let holder = self.temp();
        let value = if changed { self.emit(recv, Want::Value) } else { self.emit(recv, Want::Ref) };
        let borrow = if changed { quote!(&) } else { quote!() };
        let (key, ic, method) = (self.tables.atom(name), self.tables.ic(), self.temp());
        let found = self.fallible_at(e.span, quote!(rt::method(cx, #holder, #key, #ic)));
        let argument = self.emit(argument, Want::Value);
        let call = self.fallible_about(e.span, &text, quote!(rt::call_with_rows(cx, #holder, &#method, #key, #argument, #ic)));
        Code::value(quote!({ let #holder = #borrow #value; let #method = #found; #call }))
    }

    /// The record that a callback ends with, given to the list.
    pub fn emit_record(&mut self, record: &Expr) -> TokenStream {
        let ExprKind::Object(_, properties) = &record.kind else { return quote!() };
        let (lets, values) = self.emit_members(properties);
        let call = self.fallible(quote!(rows_out.record([#(#values),*])));
        quote!(#(#lets)* #call; return Ok(());)
    }
}

/// The names of the record that a callback ends with.
pub(crate) fn record_names(f: &Function) -> Vec<&str> {
    let Some(Stmt { kind: StmtKind::Return(Some(Expr { kind: ExprKind::Object(_, properties), .. })), .. }) = f.body.last() else { return Vec::new() };
    plain_members(properties).unwrap_or_default().into_iter().map(|(name, _)| name).collect()
}
