//! `Accept` and its relatives (RFC 9110, section 12.5) as the npm packages `negotiator` and `accepts` read them, which Express uses.
//!
//! In: the text of a header and what is on offer. Out: the offers that are acceptable, best first.

/// One entry of an `Accept…` header.
#[derive(Debug)]
struct Entry {
    /// In lower case.
    name: String,
    parameters: Vec<(String, String)>,
    quality: f64,
}

/// What is negotiated; each kind has its own idea of which entry fits an offer, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Media,
    Charset,
    Encoding,
    Language,
}

impl Kind {
    /// The header, in lower case.
    pub fn header(self) -> &'static str {
        match self {
            Kind::Media => "accept",
            Kind::Charset => "accept-charset",
            Kind::Encoding => "accept-encoding",
            Kind::Language => "accept-language",
        }
    }
}

fn entries(kind: Kind, header: Option<&str>) -> Vec<Entry> {
    let text = match (kind, header) {
        (Kind::Media, None) => "*/*",
        (Kind::Charset | Kind::Language, None) => "*",
        (Kind::Encoding, None) => "",
        (_, Some(text)) => text,
    };
    let mut entries: Vec<Entry> = text.split(',').filter_map(|part| entry(kind, part)).collect();
    // No transformation is always acceptable unless the header speaks of it.
    if kind == Kind::Encoding && !entries.iter().any(|e| e.name == "identity" || e.name == "*") {
        let least = entries.iter().map(|e| e.quality).fold(1.0, |least, q| if q > 0.0 { f64::min(least, q) } else { least });
        entries.push(Entry { name: "identity".into(), parameters: Vec::new(), quality: least });
    }
    entries
}

fn entry(kind: Kind, text: &str) -> Option<Entry> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|n| !n.is_empty() && !n.contains(char::is_whitespace))?.to_ascii_lowercase();
    if kind == Kind::Media && !name.contains('/') {
        return None;
    }
    let mut quality = 1.0;
    let mut parameters = Vec::new();
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim().trim_matches('"'));
        if key == "q" {
            quality = value.parse().ok().filter(|q: &f64| q.is_finite()).unwrap_or(0.0);
            break;
        }
        parameters.push((key, value.to_ascii_lowercase()));
    }
    Some(Entry { name, parameters, quality })
}

/// How exactly an entry names an offer; `None` when it does not fit.
fn fit(kind: Kind, entry: &Entry, offer: &str) -> Option<u32> {
    let offer = offer.to_ascii_lowercase();
    match kind {
        Kind::Charset | Kind::Encoding if entry.name == offer => Some(1),
        Kind::Charset | Kind::Encoding => (entry.name == "*").then_some(0),
        Kind::Language => {
            let prefix = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
            match entry.name.as_str() {
                name if name == offer => Some(4),
                name if prefix(name) == offer => Some(2),
                name if name == prefix(&offer) => Some(1),
                "*" => Some(0),
                _ => None,
            }
        }
        Kind::Media => {
            let mut parts = offer.split(';').map(str::trim);
            let (group, subtype) = parts.next()?.split_once('/')?;
            let offered: Vec<(&str, &str)> = parts.filter_map(|p| p.split_once('=')).map(|(k, v)| (k.trim(), v.trim().trim_matches('"'))).collect();
            let (wanted_group, wanted_subtype) = entry.name.split_once('/')?;
            let mut fit = 0;
            match wanted_group {
                g if g == group => fit |= 4,
                "*" => {}
                _ => return None,
            }
            match wanted_subtype {
                s if s == subtype => fit |= 2,
                "*" => {}
                _ => return None,
            }
            if !entry.parameters.is_empty() {
                let all = entry.parameters.iter().all(|(k, v)| v == "*" || offered.iter().any(|(ok, ov)| ok == k && ov == v));
                if !all {
                    return None;
                }
                fit |= 1;
            }
            Some(fit)
        }
    }
}

/// The positions of the acceptable offers, best first.
pub fn choose(kind: Kind, header: Option<&str>, offers: &[String]) -> Vec<usize> {
    let entries = entries(kind, header);
    let mut chosen: Vec<(usize, f64, u32, usize)> = Vec::new();
    for (at, offer) in offers.iter().enumerate() {
        // The most exact entry decides; among those, the one of the highest quality.
        let best = entries
            .iter()
            .enumerate()
            .filter_map(|(order, e)| Some((e.quality, fit(kind, e, offer)?, order)))
            .max_by(|a, b| a.1.cmp(&b.1).then(a.0.total_cmp(&b.0)).then(a.2.cmp(&b.2)));
        if let Some((quality, fit, order)) = best.filter(|(q, _, _)| *q > 0.0) {
            chosen.push((at, quality, fit, order));
        }
    }
    chosen.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.2.cmp(&a.2)).then(a.3.cmp(&b.3)).then(a.0.cmp(&b.0)));
    chosen.into_iter().map(|c| c.0).collect()
}

/// What the header names, best first: the answer when nothing is on offer.
pub fn accepted(kind: Kind, header: Option<&str>) -> Vec<String> {
    let mut entries: Vec<Entry> = entries(kind, header).into_iter().filter(|e| e.quality > 0.0).collect();
    entries.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    entries.into_iter().map(|e| e.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Kind, header: Option<&str>, offers: &[&str], want: &[&str]) {
        let offers: Vec<String> = offers.iter().map(|o| (*o).to_owned()).collect();
        let got: Vec<&str> = choose(kind, header, &offers).into_iter().map(|at| offers[at].as_str()).collect();
        assert_eq!(got, want, "{header:?}");
    }

    /// The results are those of negotiator 0.6.
    #[test]
    fn offers_are_chosen_as_negotiator_chooses_them() {
        let both = ["text/html", "application/json"];
        check(Kind::Media, None, &both, &both);
        check(Kind::Media, Some("application/json, text/html"), &both, &["application/json", "text/html"]);
        check(Kind::Media, Some("text/*;q=0.5, application/json;q=0.4"), &both, &both);
        check(Kind::Media, Some("text/html;q=0, */*"), &both, &["application/json"]);
        check(Kind::Media, Some("text/html;level=1"), &both, &[]);
        check(Kind::Media, Some("text/html;level=1"), &["text/html;level=1"], &["text/html;level=1"]);
        check(Kind::Media, Some("image/png"), &both, &[]);
        check(Kind::Encoding, None, &["gzip", "identity"], &["identity"]);
        check(Kind::Encoding, Some("gzip, br;q=0.5"), &["br", "gzip", "identity"], &["gzip", "br", "identity"]);
        check(Kind::Encoding, Some("*;q=0"), &["gzip", "identity"], &[]);
        check(Kind::Charset, Some("utf-8, iso-8859-1;q=0.2"), &["iso-8859-1", "utf-8"], &["utf-8", "iso-8859-1"]);
        check(Kind::Language, Some("en;q=0.8, de-AT"), &["en", "de", "fr"], &["de", "en"]);
        check(Kind::Language, Some("en"), &["en-US", "fr"], &["en-US"]);
        assert_eq!(accepted(Kind::Language, Some("en;q=0.8, es, pt")), ["es", "pt", "en"]);
        assert_eq!(accepted(Kind::Encoding, Some("gzip")), ["gzip", "identity"]);
    }
}
