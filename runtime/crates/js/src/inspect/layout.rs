//! Making lines: entries on one line where they fit, arrays in columns (Node's `reduceToSingleString` and
//! `groupArrayElements`).

use super::{Inspector, Listing};

fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

impl Inspector {
    pub(super) fn lay_out(&self, mut output: Vec<String>, base: &str, braces: &(String, &str), listing: Listing, depth: usize, numbers: bool) -> String {
        let entries = output.len();
        if listing == Listing::Array && entries > 6 && self.options.compact > 0 {
            output = self.columns(output, numbers);
        }
        let base_space = if base.is_empty() { String::new() } else { format!("{base} ") };
        if self.current_depth - depth < self.options.compact && entries == output.len() {
            let start = output.len() + self.indentation + width(&braces.0) + width(base) + 10;
            let total: usize = output.iter().map(|o| width(o)).sum::<usize>() + output.len() + start;
            if total <= self.options.break_length && !base.contains('\n') && !output.iter().any(|o| o.contains('\n')) {
                return format!("{base_space}{} {} {}", braces.0, output.join(", "), braces.1);
            }
        }
        let line = format!("\n{}", " ".repeat(self.indentation));
        format!("{base_space}{}{line}  {}{line}{}", braces.0, output.join(&format!(",{line}  ")), braces.1)
    }

    fn columns(&self, output: Vec<String>, numbers: bool) -> Vec<String> {
        const SEPARATOR: usize = 2;
        let has_more = output.last().is_some_and(|o| o.starts_with("... ") && o.contains(" more item"));
        let count = output.len() - usize::from(has_more);
        let widths: Vec<usize> = output[..count].iter().map(|o| width(o)).collect();
        let total: usize = widths.iter().map(|w| w + SEPARATOR).sum();
        let longest = widths.iter().copied().max().unwrap_or(0);
        let actual = longest + SEPARATOR;
        if actual * 3 + self.indentation >= self.options.break_length || (total as f64 / actual as f64 <= 5.0 && longest > 6) {
            return output;
        }
        let bias = (actual as f64 - total as f64 / output.len() as f64).sqrt();
        let biased = (actual as f64 - 3.0 - bias).max(1.0);
        let columns = [
            ((2.5 * biased * count as f64).sqrt() / biased + 0.5).floor() as usize,
            (self.options.break_length - self.indentation) / actual,
            self.options.compact * 4,
            15,
        ]
        .into_iter()
        .min()
        .unwrap_or(1);
        if columns <= 1 {
            return output;
        }
        let column_width = |c: usize| widths.iter().skip(c).step_by(columns).max().copied().unwrap_or(0) + SEPARATOR;
        let column_widths: Vec<usize> = (0..columns).map(column_width).collect();
        let mut rows = vec![];
        for (row, cells) in output[..count].chunks(columns).enumerate() {
            let mut text = String::new();
            for (c, cell) in cells.iter().enumerate() {
                let last = c + 1 == cells.len();
                let pad = |used: usize, wanted: usize| " ".repeat(wanted.saturating_sub(used));
                let w = widths[row * columns + c];
                match (numbers, last) {
                    (true, true) => text += &format!("{}{cell}", pad(w, column_widths[c] - SEPARATOR)),
                    (true, false) => text += &format!("{}{cell}, ", pad(w + SEPARATOR, column_widths[c])),
                    (false, true) => text += cell,
                    (false, false) => text += &format!("{cell}, {}", pad(w + SEPARATOR, column_widths[c])),
                }
            }
            rows.push(text);
        }
        rows.extend(output[count..].iter().cloned());
        rows
    }
}
