//! Array and object literals.

use crate::body::Body;
use crate::print;
use crate::rep::{Code, Want};
use proc_macro2::{Literal, TokenStream, TokenTree};
use puremix_ir::*;
use quote::quote;

/// Constant literals with more elements than this are data, parsed when they are reached: rustc's time is a cost users pay.
const MAX_CODE_ELEMENTS: usize = 100;

impl Body<'_, '_> {
    pub fn emit_array(&mut self, lang: Lang, elements: &[Element], span: Span) -> Code {
        let _ = lang;
        let plain = elements.iter().all(|e| matches!(e, Element::Value(_)));
        let mut json = String::new();
        if elements.len() > MAX_CODE_ELEMENTS && array_json(elements, &mut json) {
            return Code::value(quote!(rt::json_literal(cx, #json)));
        }
        if plain {
            let wants: Vec<(&Expr, Want)> = elements.iter().filter_map(|e| if let Element::Value(e) = e { Some((e, Want::Value)) } else { None }).collect();
            let values = self.operands(&wants);
            let values = print::vec_of(&values);
            return Code::value(quote!(rt::array(cx, #values)));
        }
        let t = self.temp();
        let mut stmts = Vec::new();
        for element in elements {
            stmts.push(match element {
                Element::Value(e) => {
                    let v = self.emit(e, Want::Value);
                    quote!(#t.push(#v);)
                }
                Element::Hole => quote!(#t.push(rt::Value::Uninit);),
                Element::Spread(e) => {
                    let v = self.emit(e, Want::Ref);
                    let text = self.wording().iterable_text(e);
                    let call = self.fallible_about(span, &text, quote!(rt::spread_into(cx, &mut #t, #v)));
                    quote!(#call;)
                }
            });
        }
        Code::value(quote!({ let mut #t = Vec::new(); #(#stmts)* rt::array(cx, #t) }))
    }

    pub fn emit_object(&mut self, lang: Lang, properties: &[Property], span: Span) -> Code {
        let _ = lang;
        let mut json = String::new();
        if count_object(properties) > MAX_CODE_ELEMENTS && object_json(properties, &mut json) {
            return Code::value(quote!(rt::json_literal(cx, #json)));
        }
        if let Some(code) = self.emit_shaped_object(properties) {
            return code;
        }
        let t = self.temp();
        let mut rest = properties;
        let start = match properties.split_first() {
            Some((Property::Spread(e), more)) => {
                rest = more;
                let v = self.emit(e, Want::Ref);
                let extra = Literal::usize_unsuffixed(more.len());
                self.fallible_at(span, quote!(rt::spread_object(cx, #v, #extra)))
            }
            _ => quote!(rt::new_object(cx)),
        };
        let mut stmts = Vec::new();
        for property in rest {
            let stmt = self.emit_property(&t, property, span);
            stmts.push(stmt);
        }
        Code::value(quote!({ let #t = #start; #(#stmts)* #t }))
    }

    /// Distinct names only: one layout made at compile time.
    fn emit_shaped_object(&mut self, properties: &[Property]) -> Option<Code> {
        let mut names: Vec<&str> = Vec::new();
        for property in properties {
            match property {
                Property::Value(Key::Name(name), _) | Property::Method(Key::Name(name), _) if !names.contains(&&**name) => names.push(name),
                _ => return None,
            }
        }
        if names.len() > 60 {
            return None;
        }
        if names.is_empty() {
            return Some(Code::value(quote!(rt::new_object(cx))));
        }
        let shape = self.file.shape(self.tables, &names);
        let (lets, values) = self.emit_members(properties);
        let object = quote!(rt::object(cx, &#shape, [#(#values),*]));
        Some(Code::value(if lets.is_empty() { object } else { quote!({ #(#lets)* #object }) }))
    }

    /// The values of named members, after what has to be evaluated before them.
    pub fn emit_members(&mut self, properties: &[Property]) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let values: Vec<Code> = properties
            .iter()
            .map(|property| match property {
                Property::Value(_, e) => {
                    let rep = self.rep(e);
                    Code::owned(rep, self.emit(e, rep.want()))
                }
                Property::Method(_, f) => Code::value(self.emit_closure(*f)),
                Property::Getter(..) | Property::Setter(..) | Property::Proto(_) | Property::Spread(_) => Code::value(quote!()),
            })
            .collect();
        self.settle(values)
    }

    /// Evaluates what can fail, and what comes before it, into variables of their own types. A `Value` that waits while something else may
    /// fail has to lie in memory; a number or a string stays in a register.
    fn settle(&mut self, values: Vec<Code>) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let last = values.iter().rposition(|v| can_fail(&v.tokens));
        // What waits for a promise is kept where the collector sees it, by a pass before this one.
        let end = if self.is_suspending() { 0 } else { last.map_or(0, |i| i + 1) };
        let mut lets = Vec::new();
        let values = values.into_iter().enumerate().map(|(i, value)| {
            if i >= end || is_literal(&value.tokens) {
                return value.to(Want::Value);
            }
            let (t, rep, tokens) = (self.temp(), value.rep, value.tokens);
            lets.push(quote!(let #t = #tokens;));
            Code::owned(rep, quote!(#t)).to(Want::Value)
        });
        let values = values.collect();
        (lets, values)
    }

    fn emit_property(&mut self, object: &proc_macro2::Ident, property: &Property, span: Span) -> TokenStream {
        let call = match property {
            Property::Value(Key::Name(name), e) => {
                let key = self.tables.atom(name);
                let v = self.emit(e, Want::Value);
                let ic = self.tables.ic();
                quote!(rt::define_name(cx, &#object, #key, #v, #ic))
            }
            // An anonymous function takes the name of its key.
            Property::Value(key, e) if self.is_anonymous_function(e) => {
                let key = self.emit_key(key);
                let v = self.emit(e, Want::Value);
                quote!(rt::define_own_method(cx, &#object, &#key, #v))
            }
            Property::Value(key, e) => {
                let key = self.emit_key(key);
                let v = self.emit(e, Want::Value);
                let t = self.temp();
                let define = self.fallible(quote!(rt::define(cx, &#object, &#t, #v)));
                return quote!({ let #t = #key; #define; });
            }
            Property::Method(key, f) => {
                let key = self.emit_key(key);
                let v = self.emit_closure(*f);
                quote!(rt::define_own_method(cx, &#object, &#key, #v))
            }
            Property::Getter(key, f) => {
                let key = self.emit_key(key);
                let v = self.emit_closure(*f);
                quote!(rt::define_getter(cx, &#object, &#key, #v, true))
            }
            Property::Setter(key, f) => {
                let key = self.emit_key(key);
                let v = self.emit_closure(*f);
                quote!(rt::define_setter(cx, &#object, &#key, #v, true))
            }
            Property::Proto(e) => {
                let v = self.emit(e, Want::Ref);
                quote!(rt::set_literal_proto(cx, &#object, #v))
            }
            Property::Spread(e) => {
                let v = self.emit(e, Want::Ref);
                quote!(rt::copy_props(cx, &#object, #v))
            }
        };
        let call = self.fallible_at(span, call);
        quote!(#call;)
    }

    fn is_anonymous_function(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Closure(f) => self.m.function(*f).name.is_empty(),
            ExprKind::Class(class) => class.name.is_empty(),
            _ => false,
        }
    }

    /// An owned `rt::Key`.
    pub fn emit_key(&mut self, key: &Key) -> TokenStream {
        match key {
            Key::Name(name) => {
                let atom = self.tables.atom(name);
                quote!(rt::Key::Atom(#atom))
            }
            Key::Computed(e) => {
                let v = self.emit(e, Want::Ref);
                self.fallible_at(e.span, quote!(rt::js_to_key(cx, #v)))
            }
            Key::Private(local) => {
                let symbol = self.read_local(*local).to(Want::Ref);
                quote!(rt::private_key(#symbol))
            }
        }
    }
}

fn count_object(properties: &[Property]) -> usize {
    properties.iter().map(|p| if let Property::Value(_, e) = p { count(e) } else { 1 }).sum()
}

fn count(e: &Expr) -> usize {
    match &e.kind {
        ExprKind::Array(_, elements) => elements.iter().map(|x| if let Element::Value(e) = x { count(e) } else { 1 }).sum(),
        ExprKind::Object(_, properties) => count_object(properties),
        _ => 1,
    }
}

/// Appends the constant as JSON; false when it is not one.
fn expr_json(e: &Expr, out: &mut String) -> bool {
    match &e.kind {
        ExprKind::Null => out.push_str("null"),
        ExprKind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        ExprKind::Num(n) if n.is_finite() && !(*n == 0.0 && n.is_sign_negative()) => out.push_str(&format!("{n:?}")),
        ExprKind::Unary(UnaryOp::Neg, Lang::Js, x) => match x.kind {
            ExprKind::Num(n) if n.is_finite() && n != 0.0 => out.push_str(&format!("{:?}", -n)),
            _ => return false,
        },
        ExprKind::Str(Text::Utf8(s)) => json_string(s, out),
        ExprKind::Array(Lang::Js, elements) => return array_json(elements, out),
        ExprKind::Object(Lang::Js, properties) => return object_json(properties, out),
        _ => return false,
    }
    true
}

fn array_json(elements: &[Element], out: &mut String) -> bool {
    out.push('[');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let Element::Value(e) = element else { return false };
        if !expr_json(e, out) {
            return false;
        }
    }
    out.push(']');
    true
}

fn object_json(properties: &[Property], out: &mut String) -> bool {
    out.push('{');
    for (index, property) in properties.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let Property::Value(Key::Name(name), e) = property else { return false };
        json_string(name, out);
        out.push(':');
        if !expr_json(e, out) {
            return false;
        }
    }
    out.push('}');
    true
}

fn json_string(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether the code has a way out (`?`), outside of functions of its own.
fn can_fail(code: &TokenStream) -> bool {
    code.clone().into_iter().any(|token| match token {
        TokenTree::Punct(p) => p.as_char() == '?',
        TokenTree::Group(group) => can_fail(&group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}

/// A number as it stands in the source.
fn is_literal(code: &TokenStream) -> bool {
    let mut tokens = code.clone().into_iter();
    matches!((tokens.next(), tokens.next()), (Some(TokenTree::Literal(_)), None))
}
