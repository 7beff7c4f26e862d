//! Server functions that pages name: in handlers and in calls of their scripts, looked for in the whole app; and components that need a `key` to be told apart.

use puremix_diag::suggest::closest;
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::app::{NamedBy, NamedFunction, PageTable, RouteKind};
use puremix_ir::visit::{Node, walk};
use puremix_ir::{Arg, Block, ComponentRef, ExprKind, Module, ModuleId, Program, Stmt, StmtKind, Target};
use std::collections::BTreeSet;

/// Names that mean no function, or several.
pub fn names(program: &Program) -> Vec<Diagnostic> {
    let app = App::of(program);
    let mut found = Vec::new();
    for (at, module) in program.modules.iter().enumerate() {
        let Some(page) = &module.page else { continue };
        let id = ModuleId::from(at);
        for named in &page.named_functions {
            if !app.knows_near(id, &named.name) {
                found.extend(app.judge(id, named));
            }
        }
    }
    found
}

/// The functions of an app, by the pages that have them.
struct App<'p> {
    program: &'p Program,
    pages: BTreeSet<ModuleId>,
}

impl<'p> App<'p> {
    fn of(program: &'p Program) -> App<'p> {
        let pages = program.app.routes.iter().filter(|route| matches!(route.kind, RouteKind::Page { .. })).map(|route| route.module).collect();
        App { program, pages }
    }

    fn table(&self, id: ModuleId) -> Option<&'p PageTable> {
        self.program.module(id).page.as_ref()
    }

    /// Whether the file itself, a layout of it or a component in them has the function: where a call looks first.
    fn knows_near(&self, id: ModuleId, name: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![(id, true)];
        while let Some((id, is_document)) = waiting.pop() {
            if !seen.insert(id) {
                continue;
            }
            let module = self.program.module(id);
            let Some(table) = &module.page else { continue };
            if table.actions.iter().any(|action| *action.name == *name || !is_document && is_named(module, &action.name, name)) {
                return true;
            }
            waiting.extend(table.layout_module.map(|layout| (layout, true)));
            waiting.extend(module.requests.iter().filter_map(|request| if let Target::Component(id) = request.target { Some((id, false)) } else { None }));
        }
        false
    }

    /// What is to be said of a name that the file does not know.
    fn judge(&self, id: ModuleId, named: &NamedFunction) -> Option<Diagnostic> {
        let name = &*named.name;
        let owners: Vec<(ModuleId, Span)> = self
            .pages
            .iter()
            .filter_map(|page| Some((*page, self.table(*page)?.actions.iter().find(|action| *action.name == *name)?.span)))
            .collect();
        // What a layout or a component names is a function of the page that shows it.
        if self.pages.contains(&id) && owners.len() > 1 {
            return Some(self.ambiguous(named, &owners));
        }
        let in_a_component = || self.program.modules.iter().any(|m| m.page.as_ref().is_some_and(|page| page.actions.iter().any(|a| is_named(m, &a.name, name) || *a.name == *name)));
        if !owners.is_empty() || named.by == NamedBy::Handler || in_a_component() {
            return None;
        }
        let all: Vec<&str> = self.program.modules.iter().filter_map(|m| m.page.as_ref()).flat_map(|page| page.actions.iter().map(|a| &*a.name)).collect();
        let found = Diagnostic::warning(codes::PAGE_UNKNOWN_CALL, named.span, format!("no page or component of this app has a server function `{name}`"));
        let help = match closest(name, all) {
            Some(other) => format!("did you mean `{other}`?"),
            None => format!("declare it: `<script server> async function {} (data, request) {{ … }} </script>`", name.rsplit('.').next().unwrap_or(name)),
        };
        Some(found.help(help))
    }

    fn ambiguous(&self, named: &NamedFunction, owners: &[(ModuleId, Span)]) -> Diagnostic {
        const SHOWN: usize = 3;
        let name = &*named.name;
        let message = format!("`{name}` is a function of {} other pages, and this page has none of that name", owners.len());
        let found = Diagnostic::error(codes::PAGE_AMBIGUOUS_FUNCTION, named.span, message);
        let found = owners.iter().take(SHOWN).fold(found, |found, (_, span)| found.secondary(*span, "one of them"));
        let route = self.program.app.routes.iter().find(|route| route.module == owners[0].0);
        let path = route.map_or_else(String::new, |route| route.pattern.iter().map(|segment| match segment {
            puremix_ir::app::RouteSegment::Literal(text) => format!("/{text}"),
            puremix_ir::app::RouteSegment::Param(name) => format!("/<{name}>"),
            puremix_ir::app::RouteSegment::CatchAll(name) => format!("/<{name}…>"),
        }).collect());
        let path = if path.is_empty() { "/" } else { &path };
        found.help(match named.by {
            NamedBy::Script => format!("say whose it is, `PureMix.call('{name}', data, {{ route: '{path}' }})`, or give the functions names of their own"),
            NamedBy::Handler => "declare the function on this page, or give the functions names of their own".to_owned(),
        })
    }
}

/// `Card.save`, and `Card_save` as the original wrote it.
fn is_named(module: &Module, function: &str, name: &str) -> bool {
    let file = module.path.rsplit('/').next().unwrap_or(&module.path);
    let component = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    name.strip_prefix(component).and_then(|rest| rest.strip_prefix(['.', '_'])).is_some_and(|rest| rest == function)
}

/// Components with server functions in a loop without `key`.
pub fn missing_keys(program: &Program) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for module in program.modules.iter().filter(|module| module.page.is_some()) {
        let mut seen = BTreeSet::new();
        for function in &module.functions {
            walk(&function.body, &mut |node| {
                for block in turns(module, &node) {
                    walk(block, &mut |inner| {
                        if let Node::Stmt(Stmt { kind: StmtKind::Component { component, key: None, .. }, .. }) = inner
                            && has_functions(program, module, component)
                            && seen.insert(component.span)
                        {
                            found.push(missing_key(component));
                        }
                    });
                }
            });
        }
    }
    found
}

/// What a loop does again and again: the body of `{list.map(…)}`, or of a function that is given to `map` elsewhere.
fn turns<'m>(module: &'m Module, node: &Node<'m>) -> Vec<&'m Block> {
    match node {
        Node::Stmt(Stmt { kind: StmtKind::Each { body, .. }, .. }) => vec![body],
        Node::Expr(e) => match &e.kind {
            ExprKind::CallMethod { name, args, .. } if matches!(&**name, "map" | "flatMap") => args
                .iter()
                .filter_map(|arg| match arg {
                    Arg::Value(puremix_ir::Expr { kind: ExprKind::Closure(id), .. }) => Some(&module.function(*id).body),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn has_functions(program: &Program, module: &Module, component: &ComponentRef) -> bool {
    match module.requests[component.request].target {
        Target::Component(id) => program.module(id).page.as_ref().is_some_and(|page| !page.actions.is_empty()),
        _ => false,
    }
}

fn missing_key(component: &ComponentRef) -> Diagnostic {
    let name = &component.name;
    Diagnostic::warning(codes::PAGE_COMPONENT_WITHOUT_KEY, component.span, format!("`{name}` has server functions and stands in a loop without `key`"))
        .label("told from its siblings by its number")
        .help(format!("say which one it is: `<{name} key={{item.id}} … />`"))
}
