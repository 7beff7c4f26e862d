//! What emission knows while it is inside one function: its variables, the jumps open around a place, temporaries.

use crate::facts::ModuleFacts;
use crate::module::FileItems;
use crate::names;
use crate::rep::{Code, Form, Rep, Want};
use crate::suspend::Live;
use crate::tables::Tables;
use proc_macro2::{Ident, Literal, Span as RustSpan, TokenStream};
use puremix_ir::visit::{Access, Mention, Node, mentions, walk_expr};
use puremix_ir::*;
use quote::quote;
use std::collections::{HashMap, HashSet};
use syn::Lifetime;

/// A local as a Rust variable of the function.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub ident: Ident,
    pub rep: Rep,
    /// The Rust variable is a reference (an unassigned parameter, a capture).
    pub by_ref: bool,
    /// The value is in a heap cell.
    pub cell: bool,
    pub checked: bool,
}

/// A construct that jumps pass through.
#[derive(Clone)]
pub(crate) enum Frame {
    Label { id: LabelId, on_continue: Lifetime, on_break: Lifetime },
    /// Exceptions go to this block's end.
    Catch(Lifetime),
    /// Everything that leaves goes to this block's end, and on from there after `finally`.
    Finally { label: Lifetime, jumps: Vec<(LabelId, bool)>, returns: bool },
    /// An iterator to close when the loop is left early.
    Iterator { ident: Ident, is_async: bool },
    /// A buffer of its own: jumps never leave it, exceptions do.
    Markup,
}

pub(crate) struct Body<'a, 't> {
    pub program: &'a Program,
    pub facts: &'a [ModuleFacts],
    pub tables: &'a mut Tables<'t>,
    pub file: &'a mut FileItems,
    pub module: ModuleId,
    pub m: &'a Module,
    pub id: FnId,
    pub f: &'a Function,
    vars: HashMap<LocalId, Var>,
    taken: HashSet<String>,
    pub frames: Vec<Frame>,
    /// Ends of optional chains being emitted, innermost last.
    pub chains: Vec<Lifetime>,
    /// Locals declared at their block's head; their `Let` assigns them.
    pub early: HashSet<LocalId>,
    /// What messages call temporaries that hold a part of an expression.
    pub texts: HashMap<LocalId, String>,
    temps: u32,
    /// The general way of an expression is being emitted: no fast ways inside it.
    pub general: bool,
    /// Caches that a fast way shares with the general one, by the address of the read.
    pub shared_ics: HashMap<usize, Literal>,
    /// The cache that the next read of a place shares.
    pub place_ic: Option<Literal>,
    /// The cache that the next assignment to a property shares.
    pub store_ic: Option<Literal>,
    pub ret: Rep,
    /// The record that the function ends with goes to the list `rows_out`.
    pub hands_over_record: bool,
    /// Rust variables in scope that go into the frame when the body suspends.
    pub live: Vec<Live>,
    suspending: bool,
}

impl<'a, 't> Body<'a, 't> {
    pub fn new(
        program: &'a Program,
        facts: &'a [ModuleFacts],
        tables: &'a mut Tables<'t>,
        file: &'a mut FileItems,
        module: ModuleId,
        id: FnId,
        ret: Rep,
    ) -> Body<'a, 't> {
        let m = program.module(module);
        let f = m.function(id);
        Body {
            program,
            facts,
            tables,
            file,
            module,
            m,
            id,
            f,
            vars: HashMap::new(),
            taken: HashSet::new(),
            frames: Vec::new(),
            chains: Vec::new(),
            early: HashSet::new(),
            texts: HashMap::new(),
            temps: 0,
            general: false,
            shared_ics: HashMap::new(),
            place_ic: None,
            store_ic: None,
            ret,
            hands_over_record: false,
            live: Vec::new(),
            suspending: f.is_generator || f.is_async && crate::function::has_await(&f.body),
        }
    }

    pub fn own_facts(&self) -> &'a ModuleFacts {
        &self.facts[self.module.index()]
    }

    /// Whether the body outlives the call: what it uses of the call must be its own.
    pub fn is_suspending(&self) -> bool {
        self.suspending
    }

    /// A fresh temporary.
    pub fn temp(&mut self) -> Ident {
        self.temps += 1;
        names::ident(&format!("t{}", self.temps))
    }

    /// A fresh label for generated control flow.
    pub fn label(&mut self, prefix: &str) -> Lifetime {
        self.temps += 1;
        Lifetime::new(&format!("'{prefix}{}", self.temps), RustSpan::call_site())
    }

    /// Gives a local its Rust name.
    pub fn bind(&mut self, local: LocalId, rep: Rep, by_ref: bool) -> Var {
        let l = self.m.local(local);
        let cell = self.own_facts().is_cell(self.m, local);
        let name = names::snake(&l.name);
        let ident = if names::is_free(&name) && self.taken.insert(name.clone()) {
            names::ident(&name)
        } else {
            let stem = if name.is_empty() { "v" } else { &name };
            let stem = if stem.starts_with(|c: char| c.is_ascii_digit()) { format!("v{stem}") } else { stem.to_owned() };
            let full = format!("{stem}_{}", local.0);
            self.taken.insert(full.clone());
            names::ident(&full)
        };
        let var = Var { ident, rep: if cell { Rep::Value } else { rep }, by_ref, cell, checked: l.checked };
        self.vars.insert(local, var.clone());
        if var.rep == Rep::Value {
            self.keep_live(&var.ident);
        }
        var
    }

    pub fn is_bound(&self, local: LocalId) -> bool {
        self.vars.contains_key(&local)
    }

    /// Binds a local whose reads are checked although the IR does not say so.
    pub fn bind_checked(&mut self, local: LocalId) -> Var {
        let mut var = self.bind(local, Rep::Value, false);
        var.checked = true;
        self.vars.insert(local, var.clone());
        var
    }

    /// The representation of a local that is in scope.
    pub fn peek(&self, local: LocalId) -> Rep {
        self.vars.get(&local).map_or(Rep::Value, |v| v.rep)
    }

    /// The variable of a local that is in scope.
    pub fn var(&mut self, local: LocalId) -> Var {
        match self.vars.get(&local) {
            Some(var) => var.clone(),
            // `verify` has seen a declaration around every use.
            None => panic!("bug in puremixc: {}%{} is not bound in {}", self.m.local(local).name, local.0, self.m.path),
        }
    }

    /// How a local of this function is held.
    pub fn local_rep(&self, local: LocalId) -> Rep {
        let l = self.m.local(local);
        if l.checked || self.own_facts().is_cell(self.m, local) { Rep::Value } else { Rep::of(l.ty) }
    }

    /// Reads a local. A cell's content is a temporary.
    pub fn read_local(&mut self, local: LocalId) -> Code {
        let var = self.var(local);
        let ident = &var.ident;
        if var.cell {
            let cell = if var.by_ref { quote!(#ident) } else { quote!(&#ident) };
            let read = if var.checked {
                let name = &*self.m.local(local).name;
                self.fallible(quote!(rt::cell_read(cx, #cell, #name)))
            } else {
                quote!(rt::cell_get(#cell))
            };
            return Code::value(read);
        }
        let form = if var.by_ref && !var.rep.is_copy() { Form::Ref } else { Form::Place };
        let code = Code { tokens: quote!(#ident), rep: var.rep, form };
        if var.checked {
            let name = &*self.m.local(local).name;
            let value = code.to(Want::Ref);
            let checked = self.fallible(quote!(rt::initialised(cx, #value, #name)));
            return Code { tokens: checked, rep: Rep::Value, form: Form::Ref };
        }
        code
    }

    /// The Rust variable itself, as captures and direct calls pass it: a cell stays a cell.
    pub fn capture_arg(&mut self, local: LocalId, want: Want) -> TokenStream {
        let var = self.var(local);
        let form = if var.by_ref && !var.rep.is_copy() { Form::Ref } else { Form::Place };
        let ident = &var.ident;
        Code { tokens: quote!(#ident), rep: var.rep, form }.to(want)
    }

    /// `value?`, or the jump to the handler around the place.
    pub fn fallible(&mut self, value: TokenStream) -> TokenStream {
        let exit = self.throw_exit(quote!(t));
        match exit {
            None => quote!(#value?),
            Some(exit) => quote!(match #value { Ok(v) => v, Err(t) => #exit }),
        }
    }

    /// As [`Body::fallible`], and the exception learns the place.
    pub fn fallible_at(&mut self, span: Span, value: TokenStream) -> TokenStream {
        let site = self.tables.site(span);
        self.fallible(quote!(rt::at(cx, #site, #value)))
    }

    /// How a `Thrown` leaves to the handler around the place; `None` when it leaves the function.
    pub fn throw_exit(&self, thrown: TokenStream) -> Option<TokenStream> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Catch(label) => Some(quote!(break #label Err(#thrown))),
            Frame::Finally { label, .. } => Some(quote!(break #label rt::Done::pending(#thrown))),
            Frame::Label { .. } | Frame::Iterator { .. } | Frame::Markup => None,
        })
    }

    /// Leaves with a `Thrown`.
    pub fn throw(&self, thrown: TokenStream) -> TokenStream {
        self.throw_exit(thrown.clone()).unwrap_or_else(|| quote!(return Err(#thrown)))
    }

    /// Whether evaluating the expression assigns the local directly.
    pub fn assigns(&self, e: &Expr, local: LocalId) -> bool {
        let mut found = false;
        walk_expr(e, &mut |node| {
            mentions(node, &mut |mention| {
                found |= matches!(mention, Mention::Local(l, Access::Write | Access::ReadWrite) if l == local);
            });
        });
        found
    }

    /// Whether evaluating the expression can have an effect or take part in an order.
    pub fn is_simple(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Undefined | ExprKind::Null | ExprKind::Bool(_) | ExprKind::Num(_) | ExprKind::Str(_) | ExprKind::This => true,
            ExprKind::Local(local) => !self.m.local(*local).checked && !self.own_facts().is_cell(self.m, *local),
            _ => false,
        }
    }

    /// Emits operands that are evaluated in order and used together afterwards: one that a later operand assigns is copied first.
    pub fn operands(&mut self, operands: &[(&Expr, Want)]) -> Vec<TokenStream> {
        let mut out = Vec::with_capacity(operands.len());
        for (index, (e, want)) in operands.iter().enumerate() {
            let changed = match &e.kind {
                ExprKind::Local(local) => operands[index + 1..].iter().any(|(later, _)| self.assigns(later, *local)),
                _ => false,
            };
            let tokens = match (changed, *want) {
                (false, want) => self.emit(e, want),
                (true, Want::Ref) => {
                    let v = self.emit(e, Want::Value);
                    quote!(&#v)
                }
                (true, Want::StrRef) => {
                    let v = self.emit(e, Want::Str);
                    quote!(&#v)
                }
                (true, want @ (Want::Num | Want::Int | Want::Bool)) => {
                    let v = self.emit(e, want);
                    quote!({ #v })
                }
                (true, want) => self.emit(e, want),
            };
            out.push(tokens);
        }
        out
    }

    /// Marks a statement's place in the output.
    pub fn mark(&mut self, span: Span) -> TokenStream {
        self.tables.mark(span)
    }

    pub fn node_mentions_label(block: &[Stmt], label: LabelId, only_continue: bool) -> bool {
        let mut found = false;
        visit::walk(block, &mut |node| {
            if let Node::Stmt(stmt) = node {
                found |= match stmt.kind {
                    StmtKind::Break(l) => !only_continue && l == label,
                    StmtKind::Continue(l) => l == label,
                    _ => false,
                };
            }
        });
        found
    }
}

/// The expression of an argument, spread or not.
pub(crate) fn arg_expr(arg: &Arg) -> &Expr {
    match arg {
        Arg::Value(e) | Arg::Spread(e) => e,
    }
}
