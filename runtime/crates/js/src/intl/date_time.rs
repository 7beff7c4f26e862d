//! Dates and times for people.

use super::locale::{Locale, text_option};
use crate::date::{Fields, in_zone, is_zone, offset_at_utc, split};
use crate::{get_value, js_truthy, throw_range, throw_type};
use puremix_value::{Cx, R, Value};

/// What is shown if the options name nothing of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Defaults {
    Date,
    Time,
    All,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    Numeric,
    TwoDigit,
    Short,
    Long,
    Narrow,
}

/// What `Intl.DateTimeFormat` resolved its options to.
#[derive(Default)]
pub(super) struct DateTimeFormat {
    pub locale: Locale,
    pub zone: Option<String>,
    weekday: Option<Width>,
    year: Option<Width>,
    month: Option<Width>,
    day: Option<Width>,
    hour: Option<Width>,
    minute: bool,
    second: bool,
    zone_name: bool,
    hour12: Option<bool>,
    /// Date and time are joined by `at` or `um`.
    formal: bool,
}

fn width(cx: Cx, options: &Value, name: &str) -> R<Option<Width>> {
    Ok(match text_option(cx, options, name)?.as_deref() {
        None => None,
        Some("numeric") => Some(Width::Numeric),
        Some("2-digit") => Some(Width::TwoDigit),
        Some("short") => Some(Width::Short),
        Some("long") => Some(Width::Long),
        Some("narrow") => Some(Width::Narrow),
        Some(other) => return Err(throw_range(cx, &format!("Value {other} out of range for Intl.DateTimeFormat options property {name}"))),
    })
}

const MONTHS_EN: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const MONTHS_DE: [&str; 12] = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];
const SHORT_DE: [&str; 12] = ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];
const DAYS_EN: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAYS_DE: [&str; 7] = ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"];

impl DateTimeFormat {
    pub fn read(cx: Cx, locale: Locale, options: &Value, defaults: Defaults) -> R<DateTimeFormat> {
        let mut f = DateTimeFormat { locale, ..DateTimeFormat::default() };
        if !options.is_undefined() {
            f.zone = text_option(cx, options, "timeZone")?;
            if let Some(zone) = f.zone.as_ref().filter(|z| !is_zone(z)) {
                return Err(throw_range(cx, &format!("Invalid time zone specified: {zone}")));
            }
            f.weekday = width(cx, options, "weekday")?;
            f.year = width(cx, options, "year")?;
            f.month = width(cx, options, "month")?;
            f.day = width(cx, options, "day")?;
            f.hour = width(cx, options, "hour")?;
            f.minute = width(cx, options, "minute")?.is_some();
            f.second = width(cx, options, "second")?.is_some();
            f.zone_name = text_option(cx, options, "timeZoneName")?.is_some();
            f.hour12 = match get_value(cx, options, &cx.key_of("hour12"))? {
                Value::Undefined => text_option(cx, options, "hourCycle")?.map(|c| c == "h12" || c == "h11"),
                v => Some(js_truthy(&v)),
            };
            let styles = (text_option(cx, options, "dateStyle")?, text_option(cx, options, "timeStyle")?);
            if styles.0.is_some() || styles.1.is_some() {
                if f.has_date() || f.has_time() {
                    return Err(throw_type(cx, "Can't set option day when dateStyle is used"));
                }
                f.apply_styles(styles.0.as_deref(), styles.1.as_deref());
                return Ok(f);
            }
        }
        f.formal = f.month == Some(Width::Long);
        let missing = match defaults {
            Defaults::Date => !f.has_date(),
            Defaults::Time => !f.has_time(),
            Defaults::All => !f.has_date() && !f.has_time(),
        };
        if missing && defaults != Defaults::Time {
            (f.year, f.month, f.day) = (Some(Width::Numeric), Some(Width::Numeric), Some(Width::Numeric));
        }
        if missing && defaults != Defaults::Date {
            (f.hour, f.minute, f.second) = (Some(Width::Numeric), true, true);
        }
        Ok(f)
    }

    fn apply_styles(&mut self, date: Option<&str>, time: Option<&str>) {
        use Width::*;
        let german = self.locale == Locale::DeDe;
        let (weekday, year, month, day) = match date {
            Some("full") => (Some(Long), Some(Numeric), Some(Long), Some(Numeric)),
            Some("long") => (None, Some(Numeric), Some(Long), Some(Numeric)),
            Some("medium") if german => (None, Some(Numeric), Some(TwoDigit), Some(TwoDigit)),
            Some("medium") => (None, Some(Numeric), Some(Short), Some(Numeric)),
            Some(_) if german => (None, Some(TwoDigit), Some(TwoDigit), Some(TwoDigit)),
            Some(_) if self.locale == Locale::EnGb => (None, Some(Numeric), Some(TwoDigit), Some(TwoDigit)),
            Some(_) => (None, Some(TwoDigit), Some(Numeric), Some(Numeric)),
            None => (None, None, None, None),
        };
        (self.weekday, self.year, self.month, self.day) = (weekday, year, month, day);
        self.formal = matches!(date, Some("full" | "long"));
        if let Some(style) = time {
            (self.hour, self.minute) = (Some(Numeric), true);
            self.second = style != "short";
            self.zone_name = matches!(style, "long" | "full");
        }
    }

    fn has_date(&self) -> bool {
        self.weekday.is_some() || self.year.is_some() || self.month.is_some() || self.day.is_some()
    }

    fn has_time(&self) -> bool {
        self.hour.is_some() || self.minute || self.second
    }

    /// The text of a finite time value.
    pub fn format(&self, t: f64) -> String {
        let local = match &self.zone {
            Some(zone) => in_zone(t, zone),
            None => t + offset_at_utc(t),
        };
        let f = split(local);
        let (date, mut time) = (self.date(&f), self.time(&f));
        if self.zone_name {
            time = format!("{time} {}", self.zone_text(local - t));
        }
        let joiner = match (self.formal, self.locale) {
            (true, Locale::DeDe) => " um ",
            (true, _) => " at ",
            (false, _) => ", ",
        };
        match (date.is_empty(), time.is_empty()) {
            (true, _) => time,
            (_, true) => date,
            _ => format!("{date}{joiner}{time}"),
        }
    }

    fn zone_text(&self, offset: f64) -> String {
        let minutes = (offset.abs() / 60_000.0) as u32;
        if minutes == 0 {
            return "UTC".into();
        }
        let sign = if offset < 0.0 { '-' } else { '+' };
        let rest = if minutes.is_multiple_of(60) { String::new() } else { format!(":{:02}", minutes % 60) };
        format!("GMT{sign}{}{rest}", minutes / 60)
    }

    fn date(&self, f: &Fields) -> String {
        let textual = matches!(self.month, Some(Width::Short | Width::Long | Width::Narrow));
        let year = self.year.map(|w| if w == Width::TwoDigit { format!("{:02}", f.year.rem_euclid(100)) } else { f.year.to_string() });
        let body = if textual { self.textual(f, year) } else { self.numeric(f, year) };
        let Some(w) = self.weekday else { return body };
        let german = self.locale == Locale::DeDe;
        let name = if german { DAYS_DE } else { DAYS_EN }[f.weekday as usize];
        let name = match w {
            Width::Long => name.to_string(),
            Width::Narrow => name.chars().take(1).collect(),
            _ if german && !body.is_empty() => format!("{}.", &name[..2]),
            _ => name[..if german { 2 } else { 3 }].to_string(),
        };
        match (body.is_empty(), self.locale) {
            (true, _) => name,
            (_, Locale::EnGb) if textual && self.year.is_none() => format!("{name} {body}"),
            _ => format!("{name}, {body}"),
        }
    }

    fn textual(&self, f: &Fields, year: Option<String>) -> String {
        let m = f.month as usize;
        let month = match (self.month, self.locale) {
            (Some(Width::Long), Locale::DeDe) => MONTHS_DE[m].to_string(),
            (Some(Width::Short), Locale::DeDe) => SHORT_DE[m].to_string(),
            (Some(Width::Narrow), _) => MONTHS_EN[m][..1].to_string(),
            (Some(Width::Long), _) => MONTHS_EN[m].to_string(),
            (_, Locale::EnGb) if m == 8 => "Sept".to_string(),
            _ => MONTHS_EN[m][..3].to_string(),
        };
        let day = self.day.map(|w| if w == Width::TwoDigit { format!("{:02}", f.day) } else { f.day.to_string() });
        let with_day = match (&day, self.locale) {
            (None, _) => month,
            (Some(d), Locale::EnUs) => format!("{month} {d}"),
            (Some(d), Locale::EnGb) => format!("{d} {month}"),
            (Some(d), Locale::DeDe) => format!("{d}. {month}"),
        };
        match (year, self.locale) {
            (None, _) => with_day,
            (Some(y), Locale::EnUs) if day.is_some() => format!("{with_day}, {y}"),
            (Some(y), _) => format!("{with_day} {y}"),
        }
    }

    fn numeric(&self, f: &Fields, year: Option<String>) -> String {
        // en-GB pads a date of more than one part.
        let padded = self.locale == Locale::EnGb && self.day.is_some() && self.month.is_some();
        let show = |w: Option<Width>, n: u32| w.map(|w| if w == Width::TwoDigit || padded { format!("{n:02}") } else { n.to_string() });
        let (month, day) = (show(self.month, f.month + 1), show(self.day, f.day));
        let parts = match self.locale {
            Locale::EnUs => [month, day, year],
            _ => [day, month, year],
        };
        let ends_open = self.locale == Locale::DeDe && self.year.is_none() && self.month.is_some() && self.day.is_some();
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let text = parts.join(if self.locale == Locale::DeDe { "." } else { "/" });
        if ends_open { format!("{text}.") } else { text }
    }

    fn time(&self, f: &Fields) -> String {
        let twelve = self.hour12.unwrap_or(self.locale == Locale::EnUs);
        let mut parts = vec![];
        if let Some(w) = self.hour {
            let hour = match (twelve, f.hour % 12) {
                (false, _) => f.hour,
                (true, 0) => 12,
                (true, h) => h,
            };
            let padded = w == Width::TwoDigit || !twelve;
            parts.push(if padded { format!("{hour:02}") } else { hour.to_string() });
        }
        let alone = self.hour.is_none() && !(self.minute && self.second);
        if self.minute {
            parts.push(if alone { f.minute.to_string() } else { format!("{:02}", f.minute) });
        }
        if self.second {
            parts.push(if alone { f.second.to_string() } else { format!("{:02}", f.second) });
        }
        let text = parts.join(":");
        match (self.hour.is_some(), twelve) {
            (true, true) => {
                let half = match (self.locale, f.hour < 12) {
                    (Locale::EnGb, true) => "am",
                    (Locale::EnGb, false) => "pm",
                    (_, true) => "AM",
                    (_, false) => "PM",
                };
                // ICU has U+202F here; V8 keeps the plain space that programs know.
                format!("{text} {half}")
            }
            (true, false) if self.locale == Locale::DeDe && !self.minute => format!("{text} Uhr"),
            _ => text,
        }
    }
}
