//! Matching, through regress (an ECMAScript engine), on the string's own encoding.

use puremix_value::Str;
use std::ops::Range;

/// The flags of a regular expression, in the order `flags` prints them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub has_indices: bool,
    pub global: bool,
    pub ignore_case: bool,
    pub multiline: bool,
    pub dot_all: bool,
    pub unicode: bool,
    pub unicode_sets: bool,
    pub sticky: bool,
}

impl Flags {
    /// `None` for an unknown or repeated flag, and for `u` with `v`.
    pub fn parse(text: &str) -> Option<Flags> {
        let mut flags = Flags::default();
        for c in text.chars() {
            let flag = match c {
                'd' => &mut flags.has_indices,
                'g' => &mut flags.global,
                'i' => &mut flags.ignore_case,
                'm' => &mut flags.multiline,
                's' => &mut flags.dot_all,
                'u' => &mut flags.unicode,
                'v' => &mut flags.unicode_sets,
                'y' => &mut flags.sticky,
                _ => return None,
            };
            if std::mem::replace(flag, true) {
                return None;
            }
        }
        (!(flags.unicode && flags.unicode_sets)).then_some(flags)
    }

    pub fn text(self) -> String {
        [
            (self.has_indices, 'd'),
            (self.global, 'g'),
            (self.ignore_case, 'i'),
            (self.multiline, 'm'),
            (self.dot_all, 's'),
            (self.unicode, 'u'),
            (self.unicode_sets, 'v'),
            (self.sticky, 'y'),
        ]
        .iter()
        .filter_map(|(on, c)| on.then_some(*c))
        .collect()
    }

    /// Whether matching works on code points.
    pub fn by_code_point(self) -> bool {
        self.unicode || self.unicode_sets
    }
}

/// A match in UTF-16 offsets: the whole, then each group.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub whole: Range<usize>,
    pub groups: Vec<Option<Range<usize>>>,
}

/// Longer patterns, in code units, are refused: the engine takes the square of their length.
const MAX_PATTERN: usize = 1 << 16;

/// A compiled pattern.
pub struct Program {
    regex: regress::Regex,
    pub flags: Flags,
    /// Named groups in order of appearance, with the group's number (1-based).
    pub names: Vec<(String, usize)>,
}

impl Program {
    /// Compiles; the error is the engine's message, without the `Invalid regular expression` around it.
    pub fn new(source: &Str, flags: Flags) -> Result<Program, String> {
        let engine = regress::Flags {
            icase: flags.ignore_case,
            multiline: flags.multiline,
            dot_all: flags.dot_all,
            unicode: flags.unicode,
            unicode_sets: flags.unicode_sets,
            ..regress::Flags::default()
        };
        if source.len_utf16() > MAX_PATTERN {
            return Err("Regular expression too large".to_owned());
        }
        let units = source.utf16();
        // Without `u` the pattern, like the text, is code units: a pair of surrogates is two characters.
        let points: Vec<u32> = if flags.by_code_point() {
            char::decode_utf16(units.iter().copied()).map(|c| c.map_or_else(|e| u32::from(e.unpaired_surrogate()), u32::from)).collect()
        } else {
            units.iter().map(|u| u32::from(*u)).collect()
        };
        let regex = regress::Regex::from_unicode(points.into_iter(), engine).map_err(|e| e.to_string())?;
        Ok(Program { regex, flags, names: group_names(&source.as_utf8()) })
    }

    /// The first match at or after `start` (UTF-16 units).
    pub fn find(&self, text: &Str, start: usize) -> Option<Found> {
        if start > text.len_utf16() {
            return None;
        }
        if text.is_ascii() {
            return self.regex.find_from_ascii(text.as_str(), start).next().map(found);
        }
        let units = text.utf16();
        if self.flags.by_code_point() {
            self.regex.find_from_utf16(&units, start).next().map(found)
        } else {
            self.regex.find_from_ucs2(&units, start).next().map(found)
        }
    }
}

fn found(m: regress::Match) -> Found {
    Found { whole: m.range(), groups: m.captures }
}

/// Names of the capturing groups in a pattern that compiled.
fn group_names(source: &str) -> Vec<(String, usize)> {
    let mut names = Vec::new();
    let mut group = 0;
    let mut in_class = false;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                rest = after.chars().next().map_or("", |e| &after[e.len_utf8()..]);
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                if let Some(name) = after.strip_prefix("?<").filter(|n| !n.starts_with(['=', '!'])) {
                    group += 1;
                    names.push((name[..name.find('>').unwrap_or(name.len())].to_owned(), group));
                } else if !after.starts_with('?') {
                    group += 1;
                }
            }
            _ => {}
        }
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(source: &str, flags: &str, text: &str) -> Option<Found> {
        Program::new(&Str::from(source), Flags::parse(flags)?).ok()?.find(&Str::from(text), 0)
    }

    #[test]
    fn offsets_are_utf16_units() {
        assert_eq!(find("b", "", "äb").map(|f| f.whole), Some(1..2));
        assert_eq!(find("b", "u", "😀b").map(|f| f.whole), Some(2..3));
        assert_eq!(find(".", "", "😀").map(|f| f.whole), Some(0..1));
        assert_eq!(find(".", "u", "😀").map(|f| f.whole), Some(0..2));
    }

    #[test]
    fn flags_are_checked() {
        assert_eq!(Flags::parse("gg"), None);
        assert_eq!(Flags::parse("uv"), None);
        assert_eq!(Flags::parse("yig").map(Flags::text).as_deref(), Some("giy"));
    }

    #[test]
    fn names_are_numbered_among_all_groups() {
        assert_eq!(group_names(r"(a)(?<year>\d+)[(](?:x)(?<m>b)(?<=c)"), vec![("year".to_owned(), 2), ("m".to_owned(), 3)]);
    }
}
