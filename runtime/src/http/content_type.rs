//! Media types by file extension, and which of them a browser would run.

/// The media type of a file name; `application/octet-stream` when unknown.
pub fn of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    let lower = extension.to_ascii_lowercase();
    match lower.as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" | "cjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "xml" => "application/xml; charset=utf-8",
        "txt" | "text" | "log" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "bmp" => "image/bmp",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "wav" => "audio/wav",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "wasm" => "application/wasm",
        "vtt" => "text/vtt; charset=utf-8",
        "xhtml" => "application/xhtml+xml",
        _ => "application/octet-stream",
    }
}

/// True for what a browser shows without ever running code in it. Everything else that was uploaded is sent as a download.
pub fn is_passive(content_type: &str) -> bool {
    let base = content_type.split(';').next().unwrap_or(content_type);
    match base.split_once('/') {
        Some(("image", kind)) => kind != "svg+xml",
        Some(("audio" | "video" | "font", _)) => true,
        _ => matches!(base, "text/plain" | "text/csv" | "application/pdf"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_not_passive() {
        for name in ["a.html", "a.svg", "a.js", "a.xml", "a.xhtml", "a.unknown", "noext", "a.css", "a.json"] {
            assert!(!is_passive(of(name)), "{name}");
        }
        for name in ["a.png", "A.JPG", "a.pdf", "a.mp4", "a.txt"] {
            assert!(is_passive(of(name)), "{name}");
        }
    }
}
