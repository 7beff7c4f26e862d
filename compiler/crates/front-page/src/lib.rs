//! Reads one `.puremix` file: page, component or layout.
mod grammar;
mod html;
mod page;
mod syntax;

pub use page::{
    Block, BlockKind, BlockLang, ComponentImport, Facts, HandlerUse, Head, HeadKey, HeadPiece, Page, PageKind, PageOptions, ScriptOracle,
    Spanned,
};
