//! Server functions that a browser's scripts call by name.

use crate::html::is_browser_function;
use crate::names::words;
use crate::syntax::Range;
use crate::template::Emitter;
use puremix_ir::app::{NamedBy, NamedFunction};
use std::collections::BTreeSet;

impl Emitter<'_> {
    /// Notes the calls in a script, or in a handler's text, that lies here in the source.
    pub fn note_calls(&mut self, script: &Range) {
        for name in called(self.text(script)) {
            let range = script.start + name.start..script.start + name.end;
            self.note_named(&range, NamedBy::Script);
        }
    }

    /// Notes a handler's function that nothing in the file declares, unless it is one of the browser or of the file's scripts. Without `arguments` it is
    /// only named. Answers whether it is a function of the server.
    pub fn note_handler(&mut self, name: &Range, arguments: Option<&Range>) -> bool {
        let text = self.text(name);
        let is_empty = arguments.is_some_and(|range| self.text(range).trim().is_empty());
        if self.declarations.browser_names.contains(text) || is_browser_function(text, is_empty) {
            return false;
        }
        self.note_named(name, if arguments.is_some() { NamedBy::CallInHandler } else { NamedBy::Handler });
        (self.options.elsewhere)(text)
    }

    fn note_named(&mut self, name: &Range, by: NamedBy) {
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

/// The names that a script gives values: functions, classes, variables, properties of `window`.
pub fn declared_in_script(script: &str) -> BTreeSet<String> {
    let words = words(script);
    let is_declared = |at: usize| {
        let word = &words[at];
        let before = at.checked_sub(1).map(|before| &words[before]);
        let after_keyword = before.is_some_and(|b| matches!(&script[b.clone()], "function" | "class") && script[b.end..word.start].trim().trim_start_matches('*').is_empty());
        let rest = script[word.end..].trim_start();
        after_keyword || rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>")
    };
    (0..words.len()).filter(|at| is_declared(*at)).map(|at| script[words[at].clone()].to_owned()).collect()
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
    use super::{called, declared_in_script};

    #[test]
    fn declarations() {
        let script = "function a() {} async function* b() {} class C {} const d = () => 1; let e, f = 2; window.g = 3; h == 4; i => 5; j(k); 'function l() {}'; x.m({ n: 6 })";
        assert_eq!(declared_in_script(script).into_iter().collect::<Vec<_>>().join(" "), "C a b d f g");
    }

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
