//! Reading the app's text files.

use puremix_diag::{Diagnostic, FileId, SourceMap, Span, codes};
use std::path::Path;

/// Beyond this a source file is a mistake (a bundle, a data dump), and offsets must fit in `u32`.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A file that cannot be used.
pub struct Unreadable {
    /// Its text as far as it can be shown.
    pub text: String,
    code: &'static str,
    at: usize,
    what: String,
    label: Option<&'static str>,
    help: Option<&'static str>,
}

impl Unreadable {
    /// The error, which points into the file.
    pub fn diagnostic(self, file: FileId) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.code, Span::new(file, self.at, self.at), self.what);
        let diagnostic = match self.label {
            Some(label) => diagnostic.label(label),
            None => diagnostic,
        };
        match self.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

/// The file's text; `shown` is what people call it. A byte-order mark is dropped.
pub fn read_text(path: &Path, shown: &str) -> Result<String, Unreadable> {
    let fail = |code, what: String| Unreadable { text: String::new(), code, at: 0, what, label: None, help: None };
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    if size > MAX_BYTES {
        let what = format!("`{shown}` has {} MB; a source file may have 16", size / (1024 * 1024));
        let help = Some("read data at run time (`fs.readFile`) instead of importing it, or put the file in `public/`");
        return Err(Unreadable { help, ..fail(codes::FILE_TOO_LARGE, what) });
    }
    let bytes = std::fs::read(path).map_err(|e| fail(codes::IMPORT_NOT_FOUND, format!("`{shown}` cannot be read: {e}")))?;
    let mut text = String::from_utf8(bytes).map_err(|e| Unreadable {
        text: String::from_utf8_lossy(e.as_bytes()).into_owned(),
        at: e.utf8_error().valid_up_to(),
        label: Some("this byte"),
        help: Some("save the file as UTF-8; pictures and other data belong in `public/`"),
        ..fail(codes::FILE_NOT_UTF8, format!("`{shown}` is not UTF-8 text"))
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Adds the file's text to `sources` under the name people see. A file that cannot be used is added too, as far as it can be shown.
pub fn read_source(path: &Path, shown: &str, sources: &mut SourceMap) -> Result<FileId, Diagnostic> {
    match read_text(path, shown) {
        Ok(text) => Ok(sources.add(shown, text)),
        Err(unreadable) => {
            let file = sources.add(shown, unreadable.text.as_str());
            Err(unreadable.diagnostic(file))
        }
    }
}
