//! Functions: signature, trampoline, definition, and the frame of each kind of body.

use crate::body::Body;
use crate::facts::{ModuleFacts, is_typed};
use crate::module::FileItems;
use crate::names;
use crate::rep::{Rep, Want};
use crate::tables::Tables;
use crate::texts::Texts;
use proc_macro2::{Ident, Literal, TokenStream};
use puremix_ir::*;
use quote::quote;

/// How a function's Rust counterpart is called.
pub(crate) struct Signature {
    pub ident: Ident,
    /// Takes the whole `Args` (functions that use `arguments`, `new.target` or their own object).
    pub args: bool,
    pub captures: Vec<(LocalId, Rep)>,
    pub this: bool,
    pub params: Vec<(LocalId, Rep)>,
    pub rest: Option<LocalId>,
    pub ret: Rep,
    pub render: bool,
}

pub(crate) fn signature(facts: &ModuleFacts, m: &Module, id: FnId) -> Signature {
    let f = m.function(id);
    let typed = is_typed(facts, m, id);
    let rep = |local: LocalId| {
        let l = m.local(local);
        if l.checked || facts.is_cell(m, local) { Rep::Value } else { Rep::of(l.ty) }
    };
    let has_ret = matches!(f.kind, FnKind::Function | FnKind::Arrow | FnKind::Method) && !f.is_async && !f.is_generator;
    Signature {
        ident: names::ident(&names::function(id.index(), &f.name)),
        args: f.uses.arguments || f.uses.new_target || facts.needs_callee[id.index()],
        captures: facts.captures(id).iter().map(|l| (*l, rep(*l))).collect(),
        this: f.uses.this,
        params: f.params.iter().map(|l| (*l, if typed { rep(*l) } else { Rep::Value })).collect(),
        rest: f.rest,
        ret: if has_ret && f.ret.is_unboxed() { Rep::of(f.ret) } else { Rep::Value },
        render: f.kind == FnKind::Render,
    }
}

pub(crate) fn definition_ident(id: FnId, f: &Function) -> Ident {
    names::ident(&names::constant(&format!("FN_{}", id.0), &f.name))
}

/// The function, and what makes it a value.
pub(crate) fn emit_function(
    program: &Program,
    facts: &[ModuleFacts],
    tables: &mut Tables<'_>,
    file: &mut FileItems,
    module: ModuleId,
    id: FnId,
) -> TokenStream {
    let own = &facts[module.index()];
    let m = program.module(module);
    let function = emit_rust_function(Body::new(program, facts, tables, file, module, id, signature(own, m, id).ret));
    if !crate::module::is_value(own, m, id) {
        return function;
    }
    let rows = own.rows.callbacks.contains(&id).then(|| {
        let mut body = Body::new(program, facts, tables, file, module, id, Rep::Value);
        body.hands_over_record = true;
        emit_rust_function(body)
    });
    let trampoline = emit_trampoline(own, m, id, &signature(own, m, id), &file.texts);
    quote!(#function #rows #trampoline)
}

/// The Rust function alone.
fn emit_rust_function(mut body: Body<'_, '_>) -> TokenStream {
    let (m, id, own, f) = (body.m, body.id, body.own_facts(), body.f);
    let sig = signature(own, m, id);
    let mut params = Vec::new();
    // Statements that give parameters the form the body uses.
    let mut prologue = Vec::new();
    let owned = body.is_suspending();
    if sig.args {
        params.push(quote!(a: &rt::Args<'_>));
        if f.uses.arguments {
            prologue.push(quote!(let mut arguments = rt::arguments(cx, a);));
            body.keep_live(&names::ident("arguments"));
        }
        if f.uses.new_target {
            prologue.push(quote!(let mut new_target = a.new_target.clone();));
            body.keep_live(&names::ident("new_target"));
        }
        if own.needs_callee[id.index()] {
            prologue.push(quote!(let mut callee = rt::Value::Obj(a.callee.clone());));
            body.keep_live(&names::ident("callee"));
        }
    }
    for (local, rep) in &sig.captures {
        let var = body.bind(*local, *rep, !owned);
        let (ident, ty) = (&var.ident, rep.param());
        params.push(quote!(#ident: #ty));
        if owned && !rep.is_copy() {
            prologue.push(quote!(let mut #ident = #ident.clone();));
        }
    }
    if sig.this {
        params.push(quote!(this: &rt::Value));
        if owned {
            prologue.push(quote!(let mut this = this.clone();));
            body.keep_live(&names::ident("this"));
        }
    }
    if sig.render {
        prologue.extend(emit_scope(&mut body));
        params.push(quote!(scope: &rt::Scope<'_>));
    }
    for (local, rep) in sig.params.iter().filter(|_| !sig.render) {
        let l = m.local(*local);
        let cell = own.is_cell(m, *local);
        let by_ref = !owned && !l.assigned && !cell;
        let var = body.bind(*local, *rep, by_ref);
        let (ident, ty) = (&var.ident, rep.param());
        params.push(quote!(#ident: #ty));
        prologue.push(if cell {
            let fresh = body.mutable(own.fresh.contains(local));
            quote!(let #fresh #ident = rt::cell(cx, #ident.clone());)
        } else if l.assigned {
            let value = if rep.is_copy() { quote!(#ident) } else { quote!(#ident.clone()) };
            quote!(let mut #ident = #value;)
        } else if owned && !rep.is_copy() {
            quote!(let mut #ident = #ident.clone();)
        } else {
            quote!()
        });
    }
    if let Some(local) = sig.rest {
        let l = m.local(local);
        let cell = own.is_cell(m, local);
        let var = body.bind(local, Rep::Value, !owned && !l.assigned && !cell);
        let ident = &var.ident;
        params.push(quote!(#ident: &rt::Value));
        prologue.push(if cell {
            let mutable = body.mutable(false);
            quote!(let #mutable #ident = rt::cell(cx, #ident.clone());)
        } else if l.assigned || owned {
            quote!(let mut #ident = #ident.clone();)
        } else {
            quote!()
        });
    }
    if sig.render {
        params.push(quote!(out: &mut rt::Out));
    }
    let code = emit_body(&mut body);
    let (ident, ret) = (&sig.ident, if sig.render { quote!(()) } else { sig.ret.owned() });
    let result = if sig.render || sig.ret != Rep::Value { quote!(rt::R<#ret>) } else { quote!(rt::R) };
    let check = calls_something(&f.body).then(|| match (f.is_generator, f.is_async) {
        // The driver checks at each resumption.
        (true, _) => quote!(),
        (false, true) => quote!(if let Err(t) = rt::check_stack(cx) { return Ok(rt::promise_of(cx, Err(t))); }),
        (false, false) => quote!(rt::check_stack(cx)?;),
    });
    let mark = body.mark(f.span);
    let code = quote!(#mark #check #(#prologue)* #code);
    if body.hands_over_record {
        let ident = rows_ident(&sig);
        return quote!(pub fn #ident(cx: rt::Cx, #(#params,)* rows_out: &mut rt::Rows) -> rt::R<()> { #code });
    }
    if returns_pair(f, &sig) {
        let inner = names::ident(&format!("{ident}_r"));
        let args = params.iter().filter_map(|param| param.clone().into_iter().next());
        quote! {
            #[inline(always)]
            pub fn #ident(cx: rt::Cx, #(#params),*) -> rt::R {
                #inner(cx, #(#args),*).get()
            }
            pub fn #inner(cx: rt::Cx, #(#params),*) -> rt::Pair {
                rt::Pair::of((|| -> rt::R { #code })())
            }
        }
    } else {
        quote!(pub fn #ident(cx: rt::Cx, #(#params),*) -> #result { #code })
    }
}

/// The function that hands its record to a list.
pub(crate) fn rows_ident(sig: &Signature) -> Ident {
    names::ident(&format!("{}_rows", sig.ident))
}

/// Whether the function's result leaves in registers (`rt::Pair`): what is called from code and returns any value. Those that make promises and
/// generators return what the runtime has made.
fn returns_pair(f: &Function, sig: &Signature) -> bool {
    matches!(f.kind, FnKind::Function | FnKind::Arrow | FnKind::Method) && sig.ret == Rep::Value && !sig.render && !f.is_async && !f.is_generator
}

/// Only what calls can recurse.
fn calls_something(body: &[Stmt]) -> bool {
    let mut found = false;
    visit::walk(body, &mut |node| {
        found |= matches!(
            node,
            visit::Node::Expr(Expr {
                kind: ExprKind::Call { .. } | ExprKind::CallMethod { .. } | ExprKind::CallIndex { .. } | ExprKind::CallWithThis { .. } | ExprKind::New { .. } | ExprKind::CallSuper { .. },
                ..
            }) | visit::Node::Stmt(Stmt { kind: StmtKind::Component { .. }, .. })
        );
    });
    found
}

/// A template's parameters: what its page's scope offers.
fn emit_scope(body: &mut Body<'_, '_>) -> Vec<TokenStream> {
    let (m, id) = (body.m, body.id);
    let Some(page) = &m.page else { return Vec::new() };
    let names = if page.head == Some(id) { &page.head_scope } else { &page.render_scope };
    let mut out = Vec::new();
    for (local, name) in m.function(id).params.iter().zip(names) {
        let value = crate::app::scope_value(body.tables, page, name);
        out.push(body.declare(*local, value));
    }
    out
}

fn emit_body(body: &mut Body<'_, '_>) -> TokenStream {
    let f = body.f;
    // A generator's parameters are bound by the call that makes it.
    let (head, rest) = f.body.split_at(if f.is_generator { f.head.min(f.body.len()) } else { 0 });
    let head = body.emit_stmts(head);
    // What a generator begins with: all that the prologue made of its call.
    let start: Vec<Ident> = body.live_values();
    let stmts = body.emit_block(rest);
    let end = if diverges(&f.body) {
        quote!()
    } else if f.kind == FnKind::Render {
        quote!(Ok(()))
    } else {
        let value = body.ret.default();
        quote!(Ok(#value))
    };
    let awaits = has_await(&f.body);
    match (f.is_async, f.is_generator) {
        (false, false) => quote!(#stmts #end),
        (true, false) if !awaits => quote! {
            let result = (|| -> rt::R { #stmts #end })();
            Ok(rt::promise_of(cx, result))
        },
        (true, false) => quote! {
            Ok(rt::spawn_task(cx, move |y: rt::Frame| async move { #stmts #end }))
        },
        (false, true) => quote! {
            #head
            rt::generator(cx, &rt::Value::Obj(a.callee.clone()), [#(#start),*], move |y: rt::Yielder| async move { let [#(mut #start),*] = y.begin(); #stmts #end })
        },
        (true, true) => quote! {
            #head
            rt::async_generator(cx, &rt::Value::Obj(a.callee.clone()), [#(#start),*], move |y: rt::AsyncYielder| async move { let [#(mut #start),*] = y.begin(); #stmts #end })
        },
    }
}

pub(crate) fn has_await(body: &[Stmt]) -> bool {
    let mut found = false;
    visit::walk(body, &mut |node| {
        found |= match node {
            visit::Node::Expr(e) => matches!(e.kind, ExprKind::Await(_)),
            visit::Node::Stmt(s) => matches!(s.kind, StmtKind::ForOf { is_await: true, .. }),
        };
    });
    found
}

/// Whether control never reaches the end of the block, as far as Rust sees it too.
pub(crate) fn diverges(block: &[Stmt]) -> bool {
    block.last().is_some_and(|stmt| match &stmt.kind {
        StmtKind::Return(_) | StmtKind::Throw(_) | StmtKind::Break(_) | StmtKind::Continue(_) => true,
        StmtKind::Block(b) => diverges(b),
        StmtKind::If { then, otherwise, .. } => diverges(then) && diverges(otherwise),
        _ => false,
    })
}

fn emit_trampoline(facts: &ModuleFacts, m: &Module, id: FnId, sig: &Signature, texts: &Texts) -> TokenStream {
    let f = m.function(id);
    let mut args = vec![quote!(cx)];
    if sig.args {
        args.push(quote!(a));
    }
    for (index, (_, rep)) in sig.captures.iter().enumerate() {
        let index = Literal::usize_unsuffixed(index);
        let env = crate::rep::Code { tokens: quote!(a.env(#index)), rep: Rep::Value, form: crate::rep::Form::Ref };
        args.push(env.to(rep.want_param()));
    }
    if sig.this {
        args.push(quote!(a.this));
    }
    for (index, (_, rep)) in sig.params.iter().enumerate() {
        let index = Literal::usize_unsuffixed(index);
        let arg = crate::rep::Code { tokens: quote!(a.get(#index)), rep: Rep::Value, form: crate::rep::Form::Ref };
        args.push(arg.to(rep.want_param()));
    }
    if sig.rest.is_some() {
        let from = Literal::usize_unsuffixed(sig.params.len());
        args.push(quote!(&rt::array(cx, a.rest(#from))));
    }
    let ident = &sig.ident;
    let trampoline = trampoline_ident(id, f);
    let call = match sig.ret {
        Rep::Value => quote!(#ident(#(#args),*)),
        rep => {
            let boxed = crate::rep::Code::owned(rep, quote!(#ident(#(#args),*)?)).to(Want::Value);
            quote!(Ok(#boxed))
        }
    };
    let definition = definition_ident(id, f);
    let name = &*f.name;
    let length = Literal::u32_unsuffixed(f.length);
    let kind = kind_ident(f);
    let _ = facts;
    let source = texts.place(f.span).map(|(start, end)| {
        let (start, end) = (Literal::u32_unsuffixed(start), Literal::u32_unsuffixed(end));
        quote!(.with_source(SOURCE, #start, #end))
    });
    quote! {
        fn #trampoline(cx: rt::Cx, a: &rt::Args<'_>) -> rt::R {
            #call
        }
        pub static #definition: rt::FnDef = rt::FnDef::new(#name, #length, #trampoline, rt::FnKind::#kind)#source;
    }
}

fn trampoline_ident(id: FnId, f: &Function) -> Ident {
    let name = names::function(id.index(), &f.name);
    names::ident(&format!("t{}", &name[1..]))
}

fn kind_ident(f: &Function) -> Ident {
    names::ident(match (f.kind, f.is_async, f.is_generator) {
        (_, true, true) => "AsyncGenerator",
        (_, false, true) => "Generator",
        (_, true, false) => "Async",
        (FnKind::Arrow, ..) => "Arrow",
        (FnKind::Method, ..) => "Method",
        (FnKind::BaseConstructor, ..) => "ClassBase",
        (FnKind::DerivedConstructor, ..) => "ClassDerived",
        (FnKind::Function | FnKind::ModuleInit | FnKind::Render, ..) => "Normal",
    })
}

impl Body<'_, '_> {
    /// A closure of the function with what it captures.
    pub fn emit_closure(&mut self, id: FnId) -> TokenStream {
        let f = self.m.function(id);
        let captures: Vec<LocalId> = self.own_facts().captures(id).to_vec();
        let definition = definition_ident(id, f);
        let values: Vec<TokenStream> = captures.iter().map(|l| self.capture_arg(*l, Want::Value)).collect();
        quote!(rt::closure(cx, &#definition, vec![#(#values),*]))
    }

    /// What a variable that holds the function is set to: the function, or anything but "uninitialised" when nobody reads it.
    pub fn emit_held_closure(&mut self, id: FnId) -> TokenStream {
        if crate::module::is_value(self.own_facts(), self.m, id) {
            self.emit_closure(id)
        } else {
            quote!(rt::Value::Null)
        }
    }
}
