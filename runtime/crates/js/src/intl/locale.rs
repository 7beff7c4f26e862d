//! The locales that are known, and reading of options.

use crate::{get_value, iter_to_vec, js_to_string, throw_range};
use puremix_value::{Cx, R, Value};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Locale {
    #[default]
    EnUs,
    EnGb,
    DeDe,
}

impl Locale {
    pub fn tag(self) -> &'static str {
        match self {
            Locale::EnUs => "en-US",
            Locale::EnGb => "en-GB",
            Locale::DeDe => "de-DE",
        }
    }

    /// The locale whose data serves a language tag.
    pub fn find(tag: &str) -> Option<Locale> {
        let (language, region) = tag.split_once('-').unwrap_or((tag, ""));
        match (language.to_ascii_lowercase().as_str(), region.to_ascii_uppercase().as_str()) {
            ("en", "GB" | "AU" | "IE" | "NZ") => Some(Locale::EnGb),
            ("en", _) => Some(Locale::EnUs),
            ("de", _) => Some(Locale::DeDe),
            _ => None,
        }
    }
}

/// The first known locale of the `locales` argument; en-US if there is none.
pub(super) fn requested(cx: Cx, locales: &Value) -> R<Locale> {
    let asked = match locales {
        Value::Undefined => return Ok(Locale::EnUs),
        Value::Str(_) => vec![locales.clone()],
        _ => iter_to_vec(cx, locales)?,
    };
    for v in asked {
        let tag = js_to_string(cx, &v)?;
        let text = tag.as_str();
        let valid = text.split('-').all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
            && text.split('-').next().is_some_and(|l| (2..=8).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_alphabetic()));
        if !valid {
            return Err(throw_range(cx, "Incorrect locale information provided"));
        }
        if let Some(known) = Locale::find(text) {
            return Ok(known);
        }
    }
    Ok(Locale::EnUs)
}

/// A string option; `None` if undefined.
pub(super) fn text_option(cx: Cx, options: &Value, name: &str) -> R<Option<String>> {
    if options.is_undefined() {
        return Ok(None);
    }
    match get_value(cx, options, &cx.key_of(name))? {
        Value::Undefined => Ok(None),
        v => Ok(Some(js_to_string(cx, &v)?.to_string())),
    }
}

/// CLDR's plural category.
pub(super) fn plural(locale: Locale, n: f64, ordinal: bool) -> &'static str {
    match (ordinal, locale) {
        (false, _) if n.abs() == 1.0 => "one",
        (true, Locale::EnUs | Locale::EnGb) => match (n % 10.0, n % 100.0) {
            (1.0, h) if h != 11.0 => "one",
            (2.0, h) if h != 12.0 => "two",
            (3.0, h) if h != 13.0 => "few",
            _ => "other",
        },
        _ => "other",
    }
}

/// Digits in groups of three.
pub(super) fn group_digits(digits: &str, separator: &str) -> String {
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(c);
    }
    out
}
