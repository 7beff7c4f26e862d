//! The readable text form of modules and functions (`emit --stage ir|typed`, snapshot tests).
//!
//! Stable: same module in, same text out. Locals are `name%id`, globals `name@id`, imports `name#id`, functions `fnid`, labels `'id`.
//! Operations follow JavaScript unless they name another language (`+parsley`). A type follows a colon where inference knows
//! more than `any` and the reader cannot see it from the node itself.

use crate::*;
use std::fmt::Write;
use words::*;

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

// Below the macro, which they use.
mod expr;
pub(crate) mod words;

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
            StmtKind::Component { component, props, children, key, site: _ } => {
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
                Slot::Instance => "write.slot instance",
            }),
            StmtKind::WriteCsrf => self.out.push_str("write.csrf"),
        }
    }
}
