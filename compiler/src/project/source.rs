//! Reading the app's text files into the source map.

use puremix_diag::{Diagnostic, FileId, Severity, SourceMap, codes};
use std::path::Path;

/// Beyond this a source file is a mistake (a bundle, a data dump), and offsets must fit in `u32`.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Adds the file's text to `sources` under the name people see. A byte-order mark is dropped.
pub fn read_source(path: &Path, shown: &str, sources: &mut SourceMap) -> Result<FileId, Diagnostic> {
    let fail = |code, what: String| Diagnostic::project(code, Severity::Error, what);
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    if size > MAX_BYTES {
        return Err(fail(
            codes::FILE_TOO_LARGE,
            format!("`{shown}` has {} MB; a source file may have 16", size / (1024 * 1024)),
        )
        .help("read data at run time (`fs.readFile`) instead of importing it, or put the file in `public/`"));
    }
    let bytes = std::fs::read(path)
        .map_err(|e| fail(codes::IMPORT_NOT_FOUND, format!("`{shown}` cannot be read: {e}")))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        fail(codes::FILE_NOT_UTF8, format!("`{shown}` is not UTF-8 text (line {line})"))
            .help("save the file as UTF-8; pictures and other data belong in `public/`")
    })?;
    let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
    Ok(sources.add(shown, text))
}
