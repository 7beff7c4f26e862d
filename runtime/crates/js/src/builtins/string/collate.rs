//! `localeCompare` without locale data: letters by base, then accents, then case (lower first), as ICU's root collation
//! orders Latin, Greek and Cyrillic text; everything else by code point.

use puremix_value::Str;
use std::cmp::Ordering;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The class a character sorts in: spaces, punctuation, symbols, digits, letters.
fn primary(c: char) -> (u8, u32) {
    let class = match c {
        _ if c.is_whitespace() => 0,
        '_' | '-' | ',' | ';' | ':' | '!' | '?' | '.' | '\'' | '"' | '(' | ')' | '[' | ']' | '{' | '}' | '@' | '*' | '/' | '\\' | '&' | '#' | '%' => 1,
        '`' | '^' | '+' | '<' | '=' | '>' | '|' | '~' | '$' => 2,
        _ if c.is_numeric() => 3,
        _ => 4,
    };
    const PUNCTUATION: &str = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    let place = match PUNCTUATION.chars().position(|p| p == c) {
        Some(i) => i as u32,
        None => c.to_lowercase().next().unwrap_or(c) as u32,
    };
    (class, place)
}

/// [`primary`] of the ASCII characters.
fn ascii_primary() -> &'static [u16; 128] {
    static TABLE: OnceLock<[u16; 128]> = OnceLock::new();
    TABLE.get_or_init(|| {
        std::array::from_fn(|i| {
            let (class, place) = primary(char::from(i as u8));
            // Places of ASCII characters are below 128.
            u16::from(class) << 8 | place as u16
        })
    })
}

/// As [`compare_locale`] of ASCII text, which has no marks.
fn compare_ascii(a: &[u8], b: &[u8]) -> Ordering {
    let table = ascii_primary();
    let base = |t: &'_ [u8], i: usize| t.get(i).map(|c| table[usize::from(*c & 127)]);
    let case = |t: &[u8], i: usize| t.get(i).map(u8::is_ascii_uppercase);
    let by = |order: &dyn Fn(usize) -> Ordering| (0..a.len().max(b.len())).map(order).find(|o| o.is_ne()).unwrap_or(Ordering::Equal);
    by(&|i| base(a, i).cmp(&base(b, i))).then_with(|| by(&|i| case(a, i).cmp(&case(b, i))))
}

/// The order of two strings for people.
pub fn compare_locale(a: &Str, b: &Str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if let (Some(a), Some(b)) = (a.ascii_bytes(), b.ascii_bytes()) {
        return compare_ascii(a, b);
    }
    let (x, y): (Vec<char>, Vec<char>) = (a.as_str().nfd().collect(), b.as_str().nfd().collect());
    let base = |t: &[char]| t.iter().filter(|c| !is_combining_mark(**c)).map(|c| primary(*c)).collect::<Vec<_>>();
    let marks = |t: &[char]| {
        // Marks by the letter they stand on.
        let mut out: Vec<Vec<char>> = vec![];
        for c in t {
            match (is_combining_mark(*c), out.last_mut()) {
                (true, Some(last)) => last.push(*c),
                _ => out.push(vec![]),
            }
        }
        out
    };
    let case = |t: &[char]| t.iter().map(|c| c.is_uppercase()).collect::<Vec<_>>();
    base(&x).cmp(&base(&y)).then_with(|| marks(&x).cmp(&marks(&y))).then_with(|| case(&x).cmp(&case(&y)))
}
