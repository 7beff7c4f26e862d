//! The one intermediate representation.
//!
//! In: what the front ends lower. Out: what `middle` resolves, checks and infers, and what both back ends execute.
//! After lowering nothing asks which source language a node came from: meaning is in tagged operations (`Lang` inside an
//! operation picks the runtime function, nothing else). The rules every tree obeys are in `docs/ir.md`; `verify` checks them.
//! This crate must never know oxc, pest, ruff, Rust code generation or IO.

#![forbid(unsafe_code)]

pub mod app;
pub mod capability;
pub mod effect;
pub mod escape;
pub mod expr;
pub mod function;
pub mod ids;
pub mod message;
pub mod module;
pub mod print;
pub mod python;
pub mod runtime_op;
pub mod shared;
pub mod startup;
pub mod stmt;
pub mod ty;
pub mod unit;
pub mod uses;
pub mod verify;
pub mod visit;

pub use capability::{CAPABILITIES, Capability, CapabilityUse, Role};
pub use escape::EscapeContext;
pub use expr::*;
pub use function::*;
pub use ids::*;
pub use module::*;
pub use print::{print_expr, print_function, print_module, print_program};
pub use puremix_diag::{FileId, Span};
pub use python::{ParameterKind, Python, PythonFunction, PythonImport, PythonParameter};
pub use shared::Shared;
pub use stmt::*;
pub use ty::Ty;
pub use verify::{MAX_DEPTH, Violation, verify_module, verify_part, verify_program};
pub use unit::{ScriptLang, ScriptUnit, Segment};
pub use uses::{Use, UseKind};
