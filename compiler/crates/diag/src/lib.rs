//! Spans, diagnostics and their rendering: the leaf every compiler crate stands on.
//!
//! In: byte offsets into the app's own files. Out: [`Diagnostic`] values as data, and their text or JSON form.
//! This crate must never know a source language, the IR, or where files come from.

#![forbid(unsafe_code)]

pub mod codes;
mod diagnostic;
mod render;
mod source;
pub mod suggest;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use render::{render_json, render_text};
pub use source::{FileId, LineColumn, SourceFile, SourceMap, Span};
