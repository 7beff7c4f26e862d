//! Server functions named by attributes, and what forms that post need.

use crate::page::{HandlerUse, PageKind};
use crate::report::closest;
use crate::syntax::{Attribute, Element, Node, Piece, Range, Value};
use crate::template::Emitter;
use puremix_diag::codes;

/// A server function that an element calls.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    /// The attribute that names it.
    pub attribute: Range,
    /// `function`, or `Component.function`.
    pub address: String,
    /// The argument of `onclick="fn({…})"`, evaluated when the page is rendered.
    pub arguments: Option<Range>,
}

impl Emitter<'_> {
    /// The server function of an element, if it has one. Names that look like one but are none are reported.
    pub fn action_of(&mut self, element: &Element) -> Option<Action> {
        let is_form = self.text(&element.name).eq_ignore_ascii_case("form");
        let names: &[&str] = if is_form { &["data-action", "onsubmit"] } else { &["onclick", "onchange", "oninput"] };
        names.iter().find_map(|name| self.attribute(element, name).cloned().and_then(|a| self.action_in(&a, is_form)))
    }

    fn action_in(&mut self, attribute: &Attribute, is_form: bool) -> Option<Action> {
        let value = match &attribute.value {
            // `{save}`, in quotes or not, names the function as `save` does.
            Value::Quoted { pieces, range, .. } | Value::Bare { pieces, range } => match pieces.as_slice() {
                [Piece::Group(group)] => group.code.span.clone(),
                _ => range.clone(),
            },
            Value::Raw(range) => range.clone(),
            Value::Flag => return None,
        };
        let (name, arguments) = call_parts(self.source, &value)?;
        let text = self.text(&name);
        let declared = match text.split_once('.') {
            Some((component, _)) => self.declarations.components.contains(component),
            None => self.declarations.functions.contains(text),
        };
        let span = self.report.span(&name);
        let is_bare = arguments.is_none() && name == trim(self.source, &value);
        let is_data = self.text(&attribute.name).eq_ignore_ascii_case("data-action");
        // Declared in another file.
        let mut is_elsewhere = false;
        if !declared {
            let is_named = is_bare || is_data;
            if is_named {
                self.facts.handlers.push(HandlerUse { name: text.to_owned(), span, declared: false });
            }
            is_elsewhere = self.note_handler(&name, arguments.as_ref().filter(|_| !is_data));
            if is_form && is_bare && !is_data && !is_elsewhere && !self.declarations.client_scripts.contains(text) {
                let found = self.report.warning(codes::PAGE_UNKNOWN_SERVER_FUNCTION, &name, format!("this file declares no server function `{text}`"));
                let help = match closest(text, self.declarations.functions.iter().map(String::as_str)) {
                    Some(other) => format!("did you mean `{other}`?"),
                    None => format!("declare it: `<script server> async function {text}(formData, request) {{ … }} </script>`"),
                };
                self.report.push(found.help(help));
            }
            if !is_elsewhere {
                return None;
            }
        }
        let arguments = match arguments.filter(|range| !self.text(range).trim().is_empty()) {
            None => None,
            // `save(event)`: the function gets the form's fields all the same, unless a script of the page has one of that name.
            Some(range) if is_browser_object(self.text(&range)) && !self.declarations.client_scripts.contains(text) => None,
            Some(range) if self.is_browser_code(&range) => return None,
            // Perhaps not meant for the server at all: it would take one argument.
            Some(range) if is_elsewhere && !self.options.oracle.is_expression(&format!("_ ? {} : 0", self.text(&range)), false) => return None,
            // The argument is an expression as a whole, so braces within its strings would stay text.
            Some(range) if !self.has_group_in_string(&range) && self.options.oracle.is_expression(self.text(&range), false) => Some(range),
            Some(range) => {
                let found = self.report.error(codes::PAGE_BAD_ATTRIBUTE, &range, format!("the argument of `{text}` is one expression without holes"));
                self.report.push(found.help(format!("write it without further braces: `{text}({{id: item.id}})`")));
                None
            }
        };
        if declared {
            self.facts.handlers.push(HandlerUse { name: text.to_owned(), span, declared: true });
        }
        let address = match self.options.kind {
            PageKind::Component if declared && !text.contains('.') => format!("{}.{text}", self.options.name),
            _ => text.to_owned(),
        };
        Some(Action { attribute: attribute.span.clone(), address, arguments })
    }

    /// Arguments over the browser's own objects have no value on the server: the handler stays as it is.
    fn is_browser_code(&self, range: &Range) -> bool {
        let text = self.text(range);
        crate::names::words(text)
            .into_iter()
            .any(|word| matches!(&text[word], "this" | "event" | "document" | "window" | "navigator" | "location"))
    }

    fn has_group_in_string(&self, range: &Range) -> bool {
        ["'{", "\"{"].iter().any(|mark| self.text(range).contains(mark))
    }

    /// Whether a form sends its fields to this server by POST.
    pub fn form_posts(&self, form: &Element, action: Option<&Action>) -> bool {
        let method = self.attribute(form, "method").map(|method| self.plain_value(method).unwrap_or("post").trim());
        let posts = match method {
            Some(method) => method.eq_ignore_ascii_case("post"),
            None => action.is_some(),
        };
        posts && self.attribute(form, "action").is_none_or(|target| self.is_same_origin(target))
    }

    /// A target without scheme and host. One that is computed counts only if its text begins with a path.
    fn is_same_origin(&self, target: &Attribute) -> bool {
        let text = match &target.value {
            Value::Flag => return true,
            Value::Raw(range) | Value::Quoted { range, .. } => self.text(range),
            Value::Bare { range, .. } => self.text(range).trim_start_matches(['{', '`', '\'', '"', ' ']),
        };
        let text = text.trim_start();
        let is_path = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
        let is_relative = text.is_empty() || text.starts_with(['?', '#', '.']) || !text.contains([':', '{']) && !text.starts_with(['/', '\\']);
        is_path || is_relative
    }

    /// The hidden fields right after a form's start tag.
    pub fn emit_form_fields(&mut self, form: &Element, action: Option<&Action>) {
        self.facts.has_forms = true;
        if let Some(action) = action
            && !self.has_action_field(&form.children)
        {
            self.out.output(&format!("<input type=\"hidden\" name=\"_action\" value=\"{}\">", action.address));
        }
        self.flush();
        self.out.statement("__pmx_csrf();");
    }

    fn has_action_field(&self, nodes: &[Node]) -> bool {
        nodes.iter().any(|node| match node {
            Node::Element(element) => {
                let is_field = self.attribute(element, "name").and_then(|name| self.plain_value(name)) == Some("_action");
                is_field && !self.is_component(self.text(&element.name)) || self.has_action_field(&element.children)
            }
            Node::Fragment(children) => self.has_action_field(children),
            _ => false,
        })
    }
}

/// Arguments that handlers pass out of habit: `event`, `this`, both.
fn is_browser_object(arguments: &str) -> bool {
    arguments.split(',').all(|argument| matches!(argument.trim(), "event" | "this"))
}

/// `name`, `name()`, `name(argument)` or `Component.name…`, after `return` or not: the name and what is between the parentheses.
fn call_parts(source: &str, value: &Range) -> Option<(Range, Option<Range>)> {
    let mut value = trim(source, value);
    // `save(); return false` keeps the browser from following a link, which a call of the server does anyway.
    if let Some(call) = source[value.clone()].trim_end_matches(';').trim_end().strip_suffix("return false").map(str::trim_end)
        && call.ends_with(';')
    {
        value.end = value.start + call.len();
    }
    if let Some(rest) = source[value.clone()].strip_prefix("return").filter(|rest| rest.starts_with(char::is_whitespace)) {
        value.start = value.end - rest.trim_start().len();
    }
    let text = source[value.clone()].trim_end_matches(';').trim_end();
    let len = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$' || c == '.')).unwrap_or(text.len());
    let name = value.start..value.start + len;
    if len == 0 || text.starts_with(|c: char| c.is_ascii_digit() || c == '.') || text[..len].matches('.').count() > 1 || text[..len].ends_with('.') {
        return None;
    }
    let rest = text[len..].trim_start();
    if rest.is_empty() {
        return Some((name, None));
    }
    let inside = rest.strip_prefix('(')?.strip_suffix(')')?;
    let start = value.start + (text.len() - rest.len()) + 1;
    Some((name, Some(start..start + inside.len())))
}

fn trim(source: &str, range: &Range) -> Range {
    let text = &source[range.clone()];
    let start = range.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}
