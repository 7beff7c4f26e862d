//! What a binary's own verbs can have done to its collections of documents.

use crate::Database;
use std::io::{BufRead, Write};

/// Moves documents; answers how many. Errors say what is wrong with which line, and what is stored nevertheless.
pub type Documents = fn(&dyn Database, Transfer<'_>) -> Result<u64, String>;

/// A move of a collection's documents.
pub enum Transfer<'a> {
    /// From what `mongoexport` wrote: a line for each document, or an array of them. A document whose `_id` is there replaces that one.
    Import { collection: &'a str, from: &'a mut dyn BufRead, progress: &'a mut dyn FnMut(u64) },
    /// As `mongoexport` writes it: a line for each document, in the order of their `_id`s.
    Export { collection: &'a str, to: &'a mut dyn Write },
}
