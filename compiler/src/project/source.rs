//! Reading the app's text files into the source map.

use puremix_diag::{Diagnostic, FileId, SourceMap, Span, codes};
use std::path::Path;

/// Beyond this a source file is a mistake (a bundle, a data dump), and offsets must fit in `u32`.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Adds the file's text to `sources` under the name people see. A byte-order mark is dropped. A file that cannot be used is added
/// too, as far as it can be shown: the error points into it.
pub fn read_source(path: &Path, shown: &str, sources: &mut SourceMap) -> Result<FileId, Diagnostic> {
    let mut fail = |code, text: &str, at: usize, what: String| {
        let file = sources.add(shown, text);
        Diagnostic::error(code, Span::new(file, at, at), what)
    };
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    if size > MAX_BYTES {
        return Err(fail(codes::FILE_TOO_LARGE, "", 0, format!("`{shown}` has {} MB; a source file may have 16", size / (1024 * 1024)))
            .help("read data at run time (`fs.readFile`) instead of importing it, or put the file in `public/`"));
    }
    let bytes = std::fs::read(path).map_err(|e| fail(codes::IMPORT_NOT_FOUND, "", 0, format!("`{shown}` cannot be read: {e}")))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        fail(codes::FILE_NOT_UTF8, &String::from_utf8_lossy(e.as_bytes()), at, format!("`{shown}` is not UTF-8 text"))
            .label("this byte")
            .help("save the file as UTF-8; pictures and other data belong in `public/`")
    })?;
    let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
    Ok(sources.add(shown, text))
}
