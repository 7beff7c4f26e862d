//! `/__dev`: the app as the development server sees it.

use super::log;
use super::requests::{Answered, Requests};
use puremix_runtime::app::{AppDef, PageDef, RouteDef, RouteKind, Segment};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

const STYLE: &str = include_str!("overview.css");
/// Shows what is new every two seconds while somebody looks, unless text is selected.
const FOLLOW: &str = "<script>setInterval(async()=>{if(document.hidden||String(getSelection()))return;try{const d=new DOMParser().parseFromString(await(await fetch(location.href)).text(),'text/html');\
for(const id of['requests','log']){const a=document.getElementById(id),b=d.getElementById(id);if(!a.isEqualNode(b))a.replaceWith(b)}}catch{}},2000)</script>";

/// What only the compiling thread knows.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Variables that would keep the built app in one isolate: name, place, why.
    pub pins: Vec<[String; 3]>,
    /// What the configuration says about isolates.
    pub workers: Option<u32>,
    /// The app as it is on disk has errors.
    pub is_broken: bool,
}

/// A cell of a table.
enum Cell {
    Text(String),
    /// Not broken into lines.
    Whole(String),
    Number(String),
    Bad(String),
}

/// The page.
pub fn page(app: &AppDef, requests: &Requests, facts: &Facts) -> String {
    let title = format!("{} {}", escaped(app.name), escaped(app.version));
    let mut body = format!(
        "<header><h1>{title} <small>in development</small></h1><nav aria-label=\"Sections\"><a href=\"#routes\">Routes</a><a href=\"#components\">Components</a>\
         <a href=\"#isolates\">Isolates</a><a href=\"#requests\">Requests</a><a href=\"#log\">Log</a></nav></header><main>"
    );
    if facts.is_broken {
        body.push_str("<p class=\"bad\">The files on disk have errors; this is the last version without.</p>");
    }
    let rows = app.routes.iter().map(route);
    body.push_str(&section("routes", "Routes", &["URL", "methods", "file", "server functions"], rows));
    let mut components = BTreeMap::new();
    for route in app.routes {
        if let RouteKind::Page(page) = route.kind {
            collect(page, &mut components);
        }
    }
    let rows = components.values().map(|component| vec![Cell::Whole(component.name.to_owned()), Cell::Text(component.file.to_owned()), Cell::Text(functions(component))]);
    body.push_str(&section("components", "Components and layouts", &["name", "file", "server functions"], rows));
    body.push_str(&isolates(facts));
    body.push_str(&section("requests", "Latest requests", &["status", "method", "URL", "#action ms", "#loaders ms", "#render ms", "#all ms"], requests.latest().map(request)));
    body.push_str(&log_of(&log::tail()));
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} in development</title><style>{STYLE}</style></head><body>{body}</main>{FOLLOW}</body></html>"
    )
}

fn route(route: &RouteDef) -> Vec<Cell> {
    let (methods, functions) = match &route.kind {
        RouteKind::Page(page) => (if page.has_forms || !page.actions.is_empty() { "GET POST".to_owned() } else { "GET".to_owned() }, functions(page)),
        RouteKind::Api(list) => (list.iter().map(|api| api.method.unwrap_or("*")).collect::<Vec<_>>().join(" "), String::new()),
        RouteKind::Handler(_) => ("*".to_owned(), String::new()),
    };
    vec![Cell::Whole(pattern(route.pattern)), Cell::Whole(methods), Cell::Text(route.file.to_owned()), Cell::Text(functions)]
}

fn request(request: &Answered) -> Vec<Cell> {
    let status = request.status.to_string();
    let millis = |stage: Option<f64>| Cell::Number(stage.map_or(String::new(), |ms| format!("{ms:.1}")));
    vec![
        if request.status >= 500 { Cell::Bad(status) } else { Cell::Whole(status) },
        Cell::Whole(request.method.clone()),
        Cell::Text(request.url.clone()),
        millis(request.stage("action")),
        millis(request.stage("loaders")),
        // What an API route does is all it does.
        millis(request.stage("render").or(request.stage("handler"))),
        millis(Some(request.took.as_secs_f64() * 1e3)),
    ]
}

fn isolates(facts: &Facts) -> String {
    let mut text = "<section id=\"isolates\"><h2>Isolates</h2><p>One isolate serves the app in development. ".to_owned();
    let pins = facts.pins.iter().map(|[name, place, why]| vec![Cell::Whole(name.clone()), Cell::Text(place.clone()), Cell::Text(why.clone())]);
    match (facts.workers, facts.pins.is_empty()) {
        (Some(n), _) => text.push_str(&format!("Built, it runs {n}: the configuration's <code>workers</code> says so.</p>")),
        (None, true) => text.push_str("Built, it runs one on each core: no variable of a module is shared by requests.</p>"),
        (None, false) => text.push_str("Built, it runs one as well, because requests share these variables:</p>"),
    }
    if !facts.pins.is_empty() {
        text.push_str(&table(&["variable", "place", "why"], pins));
    }
    text.push_str("</section>");
    text
}

fn log_of(lines: &[log::Line]) -> String {
    let line = |line: &log::Line| {
        let class = if line.is_error { " class=\"bad\"" } else { "" };
        format!("<li{class}><time>{}</time>{}</li>", clock(line.at), escaped(&line.text))
    };
    let lines = match lines {
        [] => "<p class=\"none\">Nothing was written yet.</p>".to_owned(),
        // The newest first, where it is seen.
        lines => format!("<ol tabindex=\"0\" aria-label=\"Lines of the log, the newest first\">{}</ol>", lines.iter().rev().map(line).collect::<String>()),
    };
    format!("<section id=\"log\"><h2>Log</h2>{lines}</section>")
}

/// `12:34:56` UTC, as the log's own lines have it.
fn clock(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()) % 86400;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn section(id: &str, title: &str, heads: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> String {
    format!("<section id=\"{id}\"><h2>{title}</h2>{}</section>", table(heads, rows))
}

/// Heads that begin with `#` are of columns of numbers.
fn table(heads: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> String {
    let head = |head: &&str| match head.strip_prefix('#') {
        Some(head) => format!("<th scope=\"col\" class=\"n\">{head}</th>"),
        None => format!("<th scope=\"col\">{head}</th>"),
    };
    let cell = |cell: Cell| match cell {
        Cell::Text(text) => format!("<td>{}</td>", escaped(&text)),
        Cell::Whole(text) => format!("<td class=\"w\">{}</td>", escaped(&text)),
        Cell::Number(text) => format!("<td class=\"n\">{}</td>", escaped(&text)),
        Cell::Bad(text) => format!("<td class=\"bad\">{}</td>", escaped(&text)),
    };
    let rows: String = rows.map(|row| format!("<tr>{}</tr>", row.into_iter().map(cell).collect::<String>())).collect();
    match rows.as_str() {
        "" => "<p class=\"none\">None yet.</p>".to_owned(),
        rows => format!("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>{}</tr></thead><tbody>{rows}</tbody></table></div>", heads.iter().map(head).collect::<String>()),
    }
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
