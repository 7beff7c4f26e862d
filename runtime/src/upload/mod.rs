//! Uploads: multipart forms read as they arrive, files spooled to disk, types checked by content.
//!
//! In: a request's body piece by piece and the configuration's limits. Out: a [`Form`], or a [`Refused`] with its status. This room must
//! never know what a file is to JavaScript (`request/files.rs`), nor HTTP beyond a status.
//!
//! A request holds little memory however much it sends: small files stay in memory, others go to a temporary file that is removed with
//! the last reference to it, or, where `fileUpload.uploadDir` names a folder, stay there for the app.

mod check;
mod collect;
mod spool;
mod store;

pub use collect::Collector;
pub use store::{Content, sweep};

use crate::body::multipart::Malformed;
use std::borrow::Cow;
use std::fmt;

/// An uploaded file.
#[derive(Clone, Debug)]
pub struct File {
    /// The form field.
    pub field: String,
    /// As the browser sent it, without any directories.
    pub name: String,
    /// As the client says.
    pub mimetype: String,
    /// What the first bytes are, where that is known.
    pub detected: Option<&'static str>,
    /// Unguessable and safe in a directory, with the extension of `name` if that is a plain one.
    pub unique_name: String,
    /// Bytes.
    pub size: u64,
    pub content: Content,
}

/// A multipart form: fields as sent, in order, with repeated names repeated; and files in order.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub pairs: Vec<(String, String)>,
    pub files: Vec<File>,
}

/// Why a form is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub status: u16,
    /// For people: which file or field, and which limit.
    pub reason: Cow<'static, str>,
}

impl Refused {
    fn new(status: u16, reason: impl Into<Cow<'static, str>>) -> Refused {
        Refused { status, reason: reason.into() }
    }
}

impl From<Malformed> for Refused {
    fn from(why: Malformed) -> Refused {
        Refused::new(400, why.to_string())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

#[cfg(test)]
mod tests;
