//! Classes: the constructor and prototype are made, then members are defined in order; static fields and blocks run last.

use crate::body::Body;
use crate::function::definition_ident;
use crate::rep::{Code, Rep, Want};
use proc_macro2::{Ident, TokenStream};
use puremix_ir::*;
use quote::quote;

impl Body<'_, '_> {
    pub fn emit_class(&mut self, class: &Class, e: &Expr) -> Code {
        self.scoped(|body| body.emit_class_parts(class, e))
    }

    fn emit_class_parts(&mut self, class: &Class, e: &Expr) -> Code {
        let span = e.span;
        let mut stmts = Vec::new();
        for (local, name) in &class.privates {
            let name = &**name;
            let stmt = self.declare(*local, quote!(rt::private_symbol(#name)));
            stmts.push(stmt);
        }
        // What the constructor's closure captures, or the heritage and computed keys read, before it has a value.
        let mut named = Vec::new();
        visit::children(visit::Node::Expr(e), &mut |child| {
            if let visit::Node::Expr(child) = child {
                visit::walk_expr(child, &mut |node| visit::mentions(node, &mut |m| named.push(m)));
            }
        });
        for local in self.class_locals(class) {
            if self.own_facts().is_cell(self.m, local) {
                let stmt = self.declare(local, quote!(rt::Value::Uninit));
                stmts.push(stmt);
            } else if named.iter().any(|m| matches!(m, visit::Mention::Local(l, _) if *l == local)) {
                let stmt = self.declare_early_checked(local);
                stmts.push(stmt);
            }
        }
        let parent = match &class.parent {
            None => quote!(None),
            Some(parent) => {
                let v = self.emit(parent, Want::Value);
                let t = self.temp();
                stmts.push(quote!(let #t = #v;));
                quote!(Some(&#t))
            }
        };
        let definition = definition_ident(class.constructor, self.m.function(class.constructor));
        let captures: Vec<LocalId> = self.own_facts().captures(class.constructor).to_vec();
        let captures: Vec<TokenStream> = captures.iter().map(|l| self.capture_arg(*l, Want::Value)).collect();
        let made = self.fallible_at(span, quote!(rt::class(cx, &#definition, vec![#(#captures),*], #parent)));
        let (constructor, proto) = (self.temp(), self.temp());
        let mutable = self.mutable(false);
        stmts.push(quote!(let (#mutable #constructor, #mutable #proto) = #made;));
        // A computed key may wait while the class is half made.
        self.keep_live(&constructor);
        self.keep_live(&proto);
        for (local, value) in [(class.binding, &constructor), (class.home_static, &constructor), (class.home_proto, &proto)] {
            if let Some(local) = local {
                let stmt = self.initialise(local, quote!(#value.clone()));
                stmts.push(stmt);
            }
        }
        let mut late = Vec::new();
        for member in &class.members {
            let target = if member.is_static { &constructor } else { &proto };
            self.emit_member(member, target, &constructor, &mut stmts, &mut late);
        }
        Code::value(quote!({ #(#stmts)* #(#late)* #constructor }))
    }

    fn class_locals(&self, class: &Class) -> Vec<LocalId> {
        let members = class.members.iter().filter_map(|member| match &member.kind {
            MemberKind::FieldKey(local, _) | MemberKind::FieldInit(local, _) => Some(*local),
            _ => None,
        });
        [class.binding, class.home_static, class.home_proto].into_iter().flatten().chain(members).collect()
    }

    /// Gives a class local its value: a cell exists already, a plain variable begins here.
    fn initialise(&mut self, local: LocalId, value: TokenStream) -> TokenStream {
        if !self.is_bound(local) {
            return self.declare(local, value);
        }
        let ident = self.var(local).ident;
        if !self.own_facts().is_cell(self.m, local) {
            return quote!(#ident = #value;);
        }
        quote!(rt::cell_set(&#ident, #value);)
    }

    fn emit_member(&mut self, member: &Member, target: &Ident, constructor: &Ident, stmts: &mut Vec<TokenStream>, late: &mut Vec<TokenStream>) {
        let call = match &member.kind {
            MemberKind::Method(key, f) => {
                let key = self.emit_member_key(key, stmts);
                let closure = self.emit_closure(*f);
                quote!(rt::define_method(cx, &#target, &#key, #closure))
            }
            MemberKind::Getter(key, f) => {
                let key = self.emit_member_key(key, stmts);
                let closure = self.emit_closure(*f);
                quote!(rt::define_getter(cx, &#target, &#key, #closure, false))
            }
            MemberKind::Setter(key, f) => {
                let key = self.emit_member_key(key, stmts);
                let closure = self.emit_closure(*f);
                quote!(rt::define_setter(cx, &#target, &#key, #closure, false))
            }
            MemberKind::StaticField(key, f) => {
                let key = self.emit_key(key);
                let t = self.temp();
                stmts.push(quote!(let #t = #key;));
                let closure = self.emit_closure(*f);
                let value = self.fallible_at(member.span, quote!(rt::call(cx, &#closure, &#constructor, &[])));
                let define = self.fallible_at(member.span, quote!(rt::define(cx, &#constructor, &#t, #value)));
                late.push(quote!(#define;));
                return;
            }
            MemberKind::StaticBlock(f) => {
                let closure = self.emit_closure(*f);
                let call = self.fallible_at(member.span, quote!(rt::call(cx, &#closure, &#constructor, &[])));
                late.push(quote!(#call;));
                return;
            }
            MemberKind::FieldKey(local, e) => {
                let v = self.emit(e, Want::Value);
                let stmt = self.initialise(*local, v);
                stmts.push(stmt);
                return;
            }
            MemberKind::FieldInit(local, f) => {
                let closure = self.emit_closure(*f);
                let stmt = self.initialise(*local, closure);
                stmts.push(stmt);
                return;
            }
        };
        let call = self.fallible_at(member.span, call);
        stmts.push(quote!(#call;));
    }

    /// A member's key. One that may wait is made before anything is borrowed.
    fn emit_member_key(&mut self, key: &Key, stmts: &mut Vec<TokenStream>) -> TokenStream {
        let value = self.emit_key(key);
        if !self.is_suspending() || !matches!(key, Key::Computed(_)) {
            return value;
        }
        let t = self.temp();
        stmts.push(quote!(let #t = #value;));
        quote!(#t)
    }

    /// Brings a local to life with an owned value of its representation (a cell takes a `Value`).
    pub fn declare(&mut self, local: LocalId, value: TokenStream) -> TokenStream {
        let rep = self.local_rep(local);
        let var = if self.is_bound(local) { self.var(local) } else { self.bind(local, rep, false) };
        let ident = &var.ident;
        if var.cell {
            let mutable = self.mutable(self.own_facts().fresh.contains(&local));
            return quote!(let #mutable #ident = rt::cell(cx, #value););
        }
        let mutable = self.mutable(self.m.local(local).assigned);
        let ty = match rep {
            Rep::Num | Rep::Int => {
                let ty = rep.owned();
                quote!(: #ty)
            }
            _ => quote!(),
        };
        quote!(let #mutable #ident #ty = #value;)
    }
}
