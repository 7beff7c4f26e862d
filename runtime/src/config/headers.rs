//! `security.headers`: response headers that tell browsers what our pages never do, with helmet's option names.

use super::settings::Read;
use super::{Effective, Tree};

/// Header lines that go with answers.
#[derive(Clone, Debug, Default)]
pub struct SecurityHeaders {
    /// With every answer that does not set them itself.
    pub lines: Vec<(&'static str, String)>,
    /// Only where the client came by https: a promise of https that http gives would lock out sites that have none.
    pub https_only: Vec<(&'static str, String)>,
    /// Not with public files, which other sites may embed unless the configuration says otherwise.
    pub not_with_files: Vec<(&'static str, String)>,
    /// Pages say themselves what they run and load; `None` where the configuration gives one policy for everything, or none.
    pub page: Option<PagePolicy>,
}

/// How pages' own policies (`page::policy`) are sent, and what the configuration adds to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PagePolicy {
    pub report_only: bool,
    /// By directive: further sources, or `None` to leave the directive out.
    pub changes: Vec<(String, Option<String>)>,
}

impl PagePolicy {
    /// The header's name.
    pub fn name(&self) -> &'static str {
        if self.report_only { "content-security-policy-report-only" } else { "content-security-policy" }
    }

    /// Makes the configuration's changes.
    pub fn amend(&self, directives: &mut Vec<(String, String)>) {
        for (name, change) in &self.changes {
            match (directives.iter_mut().find(|(n, _)| n == name), change) {
                (_, None) => directives.retain(|(n, _)| n != name),
                (Some((_, value)), Some(more)) if value == "'none'" => more.clone_into(value),
                (Some((_, value)), Some(more)) => *value = format!("{value} {more}"),
                (None, Some(more)) => directives.push((name.clone(), more.clone())),
            }
        }
    }
}

/// Helmet's policy, for who configures one.
const HELMET_CSP: &[(&str, &str)] = &[
    ("default-src", "'self'"),
    ("base-uri", "'self'"),
    ("font-src", "'self' https: data:"),
    ("form-action", "'self'"),
    ("frame-ancestors", "'self'"),
    ("img-src", "'self' data:"),
    ("object-src", "'none'"),
    ("script-src", "'self'"),
    ("script-src-attr", "'none'"),
    ("style-src", "'self' https: 'unsafe-inline'"),
    ("upgrade-insecure-requests", ""),
];

/// The policy of answers that are no pages: what no document of an app needs, and what attackers do. It names no scripts, since nobody has read them.
const OWN_CSP: &str = "base-uri 'self';frame-ancestors 'self';object-src 'none'";

/// One header: helmet's two names for it, its own, and its value by the options.
struct Header {
    names: [&'static str; 2],
    line: &'static str,
    default: Option<&'static str>,
    /// The value for `true` and for an object of options.
    value: fn(&Tree) -> Result<String, String>,
}

const HEADERS: &[Header] = &[
    Header { names: ["contentSecurityPolicy", "csp"], line: "content-security-policy", default: Some(OWN_CSP), value: csp },
    Header { names: ["crossOriginEmbedderPolicy", ""], line: "cross-origin-embedder-policy", default: None, value: |o| Ok(text(o, "policy", "require-corp")) },
    Header { names: ["crossOriginOpenerPolicy", ""], line: "cross-origin-opener-policy", default: Some("same-origin"), value: |o| Ok(text(o, "policy", "same-origin")) },
    Header { names: ["crossOriginResourcePolicy", ""], line: "cross-origin-resource-policy", default: Some("same-origin"), value: |o| Ok(text(o, "policy", "same-origin")) },
    Header { names: ["originAgentCluster", ""], line: "origin-agent-cluster", default: None, value: |_| Ok("?1".to_owned()) },
    // Helmet's `no-referrer` would make browsers send `Origin: null` with our own forms.
    Header { names: ["referrerPolicy", ""], line: "referrer-policy", default: Some("strict-origin-when-cross-origin"), value: |o| Ok(text(o, "policy", "no-referrer")) },
    // Helmet adds `includeSubDomains`, which is not for us to decide unasked.
    Header { names: ["strictTransportSecurity", "hsts"], line: "strict-transport-security", default: Some("max-age=31536000"), value: hsts },
    Header { names: ["xContentTypeOptions", "noSniff"], line: "x-content-type-options", default: Some("nosniff"), value: |_| Ok("nosniff".to_owned()) },
    Header { names: ["xDnsPrefetchControl", "dnsPrefetchControl"], line: "x-dns-prefetch-control", default: None, value: |o| Ok(if flag(o, "allow", false) { "on" } else { "off" }.to_owned()) },
    Header { names: ["xDownloadOptions", "ieNoOpen"], line: "x-download-options", default: None, value: |_| Ok("noopen".to_owned()) },
    Header { names: ["xFrameOptions", "frameguard"], line: "x-frame-options", default: Some("SAMEORIGIN"), value: |o| Ok(text(o, "action", "SAMEORIGIN").to_uppercase()) },
    Header { names: ["xPermittedCrossDomainPolicies", "permittedCrossDomainPolicies"], line: "x-permitted-cross-domain-policies", default: None, value: |o| Ok(text(o, "permittedPolicies", "none")) },
    Header { names: ["xXssProtection", "xssFilter"], line: "x-xss-protection", default: None, value: |_| Ok("0".to_owned()) },
];

/// We never send `X-Powered-By`, so there is nothing to hide.
const NOTHING_TO_DO: [&str; 2] = ["xPoweredBy", "hidePoweredBy"];

/// The lines of the whole configuration.
pub(super) fn read(r: &Read<'_>, effective: &Effective, has_cors: bool, errors: &mut Vec<String>) -> SecurityHeaders {
    let options = effective.get("security.headers").cloned().unwrap_or(Tree::Bool(true));
    let mut made = match build(&options) {
        Ok(made) => made,
        Err(mut wrong) => {
            errors.append(&mut wrong);
            SecurityHeaders::default()
        }
    };
    // The shorter spellings, outside the object.
    let mut put = |line: &'static str, value: Option<String>| {
        for list in [&mut made.lines, &mut made.https_only] {
            list.retain(|(name, _)| *name != line);
        }
        match value {
            Some(value) if line == "strict-transport-security" => made.https_only.push((line, value)),
            Some(value) => made.lines.push((line, value)),
            None => {}
        }
    };
    if effective.is_set("security.frameOptions") {
        put("x-frame-options", r.text("security.frameOptions").filter(|v| v != "none"));
    }
    if effective.is_set("security.referrerPolicy") {
        put("referrer-policy", r.text("security.referrerPolicy"));
    }
    let csp = match effective.get("security.csp") {
        None | Some(Tree::Null | Tree::Bool(true)) => None,
        Some(Tree::Bool(false)) => Some(Ok(None)),
        Some(Tree::Str(text)) => Some(Ok(Some(text.clone()).filter(|t| t != "false"))),
        Some(options) => Some(self::csp(options).map(Some)),
    };
    if let Some(options) = effective.get("security.csp").filter(|o| !matches!(o, Tree::Null | Tree::Bool(true))) {
        made.page = page_policy(options);
    }
    match csp {
        Some(Ok(value)) if made.page.as_ref().is_some_and(|page| page.report_only) => {
            put("content-security-policy", None);
            put("content-security-policy-report-only", value);
        }
        Some(Ok(value)) => put("content-security-policy", value),
        Some(Err(wrong)) => errors.push(format!("`security.csp` {wrong}")),
        None => {}
    }
    match effective.get("security.hsts") {
        None | Some(Tree::Null | Tree::Bool(true)) => {}
        Some(Tree::Bool(false)) => put("strict-transport-security", None),
        Some(Tree::Str(text)) => put("strict-transport-security", Some(text.clone())),
        Some(options) => match hsts(options) {
            Ok(value) => put("strict-transport-security", Some(value)),
            Err(wrong) => errors.push(format!("`security.hsts` {wrong}")),
        },
    }
    // Other sites' scripts are invited; the header would keep their pages from showing what they may read.
    if has_cors {
        made.not_with_files.clear();
    }
    made
}

/// The lines of helmet's options: `true`, `false`, or an object.
///
/// # Errors
/// A sentence for each option that means nothing, beginning with its name.
pub fn build(options: &Tree) -> Result<SecurityHeaders, Vec<String>> {
    let mut made = SecurityHeaders::default();
    if matches!(options, Tree::Bool(false)) || matches!(options, Tree::Str(s) if s == "false") {
        return Ok(made);
    }
    let entries = match options {
        Tree::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let mut errors = Vec::new();
    let known = || HEADERS.iter().flat_map(|h| h.names).chain(NOTHING_TO_DO).filter(|n| !n.is_empty());
    for (name, _) in entries {
        if !known().any(|k| k == name) {
            let hint = super::suggest::nearest(name, known()).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            errors.push(format!("`security.headers.{name}` is no header of helmet's{hint}"));
        }
    }
    let policy = entries.iter().rev().find(|(name, _)| name == "contentSecurityPolicy" || name == "csp");
    made.page = match policy {
        None | Some((_, Tree::Null | Tree::Bool(true))) => Some(PagePolicy::default()),
        Some((_, options)) => page_policy(options),
    };
    for header in HEADERS {
        let given = entries.iter().rev().find(|(name, _)| !name.is_empty() && header.names.contains(&name.as_str()));
        let (value, is_default) = match given {
            None | Some((_, Tree::Null)) => (header.default.map(str::to_owned), true),
            Some((_, Tree::Bool(false))) => (None, false),
            Some((name, Tree::Opaque)) => {
                errors.push(format!("`security.headers.{name}` must be true, false or options, but is a function"));
                (None, false)
            }
            Some((name, options)) => match (header.value)(options) {
                Ok(value) => (Some(value), false),
                Err(wrong) => {
                    errors.push(format!("`security.headers.{name}` {wrong}"));
                    (None, false)
                }
            },
        };
        let Some(value) = value else { continue };
        if !value.bytes().all(|b| (b' '..0x7f).contains(&b)) {
            errors.push(format!("`security.headers.{}` has characters that no header may have", header.names[0]));
            continue;
        }
        let line = match header.line {
            "content-security-policy" if reports_only(entries) => "content-security-policy-report-only",
            line => line,
        };
        match line {
            "strict-transport-security" => made.https_only.push((line, value)),
            "cross-origin-resource-policy" if is_default => made.not_with_files.push((line, value)),
            line => made.lines.push((line, value)),
        }
    }
    if errors.is_empty() { Ok(made) } else { Err(errors) }
}

fn reports_only(entries: &[(String, Tree)]) -> bool {
    entries.iter().any(|(name, value)| name == "contentSecurityPolicy" && flag(value, "reportOnly", false))
}

fn flag(options: &Tree, name: &str, default: bool) -> bool {
    options.at(name).and_then(super::effective::boolean).unwrap_or(default)
}

fn text(options: &Tree, name: &str, default: &str) -> String {
    match options.at(name) {
        None | Some(Tree::Null) => default.to_owned(),
        Some(Tree::List(items)) => items.iter().map(Tree::to_string).collect::<Vec<_>>().join(","),
        Some(value) => value.to_string(),
    }
}

fn hsts(options: &Tree) -> Result<String, String> {
    let seconds = match options.at("maxAge") {
        None => 31_536_000.0,
        Some(Tree::Num(n)) if *n >= 0.0 && n.is_finite() => n.round(),
        Some(other) => return Err(format!("has a maxAge of `{other}`; it is a number of seconds")),
    };
    let mut value = format!("max-age={seconds}");
    if flag(options, "includeSubDomains", true) {
        value.push_str("; includeSubDomains");
    }
    if flag(options, "preload", false) {
        value.push_str("; preload");
    }
    Ok(value)
}

/// The options of `{auto: true, reportOnly, directives}`; `None` for other options. What is wrong in them [`csp`] says.
fn page_policy(options: &Tree) -> Option<PagePolicy> {
    flag(options, "auto", false).then(|| PagePolicy { report_only: flag(options, "reportOnly", false), changes: directives(options).unwrap_or_default() })
}

/// `{useDefaults, directives}`; names in either spelling.
fn csp(options: &Tree) -> Result<String, String> {
    if flag(options, "auto", false) {
        return directives(options).map(|_| OWN_CSP.to_owned());
    }
    let uses_defaults = flag(options, "useDefaults", true);
    let mut whole: Vec<(String, String)> =
        if uses_defaults { HELMET_CSP.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect() } else { Vec::new() };
    for (name, value) in directives(options)? {
        whole.retain(|(n, _)| *n != name);
        whole.extend(value.map(|v| (name, v)));
    }
    let lines: Vec<String> = whole.into_iter().map(|(n, v)| if v.is_empty() { n } else { format!("{n} {v}") }).collect();
    if lines.is_empty() { Err("has no directives".to_owned()) } else { Ok(lines.join(";")) }
}

/// The directives of a policy's options: name and value, which is `None` for one that is left out.
fn directives(options: &Tree) -> Result<Vec<(String, Option<String>)>, String> {
    let mut directives = Vec::new();
    if let Some(Tree::Map(given)) = options.at("directives") {
        for (name, value) in given {
            let name = dashed(name);
            let value = match value {
                Tree::Null | Tree::Bool(false) => None,
                Tree::Bool(true) => Some(String::new()),
                Tree::Str(text) => Some(text.clone()),
                Tree::List(items) if items.iter().all(|i| matches!(i, Tree::Str(_))) => Some(items.iter().map(Tree::to_string).collect::<Vec<_>>().join(" ")),
                _ => return Err(format!("has a function or a number in the directive `{name}`; write the sources as texts, and nonces in `app/middleware.js` with `response.set`")),
            };
            if value.as_ref().is_some_and(|v| v.contains([';', ','])) {
                return Err(format!("has a `;` or `,` in the directive `{name}`"));
            }
            directives.push((name, value));
        }
    }
    Ok(directives)
}

/// `scriptSrc` is `script-src`.
fn dashed(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: Vec<(&str, Tree)>) -> Tree {
        Tree::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }
    fn show(options: Tree) -> String {
        match build(&options) {
            Ok(made) => [made.lines, made.https_only, made.not_with_files].concat().iter().map(|(n, v)| format!("{n}: {v}\n")).collect(),
            Err(errors) => errors.join("\n"),
        }
    }

    #[test]
    fn defaults() {
        expect_test::expect![[r#"
            content-security-policy: base-uri 'self';frame-ancestors 'self';object-src 'none'
            cross-origin-opener-policy: same-origin
            referrer-policy: strict-origin-when-cross-origin
            x-content-type-options: nosniff
            x-frame-options: SAMEORIGIN
            strict-transport-security: max-age=31536000
            cross-origin-resource-policy: same-origin
        "#]]
        .assert_eq(&show(Tree::Bool(true)));
        assert_eq!(show(Tree::Bool(false)), "");
    }

    #[test]
    fn pages_have_policies_of_their_own() {
        let page = |options: Tree| build(&options).map(|made| (made.page, made.lines.into_iter().find(|(name, _)| name.starts_with("content-security"))));
        let policy = |entries| map(vec![("contentSecurityPolicy", map(entries))]);
        let own = |name| Some((name, OWN_CSP.to_owned()));
        assert_eq!(page(Tree::Bool(true)), Ok((Some(PagePolicy::default()), own("content-security-policy"))));
        let more = map(vec![("scriptSrc", Tree::List(vec![Tree::Str("https://a.example".into())])), ("object-src", Tree::Null)]);
        let changes = vec![("script-src".to_owned(), Some("https://a.example".to_owned())), ("object-src".to_owned(), None)];
        assert_eq!(
            page(policy(vec![("auto", Tree::Bool(true)), ("reportOnly", Tree::Bool(true)), ("directives", more)])),
            Ok((Some(PagePolicy { report_only: true, changes }), own("content-security-policy-report-only")))
        );
        assert!(page(policy(vec![("directives", map(vec![("scriptSrc", Tree::Str("'self'".into()))]))])).is_ok_and(|(page, _)| page.is_none()));
        assert_eq!(page(map(vec![("contentSecurityPolicy", Tree::Bool(false))])), Ok((None, None)));
    }

    #[test]
    fn changes_are_additions() {
        let mut directives = vec![("script-src".to_owned(), "'none'".to_owned()), ("style-src".to_owned(), "'self'".to_owned()), ("object-src".to_owned(), "'none'".to_owned())];
        let change = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        let changes = vec![change("script-src", Some("https://a.example")), change("style-src", Some("https:")), change("object-src", None), change("report-uri", Some("/csp"))];
        PagePolicy { report_only: false, changes }.amend(&mut directives);
        let shown: Vec<String> = directives.iter().map(|(n, v)| format!("{n} {v}")).collect();
        assert_eq!(shown, ["script-src https://a.example", "style-src 'self' https:", "report-uri /csp"]);
    }

    #[test]
    fn options() {
        let directives = map(vec![("scriptSrc", Tree::List(vec![Tree::Str("'self'".into()), Tree::Str("https://cdn.example".into())])), ("img-src", Tree::Null)]);
        expect_test::expect![[r#"
            content-security-policy: default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';object-src 'none';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests;script-src 'self' https://cdn.example
            cross-origin-embedder-policy: require-corp
            referrer-policy: strict-origin-when-cross-origin
            x-content-type-options: nosniff
            x-frame-options: DENY
            x-xss-protection: 0
            strict-transport-security: max-age=60; includeSubDomains; preload
            cross-origin-resource-policy: same-origin
        "#]]
        .assert_eq(&show(map(vec![
            ("contentSecurityPolicy", map(vec![("directives", directives)])),
            ("crossOriginEmbedderPolicy", Tree::Bool(true)),
            ("crossOriginOpenerPolicy", Tree::Bool(false)),
            ("frameguard", map(vec![("action", Tree::Str("deny".into()))])),
            ("hsts", map(vec![("maxAge", Tree::Num(60.0)), ("preload", Tree::Bool(true))])),
            ("xssFilter", Tree::Bool(true)),
            ("hidePoweredBy", Tree::Bool(true)),
        ])));
        expect_test::expect!["`security.headers.frameGuard` is no header of helmet's; did you mean `frameguard`?\n`security.headers.contentSecurityPolicy` has a function or a number in the directive `script-src`; write the sources as texts, and nonces in `app/middleware.js` with `response.set`"]
        .assert_eq(&show(map(vec![
            ("frameGuard", Tree::Bool(true)),
            ("contentSecurityPolicy", map(vec![("directives", map(vec![("scriptSrc", Tree::List(vec![Tree::Opaque]))]))])),
        ])));
    }
}
