//! `localeCompare` without locale data: letters by base, then accents, then case (lower first), as ICU's root collation
//! orders Latin, Greek and Cyrillic text; everything else by code point.

use puremix_value::Str;
use std::cmp::Ordering;
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

/// The order of two strings for people.
pub fn compare_locale(a: &Str, b: &Str) -> Ordering {
    if a == b {
        return Ordering::Equal;
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
