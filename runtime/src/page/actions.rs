//! Actions: which one a request asks for.

use crate::app::{ActionDef, PageDef, RouteDef, RouteKind, Segment};
use crate::lang;
use crate::request::{Exchange, host};
use puremix_value::{Cx, R, Value};

/// The field that names the action of a form, and its token.
const ACTION_FIELD: &str = "_action";
const TOKEN_FIELD: &str = crate::csrf::FIELD;

/// The action that this request asks for: the one named by `_action` (field or JSON property), else `default`, else the only one. A name that the page
/// does not have is that of another page's function, where only one page has one; else it asks for none, as in the original.
///
/// A button's `_action` may say arguments: `remove({"id":7})`.
///
/// # Errors
/// What reading the request's body throws.
pub(super) fn select(cx: Cx, page: &'static PageDef, exchange: &Exchange, request: &Value) -> R<Option<Selected>> {
    if !matches!(exchange.parts.method(), "POST" | "PUT" | "PATCH" | "DELETE") {
        return Ok(None);
    }
    let named = |name: &str| page.actions.iter().find(|a| a.name == name);
    let mut arguments = None;
    let mut asked_instance = None;
    let found = match field(cx, exchange, request, ACTION_FIELD)? {
        Some(asked) => {
            let name = match asked.strip_suffix(')').and_then(|call| call.split_once('(')) {
                Some((name, json)) => {
                    // What `JSON.stringify` makes of no value.
                    arguments = Some(json.to_owned()).filter(|json| json != "undefined");
                    name
                }
                None => &asked,
            };
            let found = find(page, name);
            if found.is_none() {
                // A form or a button that is another page's, as calls of scripts may be.
                if let [route] = owners(host(cx).services.app().routes, name).as_slice()
                    && let Some(path) = literal_path(route)
                {
                    return Ok(Some(Selected::Elsewhere(path)));
                }
                super::warn(&format!("{}: a request asks for the action {name:?}, which the page does not have", page.file));
            }
            if let Some(id) = field(cx, exchange, request, super::instance::FIELD)? {
                asked_instance = Some(AskedInstance { name: name.to_owned(), id });
            }
            found
        }
        None => named("default").or(match page.actions {
            [only] => Some(only),
            _ => None,
        }),
    };
    Ok(found.map(|action| Selected::Here { action, arguments, instance: asked_instance }))
}

/// The action that a request asks for.
pub(super) enum Selected {
    Here {
        action: &'static ActionDef,
        /// JSON that goes with the form's fields.
        arguments: Option<String>,
        instance: Option<AskedInstance>,
    },
    /// The only page of the app that has it, which answers at this path.
    Elsewhere(String),
}

/// An instance of a component, and the component's function, as a form names them.
pub(super) struct AskedInstance {
    pub name: String,
    pub id: String,
}

/// The pages that have a function of that name, each by a route of it.
pub(crate) fn owners(routes: &'static [RouteDef], name: &str) -> Vec<&'static RouteDef> {
    let mut owners: Vec<(&'static RouteDef, &'static PageDef)> = Vec::new();
    for route in routes {
        if let RouteKind::Page(page) = &route.kind
            && page.actions.iter().any(|a| a.name == name)
            && owners.iter().all(|(_, known)| !std::ptr::eq(*known, *page))
        {
            owners.push((route, page));
        }
    }
    owners.into_iter().map(|(route, _)| route).collect()
}

/// The path of a route without parameters.
pub(crate) fn literal_path(route: &RouteDef) -> Option<String> {
    let segments: Option<Vec<&str>> = route.pattern.iter().map(|s| if let Segment::Literal(text) = s { Some(*text) } else { None }).collect();
    Some(crate::http::path::encode_location(&format!("/{}", segments?.join("/"))))
}

/// The action of that name: the page's own, one of its components' (`Name.function`, and as in the original `Name_function` or the function's
/// name alone), or one of its layouts'.
pub(super) fn find(page: &'static PageDef, name: &str) -> Option<&'static ActionDef> {
    let layouts = || std::iter::successors(Some(page), |page| page.layout);
    let own = layouts().find_map(|document| document.actions.iter().find(|a| a.name == name));
    let is_named = |component: &str, function: &str| {
        name.strip_prefix(component).and_then(|rest| rest.strip_prefix(['.', '_'])).is_some_and(|rest| rest == function)
    };
    own.or_else(|| layouts().find_map(|document| find_in_components(document, &is_named, &mut Vec::new())))
        .or_else(|| layouts().find_map(|document| find_in_components(document, &|_, function| function == name, &mut Vec::new())))
}

/// The components of the page and its layouts that have a function of that name, each with the function. Components of several directories may have one name.
pub(super) fn find_components(page: &'static PageDef, name: &str) -> Vec<(&'static PageDef, &'static ActionDef)> {
    let mut seen = Vec::new();
    std::iter::successors(Some(page), |page| page.layout).for_each(|document| collect_components(document, &mut seen));
    let is_named = |def: &PageDef, function: &str| {
        name == function || name.strip_prefix(def.name).and_then(|rest| rest.strip_prefix(['.', '_'])).is_some_and(|rest| rest == function)
    };
    seen.into_iter().filter_map(|def| Some((def, def.actions.iter().find(|a| is_named(def, a.name))?))).collect()
}

fn collect_components(page: &'static PageDef, seen: &mut Vec<&'static PageDef>) {
    for used in page.components {
        if !seen.iter().any(|s| std::ptr::eq(*s, *used)) {
            seen.push(used);
            collect_components(used, seen);
        }
    }
}

/// Whether the page, one of its components or a layout has a function of that name.
pub(crate) fn has_function(page: &'static PageDef, name: &str) -> bool {
    find(page, name).is_some()
}

/// `seen` ends the search where components contain each other.
fn find_in_components(
    page: &'static PageDef,
    is_wanted: &dyn Fn(&str, &str) -> bool,
    seen: &mut Vec<*const PageDef>,
) -> Option<&'static ActionDef> {
    for used in page.components {
        if seen.iter().any(|s| std::ptr::eq(*s, *used)) {
            continue;
        }
        seen.push(std::ptr::from_ref(*used));
        let own = used.actions.iter().find(|a| is_wanted(used.name, a.name));
        if let Some(found) = own.or_else(|| find_in_components(used, is_wanted, seen)) {
            return Some(found);
        }
    }
    None
}

/// The CSRF token that came with the request: header, form field or JSON property.
pub(super) fn token(cx: Cx, exchange: &Exchange, request: &Value) -> R<Option<String>> {
    match exchange.parts.header(crate::csrf::HEADER) {
        Some(token) => Ok(Some(token.to_string())),
        None => field(cx, exchange, request, TOKEN_FIELD),
    }
}

fn field(cx: Cx, exchange: &Exchange, request: &Value, name: &str) -> R<Option<String>> {
    if let Some(text) = exchange.form_text(name) {
        return Ok(Some(text));
    }
    if exchange.body_kind() != crate::body::Kind::Json {
        return Ok(None);
    }
    let body = lang::get(cx, request, "body")?;
    Ok(match lang::get(cx, &body, name)? {
        Value::Str(text) => Some(text.as_str().to_string()),
        _ => None,
    })
}
