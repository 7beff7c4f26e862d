//! `fileUpload`: limits and types of uploads.

use super::settings::Read;
use std::path::PathBuf;

#[derive(Clone, Debug)]
pub struct Upload {
    /// `None` is the system's temporary directory.
    pub dir: Option<PathBuf>,
    pub max_file: usize,
    pub max_total: usize,
    pub max_files: usize,
    pub max_fields: usize,
    pub max_fields_size: usize,
    /// Nothing goes to disk.
    pub in_memory: bool,
    /// `image/*`, `image/png`, `.png`, `png`; empty is every type.
    pub allowed_types: Vec<String>,
    /// In lower case, without a dot; empty is every extension.
    pub allowed_extensions: Vec<String>,
    pub blocked_extensions: Vec<String>,
    pub require_extension: bool,
}

pub(super) fn read(r: &Read<'_>) -> Upload {
    let extensions = |path: &str| -> Vec<String> { r.list(path).iter().map(|e| e.trim_start_matches('.').to_ascii_lowercase()).collect() };
    Upload {
        dir: r.text("fileUpload.uploadDir").or_else(|| r.text("fileUpload.tempDir")).map(PathBuf::from),
        max_file: r.size("fileUpload.maxFileSize"),
        max_total: r.size("fileUpload.maxTotalFileSize"),
        max_files: if r.flag("fileUpload.enabled") == Some(false) { 0 } else { r.size("fileUpload.maxFiles") },
        max_fields: r.size("fileUpload.maxFields"),
        max_fields_size: r.size("fileUpload.maxFieldsSize"),
        in_memory: r.text("fileUpload.storage").as_deref() == Some("memory"),
        allowed_types: [r.list("fileUpload.allowedTypes"), r.list("fileUpload.allowedMimeTypes")].concat(),
        allowed_extensions: extensions("fileUpload.security.allowedExtensions"),
        blocked_extensions: extensions("fileUpload.security.blockedExtensions"),
        require_extension: r.flag("fileUpload.security.requireExtension").unwrap_or(false),
    }
}
