//! Accumulators of `$group`, and parts of dates.

use crate::doc::{Bson, Map};
use puremix_js::date::{days_from_civil, split};
use std::cmp::Ordering;

/// What an accumulator has seen.
pub struct Gathered {
    name: String,
    /// `n` of `$firstN` and its kin.
    limit: Option<usize>,
    values: Vec<Bson>,
    sum: f64,
    count: f64,
}

const NAMES: [&str; 13] =
    ["$sum", "$avg", "$min", "$max", "$first", "$last", "$push", "$addToSet", "$count", "$stdDevPop", "$stdDevSamp", "$mergeObjects", "$firstN"];

impl Gathered {
    pub fn new(name: &str, limit: Option<usize>) -> Result<Gathered, String> {
        if !NAMES.contains(&name) && !matches!(name, "$lastN" | "$minN" | "$maxN") {
            return Err(format!("unknown group operator '{name}'"));
        }
        Ok(Gathered { name: name.to_owned(), limit, values: vec![], sum: 0.0, count: 0.0 })
    }

    pub fn add(&mut self, value: Option<Bson>) {
        let number = value.as_ref().and_then(Bson::as_num);
        match self.name.as_str() {
            "$count" => self.count += 1.0,
            "$sum" | "$avg" => {
                if let Some(n) = number {
                    self.sum += n;
                    self.count += 1.0;
                }
            }
            "$stdDevPop" | "$stdDevSamp" => self.values.extend(number.map(Bson::Num)),
            "$min" | "$max" => {
                let Some(value) = value.filter(|v| !v.is_null()) else { return };
                let wanted = if self.name == "$min" { Ordering::Less } else { Ordering::Greater };
                if self.values.first().is_none_or(|known| value.order(known) == wanted) {
                    self.values = vec![value];
                }
            }
            "$first" if self.count == 0.0 => {
                self.count = 1.0;
                self.values = vec![value.unwrap_or(Bson::Null)];
            }
            "$first" => {}
            "$last" => self.values = vec![value.unwrap_or(Bson::Null)],
            "$addToSet" => {
                if let Some(value) = value
                    && !self.values.iter().any(|v| v.equals(&value))
                {
                    self.values.push(value);
                }
            }
            "$push" => self.values.extend(value),
            _ => self.values.push(value.unwrap_or(Bson::Null)),
        }
    }

    pub fn finish(mut self) -> Bson {
        let n = self.limit.unwrap_or(usize::MAX);
        match self.name.as_str() {
            "$count" => Bson::Num(self.count),
            "$sum" => Bson::Num(self.sum),
            "$avg" if self.count == 0.0 => Bson::Null,
            "$avg" => Bson::Num(self.sum / self.count),
            "$stdDevPop" | "$stdDevSamp" => {
                let all: Vec<f64> = self.values.iter().filter_map(Bson::as_num).collect();
                let len = all.len() as f64;
                let by = if self.name == "$stdDevPop" { len } else { len - 1.0 };
                let mean = all.iter().sum::<f64>() / len;
                if by <= 0.0 { Bson::Null } else { Bson::Num((all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / by).sqrt()) }
            }
            "$push" | "$addToSet" => Bson::Array(self.values),
            "$mergeObjects" => {
                let mut out = Map::default();
                for map in self.values.iter().filter_map(Bson::as_object) {
                    map.iter().for_each(|(n, v)| out.set(n, v.clone()));
                }
                Bson::Object(out)
            }
            "$firstN" => Bson::Array(self.values.into_iter().take(n).collect()),
            "$lastN" => Bson::Array(self.values.split_off(self.values.len().saturating_sub(n))),
            "$minN" | "$maxN" => {
                self.values.retain(|v| !v.is_null());
                self.values.sort_by(Bson::order);
                if self.name == "$maxN" {
                    self.values.reverse();
                }
                self.values.truncate(n);
                Bson::Array(self.values)
            }
            _ => self.values.pop().unwrap_or(Bson::Null),
        }
    }
}

/// A part of a date, by its operator's name (UTC).
pub fn date_part(name: &str, t: f64) -> f64 {
    let f = split(t);
    let start = days_from_civil(f.year, 0, 1);
    let day = days_from_civil(f.year, f.month, i64::from(f.day)) - start;
    match name {
        "$year" => f.year as f64,
        "$month" => f64::from(f.month + 1),
        "$dayOfMonth" => f64::from(f.day),
        "$hour" => f64::from(f.hour),
        "$minute" => f64::from(f.minute),
        "$second" => f64::from(f.second),
        "$millisecond" => f64::from(f.ms),
        "$dayOfWeek" => f64::from(f.weekday + 1),
        "$isoDayOfWeek" => f64::from((f.weekday + 6) % 7 + 1),
        "$dayOfYear" => (day + 1) as f64,
        "$week" => ((day + 7 - i64::from(f.weekday)) / 7) as f64,
        _ => {
            // The week's Thursday decides to which year it belongs.
            let thursday = t + (4.0 - f64::from((f.weekday + 6) % 7 + 1)) * 86_400_000.0;
            let of = split(thursday);
            let week = (days_from_civil(of.year, of.month, i64::from(of.day)) - days_from_civil(of.year, 0, 1)) / 7 + 1;
            if name == "$isoWeek" { week as f64 } else { of.year as f64 }
        }
    }
}

/// `$dateToString`'s format (UTC).
pub fn format_date(t: f64, format: &str) -> String {
    let f = split(t);
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        out += &match chars.next() {
            Some('Y') => format!("{:04}", f.year),
            Some('m') => format!("{:02}", f.month + 1),
            Some('d') => format!("{:02}", f.day),
            Some('H') => format!("{:02}", f.hour),
            Some('M') => format!("{:02}", f.minute),
            Some('S') => format!("{:02}", f.second),
            Some('L') => format!("{:03}", f.ms),
            Some('j') => format!("{:03}", date_part("$dayOfYear", t)),
            Some('w') => format!("{}", f.weekday + 1),
            Some('u') => format!("{}", date_part("$isoDayOfWeek", t)),
            Some('U') => format!("{:02}", date_part("$week", t)),
            Some('V') => format!("{:02}", date_part("$isoWeek", t)),
            Some('G') => format!("{:04}", date_part("$isoWeekYear", t)),
            Some('z') => "+0000".to_owned(),
            Some('Z') => "0".to_owned(),
            Some('%') => "%".to_owned(),
            Some(other) => format!("%{other}"),
            None => "%".to_owned(),
        };
    }
    out
}
