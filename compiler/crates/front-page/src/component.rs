//! Component tags: props, children, key.

use crate::html::decode_references;
use crate::page::Spanned;
use crate::report::closest;
use crate::syntax::{Attribute, Element, Group, Piece, TagPart, Value};
use crate::meaning::{Meaning, Trust};
use crate::template::{Emitter, has_content};
use crate::unit::{push_escaped, quote};
use puremix_diag::codes;

impl Emitter<'_> {
    /// `__pmx_c("Name", {props}, children, key);`
    pub fn emit_component(&mut self, element: &Element) {
        let name = self.text(&element.name);
        self.facts.components.push(Spanned { value: name.to_owned(), span: self.report.span(&element.name) });
        if !self.declarations.components.contains(name) {
            self.report_unknown(element, name);
        }
        self.flush();
        self.out.begin(&format!("__pmx_c({}, {{", quote(name)));
        let mut first = true;
        let mut key = None;
        for part in &element.parts {
            if let TagPart::Attribute(attribute) = part
                && self.text(&attribute.name) == "key"
            {
                key = Some(attribute);
                continue;
            }
            let before = if first { "" } else { ", " };
            match part {
                TagPart::Attribute(attribute) => {
                    self.out.code(&format!("{before}{}: ", property(self.text(&attribute.name))));
                    self.write_prop(attribute);
                }
                TagPart::Group(group) => match self.spread(group) {
                    Some(Some(range)) => {
                        self.out.code(&format!("{before}...("));
                        self.write_code(&range, &group.code);
                        self.out.code(")");
                    }
                    Some(None) => continue,
                    None => {
                        self.report_bad_spread(group);
                        continue;
                    }
                },
            }
            first = false;
        }
        self.out.code("}, ");
        if has_content(self.source, &element.children) {
            self.emit_closure(|emitter| emitter.emit_nodes(&element.children));
        } else {
            self.out.code("undefined");
        }
        self.out.code(", ");
        match key {
            Some(attribute) => self.write_prop(attribute),
            None => self.out.code("undefined"),
        }
        self.out.end(");");
    }

    fn report_unknown(&mut self, element: &Element, name: &str) {
        let found = self.report.error(codes::PAGE_UNKNOWN_COMPONENT, &element.name, format!("no component `{name}` is imported"));
        let help = match closest(name, self.declarations.components.iter().map(String::as_str)) {
            Some(other) => format!("did you mean `{other}`?"),
            None => format!("import it: `<imports> import {name} from '../components/{name}.puremix' </imports>`"),
        };
        self.report.push(found.help(help));
    }

    fn write_prop(&mut self, attribute: &Attribute) {
        self.facts.mentions_puremix |= self.text(&attribute.span).contains("PureMix");
        match &attribute.value {
            Value::Flag => self.out.code("true"),
            Value::Raw(range) => {
                let text = quote(&decode_references(self.text(range)));
                self.out.code(&text);
            }
            Value::Quoted { pieces, .. } | Value::Bare { pieces, .. } => match pieces.as_slice() {
                [Piece::Group(group)] => self.write_whole_prop(group, matches!(attribute.value, Value::Bare { .. })),
                pieces => self.write_text_prop(pieces),
            },
        }
    }

    /// A prop that is one group: the value itself.
    fn write_whole_prop(&mut self, group: &Group, bare: bool) {
        let range = &group.code.span;
        // The markup grammar of other libraries has no say in a component's props.
        if bare && self.is_object_literal(group) {
            self.out.code("(");
            self.write_code(range, &group.code);
            return self.out.code(")");
        }
        match self.meaning(group, Trust::Syntax) {
            Meaning::Expression(range) => {
                self.out.code("(");
                self.write_code(&range, &group.code);
                self.out.code(")");
            }
            Meaning::Nothing => self.out.code("undefined"),
            Meaning::Literal if !bare => {
                let text = quote(&decode_references(self.text(&group.span)));
                self.out.code(&text);
            }
            Meaning::Literal | Meaning::Html(_) | Meaning::Statements => {
                let found = self.report.error(codes::PAGE_BAD_ATTRIBUTE, &group.span, "this prop is not a JavaScript expression");
                self.report.push(found.help("write an expression in the braces, or text in quotes"));
                self.out.code("undefined");
            }
        }
    }

    /// `{{a: 1}}` outside quotes.
    pub fn is_object_literal(&self, group: &Group) -> bool {
        let range = &group.code.span;
        self.text(range).starts_with('{') && self.options.oracle.is_expression(&format!("({})", self.without_markup(range, &group.code.markup)), false)
    }

    /// A prop in quotes with text: a string. Missing values are empty, as in text.
    fn write_text_prop(&mut self, pieces: &[Piece]) {
        let mut literal = String::new();
        if pieces.iter().all(|piece| !matches!(piece, Piece::Group(_))) {
            for piece in pieces {
                match piece {
                    Piece::Text(range) => literal.push_str(&decode_references(self.text(range))),
                    Piece::Escape | Piece::Group(_) => literal.push('{'),
                }
            }
            return self.out.code(&quote(&literal));
        }
        self.out.code("`");
        for piece in pieces {
            literal.clear();
            match piece {
                Piece::Text(range) => push_escaped(&mut literal, &decode_references(self.text(range)), '`'),
                Piece::Escape => literal.push('{'),
                Piece::Group(group) => match self.meaning(group, Trust::Syntax) {
                    Meaning::Expression(range) => {
                        self.out.code("${(");
                        self.write_code(&range, &group.code);
                        self.out.code(") ?? \"\"}");
                    }
                    Meaning::Nothing => {}
                    Meaning::Literal | Meaning::Html(_) | Meaning::Statements => {
                        push_escaped(&mut literal, &decode_references(self.text(&group.span)), '`');
                    }
                },
            }
            self.out.code(&literal);
        }
        self.out.code("`");
    }
}

/// A property name of an object literal.
fn property(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$') && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_plain && name != "__proto__" { name.to_owned() } else { format!("[{}]", quote(name)) }
}
