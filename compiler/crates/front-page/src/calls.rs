//! Server functions that a browser's scripts call by name.

use crate::names::words;
use crate::syntax::Range;
use crate::template::Emitter;
use puremix_ir::app::{NamedBy, NamedFunction};

impl Emitter<'_> {
    /// Notes the calls in a script, or in a handler's text, that lies here in the source.
    pub fn note_calls(&mut self, script: &Range) {
        for name in called(self.text(script)) {
            let range = script.start + name.start..script.start + name.end;
            self.note_named(&range, NamedBy::Script);
        }
    }

    pub fn note_named(&mut self, name: &Range, by: NamedBy) {
        let named = NamedFunction { name: self.text(name).into(), span: self.report.span(name), by };
        self.facts.named_functions.push(named);
    }
}

/// Where the names stand in `PureMix.call('name', …)`. A call that says whose function it is, by `route`, is for that page to know.
fn called(script: &str) -> Vec<Range> {
    let words = words(script);
    let of_pair = |pair: &[Range]| -> Option<Range> {
        let [object, method] = pair else { return None };
        let is_call = &script[object.clone()] == "PureMix" && &script[method.clone()] == "call" && script[object.end..method.start].trim() == ".";
        let rest = script[method.end..].trim_start().strip_prefix('(').filter(|_| is_call)?;
        let literal = rest.trim_start();
        let quote = literal.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'))?;
        let len = literal[1..].find(quote)?;
        let start = script.len() - literal.len() + 1;
        let is_name = len > 0 && literal[1..=len].chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
        let arguments = &rest[..end_of_arguments(rest)];
        let names_page = crate::names::words(arguments).into_iter().any(|word| &arguments[word] == "route");
        (is_name && !names_page).then_some(start..start + len)
    };
    words.windows(2).filter_map(of_pair).collect()
}

/// The length of a list of arguments up to its closing parenthesis, as far as brackets tell.
fn end_of_arguments(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return at,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn names_in_scripts() {
        let shown = |script: &str| called(script).into_iter().map(|name| &script[name]).collect::<Vec<_>>().join(" ");
        for (script, want) in [
            ("PureMix.call('save', {a: 1}); await window.PureMix . call(\"Card.add\")", "save Card.add"),
            ("// PureMix.call('no')\n/* PureMix.call('no') */ '.PureMix.call(\"no\")'", ""),
            ("PureMix.call(name); PureMix.call('a' + b); PureMix.call(`x${y}`); PureMix.recall('x')", "a"),
            ("PureMix.call('save', f(1), { route: '/x' }); PureMix.call('other', { data: 'route' })", "other"),
            ("PureMix.call('save", ""),
        ] {
            assert_eq!(shown(script), want, "{script}");
        }
    }
}
