//! Server functions that pages name: in handlers and in calls of their scripts, looked for in the whole app; and components that need a `key` to be told apart.

use puremix_diag::suggest::closest;
use puremix_diag::{Diagnostic, Span, codes};
use crate::calls::{BrowserNames, Functions};
use crate::project::Project;
use puremix_ir::app::{NamedBy, NamedFunction, RouteKind, RouteSegment};
use puremix_ir::visit::{Node, walk};
use puremix_ir::{Arg, Block, ComponentRef, ExprKind, Module, ModuleId, Program, Stmt, StmtKind, Target};
use std::collections::BTreeSet;

/// Names that mean no function, or several.
pub fn names(program: &Program, project: &Project) -> Vec<Diagnostic> {
    let pages = program.app.routes.iter().filter(|route| matches!(route.kind, RouteKind::Page { .. }));
    let functions = Functions::of(&program.modules, pages.map(|route| (route.module, route.pattern.iter().all(|segment| matches!(segment, RouteSegment::Literal(_))))));
    let app = App { program, functions, browsers: BrowserNames::of(&program.modules, &project.public) };
    let mut found = Vec::new();
    for (at, module) in program.modules.iter().enumerate() {
        let Some(page) = &module.page else { continue };
        let id = ModuleId::from(at);
        for named in &page.named_functions {
            if !app.functions.knows_near(id, &named.name) {
                found.extend(app.judge(id, named));
            }
        }
    }
    found
}

struct App<'p> {
    program: &'p Program,
    functions: Functions<'p>,
    browsers: BrowserNames<'p>,
}

impl App<'_> {
    /// What is to be said of a name that the file does not know.
    fn judge(&self, id: ModuleId, named: &NamedFunction) -> Option<Diagnostic> {
        let name = &*named.name;
        let owners = self.functions.owners(name);
        // What a layout or a component names is a function of the page that shows it.
        if self.functions.is_page(id) && !owners.is_empty() && !(named.by == NamedBy::CallInHandler && self.browsers.have(name)) {
            match owners.as_slice() {
                [(owner, place)] if !self.functions.can_be_called_from_elsewhere(*owner) => return Some(self.unreachable(named, *owner, *place)),
                [] | [_] => {}
                several => return Some(self.ambiguous(named, several)),
            }
        }
        if !owners.is_empty() || named.by != NamedBy::Script || self.functions.is_anywhere(name) {
            return None;
        }
        let found = Diagnostic::warning(codes::PAGE_UNKNOWN_CALL, named.span, format!("no page or component of this app has a server function `{name}`"));
        let help = match closest(name, self.functions.names()) {
            Some(other) => format!("did you mean `{other}`?"),
            None => format!("declare it: `<script server> async function {} (data, request) {{ … }} </script>`", name.rsplit('.').next().unwrap_or(name)),
        };
        Some(found.help(help))
    }

    /// Its page has parameters, which a call from elsewhere does not know.
    fn unreachable(&self, named: &NamedFunction, owner: ModuleId, place: Span) -> Diagnostic {
        let name = &*named.name;
        let path = self.path_of(owner);
        let found = Diagnostic::warning(codes::PAGE_UNREACHABLE_FUNCTION, named.span, format!("`{name}` is a function of `{path}`, whose parameters this page does not give")).secondary(place, "declared here");
        found.help(match named.by {
            NamedBy::Script => format!("say them: `PureMix.call('{name}', data, {{ route: … }})`; or declare the function on this page"),
            NamedBy::Handler | NamedBy::CallInHandler => "declare the function on this page, or write a form with the page's address as its `action`".to_owned(),
        })
    }

    fn ambiguous(&self, named: &NamedFunction, owners: &[(ModuleId, Span)]) -> Diagnostic {
        const SHOWN: usize = 3;
        let name = &*named.name;
        let message = format!("`{name}` is a function of {} other pages, and this page has none of that name", owners.len());
        let found = match named.by {
            // A script from elsewhere may have it.
            NamedBy::CallInHandler => Diagnostic::warning(codes::PAGE_AMBIGUOUS_FUNCTION, named.span, message),
            NamedBy::Handler | NamedBy::Script => Diagnostic::error(codes::PAGE_AMBIGUOUS_FUNCTION, named.span, message),
        };
        let found = owners.iter().take(SHOWN).fold(found, |found, (_, span)| found.secondary(*span, "one of them"));
        let path = self.path_of(owners[0].0);
        found.help(match named.by {
            NamedBy::Script => format!("say whose it is, `PureMix.call('{name}', data, {{ route: '{path}' }})`, or give the functions names of their own"),
            NamedBy::Handler | NamedBy::CallInHandler => "declare the function on this page, or give the functions names of their own".to_owned(),
        })
    }

    /// A page's path for people.
    fn path_of(&self, page: ModuleId) -> String {
        let route = self.program.app.routes.iter().find(|route| route.module == page);
        let path: String = route.map_or_else(String::new, |route| route.pattern.iter().map(|segment| match segment {
            RouteSegment::Literal(text) => format!("/{text}"),
            RouteSegment::Param(name) => format!("/<{name}>"),
            RouteSegment::CatchAll(name) => format!("/<{name}…>"),
        }).collect());
        if path.is_empty() { "/".to_owned() } else { path }
    }
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
