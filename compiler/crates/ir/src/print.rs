//! The readable text form of modules and functions (`emit --stage ir|typed`, snapshot tests).
//!
//! Stable: same module in, same text out. Locals are `name%id`, globals `name@id`, imports `name#id`, functions `fnid`, labels `'id`.
//! Operations follow JavaScript unless they name another language (`+parsley`). A type follows a colon where inference knows
//! more than `any` and the reader cannot see it from the node itself.

use crate::*;
use std::fmt::Write;

/// The whole program, module by module in discovery order, then the order of initialisation.
pub fn print_program(program: &Program) -> String {
    let mut text = String::new();
    for (index, module) in program.modules.iter().enumerate() {
        let _ = writeln!(text, "// m{index}");
        text.push_str(&print_module(module));
        text.push('\n');
    }
    let order: Vec<String> = program.order.iter().map(|m| format!("m{}", m.0)).collect();
    if !order.is_empty() {
        let _ = writeln!(text, "// order: {}", order.join(" "));
    }
    text
}

/// One module: its tables, then every function in table order.
pub fn print_module(module: &Module) -> String {
    let mut p = Printer::new(module);
    p.tables();
    for index in 0..module.functions.len() {
        p.out.push('\n');
        p.function(FnId::from(index));
    }
    p.out
}

/// One function without those nested in it.
pub fn print_function(module: &Module, function: FnId) -> String {
    let mut p = Printer::new(module);
    p.function(function);
    p.out
}

/// One expression on its own (tests, messages of the verifier).
pub fn print_expr(module: &Module, expr: &Expr) -> String {
    let mut p = Printer::new(module);
    p.expr(expr);
    p.out
}

struct Printer<'m> {
    module: &'m Module,
    out: String,
    indent: usize,
}

/// Appends formatted text; writing to a string cannot fail.
macro_rules! put {
    ($p:expr, $($arg:tt)*) => {{ let _ = write!($p.out, $($arg)*); }};
}

impl<'m> Printer<'m> {
    fn new(module: &'m Module) -> Printer<'m> {
        Printer { module, out: String::new(), indent: 0 }
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    fn tables(&mut self) {
        let m = self.module;
        put!(self, "module {} ({})\n", m.path, lang_name(m.lang));
        for (i, r) in m.requests.iter().enumerate() {
            let kind = match r.kind {
                RequestKind::Static => "static",
                RequestKind::Dynamic => "dynamic",
                RequestKind::Require => "require",
            };
            let target = match &r.target {
                Target::Unresolved => "?".to_owned(),
                Target::Module(id) => format!("m{}", id.0),
                Target::Native(name) => format!("native {name}"),
                Target::Component(id) => format!("component m{}", id.0),
            };
            put!(self, "request {i} {:?} {kind} -> {target}\n", r.specifier);
        }
        for (i, import) in m.imports.iter().enumerate() {
            let name = match &import.name {
                ImportName::Default => "default",
                ImportName::Namespace => "*",
                ImportName::Named(name) => name,
            };
            let target = match &import.target {
                ImportTarget::Unresolved => "?".to_owned(),
                ImportTarget::Global(m, g) => format!("m{}@{}", m.0, g.0),
                ImportTarget::Namespace(m) => format!("namespace m{}", m.0),
                ImportTarget::Native(module, None) => format!("native {module}"),
                ImportTarget::Native(module, Some(name)) => format!("native {module}.{name}"),
                ImportTarget::Component(m) => format!("component m{}", m.0),
                ImportTarget::Missing => "missing".to_owned(),
            };
            put!(self, "import {}#{i} = {name} of {} -> {target}\n", import.local_name, import.request);
        }
        for (i, g) in m.globals.iter().enumerate() {
            put!(self, "global {}@{i}{}", g.name, type_suffix(g.ty));
            for (flag, word) in [(g.is_const, " const"), (g.checked, " checked"), (g.assigned, " assigned")] {
                if flag {
                    self.out.push_str(word);
                }
            }
            if let Some(f) = g.function {
                put!(self, " = fn{}", f.0);
            }
            match &g.constant {
                None => {}
                Some(Constant::Undefined) => put!(self, " = undefined"),
                Some(Constant::Null) => put!(self, " = null"),
                Some(Constant::Bool(b)) => put!(self, " = {b}"),
                Some(Constant::Num(n)) => put!(self, " = {}", number(*n)),
                Some(Constant::Str(s)) => put!(self, " = {}", text(s)),
            }
            self.out.push('\n');
        }
        for e in &m.exports {
            match e {
                Export::Global { name, global, .. } => put!(self, "export {name} = {}\n", self.global_name(*global)),
                Export::Import { name, import, .. } => put!(self, "export {name} = {}\n", self.import_name(*import)),
                Export::All { request, .. } => put!(self, "export * of {request}\n"),
            }
        }
    }

    fn function(&mut self, id: FnId) {
        let Some(f) = self.module.functions.get(id.index()) else {
            put!(self, "fn{} <no such function>\n", id.0);
            return;
        };
        for (flag, word) in [(f.is_async, "async "), (f.is_generator, "generator ")] {
            if flag {
                self.out.push_str(word);
            }
        }
        let kind = match f.kind {
            FnKind::Function => "function",
            FnKind::Arrow => "arrow",
            FnKind::Method => "method",
            FnKind::BaseConstructor => "constructor",
            FnKind::DerivedConstructor => "derived constructor",
            FnKind::ModuleInit => "init",
            FnKind::Render => "render",
        };
        put!(self, "{kind} fn{} {:?} (", id.0, f.name);
        for (i, p) in f.params.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.declared(*p);
        }
        if let Some(rest) = f.rest {
            if !f.params.is_empty() {
                self.out.push_str(", ");
            }
            self.out.push_str("...");
            self.declared(rest);
        }
        self.out.push(')');
        if f.ret != Ty::Any {
            put!(self, " -> {}", f.ret);
        }
        if f.direct_only {
            self.out.push_str(" direct");
        }
        if let Some(parent) = f.parent {
            put!(self, " in fn{}", parent.0);
        }
        if f.length as usize != f.params.len() {
            put!(self, " length={}", f.length);
        }
        self.out.push(' ');
        self.block(&f.body);
        self.out.push('\n');
    }

    fn local_name(&self, id: LocalId) -> String {
        let name = self.module.locals.get(id.index()).map_or("?", |l| &*l.name);
        format!("{name}%{}", id.0)
    }

    fn global_name(&self, id: GlobalId) -> String {
        let name = self.module.globals.get(id.index()).map_or("?", |g| &*g.name);
        format!("{name}@{}", id.0)
    }

    fn import_name(&self, id: ImportId) -> String {
        let name = self.module.imports.get(id.index()).map_or("?", |i| &*i.local_name);
        format!("{name}#{}", id.0)
    }

    /// A local where it comes to life: its name with type and storage.
    fn declared(&mut self, id: LocalId) {
        let name = self.local_name(id);
        self.out.push_str(&name);
        if let Some(local) = self.module.locals.get(id.index()) {
            put!(self, "{}", type_suffix(local.ty));
            if local.is_cell() {
                self.out.push_str(" cell");
            }
            if local.checked {
                self.out.push_str(" checked");
            }
        }
    }

    fn locals(&mut self, ids: &[LocalId]) {
        for (i, id) in ids.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            let name = self.local_name(*id);
            self.out.push_str(&name);
        }
    }

    fn block(&mut self, block: &[Stmt]) {
        if block.is_empty() {
            self.out.push_str("{}");
            return;
        }
        self.open();
        for stmt in block {
            self.line();
            self.stmt(stmt);
        }
        self.close();
    }

    fn open(&mut self) {
        self.out.push('{');
        self.indent += 1;
    }

    fn close(&mut self) {
        self.indent -= 1;
        self.line();
        self.out.push('}');
    }

    /// `head expr`
    fn with(&mut self, head: &str, expr: &Expr) {
        self.out.push_str(head);
        self.out.push(' ');
        self.expr(expr);
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(e) => self.expr(e),
            StmtKind::Let(id, value) => {
                self.out.push_str("let ");
                self.declared(*id);
                if let Some(value) = value {
                    self.with(" =", value);
                }
            }
            StmtKind::Block(b) => self.block(b),
            StmtKind::If { test, lang, then, otherwise } => {
                put!(self, "if{}", word_tag(*lang));
                self.with("", test);
                self.out.push(' ');
                self.block(then);
                if !otherwise.is_empty() {
                    self.out.push_str(" else ");
                    self.block(otherwise);
                }
            }
            StmtKind::Loop { label, lang, test, body, post_test, update, fresh } => {
                put!(self, "loop{} '{}", word_tag(*lang), label.0);
                if let Some(e) = test {
                    self.with(" while", e);
                }
                if let Some(e) = post_test {
                    self.with(" post", e);
                }
                if let Some(e) = update {
                    self.with(" update", e);
                }
                if !fresh.is_empty() {
                    self.out.push_str(" fresh ");
                    self.locals(fresh);
                }
                self.out.push(' ');
                self.block(body);
            }
            StmtKind::ForOf { label, lang, item, iterable, body, is_await } => {
                put!(self, "for{}{} '{} ", if *is_await { " await" } else { "" }, word_tag(*lang), label.0);
                self.declared(*item);
                self.with(" of", iterable);
                self.out.push(' ');
                self.block(body);
            }
            StmtKind::ForIn { label, item, object, body } => {
                put!(self, "for '{} ", label.0);
                self.declared(*item);
                self.with(" in", object);
                self.out.push(' ');
                self.block(body);
            }
            StmtKind::Labeled { label, body } => {
                put!(self, "label '{} ", label.0);
                self.block(body);
            }
            StmtKind::Switch { label, discriminant, cases } => {
                put!(self, "switch '{}", label.0);
                self.with("", discriminant);
                self.out.push(' ');
                self.open();
                for case in cases {
                    self.line();
                    match &case.test {
                        Some(test) => self.with("case", test),
                        None => self.out.push_str("default"),
                    }
                    self.out.push(' ');
                    self.block(&case.body);
                }
                self.close();
            }
            StmtKind::Break(label) => put!(self, "break '{}", label.0),
            StmtKind::Continue(label) => put!(self, "continue '{}", label.0),
            StmtKind::Return(None) => self.out.push_str("return"),
            StmtKind::Return(Some(e)) => self.with("return", e),
            StmtKind::Throw(e) => self.with("throw", e),
            StmtKind::Try { body, catch, finally } => {
                self.out.push_str("try ");
                self.block(body);
                if let Some(catch) = catch {
                    self.out.push_str(" catch ");
                    if let Some(binding) = catch.binding {
                        self.declared(binding);
                        self.out.push(' ');
                    }
                    self.block(&catch.body);
                }
                if let Some(finally) = finally {
                    self.out.push_str(" finally ");
                    self.block(finally);
                }
            }
            StmtKind::Write(s) => put!(self, "write {s:?}"),
            StmtKind::WriteHole(context, e) => self.with(&format!("write.{}", context_name(*context)), e),
            StmtKind::WriteRaw(e) => self.with("write.raw", e),
            StmtKind::WriteAttr { name, kind, value } => {
                let kind = match kind {
                    AttrKind::Bool => "bool",
                    AttrKind::Value => "value",
                    AttrKind::Url => "url",
                    AttrKind::Style => "style",
                    AttrKind::Event => "event",
                };
                self.with(&format!("write.attr {name} {kind}"), value);
            }
            StmtKind::WriteAttrs(e) => self.with("write.attrs", e),
            StmtKind::Each { list, item, index, body } => {
                self.out.push_str("each ");
                self.declared(*item);
                if let Some(index) = index {
                    self.out.push_str(", ");
                    self.declared(*index);
                }
                self.with(" of", list);
                self.out.push(' ');
                self.block(body);
            }
            StmtKind::Component { component, props, children, key } => {
                self.with(&format!("component {} of {}", component.name, component.request), props);
                if let Some(children) = children {
                    self.with(" children", children);
                }
                if let Some(key) = key {
                    self.with(" key", key);
                }
            }
            StmtKind::WriteSlot(slot) => self.out.push_str(match slot {
                Slot::Content => "write.slot content",
                Slot::Head => "write.slot head",
                Slot::Title => "write.slot title",
                Slot::Description => "write.slot description",
            }),
            StmtKind::WriteCsrf => self.out.push_str("write.csrf"),
        }
    }

    fn list<T>(&mut self, open: &str, items: &[T], close: &str, mut each: impl FnMut(&mut Self, &T)) {
        self.out.push_str(open);
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            each(self, item);
        }
        self.out.push_str(close);
    }

    fn args(&mut self, args: &[Arg]) {
        self.list("(", args, ")", |p, arg| match arg {
            Arg::Value(e) => p.expr(e),
            Arg::Spread(e) => {
                p.out.push_str("...");
                p.expr(e);
            }
        });
    }

    fn key(&mut self, key: &Key) {
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

    fn index(&mut self, lang: Lang, object: &Expr, key: &Expr) {
        self.expr(object);
        put!(self, "[{}", tag_word(lang));
        self.expr(key);
        self.out.push(']');
    }

    fn super_member(&mut self, this: &Expr, home: &Expr, key: &Expr) {
        self.with("super(this", this);
        self.with(", home", home);
        self.out.push_str(")[");
        self.expr(key);
        self.out.push(']');
    }

    fn private_member(&mut self, object: &Expr, name: LocalId) {
        self.expr(object);
        let name = self.local_name(name);
        put!(self, ".private {name}");
    }

    fn place(&mut self, place: &Place) {
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

    fn expr(&mut self, e: &Expr) {
        self.expr_kind(&e.kind);
        if e.ty != Ty::Any && !self.shows_type(e) {
            put!(self, ":{}", e.ty);
        }
    }

    /// Whether the reader sees the type of this expression without a suffix.
    fn shows_type(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Undefined | ExprKind::Null | ExprKind::Bool(_) | ExprKind::Num(_) | ExprKind::Str(_) => true,
            ExprKind::Array(..) | ExprKind::Object(..) | ExprKind::Closure(_) | ExprKind::Class(_) | ExprKind::Regex { .. } => true,
            ExprKind::Concat(..) | ExprKind::TypeofBuiltin(_) => true,
            ExprKind::Local(id) => self.module.locals.get(id.index()).is_some_and(|l| l.ty == e.ty),
            ExprKind::Global(id) => self.module.globals.get(id.index()).is_some_and(|g| g.ty == e.ty),
            _ => false,
        }
    }

    fn expr_kind(&mut self, kind: &ExprKind) {
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

    fn property(&mut self, property: &Property) {
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

    fn class(&mut self, class: &Class) {
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
            put!(self, "private #{name} ");
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

    fn member(&mut self, word: &str, key: &Key, f: FnId) {
        put!(self, "{word} ");
        self.key(key);
        put!(self, " = fn{}", f.0);
    }
}

fn type_suffix(ty: Ty) -> String {
    if ty == Ty::Any { String::new() } else { format!(": {ty}") }
}

fn lang_name(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "js",
        Lang::Parsley => "parsley",
        Lang::Py => "py",
    }
}

/// JavaScript is the unmarked case.
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "",
        Lang::Parsley => "parsley",
        Lang::Py => "py",
    }
}

/// After a word instead of a symbol: `if.parsley`.
fn word_tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "",
        Lang::Parsley => ".parsley",
        Lang::Py => ".py",
    }
}

fn tag_word(lang: Lang) -> &'static str {
    match lang {
        Lang::Js => "",
        Lang::Parsley => "parsley: ",
        Lang::Py => "py: ",
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

fn property_name(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { format!("{name:?}") }
}

fn member(name: &str) -> String {
    if is_identifier(name) { format!(".{name}") } else { format!(".{name:?}") }
}

fn text(text: &Text) -> String {
    match text {
        Text::Utf8(s) => format!("{s:?}"),
        Text::Wide(units) => {
            let mut out = String::from("wide\"");
            for unit in units.iter() {
                let _ = write!(out, "\\u{unit:04x}");
            }
            out.push('"');
            out
        }
    }
}

/// As JavaScript reads it back, with the sign of zero.
fn number(n: f64) -> String {
    if n.is_nan() {
        "NaN".to_owned()
    } else if n.is_infinite() {
        if n > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else if n.fract() == 0.0 && n.abs() < 1e15 {
        if n == 0.0 && n.is_sign_negative() { "-0".to_owned() } else { format!("{n:.0}") }
    } else {
        format!("{n:?}")
    }
}

fn context_name(context: EscapeContext) -> &'static str {
    match context {
        EscapeContext::Text => "text",
        EscapeContext::AttrDouble => "attr_double",
        EscapeContext::AttrSingle => "attr_single",
        EscapeContext::AttrUnquoted => "attr_unquoted",
        EscapeContext::UrlStart => "url_start",
        EscapeContext::UrlPart => "url_part",
        EscapeContext::ScriptJson => "script_json",
        EscapeContext::StyleText => "style_text",
        EscapeContext::StyleAttr => "style_attr",
        EscapeContext::Srcdoc => "srcdoc",
        EscapeContext::EventHandler => "event_handler",
        EscapeContext::Comment => "comment",
        EscapeContext::RcData => "rcdata",
        EscapeContext::EventString => "event_string",
    }
}

fn unary_symbol(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Neg => "-",
        UnaryOp::Plus => "+",
        UnaryOp::Not => "!",
        UnaryOp::BitNot => "~",
        UnaryOp::Typeof => "typeof",
        UnaryOp::Void => "void",
        UnaryOp::ToStr => "tostr",
    }
}

fn binary_symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Exp => "**",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::Ushr => ">>>",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::StrictEq => "===",
        BinaryOp::StrictNe => "!==",
        BinaryOp::In => "in",
        BinaryOp::InstanceOf => "instanceof",
        BinaryOp::Merge => "++",
        BinaryOp::Range => "..",
        BinaryOp::Match => "~",
        BinaryOp::NotMatch => "!~",
    }
}

fn logical_symbol(op: LogicalOp) -> &'static str {
    match op {
        LogicalOp::And => "&&",
        LogicalOp::Or => "||",
        LogicalOp::Nullish => "??",
    }
}
