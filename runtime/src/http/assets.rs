//! Static files: those embedded in the binary, and those of the working directory's `public/`.

use super::content_type;
use super::message::{Body, Reply};
use super::path;
use super::range::{self, Part};
use crate::app::AssetDef;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The embedded public files by URL. `/a/index.html` is the file of `/a/`, too.
pub struct Assets {
    by_url: HashMap<&'static str, &'static AssetDef>,
    /// Directories that have an `index.html`, without the slash at the end.
    directories: HashSet<&'static str>,
}

/// What stands at a path.
#[derive(Clone, Copy)]
pub enum Asset {
    File(&'static AssetDef),
    /// A directory with an `index.html` asked for without its slash: relative links of that file need the slash.
    Directory,
}

/// What a conditional or partial request says.
#[derive(Clone, Copy, Default)]
pub struct Conditions<'a> {
    pub if_none_match: Option<&'a str>,
    pub if_range: Option<&'a str>,
    pub range: Option<&'a str>,
}

impl Assets {
    pub fn new(assets: &'static [AssetDef]) -> Assets {
        let public = || assets.iter().filter(|a| a.public);
        let indexes = || public().filter_map(|a| Some((a.url.strip_suffix("index.html")?, a))).filter(|(url, _)| url.ends_with('/'));
        Assets {
            by_url: indexes().chain(public().map(|a| (a.url, a))).collect(),
            directories: indexes().map(|(url, _)| url.trim_end_matches('/')).filter(|url| !url.is_empty()).collect(),
        }
    }

    /// The file at a decoded path: `/x` and `/public/x` are the same file.
    pub fn find(&self, path: &str) -> Option<Asset> {
        let short = path.strip_prefix("/public");
        if let Some(file) = self.by_url.get(path).or_else(|| self.by_url.get(short?)) {
            return Some(Asset::File(file));
        }
        [Some(path), short].into_iter().flatten().any(|p| self.directories.contains(p)).then_some(Asset::Directory)
    }
}

/// Answers with an embedded file.
pub fn embedded(asset: &'static AssetDef, conditions: Conditions<'_>) -> Reply {
    let cache = if is_hashed(asset.url) { "public, max-age=31536000, immutable" } else { "public, max-age=0, must-revalidate" };
    let length = asset.bytes.len() as u64;
    let reply = |status| Reply::status(status).with("etag", asset.etag).with("cache-control", cache);
    match decide(conditions, asset.etag, length) {
        Decision::NotModified => reply(304),
        Decision::Unsatisfiable => reply(416).with("content-range", format!("bytes */{length}")),
        Decision::Whole => {
            let mut whole = reply(200).with("content-type", asset.content_type).with("accept-ranges", "bytes");
            whole.body = Body::Static(asset.bytes);
            whole
        }
        Decision::Bytes(start, end) => {
            let bytes = usize::try_from(start).ok().zip(usize::try_from(end).ok()).and_then(|(a, b)| asset.bytes.get(a..b));
            let mut part = reply(206).with("content-type", asset.content_type);
            part.headers.push(("content-range".into(), format!("bytes {start}-{}/{length}", end - 1).into()));
            part.body = Body::Static(bytes.unwrap_or_default());
            part
        }
    }
}

/// A file opened to be sent.
#[derive(Debug)]
pub struct Opened {
    pub file: File,
    pub length: u64,
    pub modified: SystemTime,
    pub name: String,
}

/// Opens a file below `root` for a decoded URL path. `None` for whatever is not a plain file there: no dotfiles (but `.well-known`), no traversal, no link
/// that leads out of the root. Blocks on the file system.
pub fn open_below(root: &Path, path: &str) -> Option<Opened> {
    let mut full = PathBuf::from(root);
    let mut name = "";
    for segment in path.split('/').filter(|s| !s.is_empty()) {
        if segment.starts_with('.') && segment != ".well-known" || segment.contains(['\\', '\0', ':']) {
            return None;
        }
        full.push(segment);
        name = segment;
    }
    let file = open_plain(&full).ok()??;
    // The name that was opened may go through links; what it leads to must still lie below the root.
    let real = full.canonicalize().ok()?;
    if name.is_empty() || !real.starts_with(root.canonicalize().ok()?) {
        return None;
    }
    opened(file, name).ok()
}

/// Opens a file the app named itself. Blocks on the file system.
pub fn open_named(path: &Path) -> io::Result<Option<Opened>> {
    let Some(file) = open_plain(path)? else { return Ok(None) };
    opened(file, &path.file_name().unwrap_or_default().to_string_lossy()).map(Some)
}

/// Opens regular files only: opening a pipe would wait for its writer.
fn open_plain(path: &Path) -> io::Result<Option<File>> {
    if !std::fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    File::open(path).map(Some)
}

fn opened(file: File, name: &str) -> io::Result<Opened> {
    let meta = file.metadata()?;
    Ok(Opened { length: meta.len(), modified: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), name: name.to_owned(), file })
}

/// The reply's head for an opened file, and which of its bytes follow. What a browser could run is sent as a download when `untrusted`.
pub fn file_head(opened: &Opened, conditions: Conditions<'_>, untrusted: bool) -> (Reply, std::ops::Range<u64>) {
    let length = opened.length;
    let nanos = opened.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let etag = format!("\"{length:x}-{nanos:x}\"");
    let media = content_type::of(&opened.name);
    let decision = decide(conditions, &etag, length);
    let mut reply = Reply::status(200)
        .with("etag", etag)
        .with("last-modified", httpdate::fmt_http_date(opened.modified))
        .with("cache-control", "public, max-age=0, must-revalidate");
    let range = match decision {
        Decision::NotModified => {
            reply.status = 304;
            return (reply, 0..0);
        }
        Decision::Unsatisfiable => {
            reply.status = 416;
            return (reply.with("content-range", format!("bytes */{length}")), 0..0);
        }
        Decision::Whole => 0..length,
        Decision::Bytes(start, end) => {
            reply.status = 206;
            reply = reply.with("content-range", format!("bytes {start}-{}/{length}", end - 1));
            start..end
        }
    };
    reply = reply.with("content-type", media).with("accept-ranges", "bytes").with("x-content-type-options", "nosniff");
    if untrusted && !content_type::is_passive(media) {
        let name: String = path::encode_location(&opened.name).replace(['\'', '(', ')', ';', ','], "_");
        reply = reply.with("content-disposition", format!("attachment; filename*=UTF-8''{name}"));
    }
    (reply, range)
}

enum Decision {
    Whole,
    Bytes(u64, u64),
    NotModified,
    Unsatisfiable,
}

fn decide(conditions: Conditions<'_>, etag: &str, length: u64) -> Decision {
    if conditions.if_none_match.is_some_and(|list| matches(list, etag)) {
        return Decision::NotModified;
    }
    if conditions.if_range.is_some_and(|tag| tag.trim() != etag) {
        return Decision::Whole;
    }
    match range::parse(conditions.range, length) {
        Part::Whole => Decision::Whole,
        Part::Bytes(r) => Decision::Bytes(r.start, r.end),
        Part::Unsatisfiable => Decision::Unsatisfiable,
    }
}

/// `If-None-Match`: `*`, or a list of tags, weak or strong.
fn matches(list: &str, etag: &str) -> bool {
    list.split(',').map(str::trim).any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == etag)
}

/// A name with a hash in it (`app.3f9a1c2b.css`, `app-3f9a1c2b.js`): at least eight hexadecimal digits, some letter and some digit,
/// before the extension. Such a file never changes under its name.
fn is_hashed(url: &str) -> bool {
    let name = url.rsplit('/').next().unwrap_or(url);
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    let Some(hash) = stem.rsplit(['.', '-']).next().filter(|h| h.len() < stem.len()) else { return false };
    // esbuild's names: eight characters of base 32.
    if url.starts_with("/client/") && hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return true;
    }
    let all_hex = hash.len() >= 8 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    all_hex && hash.bytes().any(|b| b.is_ascii_digit()) && hash.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    static CSS: AssetDef = AssetDef { url: "/a.css", public: true, content_type: "text/css", etag: "\"e1\"", bytes: b"0123456789" };

    fn ask(conditions: Conditions<'_>) -> (u16, Option<String>, Vec<u8>) {
        let reply = embedded(&CSS, conditions);
        let body = if let Body::Static(b) = reply.body { b.to_vec() } else { Vec::new() };
        (reply.status, reply.header("content-range").map(str::to_owned), body)
    }

    #[test]
    fn conditions_of_embedded_files() {
        let none = Conditions::default();
        assert_eq!(ask(none), (200, None, b"0123456789".to_vec()));
        assert_eq!(ask(Conditions { if_none_match: Some("\"x\", W/\"e1\""), ..none }).0, 304);
        assert_eq!(ask(Conditions { if_none_match: Some("\"x\""), ..none }).0, 200);
        assert_eq!(ask(Conditions { range: Some("bytes=2-4"), ..none }), (206, Some("bytes 2-4/10".into()), b"234".to_vec()));
        assert_eq!(ask(Conditions { range: Some("bytes=20-"), ..none }), (416, Some("bytes */10".into()), vec![]));
        assert_eq!(ask(Conditions { range: Some("bytes=2-4"), if_range: Some("\"old\""), ..none }).0, 200);
        assert_eq!(ask(Conditions { range: Some("bytes=2-4"), if_range: Some("\"e1\""), ..none }).0, 206);
    }

    #[test]
    fn directories_have_an_index() {
        const fn file(url: &'static str) -> AssetDef {
            AssetDef { url, public: true, content_type: "text/html", etag: "\"e\"", bytes: b"" }
        }
        static FILES: [AssetDef; 3] = [file("/index.html"), file("/docs/index.html"), file("/old-index.html")];
        let assets = Assets::new(&FILES);
        let ask = |path: &str| match assets.find(path) {
            Some(Asset::File(file)) => file.url,
            Some(Asset::Directory) => "redirect",
            None => "none",
        };
        let cases = [
            ("/", "/index.html"), ("/docs/", "/docs/index.html"), ("/docs", "redirect"), ("/docs/index.html", "/docs/index.html"),
            ("/public/docs/", "/docs/index.html"), ("/public/docs", "redirect"), ("/old-", "none"), ("", "none"), ("/other/", "none"),
        ];
        for (path, want) in cases {
            assert_eq!(ask(path), want, "{path}");
        }
    }

    #[test]
    fn hashed_names() {
        for (url, want) in [("/a.3f9a1c2b.css", true), ("/js/app-0123abcd.js", true), ("/a.css", false), ("/my-decade.css", false), ("/12345678.css", false), ("/x.20261121.css", false)] {
            assert_eq!(is_hashed(url), want, "{url}");
        }
    }

    #[test]
    fn only_plain_files_below_the_root() {
        let dir = crate::sys::temp_dir("assets").unwrap();
        let root = dir.path().join("public");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(root.join("sub/a b.png"), "png").unwrap();
        std::fs::write(root.join("page.html"), "<script>").unwrap();
        std::fs::write(root.join(".env"), "secret").unwrap();
        std::fs::write(dir.path().join("outside.txt"), "secret").unwrap();
        std::os::unix::fs::symlink(dir.path().join("outside.txt"), root.join("link.txt")).unwrap();
        std::os::unix::fs::symlink(root.join("page.html"), root.join("inside.html")).unwrap();
        let opens = |path: &str| open_below(&root, path).map(|o| file_head(&o, Conditions::default(), true).0);
        assert!(opens("/sub/a b.png").unwrap().header("content-disposition").is_none());
        assert_eq!(opens("/page.html").unwrap().header("content-disposition"), Some("attachment; filename*=UTF-8''page.html"));
        assert!(opens("/inside.html").is_some());
        for path in ["/", "/sub", "/../outside.txt", "/sub/../../outside.txt", "/link.txt", "/.env", "/nope", "/a\0b", "/..\\outside.txt"] {
            assert!(opens(path).is_none(), "{path:?}");
        }
    }
}
