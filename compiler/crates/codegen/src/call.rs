//! Calls: straight to the Rust function where the callee is known, through the runtime otherwise.

use crate::body::{Body, arg_expr};
use crate::facts::{DirectCall, Holder, direct_call};
use crate::function::signature;
use crate::names;
use crate::print;
use crate::rep::{Code, Rep, Want};
use proc_macro2::TokenStream;
use puremix_ir::effect::runs_code;
use puremix_ir::*;
use quote::quote;

impl Body<'_, '_> {
    pub fn emit_call(&mut self, callee: &Expr, args: &[Arg], e: &Expr) -> Code {
        if let Some(direct) = direct_call(self.program, self.facts, self.module, self.id, callee, args) {
            return self.emit_direct(direct, args, e);
        }
        let text = self.wording().text(callee);
        let (callee, args) = self.callee_and_args(&[callee], args);
        Code::value(self.fallible_about(e.span, &text, quote!(rt::call(cx, #(#callee,)* &rt::Value::Undefined, #args))))
    }

    fn emit_direct(&mut self, direct: DirectCall, args: &[Arg], e: &Expr) -> Code {
        let program = self.program;
        let m = program.module(direct.module);
        let sig = signature(&self.facts[direct.module.index()], m, direct.function);
        let mut passed = Vec::new();
        for (local, rep) in &sig.captures {
            passed.push(self.capture_arg(*local, rep.want_param()));
        }
        if sig.this {
            passed.push(quote!(&rt::Value::Undefined));
        }
        let exprs: Vec<&Expr> = args.iter().map(arg_expr).collect();
        let fixed = sig.params.len().min(exprs.len());
        let mut wants: Vec<(&Expr, Want)> = exprs[..fixed].iter().zip(&sig.params).map(|(e, (_, rep))| (*e, rep.want_param())).collect();
        let more = &exprs[fixed..];
        let more_want = if sig.rest.is_some() { Want::Value } else { Want::Unit };
        let effects = sig.rest.is_none() && more.iter().any(|e| !self.is_simple(e));
        wants.extend(more.iter().map(|e| (*e, more_want)));
        let mut operands = self.operands(&wants);
        let tail = operands.split_off(fixed);
        let mut lets = Vec::new();
        if effects {
            // Arguments nobody takes are evaluated after those that are taken and before the call.
            for (operand, (_, want)) in operands.iter_mut().zip(&wants) {
                let t = self.temp();
                lets.push(match want {
                    Want::Ref | Want::StrRef => quote!(let #t = #operand;),
                    _ => quote!(let #t = #operand;),
                });
                *operand = quote!(#t);
            }
            lets.extend(tail.iter().map(|effect| quote!(#effect;)));
        }
        passed.extend(operands);
        for (_, rep) in &sig.params[fixed..] {
            passed.push(Code::value(quote!(rt::Value::Undefined)).to(rep.want_param()));
        }
        if sig.rest.is_some() {
            let tail = print::vec_of(&tail);
            passed.push(quote!(&rt::array(cx, #tail)));
        }
        let ident = &sig.ident;
        let path = if direct.module == self.module {
            quote!(#ident)
        } else {
            let module = names::ident(&crate::module::module_name(program, direct.module));
            quote!(crate::#module::#ident)
        };
        let call = self.fallible_at(e.span, quote!(#path(cx, #(#passed),*)));
        let check = match direct.check {
            None => quote!(),
            Some(Holder::Local(local)) => {
                let read = self.read_local(local).tokens;
                quote!(#read;)
            }
            Some(Holder::Global(global)) => {
                let read = self.read_global(direct.module, global).tokens;
                quote!(#read;)
            }
        };
        let plain = check.is_empty() && lets.is_empty();
        Code::owned(sig.ret, if plain { call } else { quote!({ #check #(#lets)* #call }) })
    }

    /// Operands passed by reference, then the arguments as one slice.
    fn callee_and_args(&mut self, first: &[&Expr], args: &[Arg]) -> (Vec<TokenStream>, TokenStream) {
        let mut wants: Vec<(&Expr, Want)> = first.iter().map(|e| (*e, Want::Ref)).collect();
        if args.iter().any(|a| matches!(a, Arg::Spread(_))) {
            let later: Vec<&Expr> = args.iter().map(arg_expr).collect();
            wants.extend(later.iter().map(|e| (*e, Want::Unit)));
            let mut callee = Vec::new();
            for (index, e) in first.iter().enumerate() {
                let changed = matches!(&e.kind, ExprKind::Local(l) if wants[index + 1..].iter().any(|(later, _)| self.assigns(later, *l)));
                let operand = if changed {
                    let v = self.emit(e, Want::Value);
                    quote!(&#v)
                } else {
                    self.emit(e, Want::Ref)
                };
                callee.push(operand);
            }
            let list = self.emit_spread_list(args);
            return (callee, quote!(&#list));
        }
        wants.extend(args.iter().map(|a| (arg_expr(a), Want::Value)));
        let mut callee = self.operands(&wants);
        let args = callee.split_off(first.len());
        (callee, quote!(&[#(#args),*]))
    }

    /// Arguments of which some are spread, as a vector.
    fn emit_spread_list(&mut self, args: &[Arg]) -> TokenStream {
        let t = self.temp();
        let mut stmts = Vec::new();
        let before = &args[..args.len().saturating_sub(1)];
        let is_last = !before.iter().any(|a| matches!(a, Arg::Spread(_)));
        for arg in args {
            match arg {
                Arg::Value(e) => {
                    let v = self.emit(e, Want::Value);
                    stmts.push(quote!(#t.push(#v);));
                }
                Arg::Spread(e) => {
                    let v = self.emit(e, Want::Ref);
                    let text = if is_last { self.wording().text(e) } else { String::new() };
                    let spread = if is_last { quote!(spread_last) } else { quote!(spread_into) };
                    let call = self.fallible_about(e.span, &text, quote!(rt::#spread(cx, &mut #t, #v)));
                    stmts.push(quote!(#call;));
                }
            }
        }
        let counted = self.fallible(quote!(rt::spread_args(cx, #t)));
        quote!({ let mut #t = Vec::new(); #(#stmts)* #counted })
    }

    pub fn emit_call_method(&mut self, recv: &Expr, name: &str, args: &[Arg], safe: bool, e: &Expr) -> Code {
        if !safe {
            if let Some(code) = self.emit_math(recv, name, args, e) {
                return code;
            }
            if let Some(code) = self.emit_str_method(recv, name, args, e) {
                return code;
            }
            if let Some(code) = self.emit_inlined(recv, name, args, e) {
                return code;
            }
            if let ("json", [Arg::Value(argument)]) = (name, args)
                && self.holds_rows(argument)
            {
                return self.emit_call_with_rows(recv, name, argument, e);
            }
        }
        let text = self.wording().call_text(e);
        let runs_code = !safe && args.iter().any(|a| runs_code(arg_expr(a)));
        if let Some(wants) = named_method(name, args).filter(|_| !safe && !runs_code) {
            let mut operands = vec![(recv, Want::Ref)];
            operands.extend(args.iter().map(arg_expr).zip(wants.iter().copied()));
            let operands = self.operands(&operands);
            let ic = self.tables.ic();
            let method = names::ident(&format!("method_{name}"));
            return Code::value(self.fallible_about(e.span, &text, quote!(rt::#method(cx, #(#operands,)* #ic))));
        }
        if runs_code {
            let mut lets = Vec::new();
            let recv = self.receiver(recv, args, &mut lets);
            let (key, ic) = (self.tables.atom(name), self.tables.ic());
            let method = self.temp();
            let found = self.fallible_at(e.span, quote!(rt::method(cx, #recv, #key, #ic)));
            lets.push(quote!(let #method = #found;));
            let (_, args) = self.callee_and_args(&[], args);
            let call = self.fallible_about(e.span, &text, quote!(rt::call_looked_up(cx, #recv, &#method, #key, #args, #ic)));
            return Code::value(quote!({ #(#lets)* #call }));
        }
        let (operands, args) = self.callee_and_args(&[recv], args);
        let key = self.tables.atom(name);
        let ic = self.tables.ic();
        let method = if safe { quote!(call_method_safe) } else { quote!(call_method) };
        Code::value(self.fallible_about(e.span, &text, quote!(rt::#method(cx, #(#operands,)* #key, #args, #ic))))
    }

    /// The receiver as a `&Value` that stays what it is while the arguments are evaluated.
    fn receiver(&mut self, recv: &Expr, args: &[Arg], lets: &mut Vec<TokenStream>) -> TokenStream {
        let changed = matches!(recv.kind, ExprKind::Local(l) if args.iter().any(|a| self.assigns(arg_expr(a), l)));
        let t = self.temp();
        let value = if changed {
            let v = self.emit(recv, Want::Value);
            quote!(&#v)
        } else {
            self.emit(recv, Want::Ref)
        };
        lets.push(quote!(let #t = #value;));
        quote!(#t)
    }

    pub fn emit_call_index(&mut self, recv: &Expr, key: &Expr, args: &[Arg], e: &Expr) -> Code {
        let text = self.wording().call_text(e);
        if args.iter().any(|a| runs_code(arg_expr(a))) {
            let mut lets = Vec::new();
            let recv = self.receiver(recv, args, &mut lets);
            let method = self.temp();
            let key = self.emit(key, Want::Ref);
            let found = self.fallible_at(e.span, quote!(rt::index(cx, #recv, #key)));
            lets.push(quote!(let #method = #found;));
            let (_, args) = self.callee_and_args(&[], args);
            let call = self.fallible_about(e.span, &text, quote!(rt::call(cx, &#method, #recv, #args)));
            return Code::value(quote!({ #(#lets)* #call }));
        }
        let (operands, args) = self.callee_and_args(&[recv, key], args);
        Code::value(self.fallible_about(e.span, &text, quote!(rt::call_index(cx, #(#operands,)* #args))))
    }

    pub fn emit_call_with_this(&mut self, callee: &Expr, this: &Expr, args: &[Arg], e: &Expr) -> Code {
        let text = self.wording().text(callee);
        let (operands, args) = self.callee_and_args(&[callee, this], args);
        Code::value(self.fallible_about(e.span, &text, quote!(rt::call(cx, #(#operands,)* #args))))
    }

    pub fn emit_new(&mut self, callee: &Expr, args: &[Arg], e: &Expr) -> Code {
        let text = self.wording().text(callee);
        let (operands, args) = self.callee_and_args(&[callee], args);
        let site = self.tables.site_about(e.span, &text);
        Code::value(self.fallible(quote!(rt::construct_at(cx, #site, #(#operands,)* #args))))
    }

    pub fn emit_call_super(&mut self, callee: &Expr, new_target: &Expr, args: &[Arg], e: &Expr) -> Code {
        let (operands, args) = self.callee_and_args(&[callee, new_target], args);
        Code::value(self.fallible_at(e.span, quote!(rt::construct_super(cx, #(#operands,)* #args))))
    }

    /// `s.charCodeAt(i)` on a known string. As with [`Body::emit_math`], a number's type means that nothing replaces the method.
    fn emit_str_method(&mut self, recv: &Expr, name: &str, args: &[Arg], e: &Expr) -> Option<Code> {
        let [Arg::Value(index)] = args else { return None };
        if name != "charCodeAt" || !e.ty.is_number() || self.rep(recv) != Rep::Str || !self.rep(index).is_number() {
            return None;
        }
        let (function, want) = match self.compared_rep(index) {
            Rep::Int => (quote!(str_char_code_at_int), Want::Int),
            _ => (quote!(str_char_code_at), Want::Num),
        };
        let operands = self.operands(&[(recv, Want::StrRef), (index, want)]);
        Some(Code::owned(Rep::Num, quote!(rt::#function(#(#operands),*))))
    }

    /// `Math.floor(x)` and its like. Inference gives the call a number's type only while nothing replaces the function. Arguments are evaluated,
    /// then converted.
    fn emit_math(&mut self, recv: &Expr, name: &str, args: &[Arg], e: &Expr) -> Option<Code> {
        let ExprKind::Builtin(owner) = &recv.kind else { return None };
        if &**owner != "Math" || !e.ty.is_number() || args.iter().any(|a| matches!(a, Arg::Spread(_))) {
            return None;
        }
        const UNARY: [&str; 28] = [
            "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "clz32", "cos", "cosh", "exp", "expm1", "floor", "fround", "log",
            "log10", "log1p", "log2", "round", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
        ];
        let exprs: Vec<&Expr> = args.iter().map(arg_expr).collect();
        let takes = match name {
            "random" => 0,
            "min" | "max" | "pow" | "imul" | "atan2" => 2,
            _ if UNARY.contains(&name) => 1,
            _ => return None,
        };
        if exprs.len() != takes {
            return None;
        }
        let wants: Vec<(&Expr, Want)> = exprs.iter().map(|e| (*e, if self.rep(e).is_number() { Want::Num } else { Want::Value })).collect();
        let mut numbers = self.operands(&wants);
        let mut lets = Vec::new();
        if wants.iter().any(|(_, want)| *want == Want::Value) {
            // The second argument is evaluated before the first is converted.
            let held: Vec<_> = numbers.iter().map(|_| self.temp()).collect();
            lets.extend(held.iter().zip(&numbers).map(|(t, n)| quote!(let #t = #n;)));
            numbers = wants.iter().zip(held).map(|((_, want), t)| match want {
                Want::Num => quote!(#t),
                _ => self.fallible_at(e.span, quote!(rt::js_to_number(cx, &#t))),
            }).collect();
        }
        let function = names::ident(name);
        let rep = if name == "imul" { Rep::Int } else { Rep::Num };
        let call = match name {
            "floor" | "ceil" | "trunc" | "abs" | "sqrt" => quote!(f64::#function(#(#numbers),*)),
            _ => quote!(rt::math::#function(#(#numbers),*)),
        };
        Some(Code::owned(rep, if lets.is_empty() { call } else { quote!({ #(#lets)* #call }) }))
    }
}

/// How the runtime takes the arguments of a method it knows by name, whatever the receiver is.
fn named_method(name: &str, args: &[Arg]) -> Option<&'static [Want]> {
    if args.iter().any(|a| matches!(a, Arg::Spread(_))) {
        return None;
    }
    match (name, args.len()) {
        ("push" | "add", 1) => Some(&[Want::Value]),
        ("get" | "has", 1) => Some(&[Want::Ref]),
        ("set", 2) => Some(&[Want::Value, Want::Value]),
        _ => None,
    }
}
