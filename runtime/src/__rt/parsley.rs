//! Parsley's operations, in the form generated code calls them.

pub use crate::basil::{parsley_basil, parsley_database, parsley_response};
pub use puremix_parsley::{
    parsley_add, parsley_and, parsley_at, parsley_builtin, parsley_collapse, parsley_div, parsley_entries, parsley_eq, parsley_from, parsley_ge,
    parsley_get, parsley_gt, parsley_import, parsley_in, parsley_index, parsley_le, parsley_list, parsley_lt, parsley_merge, parsley_method,
    parsley_mul, parsley_ne, parsley_neg, parsley_or, parsley_push, parsley_query, parsley_range, parsley_rem, parsley_rest, parsley_sub,
    parsley_text, parsley_truthy, parsley_unknown, parsley_values,
};
