//! `routes`: the app's routes as a table.

use crate::app::{AppDef, RouteDef, RouteKind, Segment};

/// One line a route: pattern, methods, file.
pub fn list(app: &AppDef) -> String {
    let rows: Vec<(String, String, &str)> = app.routes.iter().map(|r| (pattern(r), methods(r), r.file)).collect();
    let width = |f: fn(&(String, String, &str)) -> usize| rows.iter().map(f).max().unwrap_or(0);
    let (first, second) = (width(|r| r.0.chars().count()), width(|r| r.1.len()));
    rows.iter().map(|(p, m, file)| format!("{p:first$}  {m:second$}  {file}\n")).collect()
}

fn pattern(route: &RouteDef) -> String {
    if route.pattern.is_empty() {
        return "/".to_owned();
    }
    route
        .pattern
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Param(name) => format!("/[{name}]"),
            Segment::CatchAll(name) => format!("/[...{name}]"),
        })
        .collect()
}

fn methods(route: &RouteDef) -> String {
    match &route.kind {
        RouteKind::Page(page) if page.has_forms || !page.actions.is_empty() || !page.loaders.is_empty() => "GET POST".to_owned(),
        RouteKind::Page(_) => "GET".to_owned(),
        RouteKind::Api(list) => list.iter().map(|m| m.method.unwrap_or("*")).collect::<Vec<_>>().join(" "),
        RouteKind::Handler(_) => "*".to_owned(),
    }
}
