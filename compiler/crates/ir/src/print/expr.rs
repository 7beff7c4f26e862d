//! Expressions, places, literals and classes.

use super::words::*;
use super::*;

impl Printer<'_> {
    pub(super) fn list<T>(&mut self, open: &str, items: &[T], close: &str, mut each: impl FnMut(&mut Self, &T)) {
        self.out.push_str(open);
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            each(self, item);
        }
        self.out.push_str(close);
    }

    pub(super) fn args(&mut self, args: &[Arg]) {
        self.list("(", args, ")", |p, arg| match arg {
            Arg::Value(e) => p.expr(e),
            Arg::Spread(e) => {
                p.out.push_str("...");
                p.expr(e);
            }
        });
    }

    pub(super) fn key(&mut self, key: &Key) {
        match key {
            Key::Name(name) => self.out.push_str(&property_name(name)),
            Key::Computed(e) => {
                self.out.push('[');
                self.expr(e);
                self.out.push(']');
            }
            Key::Private(local) => {
                let name = self.local_name(*local);
                put!(self, "private {name}");
            }
        }
    }

    pub(super) fn index(&mut self, lang: Lang, object: &Expr, key: &Expr) {
        self.expr(object);
        put!(self, "[{}", tag_word(lang));
        self.expr(key);
        self.out.push(']');
    }

    pub(super) fn super_member(&mut self, this: &Expr, home: &Expr, key: &Expr) {
        self.with("super(this", this);
        self.with(", home", home);
        self.out.push_str(")[");
        self.expr(key);
        self.out.push(']');
    }

    pub(super) fn private_member(&mut self, object: &Expr, name: LocalId) {
        self.expr(object);
        let name = self.local_name(name);
        put!(self, ".private {name}");
    }

    pub(super) fn place(&mut self, place: &Place) {
        match place {
            Place::Local(id) => self.out.push_str(&self.local_name(*id)),
            Place::Global(id) => self.out.push_str(&self.global_name(*id)),
            Place::Get(object, name) => {
                self.expr(object);
                self.out.push_str(&member(name));
            }
            Place::Index(lang, object, key) => self.index(*lang, object, key),
            Place::Super { this, home, key } => self.super_member(this, home, key),
            Place::Private(object, name) => self.private_member(object, *name),
            Place::Unknown(name) => put!(self, "unknown {name}"),
        }
    }

    pub(super) fn expr(&mut self, e: &Expr) {
        self.expr_kind(&e.kind);
        if e.ty != Ty::Any && !self.shows_type(e) {
            put!(self, ":{}", e.ty);
        }
    }

    /// Whether the reader sees the type of this expression without a suffix.
    pub(super) fn shows_type(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Undefined | ExprKind::Null | ExprKind::Bool(_) | ExprKind::Num(_) | ExprKind::Str(_) => true,
            ExprKind::Array(..) | ExprKind::Object(..) | ExprKind::Closure(_) | ExprKind::Class(_) | ExprKind::Regex { .. } => true,
            ExprKind::Concat(..) | ExprKind::TypeofBuiltin(_) => true,
            ExprKind::Local(id) => self.module.locals.get(id.index()).is_some_and(|l| l.ty == e.ty),
            ExprKind::Global(id) => self.module.globals.get(id.index()).is_some_and(|g| g.ty == e.ty),
            _ => false,
        }
    }

    pub(super) fn expr_kind(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::Undefined => self.out.push_str("undefined"),
            ExprKind::Null => self.out.push_str("null"),
            ExprKind::Bool(b) => put!(self, "{b}"),
            ExprKind::Num(n) => self.out.push_str(&number(*n)),
            ExprKind::Str(s) => self.out.push_str(&text(s)),
            ExprKind::BigInt(digits) => put!(self, "{digits}n"),
            ExprKind::Regex { source, flags } => put!(self, "regex({}, {flags:?})", text(source)),
            ExprKind::Local(id) => self.out.push_str(&self.local_name(*id)),
            ExprKind::Global(id) => self.out.push_str(&self.global_name(*id)),
            ExprKind::Import(id) => self.out.push_str(&self.import_name(*id)),
            ExprKind::Builtin(name) => self.out.push_str(name),
            ExprKind::TypeofBuiltin(name) => put!(self, "typeof {name}"),
            ExprKind::This => self.out.push_str("this"),
            ExprKind::NewTarget => self.out.push_str("new.target"),
            ExprKind::Callee => self.out.push_str("callee"),
            ExprKind::Arguments => self.out.push_str("arguments"),
            ExprKind::Unary(op, lang, operand) => {
                put!(self, "({}{} ", unary_symbol(*op), tag(*lang));
                self.expr(operand);
                self.out.push(')');
            }
            ExprKind::Binary(op, lang, left, right) => {
                self.out.push('(');
                self.expr(left);
                put!(self, " {}{} ", binary_symbol(*op), tag(*lang));
                self.expr(right);
                self.out.push(')');
            }
            ExprKind::Logical(op, lang, left, right) => {
                self.out.push('(');
                self.expr(left);
                put!(self, " {}{} ", logical_symbol(*op), tag(*lang));
                self.expr(right);
                self.out.push(')');
            }
            ExprKind::Cond(test) => {
                self.out.push('(');
                self.expr(&test.test);
                put!(self, " ?{} ", tag(test.lang));
                self.expr(&test.then);
                self.out.push_str(" : ");
                self.expr(&test.otherwise);
                self.out.push(')');
            }
            ExprKind::Concat(lang, parts) => self.list(&format!("concat{}(", word_tag(*lang)), parts, ")", Self::expr),
            ExprKind::Assign(place, value) => {
                self.out.push('(');
                self.place(place);
                self.with(" =", value);
                self.out.push(')');
            }
            ExprKind::AssignOp(op, lang, place, value) => {
                self.out.push('(');
                self.place(place);
                self.with(&format!(" {}={}", binary_symbol(*op), tag(*lang)), value);
                self.out.push(')');
            }
            ExprKind::AssignLogical(op, lang, place, value) => {
                self.out.push('(');
                self.place(place);
                self.with(&format!(" {}={}", logical_symbol(*op), tag(*lang)), value);
                self.out.push(')');
            }
            ExprKind::Update { place, delta, prefix } => {
                self.out.push_str(if *prefix { "(update " } else { "(post update " });
                self.place(place);
                put!(self, " by {})", number(*delta));
            }
            ExprKind::Delete(place) => {
                self.out.push_str("(delete ");
                self.place(place);
                self.out.push(')');
            }
            ExprKind::Get(object, name) => {
                self.expr(object);
                self.out.push_str(&member(name));
            }
            ExprKind::Index(lang, object, key) => self.index(*lang, object, key),
            ExprKind::GetSafe(object, name) => {
                self.expr(object);
                put!(self, "~{}", member(name));
            }
            ExprKind::IndexSafe(object, key) => {
                self.expr(object);
                self.out.push_str("~[");
                self.expr(key);
                self.out.push(']');
            }
            ExprKind::GetSuper { this, home, key } => self.super_member(this, home, key),
            ExprKind::GetPrivate(object, name) => self.private_member(object, *name),
            ExprKind::HasPrivate(object, name) => {
                let name = self.local_name(*name);
                put!(self, "(private {name} in ");
                self.expr(object);
                self.out.push(')');
            }
            ExprKind::OptionalChain(inner) => {
                self.out.push_str("chain(");
                self.expr(inner);
                self.out.push(')');
            }
            ExprKind::OptionalLink(inner) => {
                self.expr(inner);
                self.out.push('?');
            }
            ExprKind::Call { callee, args } => {
                self.expr(callee);
                self.args(args);
            }
            ExprKind::CallMethod { recv, name, args, safe } => {
                self.expr(recv);
                put!(self, "{}{}", if *safe { "~" } else { "" }, member(name));
                self.args(args);
            }
            ExprKind::CallIndex { recv, key, args } => {
                self.index(Lang::Js, recv, key);
                self.args(args);
            }
            ExprKind::CallWithThis { callee, this, args } => {
                self.expr(callee);
                self.with(".with(this", this);
                self.out.push(')');
                self.args(args);
            }
            ExprKind::New { callee, args } => {
                self.with("new", callee);
                self.args(args);
            }
            ExprKind::CallSuper { callee, new_target, args } => {
                self.with("super(callee", callee);
                self.with(", target", new_target);
                self.out.push(')');
                self.args(args);
            }
            ExprKind::ImportDynamic(id) => {
                let name = self.import_name(*id);
                put!(self, "import({name})");
            }
            ExprKind::Runtime(name, args) => self.list(&format!("rt.{name}("), args, ")", Self::expr),
            ExprKind::Closure(id) => put!(self, "closure fn{}", id.0),
            ExprKind::Class(class) => self.class(class),
            ExprKind::Array(lang, elements) => self.list(&format!("[{}", tag_word(*lang)), elements, "]", |p, element| match element {
                Element::Value(e) => p.expr(e),
                Element::Spread(e) => {
                    p.out.push_str("...");
                    p.expr(e);
                }
                Element::Hole => p.out.push_str("<hole>"),
            }),
            ExprKind::Object(lang, properties) => self.list(&format!("{{{}", tag_word(*lang)), properties, "}", Self::property),
            ExprKind::Seq(items) => self.list("seq(", items, ")", Self::expr),
            ExprKind::Await(e) => self.with("await", e),
            ExprKind::Yield(e) => self.with("yield", e),
            ExprKind::YieldStar(e) => self.with("yield*", e),
            ExprKind::Do(block, value) => {
                self.out.push_str("do ");
                self.open();
                for stmt in block {
                    self.line();
                    self.stmt(stmt);
                }
                self.line();
                self.with("=>", value);
                self.close();
            }
            ExprKind::Markup(block) => {
                self.out.push_str("markup ");
                self.block(block);
            }
        }
    }

    pub(super) fn property(&mut self, property: &Property) {
        match property {
            Property::Value(key, value) => {
                self.key(key);
                self.with(":", value);
            }
            Property::Method(key, f) => {
                self.key(key);
                put!(self, ": method fn{}", f.0);
            }
            Property::Getter(key, f) => {
                self.out.push_str("get ");
                self.key(key);
                put!(self, ": fn{}", f.0);
            }
            Property::Setter(key, f) => {
                self.out.push_str("set ");
                self.key(key);
                put!(self, ": fn{}", f.0);
            }
            Property::Proto(e) => self.with("proto:", e),
            Property::Spread(e) => {
                self.out.push_str("...");
                self.expr(e);
            }
        }
    }

    pub(super) fn class(&mut self, class: &Class) {
        put!(self, "class {:?} ", class.name);
        self.open();
        for (word, local) in [("binding", class.binding), ("home_static", class.home_static), ("home_proto", class.home_proto)] {
            if let Some(local) = local {
                self.line();
                put!(self, "{word} ");
                self.declared(local);
            }
        }
        for (local, name) in &class.privates {
            self.line();
            put!(self, "private {name} ");
            self.declared(*local);
        }
        if let Some(parent) = &class.parent {
            self.line();
            self.with("extends", parent);
        }
        self.line();
        put!(self, "constructor fn{}", class.constructor.0);
        for member in &class.members {
            self.line();
            if member.is_static {
                self.out.push_str("static ");
            }
            match &member.kind {
                MemberKind::Method(key, f) => self.member("method", key, *f),
                MemberKind::Getter(key, f) => self.member("get", key, *f),
                MemberKind::Setter(key, f) => self.member("set", key, *f),
                MemberKind::StaticField(key, f) => self.member("field", key, *f),
                MemberKind::FieldKey(local, e) => {
                    self.out.push_str("key ");
                    self.declared(*local);
                    self.with(" =", e);
                }
                MemberKind::StaticBlock(f) => put!(self, "block fn{}", f.0),
                MemberKind::FieldInit(local, f) => {
                    self.out.push_str("init ");
                    self.declared(*local);
                    put!(self, " = fn{}", f.0);
                }
            }
        }
        self.close();
    }

    pub(super) fn member(&mut self, word: &str, key: &Key, f: FnId) {
        put!(self, "{word} ");
        self.key(key);
        put!(self, " = fn{}", f.0);
    }
}
