//! CommonJS: `module.exports`, `exports`, `require`.
//!
//! A module has one `module` object for its life. What `module.exports` is when the body has run becomes the exports named `default` and
//! `module.exports`; linking reads a named import as a member of it.

use crate::lower::{Lowerer, undefined};
use crate::parse::Parsed;
use oxc_ast::ast::*;
use puremix_diag::Span;
use puremix_ir::*;

/// The hidden variables of a CommonJS file.
pub(crate) struct CommonJs {
    module: Option<GlobalId>,
    exports: Option<GlobalId>,
    /// Where a `return` of the file itself leads to.
    return_label: Option<LabelId>,
}

impl CommonJs {
    /// `None` for ES modules, and for files that cannot tell what they are.
    pub fn detect(parsed: &Parsed<'_>, path: &str, text: &str) -> Option<CommonJs> {
        if parsed.program.body.iter().any(Statement::is_module_declaration) || path.ends_with(".mjs") {
            return None;
        }
        let unresolved = parsed.semantic.scoping().root_unresolved_references();
        let mentions = |name: &str| unresolved.keys().any(|k| *k == name);
        // At the top of a CommonJS file `this` is its exports.
        let is_script = path.ends_with(".cjs") || path.ends_with(".js");
        (mentions("module") || mentions("exports") || mentions("require") || is_script && text.contains("this"))
            .then(|| CommonJs { module: None, exports: None, return_label: None })
    }
}

impl<'a> Lowerer<'a, '_> {
    /// `module = { exports: {} }; exports = module.exports`, and the default export, which a cycle may see early.
    pub fn commonjs_start(&mut self) {
        if self.commonjs.is_none() {
            return;
        }
        let span = self.unit.span(0, 0);
        let module = self.m.global("module", false, span);
        let exports = self.m.global("exports", false, span);
        let default = self.m.global("default", false, span);
        let object = |properties| Expr::new(ExprKind::Object(Lang::Js, properties), span);
        let made = object(vec![Property::Value(Key::Name("exports".into()), object(Vec::new()))]);
        let stmts = [(module, made), (exports, self.module_exports(module, span)), (default, self.module_exports(module, span))];
        for (global, value) in stmts {
            let stmt = self.assign_stmt(Place::Global(global), value, span);
            self.m.hoisted.push(stmt);
        }
        self.m.module.globals[default.index()].assigned = true;
        for name in ["default", "module.exports"] {
            self.m.module.exports.push(Export::Global { name: name.into(), global: default, span });
        }
        if let Some(commonjs) = &mut self.commonjs {
            (commonjs.module, commonjs.exports) = (Some(module), Some(exports));
        }
    }

    /// `return` outside a function ends the file's body, as in Node.
    pub fn commonjs_return(&mut self, value: Option<Expr>, span: Span, out: &mut Block) {
        if self.commonjs.as_ref().is_some_and(|c| c.return_label.is_none()) {
            let label = self.new_label();
            if let Some(commonjs) = &mut self.commonjs {
                commonjs.return_label = Some(label);
            }
        }
        out.extend(value.map(|v| self.expr_stmt(v)));
        if let Some(label) = self.commonjs.as_ref().and_then(|c| c.return_label) {
            out.push(Stmt::new(StmtKind::Break(label), span));
        }
    }

    /// The exports as they are when the body has run.
    pub fn commonjs_end(&mut self) {
        let Some(CommonJs { module: Some(module), return_label, .. }) = self.commonjs.take() else { return };
        let span = self.unit.span(0, 0);
        if let Some(label) = return_label {
            let body = std::mem::take(&mut self.m.init_body);
            self.m.init_body.push(Stmt::new(StmtKind::Labeled { label, body }, span));
        }
        let default = self.default_global(span);
        let value = self.module_exports(module, span);
        let stmt = self.assign_stmt(Place::Global(default), value, span);
        self.m.init_body.push(stmt);
    }

    fn module_exports(&self, module: GlobalId, span: Span) -> Expr {
        let module = Expr::new(ExprKind::Global(module), span);
        Expr::new(ExprKind::Get(module.boxed(), "exports".into()), span)
    }

    pub fn commonjs_global(&self, name: &str) -> Option<GlobalId> {
        let commonjs = self.commonjs.as_ref()?;
        match name {
            "module" => commonjs.module,
            "exports" => commonjs.exports,
            _ => None,
        }
    }

    /// What a free name means in a CommonJS file.
    pub fn commonjs_name(&mut self, name: &str, span: Span) -> Option<Expr> {
        if let Some(global) = self.commonjs_global(name) {
            return Some(Expr::new(ExprKind::Global(global), span));
        }
        let op = match name {
            "__dirname" => "import_meta_dirname",
            "__filename" => "import_meta_filename",
            "require" if self.commonjs.is_some() && self.is_package() => return Some(self.computed_require(span)),
            "require" if self.commonjs.is_some() => {
                return Some(self.unsupported(span, "`require` as a value", "call it with a constant path: `require('./file')`"));
            }
            _ => return None,
        };
        Some(self.import_meta(op, span))
    }

    pub fn read_commonjs_exports(&mut self, span: Span) -> Expr {
        match self.commonjs.as_ref().and_then(|c| c.module) {
            Some(module) => self.module_exports(module, span),
            None => undefined(span),
        }
    }

    /// `require('constant')`
    pub fn require(&mut self, e: &'a CallExpression<'a>, span: Span) -> Expr {
        match e.arguments.as_slice() {
            [Argument::StringLiteral(s)] => self.require_of(s.value.as_str(), span),
            [Argument::TemplateLiteral(t)] if t.expressions.is_empty() => {
                let specifier = t.quasis.first().and_then(|q| q.value.cooked).map_or_else(String::new, |s| s.to_string());
                self.require_of(&specifier, span)
            }
            _ if self.commonjs.is_some() && self.is_package() => {
                let callee = self.computed_require(span);
                let args = self.args(&e.arguments);
                Expr::new(ExprKind::Call { callee: callee.boxed(), args }, span)
            }
            _ => self.unsupported(
                span,
                "`require` of a computed path",
                "require each module by a constant path and choose between their exports",
            ),
        }
    }

    /// The file is of an installed package, which its user cannot change.
    pub fn is_package(&self) -> bool {
        self.m.module.path.split('/').any(|folder| folder == "node_modules")
    }

    /// A function that finds Node's own modules by any name, and nothing else.
    fn computed_require(&mut self, span: Span) -> Expr {
        self.require_of("puremix:require", span)
    }

    pub fn require_of(&mut self, specifier: &str, span: Span) -> Expr {
        let request = self.m.request(specifier, RequestKind::Require, span);
        let import = self.m.import(request, ImportName::Namespace, specifier, span);
        let required = Expr::new(ExprKind::Import(import), span);
        let Some(module) = self.commonjs.as_ref().and_then(|c| c.module).filter(|_| specifier.starts_with('.')) else { return required };
        // The module may require this one in turn, and then gets the exports as they are now.
        let default = self.default_global(span);
        let exports = self.module_exports(module, span);
        let assign = Expr::new(ExprKind::Assign(Place::Global(default), exports.boxed()), span);
        Expr::new(ExprKind::Seq(vec![assign, required]), span)
    }
}
