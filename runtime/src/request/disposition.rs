//! `Content-Disposition: attachment` (RFC 6266) as the npm package `content-disposition` writes it.

use super::cookies::push_encoded;

/// The header for a download under this name; directories in it are left out. A name beyond ASCII stands in `filename*`, with a fallback beside it.
pub fn attachment(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let plain = |c: char| matches!(c, ' '..='~');
    // Old browsers would decode `%41` in a plain name.
    let has_escape = name.as_bytes().windows(3).any(|w| w[0] == b'%' && w[1].is_ascii_hexdigit() && w[2].is_ascii_hexdigit());
    let mut header = String::from("attachment; filename=\"");
    for c in name.chars().map(|c| if plain(c) { c } else { '?' }) {
        if matches!(c, '"' | '\\') {
            header.push('\\');
        }
        header.push(c);
    }
    header.push('"');
    if has_escape || !name.chars().all(plain) {
        let mut encoded = String::new();
        push_encoded(&mut encoded, name);
        // `encodeURIComponent` leaves these, and an extended value may not have them.
        for (from, to) in [("'", "%27"), ("(", "%28"), (")", "%29"), ("*", "%2A")] {
            encoded = encoded.replace(from, to);
        }
        header.push_str("; filename*=UTF-8''");
        header.push_str(&encoded);
    }
    header
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn names_of_downloads() {
        assert_eq!(attachment("/tmp/report.pdf"), "attachment; filename=\"report.pdf\"");
        assert_eq!(attachment("the \"plans\".pdf"), "attachment; filename=\"the \\\"plans\\\".pdf\"");
        assert_eq!(attachment("€ rates.pdf"), "attachment; filename=\"? rates.pdf\"; filename*=UTF-8''%E2%82%AC%20rates.pdf");
        assert_eq!(attachment("the%20plans.pdf"), "attachment; filename=\"the%20plans.pdf\"; filename*=UTF-8''the%2520plans.pdf");
        assert_eq!(attachment("a\r\nX: y"), "attachment; filename=\"a??X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y");
    }
}
