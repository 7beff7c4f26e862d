//! `/__dev`: the app as the development server sees it.

use puremix_runtime::app::{AppDef, PageDef, RouteKind, Segment};
use puremix_runtime::http::message::Reply;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::time::Duration;

/// Requests that are remembered.
const REMEMBERED: usize = 100;

/// A request that was answered.
pub struct Answered {
    pub method: String,
    pub url: String,
    pub status: u16,
    pub took: Duration,
}

/// The latest requests, newest first.
#[derive(Default)]
pub struct Requests(VecDeque<Answered>);

impl Requests {
    pub fn note(&mut self, answered: Answered) {
        self.0.truncate(REMEMBERED - 1);
        self.0.push_front(answered);
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark}body{max-width:70rem;margin:2rem auto;padding:0 1rem;font:15px/1.5 system-ui,sans-serif}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}table{width:100%;border-collapse:collapse}\
td,th{padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid color-mix(in srgb,currentColor 15%,transparent)}\
td:not(:last-child){white-space:nowrap}code,td{font-family:ui-monospace,monospace;font-size:13px}.bad{color:#e5484d}";

/// The page. It follows saves as the app's own pages do.
pub fn page(app: &AppDef, requests: &Requests) -> Reply {
    let mut body = format!("<h1>{} {} in development</h1>", escaped(app.name), escaped(app.version));
    let rows = app.routes.iter().map(|route| {
        let (methods, functions) = match &route.kind {
            RouteKind::Page(page) => (if page.has_forms || !page.actions.is_empty() { "GET POST".to_owned() } else { "GET".to_owned() }, functions(page)),
            RouteKind::Api(list) => (list.iter().map(|api| api.method.unwrap_or("*")).collect::<Vec<_>>().join(" "), String::new()),
            RouteKind::Handler(_) => ("*".to_owned(), String::new()),
        };
        vec![pattern(route.pattern), methods, route.file.to_owned(), functions]
    });
    section(&mut body, "Routes", &["URL", "methods", "file", "server functions"], rows);
    let mut components = BTreeMap::new();
    for route in app.routes {
        if let RouteKind::Page(page) = route.kind {
            collect(page, &mut components);
        }
    }
    let rows = components.values().map(|component| vec![component.name.to_owned(), component.file.to_owned(), functions(component)]);
    section(&mut body, "Components and layouts", &["name", "file", "server functions"], rows);
    let rows = requests.0.iter().map(|r| vec![r.status.to_string(), format!("{:.1} ms", r.took.as_secs_f64() * 1e3), r.method.clone(), r.url.clone()]);
    section(&mut body, "Latest requests", &["status", "time", "method", "URL"], rows);
    body.push_str("<p>One isolate serves the app in development, whatever the built server does. <a href=\"\">Load again</a></p>");
    let text = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{} in development</title><style>{STYLE}</style></head><body>{body}</body></html>",
        escaped(app.name)
    );
    super::page::with_client(Reply::html(200, text).with("cache-control", "no-store"))
}

fn section(body: &mut String, title: &str, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    // A string buffer takes everything.
    let _ = write!(body, "<h2>{title}</h2><table><tr>{}</tr>", heads.iter().map(|head| format!("<th>{head}</th>")).collect::<String>());
    for row in rows {
        let _ = write!(body, "<tr>{}</tr>", row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect::<String>());
    }
    body.push_str("</table>");
}

/// Loaders and actions by name.
fn functions(page: &PageDef) -> String {
    let loaders = page.loaders.iter().map(|loader| format!("{} (loader)", loader.name));
    loaders.chain(page.actions.iter().map(|action| action.name.to_owned())).collect::<Vec<_>>().join(", ")
}

/// The layout and the components of a page, and theirs.
fn collect(page: &'static PageDef, into: &mut BTreeMap<&'static str, &'static PageDef>) {
    for needed in page.components.iter().copied().chain(page.layout) {
        if into.insert(needed.file, needed).is_none() {
            collect(needed, into);
        }
    }
}

fn pattern(pattern: &[Segment]) -> String {
    let text: String = pattern
        .iter()
        .map(|segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Param(name) => format!("/[{name}]"),
            Segment::CatchAll(name) => format!("/[...{name}]"),
        })
        .collect();
    if text.is_empty() { "/".to_owned() } else { text }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
