//! Operators: plain Rust on known numbers, booleans and strings; one runtime function on everything else.

use crate::body::Body;
use crate::names;
use crate::rep::{Code, Rep, Want, atom};
use proc_macro2::{Ident, TokenStream};
use puremix_ir::*;
use quote::quote;

/// `js_add`: the runtime's function for a language's operation.
pub(crate) fn lang_op(lang: Lang, op: &str) -> Ident {
    let prefix = match lang {
        Lang::Js => "js",
        Lang::Parsley => "parsley",
        Lang::Py => "py",
    };
    names::ident(&format!("{prefix}_{op}"))
}

fn op_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::Div => "div",
        BinaryOp::Rem => "rem",
        BinaryOp::Exp => "exp",
        BinaryOp::BitAnd => "bitand",
        BinaryOp::BitOr => "bitor",
        BinaryOp::BitXor => "bitxor",
        BinaryOp::Shl => "shl",
        BinaryOp::Shr => "shr",
        BinaryOp::Ushr => "ushr",
        BinaryOp::Lt => "lt",
        BinaryOp::Le => "le",
        BinaryOp::Gt => "gt",
        BinaryOp::Ge => "ge",
        BinaryOp::Eq => "eq",
        BinaryOp::Ne => "ne",
        BinaryOp::StrictEq => "strict_eq",
        BinaryOp::StrictNe => "strict_ne",
        BinaryOp::In => "in",
        BinaryOp::InstanceOf => "instanceof",
        BinaryOp::Merge => "merge",
        BinaryOp::Range => "range",
        BinaryOp::Match => "match",
        BinaryOp::NotMatch => "not_match",
    }
}

/// Whether the runtime's function answers `R<bool>` or `bool`.
pub(crate) fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp::*;
    matches!(op, Lt | Le | Gt | Ge | Eq | Ne | StrictEq | StrictNe | In | InstanceOf)
}

/// What the two values become: the emitted operands go in, the result comes out. Separate from where the operands come from, so that
/// `a + b` and `a += b` are one.
pub(crate) fn native(op: BinaryOp, lang: Lang, a: Rep, b: Rep, result: Ty) -> Option<(Rep, Want)> {
    use BinaryOp::*;
    if lang != Lang::Js {
        return None;
    }
    let numbers = a.is_number() && b.is_number();
    let ints = a == Rep::Int && b == Rep::Int;
    match op {
        Add | Sub | Mul if ints && result == Ty::Int => Some((Rep::Int, Want::Int)),
        Rem if ints => Some((Rep::Num, Want::Int)),
        Add | Sub | Mul | Div | Rem | Exp if numbers => Some((Rep::Num, Want::Num)),
        Add if a == Rep::Str && b == Rep::Str => Some((Rep::Str, Want::StrRef)),
        BitAnd | BitOr | BitXor | Shl | Shr if numbers => Some((Rep::Int, Want::Num)),
        Ushr if numbers => Some((Rep::Num, Want::Num)),
        Lt | Le | Gt | Ge | Eq | Ne | StrictEq | StrictNe if ints => Some((Rep::Bool, Want::Int)),
        Lt | Le | Gt | Ge | Eq | Ne | StrictEq | StrictNe if numbers => Some((Rep::Bool, Want::Num)),
        Eq | Ne | StrictEq | StrictNe if a == Rep::Str && b == Rep::Str => Some((Rep::Bool, Want::StrRef)),
        Eq | Ne | StrictEq | StrictNe if a == Rep::Bool && b == Rep::Bool => Some((Rep::Bool, Want::Bool)),
        _ => None,
    }
}

/// Applies an operation that [`native`] allowed to operands in the representation it asked for.
pub(crate) fn apply_native(op: BinaryOp, rep: Rep, want: Want, a: TokenStream, b: TokenStream) -> TokenStream {
    use BinaryOp::*;
    let (x, y) = (atom(a.clone()), atom(b.clone()));
    match (op, rep) {
        (Add, Rep::Str) => quote!(rt::str_add(cx, #a, #b)),
        (Add, _) => quote!(#x + #y),
        (Sub, _) => quote!(#x - #y),
        (Mul, _) => quote!(#x * #y),
        (Div, _) => quote!(#x / #y),
        // `fmod` takes ten times as long as an integer's remainder.
        (Rem, _) if want == Want::Int => quote!(rt::int_rem(#a, #b)),
        (Rem, _) => quote!(rt::num_rem(#a, #b)),
        (Exp, _) => quote!(rt::num_pow(#a, #b)),
        (BitAnd, _) => {
            let (x, y) = (to_int32(a), to_int32(b));
            quote!(#x & #y)
        }
        (BitOr, _) => {
            let (x, y) = (to_int32(a), to_int32(b));
            if y.to_string() == "0" { x } else { quote!(#x | #y) }
        }
        (BitXor, _) => {
            let (x, y) = (to_int32(a), to_int32(b));
            quote!(#x ^ #y)
        }
        (Shl, _) => {
            let (x, y) = (to_int32(a), to_int32(b));
            quote!(rt::int_shl(#x, #y))
        }
        (Shr, _) => {
            let (x, y) = (to_int32(a), to_int32(b));
            quote!(rt::int_shr(#x, #y))
        }
        (Ushr, _) => {
            let (x, y) = (to_int32(a), to_int32(b));
            quote!(rt::int_ushr(#x, #y))
        }
        (Lt, _) => quote!(#x < #y),
        (Le, _) => quote!(#x <= #y),
        (Gt, _) => quote!(#x > #y),
        (Ge, _) => quote!(#x >= #y),
        (Eq | StrictEq, _) if want == Want::StrRef => quote!(rt::str_eq(#a, #b)),
        (Ne | StrictNe, _) if want == Want::StrRef => quote!(!rt::str_eq(#a, #b)),
        (Eq | StrictEq, _) => quote!(#x == #y),
        (Ne | StrictNe, _) => quote!(#x != #y),
        (In | InstanceOf | Merge | Range | Match | NotMatch, _) => panic!("bug in puremixc: {op:?} has no native form"),
    }
}

/// `f64` tokens as `i32` by ToInt32; conversions that cancel out are dropped.
fn to_int32(n: TokenStream) -> TokenStream {
    let text = n.to_string().replace(' ', "");
    if let Ok(x) = text.trim_matches(['(', ')']).parse::<f64>()
        && let Some(i) = crate::rep::as_i32(x)
    {
        return crate::rep::integer(i);
    }
    let mut trees = n.clone().into_iter().collect::<Vec<_>>();
    if text.starts_with("f64::from(")
        && trees.len() == 5
        && let Some(proc_macro2::TokenTree::Group(g)) = trees.pop()
    {
        return atom(g.stream());
    }
    quote!(rt::js_to_int32(#n))
}

impl Body<'_, '_> {
    pub fn emit_binary(&mut self, op: BinaryOp, lang: Lang, a: &Expr, b: &Expr, e: &Expr) -> Code {
        if let Some(code) = self.emit_test_of_constant(op, lang, a, b) {
            return code;
        }
        let mut parts = Vec::new();
        if op == BinaryOp::Add && lang == Lang::Js && self.join_parts(a, b, &mut parts) {
            let strings: Vec<TokenStream> = parts.into_iter().map(|part| self.emit_join_part(part)).collect();
            return Code::owned(Rep::Str, self.fallible(quote!(rt::str_concat(cx, &[#(#strings),*]))));
        }
        if let Some(code) = self.emit_unit_test(op, lang, a, b) {
            return code;
        }
        let (ra, rb) = match is_comparison(op) {
            true => (self.compared_rep(a), self.compared_rep(b)),
            false => (self.rep(a), self.rep(b)),
        };
        if let Some((rep, want)) = native(op, lang, ra, rb, e.ty) {
            let mut operands = self.operands(&[(a, want), (b, want)]);
            let (y, x) = (operands.pop().unwrap_or_default(), operands.pop().unwrap_or_default());
            return self.native_code(op, rep, want, x, y);
        }
        if lang == Lang::Js
            && let Some(code) = self.emit_fast_binary(op, a, b, e)
        {
            return code;
        }
        let operands = self.operands(&[(a, Want::Ref), (b, Want::Ref)]);
        self.apply_runtime(op, lang, operands, e.span)
    }

    /// As [`Body::rep`] where `-0` is as good as `0`: in comparisons, tests and indices the remainder of integers is one.
    pub fn compared_rep(&self, e: &Expr) -> Rep {
        if self.int_rem(e).is_some() { Rep::Int } else { self.rep(e) }
    }

    /// `i % 7`: an integer's remainder by a constant for which only the sign of zero keeps it from being an `i32`.
    fn int_rem<'e>(&self, e: &'e Expr) -> Option<(&'e Expr, i32)> {
        let ExprKind::Binary(BinaryOp::Rem, Lang::Js, a, b) = &e.kind else { return None };
        let ExprKind::Num(n) = b.kind else { return None };
        let by = crate::rep::as_i32(n).filter(|n| !matches!(n, 0 | -1))?;
        (self.rep(a) == Rep::Int).then_some((&**a, by))
    }

    /// The remainder as an `i32`, zero without its sign.
    pub fn emit_int_rem(&mut self, e: &Expr) -> Option<TokenStream> {
        let (a, by) = self.int_rem(e)?;
        let a = atom(self.emit(a, Want::Int));
        let by = crate::rep::integer(by);
        Some(quote!((#a % #by)))
    }

    /// `s.charCodeAt(i) === 44` and `s[i] === ","` of a known string: the code unit is compared, and nothing else is made of it.
    fn emit_unit_test(&mut self, op: BinaryOp, lang: Lang, a: &Expr, b: &Expr) -> Option<Code> {
        use BinaryOp::*;
        if lang != Lang::Js || !matches!(op, Eq | Ne | StrictEq | StrictNe) {
            return None;
        }
        let (s, index, unit) = match (&a.kind, &b.kind) {
            (ExprKind::Index(Lang::Js, s, index), ExprKind::Str(Text::Utf8(text))) => {
                let mut units = text.encode_utf16();
                let unit = units.next().filter(|_| units.next().is_none())?;
                (s, &**index, i32::from(unit))
            }
            (ExprKind::CallMethod { recv, name, args, safe: false }, ExprKind::Num(n)) if &**name == "charCodeAt" && a.ty.is_number() => {
                let [Arg::Value(index)] = args.as_slice() else { return None };
                (recv, index, crate::rep::as_i32(*n).filter(|n| *n >= 0)?)
            }
            _ => return None,
        };
        if self.rep(s) != Rep::Str || self.compared_rep(index) != Rep::Int {
            return None;
        }
        let operands = self.operands(&[(s, Want::StrRef), (index, Want::Int)]);
        let unit = crate::rep::integer(unit);
        let test = if matches!(op, Eq | StrictEq) { quote!(==) } else { quote!(!=) };
        Some(Code::owned(Rep::Bool, quote!(rt::str_unit(#(#operands),*) #test #unit)))
    }

    /// The pieces of a `+` that joins text: `"item-" + i + ","`. What is no string is converted when it has been evaluated, as `+` does.
    pub fn join_parts<'e>(&self, a: &'e Expr, b: &'e Expr, out: &mut Vec<&'e Expr>) -> bool {
        self.walk_sum(a, b, Ty::Any, out).0
    }

    /// How `natural` will hold `a + b`.
    pub fn sum_rep(&self, a: &Expr, b: &Expr, ty: Ty) -> Rep {
        self.walk_sum(a, b, ty, &mut Vec::new()).1
    }

    /// Whether `a + b` joins text, of which pieces, and how it is held. Sums lean left and are long, so each operand is looked at once.
    fn walk_sum<'e>(&self, a: &'e Expr, b: &'e Expr, ty: Ty, out: &mut Vec<&'e Expr>) -> (bool, Rep) {
        let (mut first, mut sums) = (a, vec![(a, b, ty)]);
        while let ExprKind::Binary(BinaryOp::Add, Lang::Js, x, y) = &first.kind {
            sums.push((x, y, first.ty));
            first = x;
        }
        let (mut joins, mut rep) = (false, self.rep(first));
        for (a, b, ty) in sums.into_iter().rev() {
            // The left side is converted after the right one is evaluated: no difference when that is a constant.
            if !joins && (rep == Rep::Str || matches!(b.kind, ExprKind::Str(_))) {
                joins = true;
                out.push(a);
            }
            if joins {
                out.push(b);
                rep = Rep::Str;
            } else {
                rep = native(BinaryOp::Add, Lang::Js, rep, self.rep(b), ty).map_or_else(|| Rep::of(ty), |(rep, _)| rep);
            }
        }
        (joins, rep)
    }

    /// A piece as an owned string.
    pub fn emit_join_part(&mut self, part: &Expr) -> TokenStream {
        match self.rep(part) {
            Rep::Str => self.emit(part, Want::Str),
            Rep::Num | Rep::Int if self.compared_rep(part) == Rep::Int => {
                let n = self.emit(part, Want::Int);
                quote!(rt::int_to_str(#n))
            }
            Rep::Num | Rep::Int => {
                let n = self.emit(part, Want::Num);
                quote!(rt::num_to_str(#n))
            }
            Rep::Bool | Rep::Value => {
                let v = self.emit(part, Want::Ref);
                self.fallible(quote!(rt::js_to_text(cx, #v)))
            }
        }
    }

    /// [`apply_native`] with the exit of what can throw: a string may grow too long.
    pub fn native_code(&mut self, op: BinaryOp, rep: Rep, want: Want, x: TokenStream, y: TokenStream) -> Code {
        let code = apply_native(op, rep, want, x, y);
        Code::owned(rep, if rep == Rep::Str { self.fallible(code) } else { code })
    }

    /// The runtime's function on two `&Value`.
    pub fn apply_runtime(&mut self, op: BinaryOp, lang: Lang, operands: Vec<TokenStream>, span: Span) -> Code {
        let name = lang_op(lang, op_name(op));
        if lang == Lang::Js && matches!(op, BinaryOp::StrictEq | BinaryOp::StrictNe) {
            return Code::owned(Rep::Bool, quote!(rt::#name(#(#operands),*)));
        }
        let call = quote!(rt::#name(cx, #(#operands),*));
        let throws_often = matches!(op, BinaryOp::In | BinaryOp::InstanceOf) || lang != Lang::Js;
        let value = if throws_often { self.fallible_at(span, call) } else { self.fallible(call) };
        Code::owned(if is_comparison(op) { Rep::Bool } else { Rep::Value }, value)
    }

    /// `x === undefined`, `x == null`, `typeof x === "string"`.
    fn emit_test_of_constant(&mut self, op: BinaryOp, lang: Lang, a: &Expr, b: &Expr) -> Option<Code> {
        use BinaryOp::*;
        if lang != Lang::Js || !matches!(op, Eq | Ne | StrictEq | StrictNe) {
            return None;
        }
        let negated = matches!(op, Ne | StrictNe);
        let strict = matches!(op, StrictEq | StrictNe);
        let (value, constant) = match (&a.kind, &b.kind) {
            (_, ExprKind::Undefined | ExprKind::Null) => (a, b),
            (ExprKind::Undefined | ExprKind::Null, _) => (b, a),
            (ExprKind::Unary(UnaryOp::Typeof, Lang::Js, of), ExprKind::Str(Text::Utf8(name))) => {
                let of = self.emit(of, Want::Ref);
                let test = quote!(rt::typeof_is(#of, #name));
                return Some(Code::owned(Rep::Bool, if negated { quote!(!#test) } else { test }));
            }
            _ => return None,
        };
        let v = self.emit(value, Want::Ref);
        let test = match (strict, &constant.kind) {
            (false, _) => quote!(rt::is_nullish(#v)),
            (true, ExprKind::Undefined) => quote!(rt::is_undefined(#v)),
            (true, _) => quote!(rt::is_null(#v)),
        };
        Some(Code::owned(Rep::Bool, if negated { quote!(!#test) } else { test }))
    }

    pub fn emit_unary(&mut self, op: UnaryOp, lang: Lang, x: &Expr, e: &Expr) -> Code {
        let rep = self.rep(x);
        match op {
            UnaryOp::Not => {
                let test = atom(self.emit(x, Want::Test(lang)));
                Code::owned(Rep::Bool, quote!(!#test))
            }
            UnaryOp::Neg if lang == Lang::Js && rep.is_number() => {
                let n = atom(self.emit(x, Want::Num));
                Code::owned(Rep::Num, quote!((-#n)))
            }
            UnaryOp::Plus if lang == Lang::Js && rep.is_number() => {
                let n = self.emit(x, rep.want());
                Code::owned(rep, n)
            }
            UnaryOp::Plus if lang == Lang::Js => {
                let v = self.emit(x, Want::Ref);
                Code::owned(Rep::Num, self.fallible(quote!(rt::js_to_number(cx, #v))))
            }
            UnaryOp::BitNot if lang == Lang::Js && rep.is_number() => {
                let n = self.emit(x, Want::Num);
                let i = to_int32(n);
                Code::owned(Rep::Int, quote!(!#i))
            }
            UnaryOp::Neg | UnaryOp::Plus | UnaryOp::BitNot => {
                let name = lang_op(lang, match op {
                    UnaryOp::Neg => "neg",
                    UnaryOp::Plus => "plus",
                    _ => "bitnot",
                });
                let v = self.emit(x, Want::Ref);
                Code::value(self.fallible_at(e.span, quote!(rt::#name(cx, #v))))
            }
            UnaryOp::Typeof => {
                let name = lang_op(lang, "typeof");
                let v = self.emit(x, Want::Ref);
                Code::value(quote!(rt::#name(#v)))
            }
            UnaryOp::Void => {
                let effect = self.emit(x, Want::Unit);
                Code::value(quote!({ #effect; rt::Value::Undefined }))
            }
            UnaryOp::ToStr => self.emit_to_str(lang, x),
        }
    }

    /// A value as text by the language's rules.
    pub fn emit_to_str(&mut self, lang: Lang, x: &Expr) -> Code {
        match self.rep(x) {
            Rep::Str => {
                let s = self.emit(x, Want::Str);
                Code::owned(Rep::Str, s)
            }
            Rep::Num | Rep::Int if lang == Lang::Js => {
                let n = self.emit(x, Want::Num);
                Code::owned(Rep::Str, quote!(rt::num_to_str(#n)))
            }
            _ if lang != Lang::Js => {
                let name = lang_op(lang, "text");
                let v = self.emit(x, Want::Ref);
                Code::value(self.fallible_at(x.span, quote!(rt::#name(cx, #v))))
            }
            _ => {
                let name = lang_op(lang, "to_string");
                let v = self.emit(x, Want::Ref);
                Code::owned(Rep::Str, self.fallible_at(x.span, quote!(rt::#name(cx, #v))))
            }
        }
    }

    /// `a && b`, `a || b`, `a ?? b`.
    pub fn emit_logical(&mut self, op: LogicalOp, lang: Lang, a: &Expr, b: &Expr, want: Want) -> Code {
        if let (Want::Test(l), LogicalOp::And | LogicalOp::Or) = (want, op)
            && l == lang
        {
            let x = atom(self.emit(a, want));
            let y = atom(self.emit(b, want));
            return Code::owned(Rep::Bool, if op == LogicalOp::And { quote!(#x && #y) } else { quote!(#x || #y) });
        }
        let rep = self.logical_rep(op, a, b);
        let inner = if want == Want::Unit { Want::Unit } else { rep.want() };
        let x = self.emit(a, rep.want());
        let t = self.temp();
        let kept = Code { tokens: quote!(#t), rep, form: crate::rep::Form::Place };
        let test = match op {
            LogicalOp::And | LogicalOp::Or => kept.to(Want::Test(lang)),
            LogicalOp::Nullish => quote!(!rt::is_nullish(&#t)),
        };
        let y = self.emit(b, inner);
        let (then, otherwise) = match (op, inner) {
            (LogicalOp::And, Want::Unit) => (quote!(#y;), quote!()),
            (_, Want::Unit) => (quote!(), quote!(#y;)),
            (LogicalOp::And, _) => (y, quote!(#t)),
            (_, _) => (quote!(#t), y),
        };
        if inner == Want::Unit {
            let test = match op {
                LogicalOp::And => test,
                _ => {
                    let test = atom(test);
                    quote!(!#test)
                }
            };
            let effect = if op == LogicalOp::And { then } else { otherwise };
            return Code::owned(rep, quote!({ let #t = #x; if #test { #effect } }));
        }
        Code::owned(rep, quote!({ let #t = #x; if #test { #then } else { #otherwise } }))
    }

    pub fn logical_rep(&self, op: LogicalOp, a: &Expr, b: &Expr) -> Rep {
        let (x, y) = (self.rep(a), self.rep(b));
        match (x, y) {
            _ if op == LogicalOp::Nullish => Rep::Value,
            (x, y) if x == y => x,
            (Rep::Int, Rep::Num) | (Rep::Num, Rep::Int) => Rep::Num,
            _ => Rep::Value,
        }
    }
}
