//! Template units: intrinsic statements, and what free names mean in a template.
//!
//! Holes are lowered by distribution: a conditional with markup in its branches becomes an `If` that writes, a `map` with markup in
//! its callback a loop that writes. No markup passes through a string on its way out.

use crate::builder::LocalState;
use crate::lower::{Lowerer, undefined};
use crate::page::PageKind;
use crate::scope::Binding;
use oxc_ast::ast::*;
use puremix_diag::Span;
use puremix_ir::app::ScopeName;
use puremix_ir::*;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Names of the language that templates may use.
const GLOBALS: &[&str] = &[
    "Array", "ArrayBuffer", "BigInt", "Boolean", "Buffer", "Date", "Error", "Function", "Infinity", "Intl", "JSON", "Map", "Math", "NaN", "Number",
    "Object", "Promise", "Reflect", "RegExp", "Set", "String", "Symbol", "TypeError", "URL", "URLSearchParams", "Uint8Array", "WeakMap", "WeakSet",
    "console", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "globalThis", "isFinite", "isNaN", "parseFloat",
    "parseInt", "structuredClone", "unescape", "RangeError", "ReferenceError", "SyntaxError",
];

/// What the names of one template mean.
pub(crate) struct TemplateScope {
    pub kind: PageKind,
    /// `404.puremix` or `500.puremix`.
    pub is_error_page: bool,
    pub render: FnId,
    pub loaders: HashSet<Rc<str>>,
    /// The page's imports.
    pub imports: HashMap<Rc<str>, Binding>,
    /// Component tags: their requests by name.
    pub components: HashMap<Rc<str>, usize>,
    pub statics: Rc<[Rc<str>]>,
    /// Names that JS blocks before this place export.
    pub exports: HashMap<Rc<str>, LocalId>,
    /// The names used so far, and the parameter that holds each.
    pub used: Vec<(ScopeName, LocalId)>,
    pub unknown: Vec<(Name, Span)>,
    pub has_csrf: bool,
    /// How many component tags have been lowered.
    pub component_tags: u64,
}

impl<'a> Lowerer<'a, '_> {
    /// A free name of a template that stands for a variable.
    pub fn template_binding(&mut self, name: &str, span: Span) -> Option<Binding> {
        let scope = self.template.as_ref()?;
        if let Some(local) = scope.exports.get(name) {
            return Some(Binding::Local(*local));
        }
        if scope.loaders.contains(name) {
            return Some(self.scope_name(ScopeName::Loader(name.into()), name, span));
        }
        let fixed = match name {
            "params" => Some(ScopeName::Params),
            "query" => Some(ScopeName::Query),
            "request" => Some(ScopeName::Request),
            "actionResult" => Some(ScopeName::ActionResult),
            "env" => Some(ScopeName::Env),
            "props" => Some(ScopeName::Props),
            "error" | "url" if scope.is_error_page && !scope.imports.contains_key(name) => {
                Some(if name == "error" { ScopeName::Error } else { ScopeName::Url })
            }
            _ => None,
        };
        if let Some(fixed) = fixed {
            return Some(self.scope_name(fixed, name, span));
        }
        scope.imports.get(name).copied()
    }

    /// The value of a free name of a template. A name that means nothing renders nothing.
    pub fn template_name(&mut self, name: &str, span: Span) -> Expr {
        if let Some(binding) = self.template_binding(name, span) {
            return self.read_binding(binding, span);
        }
        let Some(scope) = &mut self.template else { return undefined(span) };
        let kind = scope.kind;
        match (kind, name) {
            (PageKind::Layout, "children" | "content") => {
                let slot = Stmt::new(StmtKind::WriteSlot(Slot::Content), span);
                return Expr::new(ExprKind::Markup(vec![slot]), span);
            }
            (PageKind::Component, "children") => return self.children(span),
            _ => {}
        }
        if GLOBALS.contains(&name) {
            return Expr::new(ExprKind::Builtin(name.into()), span);
        }
        let Some(scope) = &mut self.template else { return undefined(span) };
        let meaning = match (kind, name) {
            (PageKind::Component, _) => ScopeName::Prop(name.into()),
            (PageKind::Layout, "title") => ScopeName::Title,
            (PageKind::Layout, "description") => ScopeName::Description,
            (PageKind::Layout, _) => ScopeName::PageValue(name.into()),
            (PageKind::Page, _) => {
                if !scope.unknown.iter().any(|(n, _)| &**n == name) {
                    scope.unknown.push((name.into(), span));
                }
                return undefined(span);
            }
        };
        let binding = self.scope_name(meaning, name, span);
        self.read_binding(binding, span)
    }

    /// A component's children: the markup between its tags, else the prop of that name, else nothing (which is false).
    fn children(&mut self, span: Span) -> Expr {
        let test = self.runtime("slot_given", vec![crate::lower::string("content", span)], span);
        let slot = Stmt::new(StmtKind::WriteSlot(Slot::Content), span);
        let markup = Expr::new(ExprKind::Markup(vec![slot]), span);
        let prop = self.children_prop(span);
        Expr::new(ExprKind::Cond(Box::new(Test { test, lang: Lang::Js, then: markup, otherwise: prop })), span)
    }

    fn children_prop(&mut self, span: Span) -> Expr {
        let binding = self.scope_name(ScopeName::Prop("children".into()), "children", span);
        self.read_binding(binding, span)
    }

    /// `props.children` of a component.
    pub fn is_children(&self, object: &'a Expression<'a>, name: &str) -> bool {
        let is_component = self.template.as_ref().is_some_and(|scope| scope.kind == PageKind::Component);
        is_component && name == "children" && matches!(object, Expression::Identifier(id) if id.name == "props" && self.resolve(id).is_none())
    }

    fn scope_name(&mut self, meaning: ScopeName, name: &str, span: Span) -> Binding {
        let Some(scope) = &mut self.template else { return Binding::Undefined };
        if let Some((_, local)) = scope.used.iter().find(|(m, _)| *m == meaning) {
            return Binding::Local(*local);
        }
        let local = self.m.local(name, scope.render, span, LocalState { initialised: true, early: false, declared: false });
        scope.used.push((meaning, local));
        Binding::Local(local)
    }

    /// Lowers an expression statement that is an intrinsic; false for any other.
    pub fn template_statement(&mut self, e: &'a Expression<'a>, out: &mut Block) -> bool {
        let Some((name, call)) = intrinsic(e) else { return false };
        let span = self.span(call);
        let ctx = self.fn_ctx();
        if ctx.kind != FnKind::Render && ctx.markup_depth == 0 {
            // Code of a JS block writes nothing by itself.
            return false;
        }
        match name {
            "__pmx_w" => self.write_static(call, span, out),
            "__pmx_e" => {
                let context = number_arg(call, 0).and_then(EscapeContext::from_index).unwrap_or(EscapeContext::Text);
                if let Some(value) = arg(call, 1) {
                    self.hole(context, value, out);
                }
            }
            "__pmx_raw" => {
                if let Some(value) = arg(call, 0) {
                    let value = self.expr(value);
                    out.push(Stmt::new(StmtKind::WriteRaw(value), span));
                }
            }
            "__pmx_a" => {
                let (Some(name), Some(kind), Some(value)) = (text_arg(call, 0), text_arg(call, 1), arg(call, 2)) else { return true };
                if kind == "srcdoc" {
                    let value = self.expr(value);
                    self.srcdoc(value, span, out);
                    return true;
                }
                let kind = match kind {
                    "bool" => AttrKind::Bool,
                    "url" => AttrKind::Url,
                    "style" => AttrKind::Style,
                    "event" => AttrKind::Event,
                    _ => AttrKind::Value,
                };
                let value = self.expr(value);
                out.push(Stmt::new(StmtKind::WriteAttr { name: name.into(), kind, value }, span));
            }
            "__pmx_s" => {
                if let Some(value) = arg(call, 0) {
                    let value = self.expr(value);
                    out.push(Stmt::new(StmtKind::WriteAttrs(value), span));
                }
            }
            "__pmx_m" => {
                if let Some(value) = arg(call, 0) {
                    let block = self.markup(value);
                    out.push(Stmt::new(StmtKind::Block(block), span));
                }
            }
            "__pmx_c" => self.component(call, span, out),
            "__pmx_js" => self.js_block(call, span, out),
            "__pmx_csrf" => {
                if let Some(scope) = &mut self.template {
                    scope.has_csrf = true;
                }
                out.push(Stmt::new(StmtKind::WriteCsrf, span));
            }
            "__pmx_content" => self.slot(Slot::Content, "content", arg(call, 0), span, out),
            "__pmx_head" => self.slot(Slot::Head, "head", arg(call, 0), span, out),
            "__pmx_title" => self.slot(Slot::Title, "title", arg(call, 0), span, out),
            "__pmx_instance" => out.push(Stmt::new(StmtKind::WriteSlot(Slot::Instance), span)),
            "__pmx_description" => self.slot(Slot::Description, "description", arg(call, 0), span, out),
            // A layout's own `<meta>`: the page's takes its place when the heads are merged.
            "__pmx_meta" => {
                if let Some(value) = arg(call, 1) {
                    let block = self.markup(value);
                    out.push(Stmt::new(StmtKind::Block(block), span));
                }
            }
            _ => {
                self.unsupported(span, &format!("the page intrinsic `{name}`"), "this is a bug of the compiler; please report it");
            }
        }
        true
    }

    /// ` srcdoc="…"`: a document inside an attribute, which is escaped twice; nothing for null, undefined and false.
    fn srcdoc(&mut self, value: Expr, span: Span, out: &mut Block) {
        let mut block = Vec::new();
        let value = self.hold(value, "srcdoc", span, &mut block);
        let compare = |op, with| {
            let with = Expr::new(with, span);
            Expr::new(ExprKind::Binary(op, Lang::Js, value.clone().boxed(), with.boxed()), span)
        };
        let given = compare(BinaryOp::Ne, ExprKind::Null);
        let shown = compare(BinaryOp::StrictNe, ExprKind::Bool(false));
        let test = Expr::new(ExprKind::Logical(LogicalOp::And, Lang::Js, given.boxed(), shown.boxed()), span);
        let then = vec![
            Stmt::new(StmtKind::Write(" srcdoc=\"".into()), span),
            Stmt::new(StmtKind::WriteHole(EscapeContext::Srcdoc, value), span),
            Stmt::new(StmtKind::Write("\"".into()), span),
        ];
        block.push(Stmt::new(StmtKind::If { test, lang: Lang::Js, then, otherwise: Vec::new() }, span));
        out.push(Stmt::new(StmtKind::Block(block), span));
    }

    fn write_static(&mut self, call: &'a CallExpression<'a>, span: Span, out: &mut Block) {
        let text = number_arg(call, 0).and_then(|n| self.template.as_ref()?.statics.get(n).cloned());
        if let Some(text) = text {
            out.push(Stmt::new(StmtKind::Write(text), span));
        }
    }

    /// A place that may have content of its own for when nothing is given.
    fn slot(&mut self, slot: Slot, name: &str, fallback: Option<&'a Expression<'a>>, span: Span, out: &mut Block) {
        let write = Stmt::new(StmtKind::WriteSlot(slot), span);
        match fallback {
            // `<Card children="…"/>` means what `<Card>…</Card>` does.
            None if slot == Slot::Content && self.template.as_ref().is_some_and(|scope| scope.kind == PageKind::Component) => {
                let prop = self.children_prop(span);
                let otherwise = vec![Stmt::new(StmtKind::WriteHole(EscapeContext::Text, prop), span)];
                let test = self.runtime("slot_given", vec![crate::lower::string(name, span)], span);
                out.push(Stmt::new(StmtKind::If { test, lang: Lang::Js, then: vec![write], otherwise }, span));
            }
            None => out.push(write),
            Some(fallback) => {
                let otherwise = self.markup(fallback);
                let test = self.runtime("slot_given", vec![crate::lower::string(name, span)], span);
                out.push(Stmt::new(StmtKind::If { test, lang: Lang::Js, then: vec![write], otherwise }, span));
            }
        }
    }

    /// The statements of `() => { … }`, which is markup and no function.
    pub fn markup(&mut self, e: &'a Expression<'a>) -> Block {
        let Expression::ArrowFunctionExpression(arrow) = e else {
            let value = self.expr(e);
            return vec![Stmt::new(StmtKind::WriteHole(EscapeContext::Text, value.clone()), value.span)];
        };
        let exports = self.template.as_ref().map(|t| t.exports.clone());
        self.fn_ctx().markup_depth += 1;
        let block = match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => self.block(&body.statements, arrow.scope_id.get()),
            _ => Vec::new(),
        };
        self.fn_ctx().markup_depth -= 1;
        if let (Some(scope), Some(exports)) = (&mut self.template, exports) {
            scope.exports = exports;
        }
        block
    }

    fn component(&mut self, call: &'a CallExpression<'a>, span: Span, out: &mut Block) {
        let (Some(name), Some(props)) = (text_arg(call, 0), arg(call, 1)) else { return };
        // A component that is not imported has been reported by the page's front end.
        let Some(request) = self.template.as_ref().and_then(|t| t.components.get(name).copied()) else { return };
        let component = ComponentRef { name: name.into(), request, span };
        let props = self.expr(props);
        let children = given(arg(call, 2)).map(|e| match intrinsic(e) {
            Some(_) => self.expr(e),
            None => {
                let block = self.markup(e);
                Expr::new(ExprKind::Markup(block), span)
            }
        });
        let key = given(arg(call, 3)).map(|e| self.expr(e));
        let site = self.component_site();
        out.push(Stmt::new(StmtKind::Component { component, props, children, key, site }, span));
    }

    /// The number of the next component tag: the file and how many came before, so that edits elsewhere leave it what it is (FNV-1a).
    fn component_site(&mut self) -> u64 {
        let tag = self.template.as_mut().map_or(0, |scope| {
            scope.component_tags += 1;
            scope.component_tags
        });
        let path = self.m.module.path.clone();
        path.bytes().chain(tag.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    /// `__pmx_js(() => { …; return __export; }, ["a", "b"])`: run once, in place; the names are variables from here on.
    fn js_block(&mut self, call: &'a CallExpression<'a>, span: Span, out: &mut Block) {
        let Some(Expression::ArrowFunctionExpression(arrow)) = arg(call, 0) else { return };
        let safe = std::mem::replace(&mut self.safe, false);
        let closure = Expr::new(ExprKind::Closure(self.arrow(arrow, "")), span);
        self.safe = safe;
        let result = self.temp("export", span);
        let run = Expr::new(ExprKind::Call { callee: closure.boxed(), args: Vec::new() }, span);
        out.push(Stmt::new(StmtKind::Let(result, Some(run)), span));
        let Some(Expression::ArrayExpression(names)) = arg(call, 1) else { return };
        for element in &names.elements {
            let ArrayExpressionElement::StringLiteral(name) = element else { continue };
            let name: Rc<str> = name.value.as_str().into();
            let local = self.temp(&name, span);
            let value = self.get(Expr::new(ExprKind::Local(result), span), &name, span);
            out.push(Stmt::new(StmtKind::Let(local, Some(value)), span));
            if let Some(scope) = &mut self.template {
                scope.exports.insert(name, local);
            }
        }
    }

    /// An intrinsic where a value is wanted.
    pub fn intrinsic_expr(&mut self, call: &'a CallExpression<'a>, span: Span) -> Expr {
        let name = call.callee_name().unwrap_or_default();
        match (name, arg(call, 0)) {
            ("__pmx_m", Some(e)) => {
                let block = self.markup(e);
                Expr::new(ExprKind::Markup(block), span)
            }
            ("__pmx_c", Some(_)) => {
                let mut block = Vec::new();
                self.component(call, span, &mut block);
                Expr::new(ExprKind::Markup(block), span)
            }
            _ => self.unsupported(span, &format!("the page intrinsic `{name}` as a value"), "this is a bug of the compiler; please report it"),
        }
    }

    /// `raw(html)`: trusted markup.
    pub fn raw_call(&mut self, call: &'a CallExpression<'a>, span: Span) -> Option<Expr> {
        let value = arg(call, 0)?;
        if self.template_binding("raw", span).is_some() {
            return None;
        }
        let value = self.expr(value);
        Some(self.runtime("raw", vec![value], span))
    }
}

/// The name and call of `__pmx_…(…)`.
pub(crate) fn intrinsic<'b, 'a>(e: &'b Expression<'a>) -> Option<(&'b str, &'b CallExpression<'a>)> {
    let Expression::CallExpression(call) = e.get_inner_expression() else { return None };
    let Expression::Identifier(id) = &call.callee else { return None };
    id.name.as_str().starts_with("__pmx_").then_some((id.name.as_str(), call))
}

pub(crate) fn arg<'b, 'a>(call: &'b CallExpression<'a>, index: usize) -> Option<&'b Expression<'a>> {
    call.arguments.get(index).and_then(Argument::as_expression)
}

/// An argument that is not the constant `undefined`.
fn given<'b, 'a>(e: Option<&'b Expression<'a>>) -> Option<&'b Expression<'a>> {
    e.filter(|e| !e.is_undefined())
}

fn number_arg(call: &CallExpression<'_>, index: usize) -> Option<usize> {
    match arg(call, index)? {
        Expression::NumericLiteral(n) => Some(n.value as usize),
        _ => None,
    }
}

fn text_arg<'b>(call: &'b CallExpression<'_>, index: usize) -> Option<&'b str> {
    match arg(call, index)? {
        Expression::StringLiteral(s) => Some(s.value.as_str()),
        _ => None,
    }
}
