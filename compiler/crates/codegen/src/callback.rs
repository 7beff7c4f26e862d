//! `list.map(x => …)` and its like: a loop in the runtime around a direct call of the arrow's function.
//!
//! ```text
//! prices.filter(p => p > low)
//! rt::arr_filter(cx, &prices, |x, i| f7(cx, low, x).map(rt::js_truth), || rt::closure(cx, &FN_7, vec![low.clone()]))?
//! ```
//! The runtime loops only while the receiver is a plain array and the built-in method is intact; otherwise it makes the closure and
//! calls the method.

use crate::body::Body;
use crate::function::{rows_ident, signature};
use crate::names;
use crate::rep::{Code, Rep, Want};
use crate::rows::record_names;
use proc_macro2::TokenStream;
use puremix_ir::*;
use quote::quote;

/// What the runtime's loop takes from the callback.
#[derive(Clone, Copy, PartialEq)]
enum Result {
    Value,
    Truth,
    Number,
    Nothing,
}

struct Inlined {
    function: &'static str,
    /// Parameters the callback may have.
    params: usize,
    result: Result,
    /// Arguments after the callback.
    more: usize,
}

fn inlined(name: &str) -> Option<Inlined> {
    let row = |function, params, result, more| Some(Inlined { function, params, result, more });
    match name {
        "map" => row("arr_map", 2, Result::Value, 0),
        "filter" => row("arr_filter", 2, Result::Truth, 0),
        "forEach" => row("arr_for_each", 2, Result::Nothing, 0),
        "some" => row("arr_some", 2, Result::Truth, 0),
        "every" => row("arr_every", 2, Result::Truth, 0),
        "find" => row("arr_find", 2, Result::Truth, 0),
        "findIndex" => row("arr_find_index", 2, Result::Truth, 0),
        "flatMap" => row("arr_flat_map", 2, Result::Value, 0),
        "reduce" => row("arr_reduce", 3, Result::Value, 1),
        "sort" => row("arr_sort", 2, Result::Number, 0),
        "toSorted" => row("arr_to_sorted", 2, Result::Number, 0),
        _ => None,
    }
}

impl Body<'_, '_> {
    pub fn emit_inlined(&mut self, recv: &Expr, name: &str, args: &[Arg], e: &Expr) -> Option<Code> {
        let row = inlined(name)?;
        let (Arg::Value(callback), more) = args.split_first()? else { return None };
        let ExprKind::Closure(id) = callback.kind else { return None };
        let f = self.m.function(id);
        let sig = signature(self.own_facts(), self.m, id);
        let plain = !f.is_async && !f.is_generator && !sig.args && !sig.this && sig.rest.is_none() && matches!(f.kind, FnKind::Arrow | FnKind::Function);
        let more: Vec<&Expr> = more.iter().filter_map(|a| if let Arg::Value(e) = a { Some(e) } else { None }).collect();
        if !plain || sig.params.len() > row.params || more.len() != row.more || args.len() != row.more + 1 {
            return None;
        }
        let mut wants = vec![(recv, Want::Ref)];
        wants.extend(more.iter().map(|e| (*e, Want::Value)));
        let mut operands = self.operands(&wants);
        let more = operands.split_off(1);
        let recv = operands.remove(0);
        let captures: Vec<TokenStream> = sig.captures.iter().map(|(local, rep)| self.capture_arg(*local, rep.want_param())).collect();
        let loop_params: &[&str] = match (row.params, name) {
            (3, _) => &["acc", "x", "i"],
            (_, "sort" | "toSorted") => &["x", "z"],
            _ => &["x", "i"],
        };
        let params: Vec<_> = loop_params.iter().map(|p| names::ident(&format!("{p}_"))).collect();
        let passed = sig.params.iter().zip(loop_params.iter().zip(&params)).map(|(_, (name, ident))| match *name {
            "i" => quote!(&rt::Value::Num(#ident)),
            _ => quote!(#ident),
        });
        if row.function == "arr_map" && self.own_facts().rows.callbacks.contains(&id) {
            let (function, shape) = (rows_ident(&sig), self.file.shape(self.tables, &record_names(f)));
            let used = sig.params.len();
            let patterns = params.iter().enumerate().map(|(index, p)| if index < used { quote!(#p) } else { quote!(_) });
            let passed = passed.collect::<Vec<_>>();
            let slow = self.emit_closure(id);
            let text = self.wording().call_text(e);
            let call = quote!(rt::arr_map_rows(cx, #recv, &#shape, |#(#patterns,)* rows_out| #function(cx, #(#captures,)* #(#passed,)* rows_out), || #slow));
            return Some(Code::value(self.fallible_about(e.span, &text, call)));
        }
        let function = &sig.ident;
        let call = quote!(#function(cx, #(#captures,)* #(#passed),*));
        let call = match (row.result, sig.ret) {
            (Result::Nothing, _) => quote!(#call.map(|_| ())),
            (Result::Value, Rep::Value) | (Result::Truth, Rep::Bool) | (Result::Number, Rep::Num) => call,
            (Result::Value, rep) => {
                let boxed = Code::owned(rep, quote!(v)).to(Want::Value);
                quote!(#call.map(|v| #boxed))
            }
            (Result::Truth, Rep::Value) => quote!(#call.map(rt::js_truth)),
            (Result::Truth, rep) => {
                let test = Code::owned(rep, quote!(v)).to(Want::Test(Lang::Js));
                quote!(#call.map(|v| #test))
            }
            (Result::Number, Rep::Int) => quote!(#call.map(f64::from)),
            (Result::Number, rep) => {
                let v = Code::owned(rep, quote!(v)).to(Want::Ref);
                quote!(#call.and_then(|v| rt::js_to_number(cx, #v)))
            }
        };
        // Parameters the callback ignores.
        let used = sig.params.len();
        let patterns = params.iter().enumerate().map(|(index, p)| if index < used { quote!(#p) } else { quote!(_) });
        let slow = self.emit_closure(id);
        let name = names::ident(row.function);
        let text = self.wording().call_text(e);
        let value = self.fallible_about(e.span, &text, quote!(rt::#name(cx, #recv, #(#more,)* |#(#patterns),*| #call, || #slow)));
        Some(Code::value(value))
    }
}
