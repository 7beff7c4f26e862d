//! Regular expressions of filters, matched by the same engine as JavaScript's own.

use std::fmt;
use std::rc::Rc;

/// A compiled regular expression.
#[derive(Clone)]
pub struct Pattern {
    pub source: Rc<str>,
    pub flags: Rc<str>,
    program: Rc<regress::Regex>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}", self.source, self.flags)
    }
}

/// What a pattern looks for when it is only text.
#[derive(Debug, PartialEq)]
pub struct Plain {
    pub text: String,
    /// `^text`
    pub at_start: bool,
    /// `text$`
    pub at_end: bool,
    pub ignore_case: bool,
}

impl Pattern {
    pub fn new(source: &str, flags: &str) -> Result<Pattern, String> {
        if let Some(bad) = flags.chars().find(|c| !"imsuxgyd".contains(*c)) {
            return Err(format!("invalid flag in regex options: {bad}"));
        }
        let kept: String = flags.chars().filter(|c| "imsu".contains(*c)).collect();
        // `x` of PCRE: white space and comments are not part of the pattern.
        let text = if flags.contains('x') { without_space(source) } else { source.to_owned() };
        let program = regress::Regex::with_flags(&text, kept.as_str()).map_err(|e| format!("Regular expression is invalid: {e}"))?;
        Ok(Pattern { source: text.into(), flags: kept.into(), program: Rc::new(program) })
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.program.find(text).is_some()
    }

    /// The text looked for, if the pattern is text and anchors only. Case is folded for ASCII only, where SQL folds as JavaScript does.
    pub fn plain(&self) -> Option<Plain> {
        let ignore_case = self.flags.contains('i');
        if self.flags.contains(['m', 'u']) {
            return None;
        }
        let (at_start, rest) = self.source.strip_prefix('^').map_or((false, &*self.source), |rest| (true, rest));
        let (mut text, mut at_end) = (String::new(), false);
        let mut chars = rest.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '$' if chars.peek().is_none() => at_end = true,
                '\\' => match chars.next() {
                    Some(c) if !c.is_ascii_alphanumeric() => text.push(c),
                    _ => return None,
                },
                '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
                c => text.push(c),
            }
        }
        (!ignore_case || text.is_ascii()).then_some(Plain { text, at_start, at_end, ignore_case })
    }
}

fn without_space(source: &str) -> String {
    let (mut out, mut chars, mut in_class) = (String::new(), source.chars(), false);
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
            }
            '[' | ']' => {
                in_class = c == '[';
                out.push(c);
            }
            '#' if !in_class => drop(chars.by_ref().find(|c| *c == '\n')),
            c if c.is_whitespace() && !in_class => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_recognised() {
        let plain = |source, flags| Pattern::new(source, flags).expect("a pattern").plain();
        let text = |text: &str, at_start, at_end, ignore_case| Some(Plain { text: text.to_owned(), at_start, at_end, ignore_case });
        assert_eq!(plain("abc", ""), text("abc", false, false, false));
        assert_eq!(plain("^a\\.b$", "i"), text("a.b", true, true, true));
        assert_eq!(plain("a.b", ""), None);
        assert_eq!(plain("\\d", ""), None);
        assert_eq!(plain("é", "i"), None);
        assert!(Pattern::new("(", "").is_err());
        assert!(Pattern::new("a # the letter\n b", "x").expect("a pattern").is_match("ab"));
    }
}
