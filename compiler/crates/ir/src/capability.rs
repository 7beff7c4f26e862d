//! What an app may need beyond the runtime itself.
//!
//! Each capability is a crate `runtime/capabilities/NAME` (package `puremix-NAME`, entry `puremix_NAME::provide`) that the generated
//! crate links when the program uses one of the names below. Appending one means: a variant and its row here, the crate, and its entry in
//! `compiler/src/dev/workspace.rs`; where it gives the runtime something by type, a field in `puremix_runtime::capabilities::Capabilities`.

/// A crate that is linked only into apps that use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    Sqlite,
    Fetch,
    Jwt,
    Bcrypt,
    Postgres,
    Db,
    Pg,
    Mongoose,
    BetterSqlite3,
    Tls,
    Documents,
    Python,
}

/// What a capability's `provide` is to the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The value of the field of its name.
    Field,
    /// It furnishes each new isolate: with globals, or with modules (`puremix_node::register`).
    Install,
}

/// What makes a program need a capability: any one of these.
#[derive(Clone, Copy, Debug)]
pub struct CapabilityUse {
    pub capability: Capability,
    /// Of the crate and, where it has one, of the runtime's field.
    pub name: &'static str,
    pub role: Role,
    /// Operations of the runtime.
    pub runtime_ops: &'static [&'static str],
    /// Names of the language's global object.
    pub globals: &'static [&'static str],
    /// Modules the runtime provides.
    pub natives: &'static [&'static str],
}

/// In the order of the variants.
pub const CAPABILITIES: &[CapabilityUse] = &[
    CapabilityUse { capability: Capability::Sqlite, name: "sqlite", role: Role::Field, runtime_ops: &["parsley_database"], globals: &[], natives: &["puremix:db/native", "mongoose"] },
    CapabilityUse {
        capability: Capability::Fetch,
        name: "fetch",
        role: Role::Install,
        runtime_ops: &[],
        globals: &["fetch", "Headers", "Request", "Response", "FormData", "Blob", "File"],
        natives: &[],
    },
    CapabilityUse { capability: Capability::Jwt, name: "jwt", role: Role::Install, runtime_ops: &[], globals: &[], natives: &["jsonwebtoken"] },
    CapabilityUse { capability: Capability::Bcrypt, name: "bcrypt", role: Role::Install, runtime_ops: &[], globals: &[], natives: &["bcrypt", "bcryptjs"] },
    CapabilityUse { capability: Capability::Postgres, name: "postgres", role: Role::Field, runtime_ops: &[], globals: &[], natives: &["puremix:db/native", "mongoose"] },
    CapabilityUse { capability: Capability::Db, name: "db", role: Role::Install, runtime_ops: &[], globals: &[], natives: &["puremix:db/native"] },
    CapabilityUse { capability: Capability::Pg, name: "pg", role: Role::Install, runtime_ops: &[], globals: &[], natives: &["pg/native-client"] },
    CapabilityUse { capability: Capability::Mongoose, name: "mongoose", role: Role::Install, runtime_ops: &[], globals: &[], natives: &["mongoose"] },
    CapabilityUse { capability: Capability::BetterSqlite3, name: "bettersqlite3", role: Role::Install, runtime_ops: &[], globals: &[], natives: &["better-sqlite3/native"] },
    // Needed by the session's store: `puremix_middle::capabilities`.
    CapabilityUse { capability: Capability::Tls, name: "tls", role: Role::Field, runtime_ops: &[], globals: &[], natives: &[] },
    CapabilityUse { capability: Capability::Documents, name: "documents", role: Role::Field, runtime_ops: &[], globals: &[], natives: &["mongoose"] },
    CapabilityUse { capability: Capability::Python, name: "python", role: Role::Install, runtime_ops: &[], globals: &[], natives: &["puremix:python/native"] },
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
