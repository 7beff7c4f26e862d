//! The pest parser. Only `tokens` reads what it makes.

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "puremix.pest"]
pub(crate) struct Grammar;
