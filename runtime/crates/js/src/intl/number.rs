//! Numbers, percentages, currencies and compact numbers.

use super::locale::{Locale, group_digits, text_option};
use crate::builtins::number::round_decimal;
use crate::{get_value, js_to_number, js_truthy, throw_range, throw_type};
use puremix_value::{Cx, R, Value};

#[derive(Clone, PartialEq, Eq)]
enum Style {
    Decimal,
    Percent,
    /// Code, and whether the code is shown instead of the sign.
    Currency(String, bool),
}

/// What `Intl.NumberFormat` resolved its options to.
pub(super) struct NumberFormat {
    pub locale: Locale,
    style: Style,
    min_integer: usize,
    fraction: (usize, usize),
    significant: Option<(usize, usize)>,
    grouping: bool,
    compact: bool,
}

fn digits(cx: Cx, options: &Value, name: &str, least: f64, most: f64) -> R<Option<usize>> {
    match get_value(cx, options, &cx.key_of(name))? {
        Value::Undefined => Ok(None),
        v => {
            let n = js_to_number(cx, &v)?;
            if (least..=most).contains(&n) { Ok(Some(n as usize)) } else { Err(throw_range(cx, &format!("{name} value is out of range."))) }
        }
    }
}

impl NumberFormat {
    pub fn read(cx: Cx, locale: Locale, options: &Value) -> R<NumberFormat> {
        let mut f = NumberFormat { locale, style: Style::Decimal, min_integer: 1, fraction: (0, 3), significant: None, grouping: true, compact: false };
        if options.is_undefined() {
            return Ok(f);
        }
        match text_option(cx, options, "style")?.as_deref() {
            None | Some("decimal") => {}
            Some("percent") => (f.style, f.fraction) = (Style::Percent, (0, 0)),
            Some("currency") => {
                let Some(code) = text_option(cx, options, "currency")? else {
                    return Err(throw_type(cx, "Currency code is required with currency style."));
                };
                if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_alphabetic()) {
                    return Err(throw_range(cx, &format!("Invalid currency code : {code}")));
                }
                let code = code.to_ascii_uppercase();
                let places = if matches!(code.as_str(), "JPY" | "KRW" | "VND" | "CLP" | "ISK") { 0 } else { 2 };
                let by_code = text_option(cx, options, "currencyDisplay")?.as_deref() == Some("code");
                (f.style, f.fraction) = (Style::Currency(code, by_code), (places, places));
            }
            Some(other) => return Err(throw_range(cx, &format!("Value {other} out of range for Intl.NumberFormat options property style"))),
        }
        f.compact = text_option(cx, options, "notation")?.as_deref() == Some("compact");
        f.min_integer = digits(cx, options, "minimumIntegerDigits", 1.0, 21.0)?.unwrap_or(1);
        let (min, max) = (digits(cx, options, "minimumFractionDigits", 0.0, 100.0)?, digits(cx, options, "maximumFractionDigits", 0.0, 100.0)?);
        let (usual_min, usual_max) = f.fraction;
        f.fraction = match (min, max) {
            (Some(a), Some(b)) if a > b => return Err(throw_range(cx, "maximumFractionDigits value is out of range.")),
            (Some(a), Some(b)) => (a, b),
            (Some(a), None) => (a, usual_max.max(a)),
            (None, Some(b)) => (usual_min.min(b), b),
            (None, None) => f.fraction,
        };
        let (min, max) = (digits(cx, options, "minimumSignificantDigits", 1.0, 21.0)?, digits(cx, options, "maximumSignificantDigits", 1.0, 21.0)?);
        if min.is_some() || max.is_some() {
            f.significant = Some((min.unwrap_or(1), max.unwrap_or(21)));
        }
        f.grouping = match get_value(cx, options, &cx.key_of("useGrouping"))? {
            Value::Undefined => true,
            v => js_truthy(&v) && v.as_str().is_none_or(|s| s.as_str() != "false"),
        };
        Ok(f)
    }

    pub fn format(&self, n: f64) -> String {
        let scaled = if self.style == Style::Percent { n * 100.0 } else { n };
        let negative = n.is_sign_negative() && !n.is_nan();
        let number = match (n.is_nan(), n.is_infinite()) {
            (true, _) => "NaN".to_string(),
            (_, true) => "∞".to_string(),
            _ if self.compact => self.compacted(scaled.abs()),
            _ => self.plain(scaled.abs(), self.fraction),
        };
        let text = match (&self.style, self.locale) {
            (Style::Decimal, _) => number,
            (Style::Percent, Locale::DeDe) => format!("{number}\u{a0}%"),
            (Style::Percent, _) => format!("{number}%"),
            (Style::Currency(code, by_code), Locale::DeDe) => format!("{number}\u{a0}{}", self.sign(code, *by_code)),
            (Style::Currency(code, by_code), _) => {
                let sign = self.sign(code, *by_code);
                let space = if sign == *code { "\u{a0}" } else { "" };
                format!("{sign}{space}{number}")
            }
        };
        if negative { format!("-{text}") } else { text }
    }

    fn sign(&self, code: &str, by_code: bool) -> String {
        let sign = match (code, self.locale) {
            _ if by_code => code,
            ("EUR", _) => "€",
            ("GBP", _) => "£",
            ("USD", Locale::EnUs | Locale::DeDe) => "$",
            ("USD", Locale::EnGb) => "US$",
            ("JPY", Locale::EnUs | Locale::DeDe) => "¥",
            ("JPY", Locale::EnGb) => "JP¥",
            ("INR", _) => "₹",
            ("CNY", _) => "CN¥",
            ("CAD", Locale::EnUs | Locale::EnGb) => "CA$",
            ("AUD", Locale::EnUs | Locale::EnGb) => "A$",
            ("CAD", _) => "CA$",
            ("AUD", _) => "AU$",
            _ => code,
        };
        sign.to_string()
    }

    /// Digits with grouping; `n` is finite and not negative.
    fn plain(&self, n: f64, (min, max): (usize, usize)) -> String {
        let text = match self.significant {
            Some((least, most)) => significant(n, least, most),
            None => trimmed(round_decimal(&format!("{n}"), max), min),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let whole = format!("{whole:0>width$}", width = self.min_integer);
        let (group, point) = if self.locale == Locale::DeDe { (".", ",") } else { (",", ".") };
        let whole = if self.grouping { group_digits(&whole, group) } else { whole };
        if fraction.is_empty() { whole } else { format!("{whole}{point}{fraction}") }
    }

    /// `1.2K`, `3 Mio.`
    fn compacted(&self, n: f64) -> String {
        let names: [&str; 4] = match self.locale {
            Locale::EnUs => ["K", "M", "B", "T"],
            Locale::EnGb => ["k", "m", "bn", "tn"],
            Locale::DeDe => ["", "\u{a0}Mio.", "\u{a0}Mrd.", "\u{a0}Bio."],
        };
        let rounded = |n: f64| if n < 100.0 { significant(n, 1, 2) } else { round_decimal(&format!("{n}"), 0) };
        let mut step = 0;
        let mut scaled = n;
        while step < 4 && scaled >= 999.5 {
            scaled /= 1000.0;
            step += 1;
        }
        let text = match step {
            1 if self.locale == Locale::DeDe => round_decimal(&format!("{n}"), 0),
            _ => rounded(scaled),
        };
        let text = if self.locale == Locale::DeDe { text.replace('.', ",") } else { text };
        match step {
            0 => text,
            _ => format!("{text}{}", names[step - 1]),
        }
    }
}

/// Without zeros at the end beyond `min` decimals.
fn trimmed(text: String, min: usize) -> String {
    let Some((whole, fraction)) = text.split_once('.') else { return text };
    let mut fraction = fraction.to_string();
    while fraction.len() > min && fraction.ends_with('0') {
        fraction.pop();
    }
    if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
}

/// Rounded to `most` significant digits, at least `least` of them shown.
fn significant(n: f64, least: usize, most: usize) -> String {
    if n == 0.0 {
        return trimmed(format!("{:.*}", least - 1, 0.0), least - 1);
    }
    let exponent = n.log10().floor() as i32;
    let places = most as i32 - 1 - exponent;
    if places >= 0 {
        let text = round_decimal(&format!("{n}"), places as usize);
        return trimmed(text, (least as i32 - 1 - exponent).max(0) as usize);
    }
    let unit = 10f64.powi(-places);
    format!("{}", (n / unit).round() * unit)
}
