//! The `Cookie` header and `Set-Cookie` lines (RFC 6265), as the npm packages `cookie` and Express do them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::Mac;

/// The cookies of all `Cookie` headers; the first of a name wins. Values are unquoted and percent-decoded where that is possible.
pub fn parse<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<(String, String)> {
    let mut cookies: Vec<(String, String)> = Vec::new();
    for pair in headers.into_iter().flat_map(|h| h.split(';')) {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let name = name.trim();
        if name.is_empty() || cookies.iter().any(|(n, _)| n == name) {
            continue;
        }
        let value = value.trim();
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
        cookies.push((name.to_string(), decode(value)));
    }
    cookies
}

/// `s:<value>.<signature>`, as Express and cookie-parser sign: HMAC-SHA256 in base64 without padding.
pub fn sign(value: &str, secret: &[u8]) -> String {
    let mut mac = crate::csrf::mac(secret);
    mac.update(value.as_bytes());
    format!("s:{value}.{}", STANDARD_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// What was signed, if one of the secrets signed it; `signed` is without its `s:`.
pub fn unsign<'a>(signed: &'a str, secrets: &[Vec<u8>]) -> Option<&'a str> {
    let (value, signature) = signed.rsplit_once('.')?;
    let signature = STANDARD_NO_PAD.decode(signature).ok()?;
    let is_ours = secrets.iter().any(|secret| {
        let mut mac = crate::csrf::mac(secret);
        mac.update(value.as_bytes());
        mac.verify_slice(&signature).is_ok()
    });
    is_ours.then_some(value)
}

/// `decodeURIComponent`, or the text as it is when it is malformed.
fn decode(value: &str) -> String {
    if !value.contains('%') {
        return value.to_string();
    }
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(b) = bytes.next() {
        if b != b'%' {
            out.push(b);
            continue;
        }
        let digits = (bytes.next().map(char::from).and_then(|c| c.to_digit(16)), bytes.next().map(char::from).and_then(|c| c.to_digit(16)));
        let (Some(high), Some(low)) = digits else { return value.to_string() };
        out.push((high * 16 + low) as u8);
    }
    String::from_utf8(out).unwrap_or_else(|_| value.to_string())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    Lax,
    Strict,
    None,
}

/// Attributes of a cookie to be set. The default is what Express gives: `Path=/` and nothing else.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Milliseconds, as Express' `maxAge`.
    pub max_age: Option<f64>,
    /// Milliseconds since 1970; derived from `max_age` when that is given.
    pub expires: Option<f64>,
    pub path: String,
    pub domain: Option<String>,
    pub http_only: bool,
    pub secure: bool,
    pub partitioned: bool,
    pub same_site: Option<SameSite>,
    /// `Low`, `Medium` or `High`.
    pub priority: Option<&'static str>,
    /// The value is as it is to be sent.
    pub is_encoded: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { max_age: None, expires: None, path: "/".into(), domain: None, http_only: false, secure: false, partitioned: false, same_site: None, priority: None, is_encoded: false }
    }
}

/// Why a cookie cannot be set; the text of a TypeError.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub String);

/// One `Set-Cookie` line; `now` is in milliseconds since 1970.
pub fn serialise(name: &str, value: &str, options: &Options, now: f64) -> Result<String, Invalid> {
    let is_token = |b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&b);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(Invalid("argument name is invalid".into()));
    }
    let mut line = format!("{name}=");
    let is_value = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b',' | b';' | b'\\');
    match options.is_encoded {
        true if value.bytes().all(is_value) => line.push_str(value),
        true => return Err(Invalid("argument val is invalid".into())),
        false => push_encoded(&mut line, value),
    }
    if let Some(age) = options.max_age {
        if !age.is_finite() {
            return Err(Invalid("option maxAge is invalid".into()));
        }
        line.push_str(&format!("; Max-Age={}", (age / 1000.0).floor() as i64));
    }
    if let Some(domain) = &options.domain {
        if domain.is_empty() || !domain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':')) {
            return Err(Invalid("option domain is invalid".into()));
        }
        line.push_str(&format!("; Domain={domain}"));
    }
    if !options.path.bytes().all(|b| (b' '..0x7f).contains(&b) && b != b';') {
        return Err(Invalid("option path is invalid".into()));
    }
    line.push_str(&format!("; Path={}", options.path));
    if let Some(at) = options.max_age.map(|age| now + age).or(options.expires) {
        line.push_str(&format!("; Expires={}", http_date(at)));
    }
    for (flag, text) in [(options.http_only, "; HttpOnly"), (options.secure, "; Secure"), (options.partitioned, "; Partitioned")] {
        if flag {
            line.push_str(text);
        }
    }
    if let Some(priority) = options.priority {
        line.push_str("; Priority=");
        line.push_str(priority);
    }
    line.push_str(match options.same_site {
        None => "",
        Some(SameSite::Lax) => "; SameSite=Lax",
        Some(SameSite::Strict) => "; SameSite=Strict",
        Some(SameSite::None) => "; SameSite=None",
    });
    Ok(line)
}

/// `encodeURIComponent`.
pub fn push_encoded(out: &mut String, value: &str) {
    for b in value.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => out.push(char::from(b)),
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110) of milliseconds since 1970; times outside the years 1601 to 9999 are clamped.
pub fn http_date(ms: f64) -> String {
    let seconds = (ms / 1000.0).floor().clamp(-11_644_473_600.0, 253_402_300_799.0);
    puremix_js::date::utc_string(seconds * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read() {
        let pairs = parse(["a=1; b=\"x y\"; a=2; c=%C3%A4", "d=a=b; bad; e=%zz; =x"]);
        let shown: Vec<_> = pairs.iter().map(|(n, v)| format!("{n}:{v}")).collect();
        assert_eq!(shown.join(" "), "a:1 b:x y c:ä d:a=b e:%zz");
    }

    /// What the grammar of RFC 6265 allows (section 4.2.1), what servers get besides, and what is no cookie.
    #[test]
    fn headers_of_rfc_6265() {
        let read = |headers: &[&str]| parse(headers.iter().copied()).iter().map(|(n, v)| format!("{n}:{v}")).collect::<Vec<_>>().join("|");
        for (headers, expected) in [
            (&["SID=31d4d96e407aad42"][..], "SID:31d4d96e407aad42"),
            (&["SID=31d4d96e407aad42; lang=en-US"], "SID:31d4d96e407aad42|lang:en-US"),
            // Names are compared with their case (5.3, step 11); the first is that of the longest path (5.4, step 2).
            (&["sid=1; SID=2; sid=3"], "sid:1|SID:2"),
            (&["a=1", "b=2; a=3"], "a:1|b:2"),
            (&["a=\"quoted\"; b=\"half; c=\"\""], "a:quoted|b:\"half|c:"),
            (&["a=b=c==; d=="], "a:b=c==|d:="),
            (&["a=1;b=2;;; c=3 ;\td=4"], "a:1|b:2|c:3|d:4"),
            (&[" a = 1 "], "a:1"),
            (&["a="], "a:"),
            (&["=1; a; ;"], ""),
            (&[""], ""),
            (&["a=x,y; b=x y; c=x\\y"], "a:x,y|b:x y|c:x\\y"),
            (&["a=%20; b=%E4; c=%; d=%4; e=%C3%A4%2"], "a: |b:%E4|c:%|d:%4|e:%C3%A4%2"),
            (&["$Version=1; a=1; $Path=/"], "$Version:1|a:1|$Path:/"),
            (&["__Host-id=1; __Secure-id=2; __proto__=3"], "__Host-id:1|__Secure-id:2|__proto__:3"),
        ] {
            assert_eq!(read(headers), expected, "{headers:?}");
        }
    }

    /// The grammar of `Set-Cookie` (RFC 6265, section 4.1.1): what is no token, value or attribute is refused or escaped.
    #[test]
    fn lines_of_rfc_6265() {
        for name in ["SID", "a-b", "__Host-id", "!#$%&'*+-.^_`|~", "0"] {
            assert_eq!(serialise(name, "v", &Options::default(), 0.0).as_deref(), Ok(format!("{name}=v; Path=/").as_str()));
        }
        for name in ["", "a b", "a=b", "a,b", "a\"", "(a)", "a@b", "a/b", "[a]", "{a}", "a\t", "\u{7f}", "\u{e4}"] {
            assert!(serialise(name, "v", &Options::default(), 0.0).is_err(), "{name}");
        }
        let raw = Options { is_encoded: true, ..Options::default() };
        for value in ["", "31d4d96e407aad42", "!#$%&'()*+-./:<=>?@[]^_`{|}~"] {
            assert_eq!(serialise("a", value, &raw, 0.0).as_deref(), Ok(format!("a={value}; Path=/").as_str()));
        }
        for value in ["a b", "a\"b", "a,b", "a;b", "a\\b", "a\u{7f}", "a\n", "\u{e4}"] {
            assert!(serialise("a", value, &raw, 0.0).is_err(), "{value:?}");
            let escaped = serialise("a", value, &Options::default(), 0.0).unwrap();
            assert_eq!(parse([escaped.split("; ").next().unwrap()]), [("a".to_owned(), value.to_owned())]);
        }
        let with = |o: Options| serialise("a", "b", &o, 0.0).map_err(|Invalid(why)| why);
        assert_eq!(with(Options { domain: Some("example.com".into()), path: "/docs".into(), ..Options::default() }), Ok("a=b; Domain=example.com; Path=/docs".into()));
        assert_eq!(with(Options { max_age: Some(-1.0), ..Options::default() }), Ok("a=b; Max-Age=-1; Path=/; Expires=Wed, 31 Dec 1969 23:59:59 GMT".into()));
        assert_eq!(with(Options { max_age: Some(f64::NAN), ..Options::default() }), Err("option maxAge is invalid".into()));
        for path in ["/;x", "/\n", "/\u{7f}"] {
            assert_eq!(with(Options { path: path.into(), ..Options::default() }), Err("option path is invalid".into()));
        }
        for domain in ["", "a b", "a;b", "a_b", "\u{e4}.de"] {
            assert_eq!(with(Options { domain: Some(domain.into()), ..Options::default() }), Err("option domain is invalid".into()));
        }
    }

    #[test]
    fn cookies_are_written_as_express_writes_them() {
        let options = Options { max_age: Some(604_800_000.0), http_only: true, secure: true, same_site: Some(SameSite::Strict), ..Options::default() };
        assert_eq!(
            serialise("sid", "a b;c", &options, 784_111_777_000.0).unwrap(),
            "sid=a%20b%3Bc; Max-Age=604800; Path=/; Expires=Sun, 13 Nov 1994 08:49:37 GMT; HttpOnly; Secure; SameSite=Strict"
        );
        assert_eq!(serialise("sid", "", &Options { expires: Some(1.0), ..Options::default() }, 0.0).unwrap(), "sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn nothing_can_be_smuggled_into_a_line() {
        assert!(serialise("a;b", "", &Options::default(), 0.0).is_err());
        assert!(serialise("a\r\nX: y", "", &Options::default(), 0.0).is_err());
        assert!(serialise("a", "", &Options { path: "/\r\nX: y".into(), ..Options::default() }, 0.0).is_err());
        assert!(serialise("a", "", &Options { domain: Some("x; Secure".into()), ..Options::default() }, 0.0).is_err());
        assert_eq!(serialise("a", "1\r\nX: y", &Options::default(), 0.0).unwrap(), "a=1%0D%0AX%3A%20y; Path=/");
    }

    #[test]
    fn signatures_are_those_of_cookie_signature() {
        // `require('cookie-signature').sign('hello', 'tobiiscool')`.
        let signed = sign("hello", b"tobiiscool");
        assert_eq!(signed, "s:hello.DGDUkGlIkCzPz+C0B064FNgHdEjox7ch8tOBGslZ5QI");
        let secrets = [b"new".to_vec(), b"tobiiscool".to_vec()];
        assert_eq!(unsign(&signed[2..], &secrets), Some("hello"));
        assert_eq!(unsign(&signed[2..], &secrets[..1]), None);
        assert_eq!(unsign(&signed[2..].replace("hello", "hellO"), &secrets), None);
        assert_eq!(unsign("hello", &secrets), None);
    }

    #[test]
    fn dates() {
        assert_eq!(http_date(784_111_777_000.0), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(951_782_400_000.0), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(http_date(f64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
