//! Expressions. `emit` gives an expression in the form its surroundings want; `natural` gives it in the form that costs least.

use crate::body::{Body, Frame};
use crate::module::global_path;
use crate::names;
use crate::rep::{Code, Form, Rep, Want, as_i32, integer, number};
use proc_macro2::{Literal, TokenStream};
use puremix_ir::*;
use quote::quote;

impl Body<'_, '_> {
    /// How `natural` will hold the value. A wrong answer would cost a conversion, never correctness.
    pub fn rep(&self, e: &Expr) -> Rep {
        match &e.kind {
            ExprKind::Num(n) => as_i32(*n).map_or(Rep::Num, |_| Rep::Int),
            ExprKind::Bool(_) => Rep::Bool,
            ExprKind::Str(Text::Utf8(_)) => Rep::Str,
            ExprKind::Local(local) if self.is_bound(*local) => self.bound_rep(*local, e.ty),
            ExprKind::Unary(UnaryOp::Not, ..) | ExprKind::HasPrivate(..) => Rep::Bool,
            ExprKind::Binary(BinaryOp::Add, Lang::Js, a, b) => self.sum_rep(a, b, e.ty),
            ExprKind::Binary(op, lang, a, b) => {
                crate::operator::native(*op, *lang, self.rep(a), self.rep(b), e.ty).map_or_else(|| Rep::of(e.ty), |(rep, _)| rep)
            }
            ExprKind::Logical(op, _, a, b) => self.logical_rep(*op, a, b),
            ExprKind::Concat(..) => Rep::Str,
            ExprKind::Seq(items) => items.last().map_or(Rep::Value, |e| self.rep(e)),
            ExprKind::Do(..) => Rep::of(e.ty),
            _ => Rep::of(e.ty),
        }
    }

    fn bound_rep(&self, local: LocalId, ty: Ty) -> Rep {
        match self.peek(local) {
            Rep::Value => Rep::of(ty),
            rep => rep,
        }
    }

    /// The expression in the form wanted.
    pub fn emit(&mut self, e: &Expr, want: Want) -> TokenStream {
        match (&e.kind, want) {
            (ExprKind::Num(n), Want::Num) => number(*n),
            (ExprKind::Num(n), Want::Test(Lang::Js)) => {
                let truth = *n != 0.0 && !n.is_nan();
                quote!(#truth)
            }
            (ExprKind::Str(Text::Utf8(s)), Want::Value) => {
                let lit = self.file.literal(self.tables, s);
                quote!(rt::lit(&#lit))
            }
            (ExprKind::Str(Text::Utf8(s)), Want::Ref) => {
                let lit = self.file.literal(self.tables, s);
                quote!(&rt::lit(&#lit))
            }
            (ExprKind::Binary(BinaryOp::Rem, ..), Want::Int | Want::Test(Lang::Js)) if self.compared_rep(e) == Rep::Int => {
                let rest = self.emit_int_rem(e).unwrap_or_default();
                if want == Want::Int { rest } else { quote!(#rest != 0) }
            }
            (ExprKind::Cond(test), _) => self.emit_cond(test, want),
            (ExprKind::Seq(items), _) => self.emit_seq(items, want),
            (ExprKind::Do(block, value), _) => {
                let (stmts, value) = self.scoped(|body| {
                    let stmts = body.emit_stmts(block);
                    (stmts, body.emit_owned(value, want))
                });
                let taken = borrowed(want);
                if block.is_empty() {
                    return value;
                }
                match taken {
                    true => quote!(&{ #stmts #value }),
                    false => quote!({ #stmts #value }),
                }
            }
            (_, Want::Unit) => self.emit_effect(e),
            _ => {
                let code = self.natural(e, want);
                // Inference knows more than the runtime's function says.
                code.to(want)
            }
        }
    }

    /// As [`Body::emit`], but what would be a reference is the owned value, for the end of a block.
    fn emit_owned(&mut self, e: &Expr, want: Want) -> TokenStream {
        match want {
            Want::Ref => self.emit(e, Want::Value),
            Want::StrRef => self.emit(e, Want::Str),
            _ => self.emit(e, want),
        }
    }

    fn emit_cond(&mut self, test: &Test, want: Want) -> TokenStream {
        let condition = self.emit(&test.test, Want::Test(test.lang));
        let then = self.emit_owned(&test.then, want);
        let otherwise = self.emit_owned(&test.otherwise, want);
        let value = match want {
            Want::Unit => quote!(if #condition { #then; } else { #otherwise; }),
            _ => quote!(if #condition { #then } else { #otherwise }),
        };
        if borrowed(want) { quote!(&#value) } else { value }
    }

    fn emit_seq(&mut self, items: &[Expr], want: Want) -> TokenStream {
        let Some((last, before)) = items.split_last() else { return quote!(rt::Value::Undefined) };
        let effects: Vec<TokenStream> = before.iter().map(|e| self.emit(e, Want::Unit)).collect();
        let value = self.emit_owned(last, want);
        match want {
            Want::Unit => quote!({ #(#effects;)* #value; }),
            _ if borrowed(want) => quote!(&{ #(#effects;)* #value }),
            _ => quote!({ #(#effects;)* #value }),
        }
    }

    /// Only what the expression does.
    fn emit_effect(&mut self, e: &Expr) -> TokenStream {
        match &e.kind {
            _ if self.is_simple(e) => quote!(()),
            ExprKind::Closure(_) => quote!(()),
            ExprKind::Assign(place, value) => self.emit_assign(place, value, Want::Unit, e.span).tokens,
            ExprKind::AssignOp(op, lang, place, value) => self.emit_assign_op(*op, *lang, place, value, Want::Unit, e).tokens,
            ExprKind::AssignLogical(op, lang, place, value) => self.emit_assign_logical(*op, *lang, place, value, Want::Unit, e.span).tokens,
            ExprKind::Update { place, delta, .. } => self.emit_update(place, *delta, true, Want::Unit, e).tokens,
            ExprKind::Logical(op, lang, a, b) => self.emit_logical(*op, *lang, a, b, Want::Unit).tokens,
            ExprKind::Unary(UnaryOp::Void, _, x) => self.emit(x, Want::Unit),
            _ => self.natural(e, Want::Unit).tokens,
        }
    }

    /// The expression in the form that costs least; `want` is what it will be converted to.
    pub fn natural(&mut self, e: &Expr, want: Want) -> Code {
        match &e.kind {
            ExprKind::Undefined => Code::value(quote!(rt::Value::Undefined)),
            ExprKind::Null => Code::value(quote!(rt::Value::Null)),
            ExprKind::Bool(b) => Code::owned(Rep::Bool, quote!(#b)),
            ExprKind::Num(n) => match as_i32(*n) {
                Some(i) => Code::owned(Rep::Int, integer(i)),
                None => Code::owned(Rep::Num, number(*n)),
            },
            ExprKind::Str(text) => self.emit_text(text),
            ExprKind::BigInt(digits) => {
                let digits = &**digits;
                Code::value(quote!(rt::bigint(#digits)))
            }
            ExprKind::Regex { source, flags } => {
                let source = self.emit_text(source).to(Want::StrRef);
                let flags = &**flags;
                Code::value(self.fallible_at(e.span, quote!(rt::regex(cx, #source, #flags))))
            }
            ExprKind::Local(local) => self.read_local(*local),
            ExprKind::Global(global) => self.read_global(self.module, *global),
            ExprKind::Import(import) => self.read_import(*import, e.span),
            ExprKind::Builtin(name) => self.emit_builtin(name, e.span),
            ExprKind::TypeofBuiltin(name) => {
                let key = self.tables.atom(name);
                Code::value(quote!(rt::typeof_builtin(cx, #key)))
            }
            ExprKind::This => {
                let form = if self.is_suspending() { Form::Place } else { Form::Ref };
                Code { tokens: quote!(this), rep: Rep::Value, form }
            }
            ExprKind::NewTarget => Code { tokens: quote!(new_target), rep: Rep::Value, form: Form::Place },
            ExprKind::Callee => Code { tokens: quote!(callee), rep: Rep::Value, form: Form::Place },
            ExprKind::Arguments => Code { tokens: quote!(arguments), rep: Rep::Value, form: Form::Place },
            ExprKind::Unary(op, lang, x) => self.emit_unary(*op, *lang, x, e),
            ExprKind::Binary(op, lang, a, b) => self.emit_binary(*op, *lang, a, b, e),
            ExprKind::Logical(op, lang, a, b) => self.emit_logical(*op, *lang, a, b, want),
            ExprKind::Cond(_) | ExprKind::Seq(_) | ExprKind::Do(..) => {
                let rep = Rep::of(e.ty);
                Code::owned(rep, self.emit(e, rep.want()))
            }
            ExprKind::Concat(lang, parts) => self.emit_concat(*lang, parts),
            ExprKind::Assign(place, value) => self.emit_assign(place, value, want, e.span),
            ExprKind::AssignOp(op, lang, place, value) => self.emit_assign_op(*op, *lang, place, value, want, e),
            ExprKind::AssignLogical(op, lang, place, value) => self.emit_assign_logical(*op, *lang, place, value, want, e.span),
            ExprKind::Update { place, delta, prefix } => self.emit_update(place, *delta, *prefix, want, e),
            ExprKind::Delete(place) => self.emit_delete(place, e.span),
            ExprKind::Get(object, name) => self.emit_get(object, name, e),
            ExprKind::Index(lang, object, key) => self.emit_index(*lang, object, key, e.span),
            ExprKind::GetSafe(object, name) => {
                let key = self.tables.atom(name);
                let ic = self.tables.ic();
                let o = self.emit(object, Want::Ref);
                Code::value(self.fallible_at(e.span, quote!(rt::get_safe(cx, #o, #key, #ic))))
            }
            ExprKind::IndexSafe(object, key) => {
                let operands = self.operands(&[(object, Want::Ref), (key, Want::Ref)]);
                Code::value(self.fallible_at(e.span, quote!(rt::index_safe(cx, #(#operands),*))))
            }
            ExprKind::GetSuper { this, home, key } => {
                let operands = self.operands(&[(this, Want::Ref), (home, Want::Ref), (key, Want::Ref)]);
                Code::value(self.fallible_at(e.span, quote!(rt::get_super(cx, #(#operands),*))))
            }
            ExprKind::GetPrivate(object, symbol) => {
                let o = self.emit(object, Want::Ref);
                let symbol = self.read_local(*symbol).to(Want::Ref);
                Code::value(self.fallible_at(e.span, quote!(rt::get_private(cx, #o, #symbol))))
            }
            ExprKind::HasPrivate(object, symbol) => {
                let o = self.emit(object, Want::Ref);
                let symbol = self.read_local(*symbol).to(Want::Ref);
                Code::owned(Rep::Bool, self.fallible_at(e.span, quote!(rt::has_private(cx, #o, #symbol))))
            }
            ExprKind::OptionalChain(inner) => {
                let label = self.label("chain");
                self.chains.push(label.clone());
                let value = self.emit(inner, Want::Value);
                self.chains.pop();
                Code::value(quote!(#label: { #value }))
            }
            ExprKind::OptionalLink(inner) => {
                let value = self.emit(inner, Want::Value);
                let t = self.temp();
                let label = self.chains.last().cloned();
                Code::value(quote!({ let #t = #value; if rt::is_nullish(&#t) { break #label rt::Value::Undefined; } #t }))
            }
            ExprKind::Call { callee, args } => self.emit_call(callee, args, e),
            ExprKind::CallMethod { recv, name, args, safe } => self.emit_call_method(recv, name, args, *safe, e),
            ExprKind::CallIndex { recv, key, args } => self.emit_call_index(recv, key, args, e),
            ExprKind::CallWithThis { callee, this, args } => self.emit_call_with_this(callee, this, args, e),
            ExprKind::New { callee, args } => self.emit_new(callee, args, e),
            ExprKind::CallSuper { callee, new_target, args } => self.emit_call_super(callee, new_target, args, e),
            ExprKind::ImportDynamic(import) => {
                let value = crate::app::read_import(self.program, self.tables, self.module, *import);
                let modules = self.import_owner(*import);
                Code::value(quote!(rt::import_dynamic(cx, #modules, |cx| #value)))
            }
            ExprKind::Runtime(name, args) => self.emit_runtime(name, args, e.span),
            ExprKind::Closure(f) => Code::value(self.emit_closure(*f)),
            ExprKind::Class(class) => self.emit_class(class, e),
            ExprKind::Array(lang, elements) => self.emit_array(*lang, elements, e.span),
            ExprKind::Object(lang, properties) => self.emit_object(*lang, properties, e.span),
            ExprKind::Await(x) => {
                let v = self.emit(x, Want::Value);
                let awaited = self.await_value(v);
                Code::value(self.fallible_at(e.span, awaited))
            }
            ExprKind::Yield(x) => self.emit_yield(x),
            ExprKind::YieldStar(x) => self.emit_yield_star(x, e.span),
            ExprKind::Markup(block) => self.emit_markup(block),
        }
    }

    fn emit_text(&mut self, text: &Text) -> Code {
        match text {
            Text::Utf8(s) => {
                let lit = self.file.literal(self.tables, s);
                Code::owned(Rep::Str, quote!(rt::Str::lit(&#lit)))
            }
            Text::Wide(units) => {
                let units = units.iter().map(|u| Literal::u16_unsuffixed(*u));
                Code::owned(Rep::Str, quote!(rt::Str::from_utf16(&[#(#units),*])))
            }
        }
    }

    /// The rest of the arguments of a runtime operation are values; it answers one.
    fn emit_runtime(&mut self, name: &str, args: &[Expr], span: Span) -> Code {
        if name == "slot_given" || name == "raw" {
            return self.emit_template_op(name, args, span);
        }
        if let [Expr { kind: ExprKind::Local(local), .. }] = args
            && self.own_facts().iterators.contains(local)
        {
            let ident = self.var(*local).ident;
            let method = names::ident(name);
            self.end_pattern(name, &ident);
            return Code::value(self.fallible_at(span, quote!(#ident.#method(cx))));
        }
        let row = runtime_op::runtime_op(name);
        // Operands beyond the fixed ones go as a slice.
        let fixed = row.filter(|op| op.max.is_none()).map_or(args.len(), fixed_operands);
        let wants: Vec<(&Expr, Want)> = args.iter().enumerate().map(|(i, a)| (a, if i < fixed { Want::Ref } else { Want::Value })).collect();
        let mut operands = self.operands(&wants);
        let more = operands.split_off(fixed.min(operands.len()));
        if row.is_some_and(|op| op.max.is_none()) {
            operands.push(quote!(&[#(#more),*]));
        }
        let prefix = if name.starts_with("parsley_") { "" } else { "op_" };
        let text = match (name, args.first()) {
            ("destructure", Some(source)) => self.wording().source_text(source),
            ("iter_open", Some(source)) => self.wording().pattern_text(source),
            _ => String::new(),
        };
        let name = names::ident(&format!("{prefix}{name}"));
        Code::value(self.fallible_about(span, &text, quote!(rt::#name(cx, #(#operands),*))))
    }

    fn emit_concat(&mut self, lang: Lang, parts: &[Expr]) -> Code {
        let strings: Vec<TokenStream> = parts.iter().map(|part| self.emit_to_str(lang, part).to(Want::Str)).collect();
        match strings.as_slice() {
            [] => self.emit_text(&Text::from("")),
            [one] => Code::owned(Rep::Str, one.clone()),
            _ => Code::owned(Rep::Str, self.fallible(quote!(rt::str_concat(cx, &[#(#strings),*])))),
        }
    }

    pub fn read_global(&mut self, owner: ModuleId, global: GlobalId) -> Code {
        let g = self.program.module(owner).global(global);
        if let Some(constant) = &g.constant {
            let kind = match constant {
                Constant::Undefined => ExprKind::Undefined,
                Constant::Null => ExprKind::Null,
                Constant::Bool(b) => ExprKind::Bool(*b),
                Constant::Num(n) => ExprKind::Num(*n),
                Constant::Str(s) => ExprKind::Str(s.clone()),
            };
            return self.natural(&Expr::new(kind, g.span), Want::Value);
        }
        let slot = global_path(self.program, self.module, owner, global);
        if let Some(function) = crate::module::hoisted_function(self.program, self.module, owner, global) {
            return Code::value(function);
        }
        if g.checked {
            let name = &*g.name;
            return Code::value(self.fallible(quote!(rt::global_checked(cx, #slot, #name))));
        }
        Code::value(quote!(rt::global(cx, #slot)))
    }

    pub fn read_import(&mut self, import: ImportId, span: Span) -> Code {
        let import = &self.m.imports[import.index()];
        if let Some(required) = crate::app::require_import(self.program, self.tables, self.module, import) {
            return Code::value(self.fallible_at(span, required));
        }
        match &import.target {
            ImportTarget::Global(owner, global) => self.read_global(*owner, *global),
            ImportTarget::Namespace(owner) => {
                let module = names::ident(&crate::module::module_name(self.program, *owner));
                Code::value(quote!(crate::#module::namespace(cx)))
            }
            ImportTarget::Native(name, member) => {
                let slot = self.tables.native(name);
                let name = &**name;
                let module = self.fallible_at(span, quote!(rt::native_module(cx, #slot, #name)));
                match member {
                    None => Code::value(module),
                    Some(member) => {
                        let key = self.tables.atom(member);
                        let ic = self.tables.ic();
                        Code::value(self.fallible_at(span, quote!(rt::get(cx, &#module, #key, #ic))))
                    }
                }
            }
            ImportTarget::Component(_) => Code::value(quote!(rt::Value::Undefined)),
            ImportTarget::Unresolved | ImportTarget::Missing => {
                let name = &*import.local_name;
                Code::value(self.fallible_at(span, quote!(rt::missing_name(cx, #name))))
            }
        }
    }

    /// The modules that run before a dynamic import answers.
    fn import_owner(&mut self, import: ImportId) -> TokenStream {
        match &self.m.imports[import.index()].target {
            ImportTarget::Namespace(owner) | ImportTarget::Global(owner, _) => {
                let module = names::ident(&crate::module::module_name(self.program, *owner));
                quote!(crate::#module::LAZY)
            }
            _ => quote!(&[]),
        }
    }

    fn emit_builtin(&mut self, name: &str, span: Span) -> Code {
        match name {
            "undefined" => return Code::value(quote!(rt::Value::Undefined)),
            "NaN" => return Code::owned(Rep::Num, quote!(f64::NAN)),
            "Infinity" => return Code::owned(Rep::Num, quote!(f64::INFINITY)),
            _ => {}
        }
        let key = self.tables.atom(name);
        let ic = self.tables.ic();
        Code::value(self.fallible_at(span, quote!(rt::builtin(cx, #key, #ic))))
    }

    /// `object.name`
    fn emit_get(&mut self, object: &Expr, name: &str, e: &Expr) -> Code {
        if let ExprKind::Builtin(owner) = &object.kind
            && let Some(code) = math_constant(owner, name)
        {
            return code;
        }
        if name == "length" && e.ty.is_number()
            && let Some(code) = self.emit_length(object)
        {
            return code;
        }
        let o = self.emit(object, Want::Ref);
        let key = self.tables.atom(name);
        let ic = self.shared_ics.remove(&std::ptr::from_ref(e).addr()).unwrap_or_else(|| self.tables.ic());
        Code::value(self.fallible_at(e.span, quote!(rt::get(cx, #o, #key, #ic))))
    }

    fn emit_index(&mut self, lang: Lang, object: &Expr, key: &Expr, span: Span) -> Code {
        if lang != Lang::Js {
            let operands = self.operands(&[(object, Want::Ref), (key, Want::Ref)]);
            let name = crate::operator::lang_op(lang, "index");
            return Code::value(self.fallible_at(span, quote!(rt::#name(cx, #(#operands),*))));
        }
        if self.rep(object) == Rep::Str && self.compared_rep(key) == Rep::Int {
            let operands = self.operands(&[(object, Want::StrRef), (key, Want::Int)]);
            return Code::value(quote!(rt::str_index_int(#(#operands),*)));
        }
        if self.rep(object) == Rep::Str && self.rep(key).is_number() {
            let operands = self.operands(&[(object, Want::StrRef), (key, Want::Num)]);
            return Code::value(quote!(rt::str_index(#(#operands),*)));
        }
        let (name, want) = match self.compared_rep(key) {
            Rep::Int => (quote!(index_int), Want::Int),
            Rep::Num => (quote!(index_num), Want::Num),
            _ => (quote!(index), Want::Ref),
        };
        let operands = self.operands(&[(object, Want::Ref), (key, want)]);
        Code::value(self.fallible_at(span, quote!(rt::#name(cx, #(#operands),*))))
    }

    fn emit_yield(&mut self, x: &Expr) -> Code {
        let v = self.emit(x, Want::Value);
        let resumed = self.suspend(v, |v| quote!(y.yield_(#v)));
        let resumed = if self.f.is_async { self.fallible(resumed) } else { resumed };
        Code::value(self.emit_resume(resumed))
    }

    /// What a resumption means at the place of the yield.
    fn emit_resume(&mut self, resumed: TokenStream) -> TokenStream {
        let thrown = self.throw(quote!(rt::throw(cx, v)));
        let returned = self.emit_injected_return();
        quote!(match #resumed {
            rt::Resume::Next(v) => v,
            rt::Resume::Throw(v) => #thrown,
            rt::Resume::Return(v) => { #returned }
        })
    }

    /// Delegates: the inner iterator gets what this one is sent.
    fn emit_yield_star(&mut self, x: &Expr, span: Span) -> Code {
        let v = self.emit(x, Want::Value);
        let returned = self.emit_injected_return();
        let name = names::ident(if self.f.is_async { "async_yield_star" } else { "yield_star" });
        let delegate = self.suspend(v, |v| quote!(rt::#name(cx, &y, #v)));
        let result = self.fallible_at(span, delegate);
        Code::value(quote!(match #result {
            rt::Delegated::Done(v) => v,
            rt::Delegated::Return(v) => { #returned }
        }))
    }

    /// Template statements into a buffer of their own.
    pub fn emit_markup(&mut self, block: &[Stmt]) -> Code {
        self.frames.push(Frame::Markup);
        let stmts = self.emit_block(block);
        self.frames.pop();
        let t = self.temp();
        Code::value(quote!({
            let mut #t = rt::Out::default();
            { let out = &mut #t; #stmts }
            #t.into_value(cx)
        }))
    }
}

/// `object_rest(object, …)`, `parsley_method(receiver, name, …)`: what comes before the list.
fn fixed_operands(op: &runtime_op::RuntimeOp) -> usize {
    op.min
}

fn borrowed(want: Want) -> bool {
    matches!(want, Want::Ref | Want::StrRef)
}

fn math_constant(owner: &str, name: &str) -> Option<Code> {
    use std::f64::consts as c;
    let value = match (owner, name) {
        ("Math", "PI") => c::PI,
        ("Math", "E") => c::E,
        ("Math", "LN2") => c::LN_2,
        ("Math", "LN10") => c::LN_10,
        ("Math", "LOG2E") => c::LOG2_E,
        ("Math", "LOG10E") => c::LOG10_E,
        ("Math", "SQRT2") => c::SQRT_2,
        ("Math", "SQRT1_2") => c::FRAC_1_SQRT_2,
        ("Number", "MAX_SAFE_INTEGER") => 9_007_199_254_740_991.0,
        ("Number", "MIN_SAFE_INTEGER") => -9_007_199_254_740_991.0,
        ("Number", "EPSILON") => f64::EPSILON,
        ("Number", "POSITIVE_INFINITY") => f64::INFINITY,
        ("Number", "NEGATIVE_INFINITY") => f64::NEG_INFINITY,
        ("Number", "NaN") => f64::NAN,
        _ => return None,
    };
    Some(Code::owned(Rep::Num, number(value)))
}
