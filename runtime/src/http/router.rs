//! Which route answers a path. Static segments win over parameters, parameters over catch-alls, at every segment.

use super::message::{Param, Params};
use super::path::{self, BadPath};
use crate::app::{RouteDef, Segment};
use hashbrown::HashMap;
use std::borrow::Cow;

/// The routes of an app as a tree of segments.
#[derive(Default)]
pub struct Router {
    /// Paths without parameters: one look-up, no splitting.
    fixed: HashMap<String, &'static RouteDef>,
    root: Node,
    routes: &'static [RouteDef],
}

#[derive(Default)]
struct Node {
    literals: HashMap<&'static str, Node>,
    param: Option<Box<Node>>,
    /// The route that ends here.
    route: Option<&'static RouteDef>,
    catch_all: Option<&'static RouteDef>,
}

/// A route and what its pattern captured.
pub struct Found {
    pub route: &'static RouteDef,
    pub params: Params,
    /// The weakest kind of segment that was needed.
    pub by: By,
}

/// What made a route match, strongest first. Files of `public/` stand between [`By::Literal`] and the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Literal,
    Param,
    CatchAll,
}

impl Router {
    /// Builds the tree. Of two routes with one pattern the first wins (the compiler reports the other).
    pub fn new(routes: &'static [RouteDef]) -> Router {
        let mut router = Router { routes, ..Router::default() };
        for route in routes {
            router.add(route);
        }
        router
    }

    /// Every route, as the app's table lists them.
    pub fn routes(&self) -> &'static [RouteDef] {
        self.routes
    }

    fn add(&mut self, route: &'static RouteDef) {
        let mut node = &mut self.root;
        let mut fixed = Some(String::new());
        for segment in route.pattern {
            match segment {
                Segment::Literal(text) => {
                    if let Some(f) = &mut fixed {
                        f.push('/');
                        f.push_str(text);
                    }
                    node = node.literals.entry(text).or_default();
                }
                Segment::Param(_) => {
                    fixed = None;
                    node = node.param.get_or_insert_default();
                }
                Segment::CatchAll(_) => {
                    node.catch_all.get_or_insert(route);
                    return;
                }
            }
        }
        node.route.get_or_insert(route);
        if let Some(f) = fixed {
            self.fixed.entry(f).or_insert(route);
        }
    }

    /// The route of a path as sent (still percent-encoded). A slash at the end makes no difference.
    pub fn find(&self, raw: &str) -> Result<Option<Found>, BadPath> {
        let trimmed = raw.strip_suffix('/').unwrap_or(raw);
        if let Some(route) = self.fixed.get(trimmed) {
            return Ok(Some(Found { route, params: Vec::new(), by: By::Literal }));
        }
        let mut segments: Vec<Cow<'_, str>> = Vec::with_capacity(8);
        let inner = trimmed.strip_prefix('/').unwrap_or(trimmed);
        if !trimmed.is_empty() {
            for s in inner.split('/') {
                segments.push(path::decode(s)?);
            }
        }
        let slash = raw.ends_with('/');
        // As with Express, `/About` leads to `/about`; a route whose letters are the same goes first.
        let found = match self.root.find(&segments, slash, Letters::AsWritten) {
            found @ Some((_, By::Literal | By::Param)) => found,
            found => self.root.find(&segments, slash, Letters::AnyCase).or(found),
        };
        Ok(found.map(|(route, by)| Found { route, params: capture(route, &segments), by }))
    }
}

/// How the literal segments of a pattern are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    AsWritten,
    AnyCase,
}

impl Node {
    /// Depth first. Every node of the tree is visited at most once for a path, so hostile paths cost no more than the tree is large.
    fn find(&self, rest: &[Cow<'_, str>], slash: bool, letters: Letters) -> Option<(&'static RouteDef, By)> {
        let Some((first, tail)) = rest.split_first() else {
            return match (self.route, self.catch_all) {
                (Some(r), _) => Some((r, By::Literal)),
                (None, Some(r)) if slash => Some((r, By::CatchAll)),
                _ => None,
            };
        };
        if let Some(found) = self.literals.get(first.as_ref()).and_then(|n| n.find(tail, slash, letters)) {
            return Some(found);
        }
        if letters == Letters::AnyCase {
            let mut others: Vec<&str> = self.literals.keys().copied().filter(|text| text.eq_ignore_ascii_case(first)).collect();
            others.sort_unstable();
            if let Some(found) = others.into_iter().find_map(|text| self.literals[text].find(tail, slash, letters)) {
                return Some(found);
            }
        }
        if !first.is_empty()
            && let Some((route, by)) = self.param.as_ref().and_then(|n| n.find(tail, slash, letters))
        {
            return Some((route, by.max(By::Param)));
        }
        self.catch_all.map(|r| (r, By::CatchAll))
    }
}

/// The values of a matched pattern's parameters.
fn capture(route: &'static RouteDef, segments: &[Cow<'_, str>]) -> Params {
    let mut params = Vec::new();
    for (i, segment) in route.pattern.iter().enumerate() {
        match segment {
            Segment::Literal(_) => {}
            Segment::Param(name) => {
                if let Some(s) = segments.get(i) {
                    params.push((*name, Param::One(s.to_string())));
                }
            }
            Segment::CatchAll(name) => {
                let rest: Vec<String> = segments.get(i..).unwrap_or_default().iter().map(|s| s.to_string()).collect();
                let joined = rest.join("/");
                params.push((*name, Param::Rest(rest, joined)));
            }
        }
    }
    params
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::RouteKind;
    use Segment::{CatchAll, Literal, Param as P};

    const fn route(pattern: &'static [Segment], file: &'static str) -> RouteDef {
        RouteDef { pattern, kind: RouteKind::Api(&[]), file, uses_session: true }
    }

    static ROUTES: &[RouteDef] = &[
        route(&[], "index"),
        route(&[Literal("blog"), P("slug")], "blog/[slug]"),
        route(&[Literal("blog"), Literal("new")], "blog/new"),
        route(&[Literal("docs"), CatchAll("path")], "docs/[...path]"),
        route(&[Literal("docs"), P("a"), Literal("edit")], "docs/[a]/edit"),
        route(&[P("user"), Literal("posts"), P("id")], "[user]/posts/[id]"),
        route(&[Literal("shop"), P("id"), Literal("x")], "shop/[id]/x"),
        route(&[Literal("shop"), Literal("a"), Literal("y")], "shop/a/y"),
    ];

    fn ask(path: &str) -> String {
        match Router::new(ROUTES).find(path) {
            Err(e) => format!("{e:?}"),
            Ok(None) => "none".to_owned(),
            Ok(Some(f)) => {
                let mut text = f.route.file.to_owned();
                for (name, value) in f.params {
                    text += &match value {
                        Param::One(v) => format!(" {name}={v}"),
                        Param::Rest(list, joined) => format!(" {name}={list:?} 0={joined}"),
                    };
                }
                text
            }
        }
    }

    #[test]
    fn precedence_parameters_and_slashes() {
        let cases = [
            ("/", "index"),
            ("/blog/new", "blog/new"),
            ("/blog/new/", "blog/new"),
            ("/blog/hello", "blog/[slug] slug=hello"),
            ("/blog/a%20b%2Fc", "blog/[slug] slug=a b/c"),
            ("/blog/%6eew", "blog/new"),
            ("/blog", "none"),
            ("/blog//", "none"),
            ("/docs", "none"),
            ("/docs/", "docs/[...path] path=[] 0="),
            ("/docs/a/b%20c", "docs/[...path] path=[\"a\", \"b c\"] 0=a/b c"),
            ("/docs/a/edit", "docs/[a]/edit a=a"),
            ("/docs/a/edit/z", "docs/[...path] path=[\"a\", \"edit\", \"z\"] 0=a/edit/z"),
            ("/ann/posts/7", "[user]/posts/[id] user=ann id=7"),
            ("/shop/a/x", "shop/[id]/x id=a"),
            ("/shop/a/y", "shop/a/y"),
            ("/blog/%zz", "Escape"),
            ("/blog/%ff", "Utf8"),
            ("//", "none"),
            ("/none/such", "none"),
            ("/Blog/New", "blog/new"),
            ("/BLOG/Hello", "blog/[slug] slug=Hello"),
            ("/blog/NEW", "blog/[slug] slug=NEW"),
            ("/Shop/A/y", "shop/a/y"),
            ("/Docs/a/Edit", "docs/[a]/edit a=a"),
            ("/docs/a/Edit", "docs/[a]/edit a=a"),
        ];
        for (path, want) in cases {
            assert_eq!(ask(path), want, "{path}");
        }
    }
}
