//! Statements.

use crate::body::{Body, Frame};
use crate::rep::{Rep, Want};
use proc_macro2::TokenStream;
use puremix_ir::visit::{Mention, Node, mentions, walk};
use puremix_ir::*;
use quote::quote;
use std::collections::HashSet;

/// Statements of a long template that become one Rust function. rustc takes more than twice the time for a function twice as long.
const PART: usize = 64;

/// A piece of a template, which neither declares what statements behind it see nor leaves its block.
fn only_writes(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Write(_)
        | StmtKind::WriteHole(..)
        | StmtKind::WriteRaw(_)
        | StmtKind::WriteAttr { .. }
        | StmtKind::WriteAttrs(_)
        | StmtKind::Component { .. }
        | StmtKind::WriteSlot(_)
        | StmtKind::WriteCsrf => true,
        StmtKind::If { then: body, otherwise, .. } => body.iter().chain(otherwise).all(only_writes),
        StmtKind::Each { body, .. } | StmtKind::Block(body) => body.iter().all(|stmt| matches!(stmt.kind, StmtKind::Let(..)) || only_writes(stmt)),
        _ => false,
    }
}

impl Body<'_, '_> {
    /// The statements of a block, without braces.
    pub fn emit_block(&mut self, block: &[Stmt]) -> TokenStream {
        self.scoped(|body| body.emit_stmts(block))
    }

    /// As [`Body::emit_block`], for a block whose declarations stay visible behind it.
    pub fn emit_stmts(&mut self, block: &[Stmt]) -> TokenStream {
        let mut out = self.emit_early(block);
        let is_parted = block.len() > 2 * PART && !self.is_suspending() && self.throw_exit(quote!(t)).is_none();
        let mut rest = block;
        while let Some(first) = rest.first() {
            let writing = rest.iter().take(PART).take_while(|stmt| only_writes(stmt)).count();
            if is_parted && writing > 1 {
                let (part, behind) = rest.split_at(writing);
                let code = self.emit_run(part);
                out.extend(quote!(rt::part(|| { #code Ok(()) })?;));
                rest = behind;
            } else if is_parted {
                out.extend(self.emit_run(std::slice::from_ref(first)));
                rest = &rest[1..];
            } else {
                out.extend(self.emit_run(rest));
                break;
            }
        }
        out
    }

    fn emit_run(&mut self, block: &[Stmt]) -> TokenStream {
        let mut out = TokenStream::new();
        let mut text = String::new();
        for stmt in block {
            if let StmtKind::Write(piece) = &stmt.kind {
                text.push_str(piece);
                continue;
            }
            out.extend(self.emit_write(&mut text));
            let mark = self.is_marked(stmt).then(|| self.mark(stmt.span));
            let code = self.emit_stmt(stmt);
            out.extend(quote!(#mark #code));
        }
        out.extend(self.emit_write(&mut text));
        out
    }

    fn is_marked(&self, stmt: &Stmt) -> bool {
        !matches!(stmt.kind, StmtKind::Block(_) | StmtKind::Labeled { .. } | StmtKind::Let(_, None))
    }

    /// Declares at the block's head what is used before its declaration is reached (by closures made earlier, mostly).
    fn emit_early(&mut self, block: &[Stmt]) -> TokenStream {
        let declared: HashSet<LocalId> = block.iter().filter_map(|s| if let StmtKind::Let(l, _) = s.kind { Some(l) } else { None }).collect();
        if declared.is_empty() {
            return quote!();
        }
        let mut waiting = declared;
        let mut early = Vec::new();
        for stmt in block {
            let mut used = |local: LocalId| {
                if waiting.remove(&local) {
                    early.push(local);
                }
            };
            let own = match &stmt.kind {
                StmtKind::Let(local, _) => Some(*local),
                _ => None,
            };
            let facts = self.own_facts();
            let mut see = |node: Node<'_>| {
                mentions(node, &mut |mention| match mention {
                    Mention::Local(local, _) if Some(local) == own && matches!(node, Node::Stmt(_)) => {}
                    Mention::Local(local, _) => used(local),
                    Mention::Function(f) => facts.captures(f).iter().for_each(|l| used(*l)),
                    Mention::Global(..) | Mention::Import(_) => {}
                });
                // A direct call passes what its callee captures.
                if let Node::Expr(Expr { kind: ExprKind::Call { callee, .. }, .. }) = node
                    && let ExprKind::Local(l) = callee.kind
                    && let Some(known) = facts.known_locals.get(&l)
                {
                    facts.captures(known.function).iter().for_each(|l| used(*l));
                }
            };
            walk(std::slice::from_ref(stmt), &mut see);
            if let Some(local) = own {
                waiting.remove(&local);
            }
        }
        let mut out = quote!();
        for local in early {
            if !self.is_bound(local) {
                out.extend(self.declare_early(local));
            }
        }
        out
    }

    /// As [`Body::declare_early`], and reads ask whether it has its value.
    pub fn declare_early_checked(&mut self, local: LocalId) -> TokenStream {
        let ident = self.bind_checked(local).ident;
        self.early.insert(local);
        quote!(let mut #ident = rt::Value::Uninit;)
    }

    /// A declaration without a value, for a local whose `Let` will assign it.
    pub fn declare_early(&mut self, local: LocalId) -> TokenStream {
        let rep = self.local_rep(local);
        let var = self.bind(local, rep, false);
        self.early.insert(local);
        let ident = &var.ident;
        if var.cell {
            return quote!(let mut #ident = rt::cell(cx, rt::Value::Uninit););
        }
        let value = if var.checked { quote!(rt::Value::Uninit) } else { rep.default() };
        quote!(let mut #ident = #value;)
    }

    pub fn emit_stmt(&mut self, stmt: &Stmt) -> TokenStream {
        match &stmt.kind {
            StmtKind::Expr(e) => {
                let effect = self.emit(e, Want::Unit);
                if effect.to_string() == "()" { quote!() } else { quote!(#effect;) }
            }
            StmtKind::Let(local, value) => self.emit_let(*local, value.as_ref()),
            StmtKind::Block(block) => {
                let inner = self.emit_block(block);
                quote!({ #inner })
            }
            StmtKind::If { test, lang, then, otherwise } => {
                let test = self.emit(test, Want::Test(*lang));
                let then = self.emit_block(then);
                match otherwise.as_slice() {
                    [] => quote!(if #test { #then }),
                    [Stmt { kind: StmtKind::If { .. }, .. }] => {
                        let nested = self.emit_stmt(&otherwise[0]);
                        quote!(if #test { #then } else #nested)
                    }
                    _ => {
                        let otherwise = self.emit_block(otherwise);
                        quote!(if #test { #then } else { #otherwise })
                    }
                }
            }
            StmtKind::Loop { label, lang, test, body, post_test, update, fresh } => {
                self.emit_loop(*label, *lang, test.as_ref(), body, post_test.as_ref(), update.as_ref(), fresh)
            }
            StmtKind::ForOf { label, lang: _, item, iterable, body, is_await } => self.emit_for_of(*label, *item, iterable, body, *is_await),
            StmtKind::ForIn { label, item, object, body } => self.emit_for_in(*label, *item, object, body),
            StmtKind::Labeled { label, body } => self.emit_labeled(*label, body),
            StmtKind::Switch { label, discriminant, cases } => self.emit_switch(*label, discriminant, cases),
            StmtKind::Break(label) => self.emit_jump(*label, false),
            StmtKind::Continue(label) => self.emit_jump(*label, true),
            StmtKind::Return(value) => self.emit_return(value.as_ref()),
            StmtKind::Throw(e) => {
                let v = self.emit(e, Want::Value);
                let site = self.tables.site(stmt.span);
                let exit = self.throw(quote!(rt::throw_at(cx, #site, #v)));
                quote!(#exit;)
            }
            StmtKind::Try { body, catch, finally } => self.emit_try(body, catch.as_ref(), finally.as_deref()),
            StmtKind::Write(_)
            | StmtKind::WriteHole(..)
            | StmtKind::WriteRaw(_)
            | StmtKind::WriteAttr { .. }
            | StmtKind::WriteAttrs(_)
            | StmtKind::Each { .. }
            | StmtKind::Component { .. }
            | StmtKind::WriteSlot(_)
            | StmtKind::WriteCsrf => self.emit_template_stmt(stmt),
        }
    }

    fn emit_let(&mut self, local: LocalId, value: Option<&Expr>) -> TokenStream {
        let early = self.early.contains(&local);
        let rep = if self.is_bound(local) { self.peek(local) } else { self.local_rep(local) };
        // A function that is only called directly needs no variable.
        if let Some(Expr { kind: ExprKind::Closure(f), .. }) = value
            && !crate::module::is_value(self.own_facts(), self.m, *f)
            && !self.m.local(local).checked
        {
            return quote!();
        }
        if let Some(Expr { kind: ExprKind::Runtime("iter_open", args), span, .. }) = value
            && self.own_facts().iterators.contains(&local)
            && let [iterable] = args.as_slice()
            && !early
        {
            let v = self.emit(iterable, Want::Ref);
            let text = self.wording().pattern_text(iterable);
            let open = self.fallible_about(*span, &text, quote!(rt::for_of(cx, #v)));
            let ident = self.bind(local, Rep::Value, false).ident;
            self.live_is_iterator(&ident);
            self.begin_pattern(&ident);
            return quote!(let mut #ident = #open;);
        }
        if let Some(text) = value.and_then(|value| self.wording().note(local, value)) {
            self.texts.insert(local, text);
        }
        let is_checked = self.m.local(local).checked;
        let value = match value {
            Some(Expr { kind: ExprKind::Closure(f), .. }) => self.emit_held_closure(*f),
            Some(value) => self.emit(value, rep.want()),
            None if is_checked => quote!(rt::Value::Uninit),
            None => rep.default(),
        };
        if !early {
            return self.declare(local, value);
        }
        let var = self.var(local);
        let ident = &var.ident;
        match (var.cell, self.is_suspending()) {
            // The value may suspend, and the variable is moved meanwhile.
            (true, true) => quote!({ let v = #value; rt::cell_set(&#ident, v); }),
            (true, false) => quote!(rt::cell_set(&#ident, #value);),
            (false, _) => quote!(#ident = #value;),
        }
    }

    fn emit_return(&mut self, value: Option<&Expr>) -> TokenStream {
        if self.f.kind == FnKind::Render {
            return self.emit_return_of(quote!(()));
        }
        if let Some(record) = value.filter(|_| self.hands_over_record) {
            return self.emit_record(record);
        }
        let rep = self.ret;
        let closing = self.frames.iter().any(|f| matches!(f, Frame::Iterator { .. }));
        let value = match value {
            Some(value) if rep == Rep::Value && self.f.is_async && self.f.is_generator => {
                // An async generator awaits what it returns.
                let v = self.emit(value, Want::Value);
                let awaited = self.await_value(v);
                self.fallible_at(value.span, awaited)
            }
            // A loop that is closed on the way may suspend, and wants its variables whole.
            Some(value) => match (!closing).then(|| self.emit_last_use(value, rep)).flatten() {
                Some(moved) => moved,
                None => self.emit(value, rep.want()),
            },
            None => rep.default(),
        };
        if closing {
            return self.scoped(|body| {
                let t = body.temp();
                if rep == Rep::Value {
                    body.keep_live(&t);
                }
                let exit = body.emit_return_of(quote!(#t));
                quote!(let mut #t = #value; #exit)
            });
        }
        self.emit_return_of(value)
    }
}

impl Body<'_, '_> {
    /// A local that is returned need not be copied: nothing reads it afterwards, unless a `finally` does.
    fn emit_last_use(&mut self, value: &Expr, rep: Rep) -> Option<TokenStream> {
        let ExprKind::Local(local) = value.kind else { return None };
        let var = self.var(local);
        let movable = !var.by_ref && !var.cell && !var.checked && var.rep == rep && !self.frames.iter().any(|f| matches!(f, Frame::Finally { .. }));
        let ident = var.ident;
        movable.then(|| quote!(#ident))
    }
}
