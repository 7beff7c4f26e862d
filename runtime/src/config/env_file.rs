//! `.env` files: text to pairs, in the dialect of the npm package dotenv.

/// What a file says, and the lines that say nothing we understand (1-based).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    pub pairs: Vec<(String, String)>,
    pub bad_lines: Vec<usize>,
}

/// Parses `NAME=value` lines: `export` before a name, comments, single quotes and backquotes (taken literally), double quotes (with `\n`,
/// `\r`, `\t`, `\"`, `\\`); quoted values may span lines. Values are never expanded.
pub fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rest = text;
    let mut line = 0;
    while !rest.is_empty() {
        line += 1;
        let end = rest.find('\n').unwrap_or(rest.len());
        let current = rest.get(..end).unwrap_or_default().trim();
        if current.is_empty() || current.starts_with('#') {
            rest = after(rest, end + 1);
            continue;
        }
        let Some((name, offset)) = name_of(rest, end) else {
            parsed.bad_lines.push(line);
            rest = after(rest, end + 1);
            continue;
        };
        let value_text = after(rest, offset);
        let indent = value_text.len() - value_text.trim_start_matches([' ', '\t']).len();
        let value_text = after(value_text, indent);
        let quoted = value_text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')).and_then(|q| quoted(value_text, q));
        match quoted {
            Some((value, used)) => {
                line += value_text.get(..used).unwrap_or_default().matches('\n').count();
                parsed.pairs.push((name, value));
                let tail = after(value_text, used);
                rest = after(tail, tail.find('\n').unwrap_or(tail.len()) + 1);
            }
            None => {
                let value = value_text.get(..value_text.find('\n').unwrap_or(value_text.len())).unwrap_or_default();
                parsed.pairs.push((name, uncommented(value).to_owned()));
                rest = after(rest, end + 1);
            }
        }
    }
    parsed
}

fn after(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or("")
}

/// The name before `=` on the line that ends at `end`, and where the value starts.
fn name_of(text: &str, end: usize) -> Option<(String, usize)> {
    let line = text.get(..end)?;
    let equals = line.find('=')?;
    let name = line.get(..equals)?.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim);
    let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    valid.then(|| (name.to_owned(), equals + 1))
}

/// A quoted value at the start of `text`, and the bytes it takes. `None` when the quote is never closed (then it is an ordinary character).
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((value, at + 1)),
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                c @ ('"' | '\\' | '$') => value.push(c),
                c => {
                    value.push('\\');
                    value.push(c);
                }
            },
            '\r' => {}
            c => value.push(c),
        }
    }
    None
}

/// An unquoted value ends before ` #`.
fn uncommented(value: &str) -> &str {
    let mut end = value.len();
    let mut previous = b' ';
    for (i, b) in value.bytes().enumerate() {
        if b == b'#' && previous.is_ascii_whitespace() {
            end = i;
            break;
        }
        previous = b;
    }
    value.get(..end).unwrap_or(value).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).pairs
    }
    fn one(text: &str) -> String {
        pairs(text).pop().map(|(_, v)| v).unwrap_or_else(|| "(nothing)".to_owned())
    }

    #[test]
    fn values() {
        let cases = [
            ("A=1", "1"),
            ("export A=1", "1"),
            ("A = spaced out  ", "spaced out"),
            ("A=a#b", "a#b"),
            ("A=a # comment", "a"),
            ("A=", ""),
            ("A=# only a comment", ""),
            ("A='single # $X \\n'", "single # $X \\n"),
            ("A=\"tab\\tnl\\n q\\\" back\\\\\" # c", "tab\tnl\n q\" back\\"),
            ("A=`it's \"fine\"`", "it's \"fine\""),
            ("A=\"two\nlines\"", "two\nlines"),
            ("A=\"unclosed", "\"unclosed"),
            ("A=x=y=z", "x=y=z"),
            ("\u{feff}A=bom\r\n", "bom"),
            ("A=€", "€"),
        ];
        for (text, want) in cases {
            assert_eq!(one(text), want, "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_across_quotes() {
        let parsed = parse("# c\n\nA=\"1\n2\"\nnonsense\nB=2\nno name=3\n");
        assert_eq!(parsed.bad_lines, [5, 7]);
        assert_eq!(parsed.pairs.len(), 2);
    }
}
