//! What a file is, by its name, by what the client says, and by its bytes.
//!
//! The bytes have the last word: a page, a program or an archive that calls itself a picture is refused whatever is configured, and with
//! `fileUpload.allowedTypes` all three must fit. What is served from disk is a download unless a browser runs nothing in it
//! (`http/assets.rs`), so a file that passes here still cannot act in the app's name.

use crate::config::upload::Upload;
use crate::http::content_type;
use memchr::memmem;

pub(super) struct Claim<'a> {
    pub name: &'a str,
    pub mimetype: &'a str,
    /// The first bytes.
    pub head: &'a [u8],
    /// The last ones.
    pub tail: &'a [u8],
}

/// What the bytes are, where that is known.
///
/// # Errors
/// Why the file is refused, for people.
pub(super) fn check(claim: &Claim<'_>, upload: &Upload) -> Result<Option<&'static str>, String> {
    let extension = extension(claim.name);
    match &extension {
        Some(e) if upload.blocked_extensions.contains(e) => {
            return Err(format!("files of type .{e} are not taken (fileUpload.security.blockedExtensions)"));
        }
        None if upload.require_extension => return Err("a file name needs an extension (fileUpload.security.requireExtension)".to_owned()),
        _ => {}
    }
    let allowed = &upload.allowed_extensions;
    if !allowed.is_empty() && extension.as_ref().is_none_or(|e| !allowed.contains(e)) {
        return Err(format!("only files of type {} are taken", list(allowed)));
    }
    let detected = detect(claim.head);
    let claimed = essence(claim.mimetype);
    let by_name = essence(content_type::of(claim.name));
    if let Some(what) = detected.filter(|d| acts(d)) {
        for media in [&claimed, &by_name] {
            if is_inert(media) {
                return Err(format!("it says that it is {media}, but its content is {what}"));
            }
        }
    }
    if [&claimed, &by_name].into_iter().any(|m| is_inert(m)) && has_archive(claim.tail) {
        return Err("an archive is hidden at its end".to_owned());
    }
    if !upload.allowed_types.is_empty() {
        let fits = |media: &str| upload.allowed_types.iter().any(|a| matches(a, media, extension.as_deref()));
        if !fits(&claimed) && !fits(&by_name) {
            return Err(format!("only {} is taken", list(&upload.allowed_types)));
        }
        match detected {
            Some(media) if !fits(media) && !is_kin(media, &claimed) && !is_kin(media, &by_name) => {
                return Err(format!("its content is {media}; only {} is taken", list(&upload.allowed_types)));
            }
            // Every type of these families has a mark at its beginning.
            None if !claim.head.is_empty() && [&claimed, &by_name].into_iter().any(|m| is_marked(m)) => {
                return Err(format!("its content is not {claimed}"));
            }
            _ => {}
        }
    }
    Ok(detected)
}

/// What the first bytes are.
fn detect(head: &[u8]) -> Option<&'static str> {
    // An SVG without an XML declaration.
    let text = head.trim_ascii_start();
    if text.get(..4).is_some_and(|t| t.eq_ignore_ascii_case(b"<svg")) {
        return Some("image/svg+xml");
    }
    let detected = infer::get(head)?.mime_type();
    if detected == "text/xml" && memmem::find(head, b"<svg").is_some() {
        return Some("image/svg+xml");
    }
    Some(detected)
}

/// The part of a file name behind its last dot, in lower case.
fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).filter(|e| !e.is_empty())
}

/// A media type without parameters.
fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Types in which nothing runs, and which no honest file of another kind has. (A text may well begin with a tag.)
fn is_inert(media: &str) -> bool {
    content_type::is_passive(media) && !media.starts_with("text/")
}

/// Types that a browser or a machine runs, or that hold such.
fn acts(media: &str) -> bool {
    matches!(
        media,
        "text/html"
            | "text/xml"
            | "image/svg+xml"
            | "text/x-shellscript"
            | "application/x-executable"
            | "application/vnd.microsoft.portable-executable"
            | "application/x-mach-binary"
            | "application/java-vm"
            | "application/java"
            | "application/wasm"
            | "application/x-msdownload"
            | "application/vnd.android.dex"
            | "application/zip"
            | "application/java-archive"
    )
}

/// Families whose files are known by their first bytes.
fn is_marked(media: &str) -> bool {
    media.starts_with("image/") && media != "image/svg+xml" || media.starts_with("video/") || matches!(media, "application/pdf" | "application/zip")
}

/// Two names of what may be the same: office documents are archives, and some families have several names for one format.
fn is_kin(detected: &str, claimed: &str) -> bool {
    let family = |media: &str| media.split('/').next().unwrap_or_default().to_owned();
    let is_text = |media: &str| media.starts_with("text/") || media.ends_with("xml") || media.ends_with("json");
    match detected {
        "application/zip" => claimed.contains("officedocument") || claimed.contains("opendocument") || claimed.contains("zip") || claimed.contains("epub"),
        "text/xml" => is_text(claimed) || claimed.contains("xml"),
        d if matches!(family(d).as_str(), "audio" | "video") => matches!(family(claimed).as_str(), "audio" | "video"),
        _ => false,
    }
}

/// Whether the configuration's entry (`image/*`, `image/png`, `.png`, `png`, `*`) covers a media type or an extension.
fn matches(entry: &str, media: &str, extension: Option<&str>) -> bool {
    let entry = entry.trim().to_ascii_lowercase();
    if entry == "*" || entry == "*/*" {
        return true;
    }
    match entry.split_once('/') {
        Some((family, "*")) => media.split_once('/').is_some_and(|(f, _)| f == family),
        Some(_) => entry == media || entry == "image/jpg" && media == "image/jpeg",
        None => {
            let wanted = entry.trim_start_matches('.');
            extension == Some(wanted) || essence(content_type::of(&format!("x.{wanted}"))) == media && media != "application/octet-stream"
        }
    }
}

/// Whether a ZIP archive's directory stands at the end: such a file is also an archive, whatever it begins with.
fn has_archive(tail: &[u8]) -> bool {
    memmem::rfind(tail, b"PK\x05\x06").is_some_and(|at| {
        let comment = tail.get(at + 20..at + 22).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
        comment.is_some_and(|n| at + 22 + n <= tail.len())
    })
}

fn list(names: &[String]) -> String {
    names.join(", ")
}
