//! What inference knows about a value. Types are facts, never wishes: an annotation in the source is not trusted.

/// A point of the lattice; `Any` is the top, `Never` the bottom (no value flows here yet).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Ty {
    Never,
    Undefined,
    Null,
    Bool,
    /// A number whose value is always an `i32`.
    Int,
    Num,
    Str,
    /// Some object, kind unknown.
    Object,
    Array,
    #[default]
    Any,
}

impl Ty {
    /// The least type that holds both.
    pub fn join(self, other: Ty) -> Ty {
        use Ty::*;
        match (self, other) {
            (a, b) if a == b => a,
            (Never, t) | (t, Never) => t,
            (Int, Num) | (Num, Int) => Num,
            (Array, Object) | (Object, Array) => Object,
            _ => Any,
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Ty::Int | Ty::Num)
    }

    /// Whether the value is kept unboxed in generated code.
    pub fn is_unboxed(self) -> bool {
        matches!(self, Ty::Int | Ty::Num | Ty::Bool | Ty::Str)
    }
}

impl std::fmt::Display for Ty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Ty::Never => "never",
            Ty::Undefined => "undefined",
            Ty::Null => "null",
            Ty::Bool => "bool",
            Ty::Int => "int",
            Ty::Num => "num",
            Ty::Str => "str",
            Ty::Object => "object",
            Ty::Array => "array",
            Ty::Any => "any",
        })
    }
}
