//! "Did you mean": the nearest of the names that would have been right.

/// The candidate nearest to `name`, if it is near enough to be a slip: at most a third of its letters differ.
/// Ties go to the first candidate; a difference in case only always wins.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().collect();
    let limit = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let distance = if candidate.eq_ignore_ascii_case(name) {
            0
        } else {
            let letters: Vec<char> = candidate.chars().collect();
            if letters.len().abs_diff(wanted.len()) > limit {
                continue;
            }
            edit_distance(&wanted, &letters)
        };
        // A name of one or two letters is near everything.
        if distance <= limit && (distance == 0 || wanted.len() > 2) && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cost = replace.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let names = ["getSession", "setSession", "params", "query"];
        for (given, expected) in [
            ("getSesion", Some("getSession")),
            ("getsession", Some("getSession")),
            ("parmas", Some("params")),
            ("qeury", Some("query")),
            ("product", None),
            ("q", None),
            ("query", None),
        ] {
            assert_eq!(closest(given, names), expected, "{given}");
        }
    }

    #[test]
    fn distance_is_symmetric() {
        let letters = |s: &str| s.chars().collect::<Vec<_>>();
        for (a, b, d) in [("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("über", "uber", 1)] {
            assert_eq!(edit_distance(&letters(a), &letters(b)), d);
            assert_eq!(edit_distance(&letters(b), &letters(a)), d);
        }
    }
}
