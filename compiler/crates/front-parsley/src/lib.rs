#![forbid(unsafe_code)]
//! Parsley source to IR.
//!
//! In: the text of a `.pars` file. Out: an IR module whose one handler function answers a request, and diagnostics.
//! This crate must never know another front end, read a file, or show a pest type to anyone.

mod ast;
mod depth;
mod lower;
mod parse;

use puremix_diag::{Diagnostic, FileId, Span};
use puremix_ir::{FnId, Module};

/// The function of a lowered file that answers a request; its parameter is the request object.
pub const HANDLER: FnId = FnId(1);

/// Lowers one file, which without a module did not parse. `sqlite` is the database's path of the project, empty without one.
pub fn lower_handler(file: FileId, path: &str, text: &str, sqlite: &str) -> (Option<Module>, Vec<Diagnostic>) {
    if let Err(diagnostic) = depth::check_depth(file, text) {
        return (None, vec![diagnostic]);
    }
    match parse::parse_program(file, text) {
        Err(diagnostic) => (None, vec![diagnostic]),
        Ok(program) => {
            let (module, diagnostics) = lower::lower_program(file, path, &program, Span::new(file, 0, text.len()), sqlite);
            (Some(module), diagnostics)
        }
    }
}
