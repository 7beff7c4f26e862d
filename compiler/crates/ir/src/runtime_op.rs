//! The operations `ExprKind::Runtime` may name: what has no node of its own.
//!
//! Each names one runtime function. Appending one means: a row here, the function in the runtime, an arm in both back ends, a row
//! in `docs/ir.md` (a test compares the two tables).

/// An operation of the runtime and how many operands it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeOp {
    pub name: &'static str,
    pub min: usize,
    /// `None`: any number.
    pub max: Option<usize>,
}

const fn op(name: &'static str, arity: usize) -> RuntimeOp {
    RuntimeOp { name, min: arity, max: Some(arity) }
}

/// At least `min` operands.
const fn variadic(name: &'static str, min: usize) -> RuntimeOp {
    RuntimeOp { name, min, max: None }
}

/// Sorted by name.
pub const RUNTIME_OPS: &[RuntimeOp] = &[
    op("define_field", 3),
    op("define_private", 3),
    op("define_private_accessor", 4),
    op("define_private_method", 3),
    op("destructure", 2),
    op("import_meta", 1),
    op("import_meta_dirname", 1),
    op("import_meta_filename", 1),
    op("import_meta_url", 1),
    op("iter_close", 1),
    op("iter_next", 1),
    op("iter_open", 1),
    op("iter_rest", 1),
    variadic("object_rest", 1),
    op("parsley_and", 2),
    op("parsley_at", 2),
    op("parsley_basil", 2),
    op("parsley_builtin", 1),
    op("parsley_collapse", 1),
    op("parsley_database", 1),
    op("parsley_entries", 1),
    op("parsley_from", 2),
    op("parsley_get", 2),
    op("parsley_import", 1),
    op("parsley_index", 2),
    op("parsley_list", 1),
    variadic("parsley_method", 2),
    op("parsley_or", 2),
    op("parsley_push", 2),
    op("parsley_query", 4),
    op("parsley_response", 1),
    variadic("parsley_rest", 1),
    op("parsley_text", 1),
    op("parsley_unknown", 1),
    op("parsley_values", 1),
    op("raw", 1),
    op("slot_given", 1),
    op("template_object", 2),
    op("throw_const", 1),
    op("throw_reference", 1),
    op("throw_super_twice", 0),
    op("throw_uninitialised", 1),
    op("to_key", 1),
];

/// The operation of that name.
pub fn runtime_op(name: &str) -> Option<&'static RuntimeOp> {
    RUNTIME_OPS.iter().find(|op| op.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(RUNTIME_OPS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn the_page_has_the_same_table() {
        let page = include_str!("../../../../docs/ir.md");
        let section = page.split("## 4. ").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
        let listed: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let known: Vec<&str> = RUNTIME_OPS.iter().map(|op| op.name).collect();
        assert_eq!(listed, known);
    }
}
