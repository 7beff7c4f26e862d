//! What an app may need beyond the runtime itself.
//!
//! Each capability is a crate `runtime/capabilities/NAME` (package `puremix-NAME`, entry `puremix_NAME::provide`) that the generated
//! crate links when the program uses one of the names below. Appending one means: a variant and its row here, the crate, a field of
//! that name in `puremix_runtime::capabilities::Capabilities`.

/// A crate that is linked only into apps that use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    Sqlite,
    Fetch,
}

/// What makes a program need a capability: any one of these.
#[derive(Clone, Copy, Debug)]
pub struct CapabilityUse {
    pub capability: Capability,
    /// Of the crate and of the runtime's field.
    pub name: &'static str,
    /// Operations of the runtime.
    pub runtime_ops: &'static [&'static str],
    /// Names of the language's global object.
    pub globals: &'static [&'static str],
    /// Modules the runtime provides.
    pub natives: &'static [&'static str],
}

/// In the order of the variants.
pub const CAPABILITIES: &[CapabilityUse] = &[
    CapabilityUse { capability: Capability::Sqlite, name: "sqlite", runtime_ops: &["parsley_database"], globals: &[], natives: &[] },
    CapabilityUse {
        capability: Capability::Fetch,
        name: "fetch",
        runtime_ops: &[],
        globals: &["fetch", "Headers", "Request", "Response", "FormData", "Blob", "File"],
        natives: &[],
    },
];

impl Capability {
    /// Its row.
    pub fn usage(self) -> &'static CapabilityUse {
        &CAPABILITIES[self as usize]
    }

    pub fn name(self) -> &'static str {
        self.usage().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime_op::runtime_op;

    #[test]
    fn every_row_stands_at_its_variant_and_names_what_exists() {
        for (i, row) in CAPABILITIES.iter().enumerate() {
            assert_eq!(row.capability as usize, i);
            for op in row.runtime_ops {
                assert!(runtime_op(op).is_some(), "{op}");
            }
        }
    }
}
