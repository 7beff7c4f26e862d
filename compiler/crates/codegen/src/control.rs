//! Loops, switches, jumps and exceptions.

use crate::body::{Body, Frame};
use crate::function::diverges;
use crate::rep::{Rep, Want};
use crate::suspend::Live;
use proc_macro2::{Literal, TokenStream};
use puremix_ir::*;
use quote::quote;
use std::collections::HashMap;

impl Body<'_, '_> {
    #[allow(clippy::too_many_arguments)]
    pub fn emit_loop(
        &mut self,
        id: LabelId,
        lang: Lang,
        test: Option<&Expr>,
        body: &[Stmt],
        post_test: Option<&Expr>,
        update: Option<&Expr>,
        fresh: &[LocalId],
    ) -> TokenStream {
        let label = self.label("l");
        let condition = test.map(|test| self.emit(test, Want::Test(lang)));
        let continues = Body::node_mentions_label(body, id, true);
        let after = post_test.is_some() || update.is_some() || fresh.iter().any(|l| self.own_facts().is_cell(self.m, *l));
        let inner = if continues && after { self.label("c") } else { label.clone() };
        self.frames.push(Frame::Label { id, on_continue: inner.clone(), on_break: label.clone() });
        let mut stmts = self.emit_block(body);
        self.frames.pop();
        if continues && after {
            stmts = quote!(#inner: { #stmts });
        } else if after {
            // The body's declarations are not the update's.
            let declares = body.iter().any(|s| matches!(s.kind, StmtKind::Let(..)));
            stmts = if declares { quote!({ #stmts }) } else { stmts };
        }
        let post = post_test.map(|test| {
            let test = crate::rep::atom(self.emit(test, Want::Test(lang)));
            quote!(if !#test { break; })
        });
        let cells: Vec<LocalId> = fresh.iter().copied().filter(|l| self.own_facts().is_cell(self.m, *l)).collect();
        let renew: Vec<TokenStream> = cells
            .into_iter()
            .map(|l| {
                let ident = self.var(l).ident;
                quote!(#ident = rt::cell(cx, rt::cell_get(&#ident));)
            })
            .collect();
        let update = update.map(|e| match self.emit_last_step(test, e) {
            Some(step) => step,
            None => {
                let effect = self.emit(e, Want::Unit);
                quote!(#effect;)
            }
        });
        let name = Body::node_mentions_label(body, id, false).then(|| quote!(#label:));
        // Closures of the loop's head keep the first binding to themselves.
        let first = renew.clone();
        let looped = match condition.filter(|c| c.to_string() != "true") {
            Some(condition) => quote!(#name while #condition { #stmts #post #(#renew)* #update }),
            None => quote!(#name loop { #stmts #post #(#renew)* #update }),
        };
        quote!(#(#first)* #looped)
    }

    /// The step of `i <= bound; i++` where both are `i32`: beyond the largest one the test would fail.
    fn emit_last_step(&mut self, test: Option<&Expr>, update: &Expr) -> Option<TokenStream> {
        let ExprKind::Binary(BinaryOp::Le, Lang::Js, a, b) = &test?.kind else { return None };
        let ExprKind::Update { place: Place::Local(counter), delta, .. } = &update.kind else { return None };
        let steps = matches!(a.kind, ExprKind::Local(id) if id == *counter) && matches!(b.kind, ExprKind::Local(_)) && *delta == 1.0;
        if !steps || self.peek(*counter) != Rep::Int {
            return None;
        }
        let ident = self.var(*counter).ident;
        Some(quote!(match #ident.checked_add(1) { Some(next) => #ident = next, None => break, }))
    }

    pub fn emit_for_of(&mut self, id: LabelId, item: LocalId, iterable: &Expr, body: &[Stmt], is_await: bool) -> TokenStream {
        let v = self.emit(iterable, Want::Ref);
        // Other languages walk what they have made a list of.
        let open = if is_await { quote!(rt::for_await(cx, #v)) } else { quote!(rt::for_of(cx, #v)) };
        let text = self.wording().walked_text(iterable, is_await);
        let open = self.fallible_about(iterable.span, &text, open);
        let ident = self.temp();
        let outer = self.live.len();
        self.live.push(Live::Parked(ident.clone()));
        let next = if is_await { self.emit_next_awaited(&ident) } else { quote!(#ident.next(cx)) };
        let next = self.fallible_at(iterable.span, next);
        let label = self.label("l");
        self.frames.push(Frame::Label { id, on_continue: label.clone(), on_break: label.clone() });
        self.frames.push(Frame::Iterator { ident: ident.clone(), is_async: is_await });
        let (pattern, declaration) = self.loop_item(item);
        let stmts = self.emit_block(body);
        self.frames.pop();
        self.frames.pop();
        self.live.truncate(outer);
        let name = Body::node_mentions_label(body, id, false).then(|| quote!(#label:));
        quote!({ let mut #ident = #open; #name while let Some(#pattern) = #next { #declaration #stmts } })
    }

    pub fn emit_for_in(&mut self, id: LabelId, item: LocalId, object: &Expr, body: &[Stmt]) -> TokenStream {
        let v = self.emit(object, Want::Value);
        let t = self.temp();
        let keys = self.fallible_at(object.span, quote!(rt::for_in_keys(cx, &#t)));
        let k = self.temp();
        let live = self.fallible(quote!(rt::for_in_live(cx, &#t, &#k)));
        let label = self.label("l");
        self.frames.push(Frame::Label { id, on_continue: label.clone(), on_break: label.clone() });
        let (pattern, declaration, stmts) = self.scoped(|inner| {
            inner.keep_live(&t);
            let (pattern, declaration) = inner.loop_item(item);
            (pattern, declaration, inner.emit_block(body))
        });
        self.frames.pop();
        let name = Body::node_mentions_label(body, id, false).then(|| quote!(#label:));
        quote!({
            let mut #t = #v;
            #name for #k in #keys {
                if !#live { continue; }
                let #pattern = #k;
                #declaration
                #stmts
            }
        })
    }

    /// The pattern that takes a turn's value, and what makes the local of it.
    pub fn loop_item(&mut self, item: LocalId) -> (TokenStream, TokenStream) {
        let rep = self.local_rep(item);
        let cell = self.own_facts().is_cell(self.m, item);
        let var = self.bind(item, rep, false);
        let ident = &var.ident;
        if cell {
            let mutable = self.mutable(false);
            return (quote!(#ident), quote!(let #mutable #ident = rt::cell(cx, #ident);));
        }
        if rep != Rep::Value {
            let t = self.temp();
            let value = crate::rep::Code::value(quote!(#t)).to(rep.want());
            let declaration = self.declare(item, value);
            return (quote!(#t), declaration);
        }
        let mutable = self.mutable(self.m.local(item).assigned);
        (quote!(#mutable #ident), quote!())
    }

    pub fn emit_labeled(&mut self, id: LabelId, body: &[Stmt]) -> TokenStream {
        let label = self.label("b");
        self.frames.push(Frame::Label { id, on_continue: label.clone(), on_break: label.clone() });
        let stmts = self.emit_block(body);
        self.frames.pop();
        quote!(#label: { #stmts })
    }

    /// `break` or `continue` of a label, through whatever lies between.
    pub fn emit_jump(&mut self, id: LabelId, is_continue: bool) -> TokenStream {
        let mut closing = Vec::new();
        for index in (0..self.frames.len()).rev() {
            match self.frames[index].clone() {
                Frame::Label { id: open, on_continue, on_break } if open == id => {
                    let target = if is_continue && on_continue == on_break {
                        quote!(continue #on_continue;)
                    } else if is_continue {
                        quote!(break #on_continue;)
                    } else {
                        quote!(break #on_break;)
                    };
                    return quote!(#(#closing)* #target);
                }
                Frame::Iterator { ident, is_async } => {
                    // Its own loop goes on.
                    let own = is_continue && matches!(&self.frames[index - 1], Frame::Label { id: open, .. } if *open == id);
                    if !own {
                        let close = self.emit_close(&ident, is_async);
                        closing.push(close);
                    }
                }
                Frame::Finally { label, .. } => {
                    let Frame::Finally { jumps, .. } = &mut self.frames[index] else { break };
                    let position = jumps.iter().position(|j| *j == (id, is_continue)).unwrap_or_else(|| {
                        jumps.push((id, is_continue));
                        jumps.len() - 1
                    });
                    let n = Literal::usize_unsuffixed(position);
                    return quote!(#(#closing)* break #label rt::Done::Jump(#n););
                }
                Frame::Label { .. } | Frame::Catch(_) | Frame::Markup => {}
            }
        }
        panic!("bug in puremixc: no label {} is open in {}", id.0, self.m.path)
    }

    fn emit_close(&mut self, ident: &proc_macro2::Ident, is_async: bool) -> TokenStream {
        let close = self.fallible(quote!(#ident.close(cx)));
        if !is_async {
            return quote!(#close;);
        }
        let awaited = self.await_value(quote!(v));
        let awaited = self.fallible(awaited);
        quote!(if let Some(v) = #close { #awaited; })
    }

    /// Leaves the function with an owned value of the result's representation.
    pub fn emit_return_of(&mut self, value: TokenStream) -> TokenStream {
        let mut closing = Vec::new();
        for index in (0..self.frames.len()).rev() {
            match self.frames[index].clone() {
                Frame::Iterator { ident, is_async } => {
                    let close = self.emit_close(&ident, is_async);
                    closing.push(close);
                }
                Frame::Finally { label, .. } => {
                    if let Frame::Finally { returns, .. } = &mut self.frames[index] {
                        *returns = true;
                    }
                    return quote!(#(#closing)* break #label rt::Done::Return(#value););
                }
                Frame::Label { .. } | Frame::Catch(_) | Frame::Markup => {}
            }
        }
        quote!(#(#closing)* return Ok(#value);)
    }

    pub fn emit_try(&mut self, body: &[Stmt], catch: Option<&Catch>, finally: Option<&[Stmt]>) -> TokenStream {
        let Some(finally) = finally else {
            return match catch {
                Some(catch) => self.emit_catch(body, catch),
                None => self.emit_block(body),
            };
        };
        let label = self.label("finally");
        self.frames.push(Frame::Finally { label: label.clone(), jumps: Vec::new(), returns: false });
        let (stmts, ends) = match catch {
            Some(catch) => (self.emit_catch(body, catch), false),
            None => (self.emit_block(body), diverges(body)),
        };
        let (jumps, returns) = match self.frames.pop() {
            Some(Frame::Finally { jumps, returns, .. }) => (jumps, returns),
            _ => (Vec::new(), false),
        };
        let done = self.temp();
        let last = self.scoped(|body| {
            if body.ret == Rep::Value && body.f.kind != FnKind::Render {
                body.live.push(Live::Parked(done.clone()));
            }
            body.emit_block(finally)
        });
        let ret = if self.f.kind == FnKind::Render { quote!(()) } else { self.ret.owned() };
        let normal = (!ends).then(|| quote!(rt::Done::Normal));
        let thrown = self.throw(quote!(rt::throw(cx, v)));
        let on_return = if returns {
            let exit = self.emit_return_of(quote!(v));
            quote!(rt::Done::Return(v) => { #exit })
        } else {
            quote!(rt::Done::Return(_) => {})
        };
        let mut on_jump = Vec::new();
        for (index, (id, is_continue)) in jumps.iter().enumerate() {
            let exit = self.emit_jump(*id, *is_continue);
            let pattern = if index + 1 == jumps.len() {
                quote!(_)
            } else {
                let n = Literal::usize_unsuffixed(index);
                quote!(#n)
            };
            on_jump.push(quote!(rt::Done::Jump(#pattern) => { #exit }));
        }
        if jumps.is_empty() {
            on_jump.push(quote!(rt::Done::Jump(_) => {}));
        }
        quote! {
            let mut #done: rt::Done<#ret> = rt::hold(cx, #label: { #stmts #normal });
            { #last }
            match #done {
                rt::Done::Normal => {}
                #on_return
                rt::Done::Throw(v) => { #thrown; }
                #(#on_jump)*
            }
        }
    }

    fn emit_catch(&mut self, body: &[Stmt], catch: &Catch) -> TokenStream {
        let label = self.label("try");
        self.frames.push(Frame::Catch(label.clone()));
        let stmts = self.emit_block(body);
        self.frames.pop();
        let tried = self.temp();
        let ok = (!diverges(body)).then(|| quote!(Ok(())));
        let (binding, handler) = self.scoped(|inner| {
            let binding = match catch.binding {
                Some(local) => inner.declare(local, quote!(rt::caught(cx, t))),
                None => quote!(rt::caught(cx, t);),
            };
            (binding, inner.emit_block(&catch.body))
        });
        quote! {
            let #tried: rt::R<()> = #label: { #stmts #ok };
            if let Err(t) = #tried { #binding #handler }
        }
    }

    pub fn emit_switch(&mut self, id: LabelId, discriminant: &Expr, cases: &[Case]) -> TokenStream {
        self.scoped(|body| body.emit_cases(id, discriminant, cases))
    }

    fn emit_cases(&mut self, id: LabelId, discriminant: &Expr, cases: &[Case]) -> TokenStream {
        let shared = self.shared_declarations(cases);
        let mut lets: Vec<TokenStream> = shared.iter().map(|l| self.declare_early(*l)).collect();
        let subject_rep = match self.rep(discriminant) {
            rep @ (Rep::Num | Rep::Int | Rep::Str) => rep,
            _ => Rep::Value,
        };
        let subject = self.emit(discriminant, subject_rep.want());
        let t = self.temp();
        lets.push(quote!(let mut #t = #subject;));
        let mut tests = Vec::new();
        for case in cases {
            let test = case.test.as_ref().map(|test| self.emit_case_test(&t, subject_rep, test));
            tests.push(test);
        }
        // Tests that suspend borrow it meanwhile, and keep it to themselves.
        if subject_rep == Rep::Value {
            self.keep_live(&t);
        }
        let label = self.label("s");
        self.frames.push(Frame::Label { id, on_continue: label.clone(), on_break: label.clone() });
        let code = if is_chain(cases, id) { self.emit_case_chain(id, cases, tests) } else { self.emit_case_ladder(cases, tests) };
        self.frames.pop();
        quote!(#label: { #(#lets)* #code })
    }

    fn emit_case_test(&mut self, subject: &proc_macro2::Ident, rep: Rep, test: &Expr) -> TokenStream {
        match (rep, self.rep(test)) {
            (Rep::Num | Rep::Int, Rep::Num | Rep::Int) => {
                let n = self.emit(test, Want::Num);
                let s = if rep == Rep::Int { quote!(f64::from(#subject)) } else { quote!(#subject) };
                quote!(#s == #n)
            }
            (Rep::Str, Rep::Str) => {
                let s = self.emit(test, Want::StrRef);
                quote!(rt::str_eq(&#subject, #s))
            }
            _ => {
                let v = self.emit(test, Want::Ref);
                let s = crate::rep::Code { tokens: quote!(#subject), rep, form: crate::rep::Form::Place }.to(Want::Ref);
                quote!(rt::js_strict_eq(#s, #v))
            }
        }
    }

    /// No case falls into the next: `if … else if … else`.
    fn emit_case_chain(&mut self, id: LabelId, cases: &[Case], tests: Vec<Option<TokenStream>>) -> TokenStream {
        let mut chain = quote!();
        let mut default = quote!();
        let mut pending: Vec<TokenStream> = Vec::new();
        let mut is_default = false;
        for (index, (case, test)) in cases.iter().zip(tests).enumerate() {
            match test {
                Some(test) => pending.push(test),
                None => is_default = true,
            }
            if case.body.is_empty() && index + 1 < cases.len() {
                continue;
            }
            // The chain's end is the switch's end.
            let body = match case.body.split_last() {
                Some((Stmt { kind: StmtKind::Break(l), .. }, before)) if *l == id => before,
                _ => &case.body[..],
            };
            let stmts = self.emit_block(body);
            let tests = std::mem::take(&mut pending);
            if std::mem::take(&mut is_default) {
                default = quote!(#stmts);
            } else if chain.is_empty() {
                chain = quote!(if #(#tests)||* { #stmts });
            } else {
                chain = quote!(#chain else if #(#tests)||* { #stmts });
            }
        }
        match (chain.is_empty(), default.is_empty()) {
            (true, _) => default,
            (false, true) => chain,
            (false, false) => quote!(#chain else { #default }),
        }
    }

    /// Cases that fall through: find where to enter, then run every body from there on.
    fn emit_case_ladder(&mut self, cases: &[Case], tests: Vec<Option<TokenStream>>) -> TokenStream {
        let count = Literal::usize_unsuffixed(cases.len());
        let default = cases.iter().position(|c| c.test.is_none()).map_or(quote!(#count), |i| {
            let i = Literal::usize_unsuffixed(i);
            quote!(#i)
        });
        let mut enter = quote!();
        for (index, test) in tests.into_iter().enumerate() {
            if let Some(test) = test {
                let index = Literal::usize_unsuffixed(index);
                enter.extend(quote!(if #test { #index } else));
            }
        }
        let t = self.temp();
        let mut bodies = quote!();
        for (index, case) in cases.iter().enumerate() {
            if case.body.is_empty() {
                continue;
            }
            let stmts = self.emit_block(&case.body);
            let index = Literal::usize_unsuffixed(index);
            bodies.extend(quote!(if #t <= #index { #stmts }));
        }
        let enter = if enter.is_empty() { default } else { quote!(#enter { #default }) };
        quote!(let #t: usize = #enter; #bodies)
    }

    /// Locals declared in one case and named in another: all cases are one scope.
    fn shared_declarations(&self, cases: &[Case]) -> Vec<LocalId> {
        let mut home: HashMap<LocalId, usize> = HashMap::new();
        for (index, case) in cases.iter().enumerate() {
            for stmt in &case.body {
                if let StmtKind::Let(local, _) = stmt.kind {
                    home.insert(local, index);
                }
            }
        }
        let mut shared = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            visit::walk(&case.body, &mut |node| {
                visit::mentions(node, &mut |mention| {
                    let mut see = |local: LocalId| {
                        if home.get(&local).is_some_and(|at| *at != index) && !shared.contains(&local) {
                            shared.push(local);
                        }
                    };
                    match mention {
                        visit::Mention::Local(local, _) => see(local),
                        visit::Mention::Function(f) => self.own_facts().captures(f).iter().for_each(|l| see(*l)),
                        visit::Mention::Global(..) | visit::Mention::Import(_) => {}
                    }
                });
            });
        }
        shared.sort_unstable();
        shared
    }
}

/// Whether no case falls into a next one that has a body, and tests have no effects that a group would skip.
fn is_chain(cases: &[Case], _id: LabelId) -> bool {
    let mut group_has_default = false;
    for (index, case) in cases.iter().enumerate() {
        let last = index + 1 == cases.len();
        if case.test.is_none() {
            group_has_default = true;
        } else if group_has_default && !constant(case.test.as_ref()) {
            return false;
        }
        if case.body.is_empty() {
            continue;
        }
        group_has_default = false;
        if !last && !diverges(&case.body) {
            return false;
        }
    }
    true
}

fn constant(test: Option<&Expr>) -> bool {
    test.is_none_or(|e| matches!(e.kind, ExprKind::Num(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::Null | ExprKind::Undefined))
}
