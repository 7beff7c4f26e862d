//! Literals: strings, templates, regular expressions, arrays, objects.

use crate::builder::LocalState;
use crate::lower::{Home, Lowerer, array_index, number};
use crate::pattern::static_key;
use oxc_ast::ast::*;
use puremix_diag::{Diagnostic, codes};
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    pub fn template_literal(&mut self, e: &'a TemplateLiteral<'a>) -> Expr {
        let span = self.span(e);
        let mut parts = Vec::new();
        for (i, quasi) in e.quasis.iter().enumerate() {
            if let Some(cooked) = quasi.value.cooked.filter(|c| !c.is_empty()) {
                parts.push(Expr::new(ExprKind::Str(text(&cooked, quasi.lone_surrogates)), self.span(quasi)));
            }
            if let Some(e) = e.expressions.get(i) {
                parts.push(self.expr(e));
            }
        }
        match parts.as_slice() {
            [] => crate::lower::string("", span),
            [only] if matches!(only.kind, ExprKind::Str(_)) => parts.remove(0),
            _ => Expr::new(ExprKind::Concat(Lang::Js, parts), span),
        }
    }

    pub fn regex(&mut self, e: &'a RegExpLiteral<'a>) -> Expr {
        let span = self.span(e);
        let source = e.regex.pattern.text.as_str();
        let flags = e.regex.flags.to_string();
        if let Err(error) = regress::Regex::with_flags(source, flags.as_str()) {
            self.report(
                Diagnostic::error(codes::JS_BAD_REGEX, span, "this regular expression is not valid")
                    .label(error.text)
                    .help("escape characters that are meant literally with `\\`"),
            );
        }
        Expr::new(ExprKind::Regex { source: source.into(), flags: flags.into() }, span)
    }

    pub fn array(&mut self, e: &'a ArrayExpression<'a>) -> Expr {
        let span = self.span(e);
        let elements = e
            .elements
            .iter()
            .map(|element| match element {
                ArrayExpressionElement::SpreadElement(spread) => Element::Spread(self.expr(&spread.argument)),
                ArrayExpressionElement::Elision(_) => Element::Hole,
                element => match element.as_expression() {
                    Some(e) => Element::Value(self.expr(e)),
                    None => unreachable!("an element is a spread, a hole or an expression"),
                },
            })
            .collect();
        Expr::new(ExprKind::Array(Lang::Js, elements), span)
    }

    pub fn object_literal(&mut self, e: &'a ObjectExpression<'a>) -> Expr {
        let span = self.span(e);
        // Methods with `super` look through the object itself, which exists only after them.
        let home = e.properties.iter().any(|p| self.is_method_with_super(p)).then(|| {
            let local = self.m.local("home", self.fn_id(), span, LocalState { initialised: false, early: true, declared: false });
            self.m.module.locals[local.index()].checked = true;
            local
        });
        let properties = e.properties.iter().map(|p| self.property(p, home)).collect();
        let object = Expr::new(ExprKind::Object(Lang::Js, properties), span);
        match home {
            None => object,
            Some(local) => {
                let stmts = vec![Stmt::new(StmtKind::Let(local, Some(object)), span)];
                Expr::new(ExprKind::Do(stmts, Expr::new(ExprKind::Local(local), span).boxed()), span)
            }
        }
    }

    fn is_method_with_super(&self, p: &'a ObjectPropertyKind<'a>) -> bool {
        let ObjectPropertyKind::ObjectProperty(p) = p else { return false };
        (p.method || p.kind != PropertyKind::Init) && self.source(&p.value).contains("super")
    }

    fn property(&mut self, p: &'a ObjectPropertyKind<'a>, home: Option<LocalId>) -> Property {
        let p = match p {
            ObjectPropertyKind::SpreadProperty(spread) => return Property::Spread(self.expr(&spread.argument)),
            ObjectPropertyKind::ObjectProperty(p) => p,
        };
        let name = static_key(&p.key, p.computed);
        let key = self.property_key(&p.key, p.computed);
        let shown = name.clone().unwrap_or_default();
        if p.method || p.kind != PropertyKind::Init {
            let Expression::FunctionExpression(f) = &p.value else { unreachable!("methods and accessors are functions") };
            let home = home.map_or(Home::None, Home::Object);
            let shown = match p.kind {
                PropertyKind::Init => shown,
                PropertyKind::Get => format!("get {shown}"),
                PropertyKind::Set => format!("set {shown}"),
            };
            let function = self.function(f, &shown, FnKind::Method, home);
            self.m.module.functions[function.index()].span = self.span(p.as_ref());
            return match p.kind {
                PropertyKind::Init => Property::Method(key, function),
                PropertyKind::Get => Property::Getter(key, function),
                PropertyKind::Set => Property::Setter(key, function),
            };
        }
        if !p.computed && !p.shorthand && name.as_deref() == Some("__proto__") {
            return Property::Proto(self.expr(&p.value));
        }
        Property::Value(key, self.named_expr(&p.value, &shown))
    }

    /// A property key of an object literal or class member.
    pub fn property_key(&mut self, key: &'a PropertyKey<'a>, computed: bool) -> Key {
        if let PropertyKey::PrivateIdentifier(id) = key {
            if let Some(local) = self.private_name(id.name.as_str()) {
                return Key::Private(local);
            }
        }
        let span = self.span(key);
        if let Some(name) = static_key(key, computed) {
            return match array_index(&name) {
                Some(index) => Key::Computed(number(index, span)),
                None => Key::Name(name.into()),
            };
        }
        match key.as_expression() {
            Some(e) => Key::Computed(self.expr(e)),
            None => Key::Name("".into()),
        }
    }
}

/// A string of the tree. oxc writes a lone surrogate as U+FFFD and four hexadecimal digits, and U+FFFD itself as `\u{FFFD}fffd`.
pub(crate) fn text(value: &str, lone_surrogates: bool) -> Text {
    if !lone_surrogates {
        return Text::Utf8(value.into());
    }
    let mut units: Vec<u16> = Vec::new();
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let digits = rest.as_str().get(..4).filter(|_| c == '\u{FFFD}');
        match digits.and_then(|d| u16::from_str_radix(d, 16).ok()) {
            Some(unit) => {
                units.push(unit);
                rest = rest.as_str()[4..].chars();
            }
            None => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
    }
    Text::Wide(units.into())
}
