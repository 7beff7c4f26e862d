//! Indices into a module's tables. All but [`ModuleId`] are local to one module; linking never renumbers them.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(pub u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            fn from(index: usize) -> Self {
                $name(u32::try_from(index).expect("fewer than 2^32 nodes of a kind"))
            }
        }
    )*};
}

ids! {
    /// A module of the program, in discovery order.
    ModuleId,
    /// A function of its module.
    FnId,
    /// A local variable or parameter; unique in its module, owned by one function, visible in functions nested in it.
    LocalId,
    /// A module-level variable.
    GlobalId,
    /// A binding made by an import.
    ImportId,
    /// The target of `break` and `continue`, unique in its function.
    LabelId,
}
