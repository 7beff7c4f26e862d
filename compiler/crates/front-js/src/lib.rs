//! JavaScript and TypeScript: script text in, IR and diagnostics out.
//!
//! In: [`ScriptUnit`]s (a module's text, or the pieces of a `.puremix` page). Out: a [`puremix_ir::Module`] whose every node
//! points into the app's own file, and the diagnostics of everything that cannot be compiled.
//! oxc parses, reports early errors and resolves names; its types never leave this crate. This crate must never know files,
//! HTML, module resolution, inference or Rust code generation.
//!
//! How a unit becomes IR: `depth` refuses hostile nesting, `parse` runs oxc, `order` answers what can run before a module
//! variable is initialised, and the `Lowerer` (one file per topic) walks the tree once. `page` composes the units of a page.

#![forbid(unsafe_code)]

mod assign;
mod builder;
mod call;
mod class;
mod commonjs;
mod depth;
mod expr;
mod fields;
mod function;
mod hole;
mod literal;
mod loops;
mod lower;
mod member;
mod module;
mod oracle;
mod order;
mod page;
mod parse;
mod pattern;
mod scope;
mod signature;
mod stmt;
mod switch;
mod template;
mod typescript;

pub use depth::on_big_stack;
pub use module::lower_module;
pub use oracle::{is_expression, is_statements};
pub use page::{Elsewhere, PageBlock, PageBlockKind, PageInput, PageKind, lower_page};

#[cfg(test)]
mod tests;
