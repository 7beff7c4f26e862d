//! Nesting: refused above a fixed depth before oxc sees the text, and survived below it.

/// Sum over all open brackets of one plus the unfinished operators, keywords and arrows at that level. People's code stays below 100.
const MAX_NESTING: u32 = 500;

/// Operators and member accesses in one unbroken run (`a + b + …`, `a.b().c()…`): the tree leans left and is that deep.
const MAX_CHAIN: u32 = 12_000;

const RED_ZONE: usize = 192 << 20;
const STACK: usize = 512 << 20;

/// Runs `f` with room for the deepest tree that [`find_too_deep`] lets through. The memory is reserved, not touched, and a thread
/// that has the room already runs `f` directly.
pub fn on_big_stack<T>(f: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(RED_ZONE, STACK, f)
}

/// One open bracket.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Prefix operators, assignments, arrows, `if` … that have not been finished by `;`, `,` or a line's end.
    pressure: u32,
    chain: u32,
}

/// What the previous token means for the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    /// A value ended (`x`, `)`, `1`): a `/` divides, a line's end may end the statement.
    Operand,
    Operator,
    Else,
}

/// The byte offset at which the text nests deeper than the compiler accepts.
///
/// A scanner over tokens, linear and without recursion. It may count too much for odd texts, never too little for any that
/// would make a recursive-descent parser recurse deeper than the limit.
pub(crate) fn find_too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut levels = vec![Level::default()];
    // Levels at which a `${` was opened: their `}` continues the template text.
    let mut templates: Vec<usize> = Vec::new();
    let mut depth: u32 = 0;
    let mut previous = Previous::Operator;
    let mut at = 0;
    while at < bytes.len() {
        let open = levels.len();
        let level = levels.last_mut()?;
        match bytes[at] {
            b'\n' => {
                if previous == Previous::Operand && !continues(&bytes[at + 1..]) {
                    depth -= level.pressure;
                    *level = Level::default();
                }
                at += 1;
            }
            b' ' | b'\t' | b'\r' => at += 1,
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = find(bytes, at, b"\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = find(bytes, at + 2, b"*/") + 2,
            b'/' if previous != Previous::Operand => {
                at = skip_regex(bytes, at);
                previous = Previous::Operand;
            }
            quote @ (b'"' | b'\'') => {
                at = skip_string(bytes, at + 1, quote);
                previous = Previous::Operand;
            }
            b'`' => {
                at = template_text(bytes, at + 1, &mut levels, &mut templates);
                previous = if at > 0 && bytes.get(at - 1) == Some(&b'{') { Previous::Operator } else { Previous::Operand };
                depth = total(&levels);
            }
            b'(' | b'[' | b'{' => {
                if previous == Previous::Operand {
                    level.chain += 1;
                }
                levels.push(Level::default());
                depth += 1;
                previous = Previous::Operator;
                at += 1;
            }
            close @ (b')' | b']' | b'}') => {
                at += 1;
                if close == b'}' && templates.last() == Some(&open) {
                    templates.pop();
                    levels.pop();
                    at = template_text(bytes, at, &mut levels, &mut templates);
                    depth = total(&levels);
                    previous = if bytes.get(at - 1) == Some(&b'{') { Previous::Operator } else { Previous::Operand };
                    continue;
                }
                if open > 1 {
                    depth -= 1 + level.pressure;
                    levels.pop();
                }
                previous = Previous::Operand;
                if close == b'}' && !next_word_is(bytes, at, "else") && !next_is_operator(bytes, at) {
                    let level = levels.last_mut()?;
                    depth -= level.pressure;
                    *level = Level::default();
                    previous = Previous::Operator;
                }
            }
            b';' | b',' => {
                depth -= level.pressure;
                *level = Level::default();
                previous = Previous::Operator;
                at += 1;
            }
            b'.' => {
                level.chain += 1;
                previous = Previous::Operator;
                at += 1;
            }
            c if c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80 => {
                let end = at + bytes[at..].iter().take_while(|c| is_word(**c)).count();
                let word = &text[at..end];
                previous = match word {
                    "else" => Previous::Else,
                    _ if is_nesting_word(word) => Previous::Operator,
                    _ => Previous::Operand,
                };
                if previous != Previous::Operand {
                    level.pressure += 1;
                    depth += 1;
                }
                at = end;
            }
            // Comparisons and `??` lean left, as sums do; `=>` and `=` do not.
            b'=' | b'!' | b'?' if previous == Previous::Operand && is_chaining(&bytes[at..]) => {
                at += bytes[at..].iter().take_while(|c| b"=!?".contains(c)).count().min(3);
                level.chain += 1;
                previous = Previous::Operator;
            }
            b'<' | b'>' | b'|' | b'&' | b'^' | b'%' | b'*' | b'/' | b'+' | b'-' if previous == Previous::Operand => {
                let end = at + bytes[at..].iter().take_while(|c| b"<>|&^%*/=".contains(c) || (**c == bytes[at])).count();
                level.chain += 1;
                // `**` and logical assignments lean right.
                if text[at..end].contains("**") || text[at..end].ends_with('=') {
                    level.pressure += 1;
                    depth += 1;
                }
                previous = Previous::Operator;
                at = end.max(at + 1);
            }
            _ => {
                level.pressure += 1;
                depth += 1;
                previous = Previous::Operator;
                at += 1;
            }
        }
        if depth > MAX_NESTING || levels.last().is_some_and(|l| l.chain > MAX_CHAIN) {
            return Some(at.min(text.len()));
        }
    }
    None
}

/// `==`, `===`, `!=`, `!==` or `??` (but not `??=`) stands here.
fn is_chaining(rest: &[u8]) -> bool {
    rest.starts_with(b"==") || rest.starts_with(b"!=") || rest.starts_with(b"??") && rest.get(2) != Some(&b'=')
}

fn total(levels: &[Level]) -> u32 {
    levels.iter().map(|l| l.pressure).sum::<u32>() + levels.len() as u32 - 1
}

fn is_word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80
}

/// Words after which the parser descends without a bracket.
fn is_nesting_word(word: &str) -> bool {
    matches!(
        word,
        "typeof" | "void" | "delete" | "await" | "yield" | "new" | "if" | "for" | "while" | "do" | "return" | "throw" | "case" | "in" | "of" | "instanceof"
    )
}

/// Whether the text after a line's end goes on with the same expression.
fn continues(rest: &[u8]) -> bool {
    match rest.iter().find(|c| !c.is_ascii_whitespace()) {
        None => false,
        Some(c) => b".?:=&|+-*/%<>^,)([`".contains(c),
    }
}

fn next_is_operator(bytes: &[u8], at: usize) -> bool {
    bytes[at..].iter().find(|c| !c.is_ascii_whitespace()).is_some_and(|c| b".?:=&|+-*/%<>^([`".contains(c))
}

fn next_word_is(bytes: &[u8], at: usize, word: &str) -> bool {
    bytes[at..].trim_ascii_start().starts_with(word.as_bytes())
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let from = from.min(bytes.len());
    bytes[from..].windows(what.len()).position(|w| w == what).map_or(bytes.len(), |i| from + i)
}

fn skip_string(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' => return at,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn skip_regex(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    let mut in_class = false;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' => return start + 1,
            b'[' => {
                in_class = true;
                at += 1;
            }
            b']' => {
                in_class = false;
                at += 1;
            }
            b'/' if !in_class => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Skips template text up to its end, or into its next `${` (which opens a level).
fn template_text(bytes: &[u8], mut at: usize, levels: &mut Vec<Level>, templates: &mut Vec<usize>) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => return at + 1,
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                levels.push(Level::default());
                templates.push(levels.len());
                return at + 2;
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_deep_nesting_of_every_kind() {
        let n = 100_000;
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("f(", ")"),
            ("{a:", "}"),
            ("!", ""),
            ("- ", ""),
            ("typeof ", ""),
            ("a=>", ""),
            ("a?b:", ""),
            ("a=", ""),
            ("a**", ""),
            ("a??", ""),
            ("a??=", ""),
            ("a===", ""),
            ("a!=", ""),
            ("if(a)", ""),
            ("if(a){}else ", ""),
            ("`${", "}`"),
            ("a:", ""),
            ("new ", ""),
            ("async x=>", ""),
            ("function f(){", "}"),
            ("a.b", ""),
            ("a+", ""),
            ("x()\n.", ""),
        ] {
            let text = format!("{}x{}", open.repeat(n), close.repeat(n));
            assert!(find_too_deep(&text).is_some(), "not refused: {open}");
        }
    }

    #[test]
    fn lets_ordinary_code_through() {
        let line = "const x = { a: [1, 2, { b: `t ${c ? `${d}` : 'e'}` }], f: async (q) => { if (q) return -1; else if (!q) await z() } }\n\
                    let s = x.a.map(v => v / 2).filter(Boolean)\n  .join('(((')\nif (s) go()\nelse stop()\nconst re = /[/(]((/g, t = a / b / c\n";
        assert_eq!(find_too_deep(&line.repeat(20_000)), None);
        assert_eq!(find_too_deep(&vec!["a"; 10_000].join("+")), None);
        assert_eq!(find_too_deep(&"a = 1\n".repeat(50_000)), None);
        assert_eq!(find_too_deep(&vec!["a"; 3_000].join(" ?? ")), None);
        assert_eq!(find_too_deep(&"x === 1 ? 2 : ".repeat(200)), None);
    }
}
