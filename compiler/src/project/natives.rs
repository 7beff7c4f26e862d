//! Modules that the runtime provides itself: Node's built-ins and native replacements of npm packages.
//!
//! The table is the runtime's own, so that an import accepted here is an import that works.

use puremix_node::{MODULES, NativeModule};

/// npm packages that capabilities have in their place, and the version of the API that each follows. They win over `node_modules`.
const PACKAGES: &[(&[NativeModule], &str)] = &[(puremix_jwt::MODULES, "jsonwebtoken 9"), (puremix_bcrypt::MODULES, "bcrypt 6"), (puremix_db::MODULES, "puremixc"), (puremix_bettersqlite3::MODULES, "better-sqlite3 12"), (puremix_pg::MODULES, "pg 8"), (puremix_mongoose::MODULES, "mongoose 8"), (puremix_python::MODULES, "puremixc")];

/// The API that the runtime's own modules follow.
const NODE: &str = "Node 20";

/// A runtime module: one of Node's, or a package's replacement.
fn module(name: &str) -> Option<&'static NativeModule> {
    MODULES.iter().chain(PACKAGES.iter().flat_map(|(modules, _)| *modules)).find(|module| module.name == name)
}

/// The export names of a runtime module; `default` is always one: the module's object.
pub fn exports(name: &str) -> Option<&'static [&'static str]> {
    module(name).map(|module| module.exports)
}

/// What the original module has and the runtime's does not; using it is an error that says so.
pub fn missing(name: &str) -> &'static [&'static str] {
    module(name).map_or(&[], |module| module.missing)
}

/// A runtime module as messages name it: `node:fs`, `jsonwebtoken`.
pub fn shown(name: &str) -> String {
    if MODULES.iter().any(|m| m.name == name) { format!("node:{name}") } else { name.to_owned() }
}

/// Which version of its API a runtime module follows.
pub fn api_version(name: &str) -> &'static str {
    PACKAGES.iter().find(|(modules, _)| modules.iter().any(|m| m.name == name)).map_or(NODE, |(_, api)| api)
}

/// Node's built-ins. Importing one that the runtime does not have is an error that says so.
const NODE_BUILTINS: &[&str] = &[
    "assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns",
    "domain", "events", "fs", "http", "http2", "https", "inspector", "module", "net", "os", "path", "perf_hooks", "process", "punycode",
    "querystring", "readline", "repl", "sqlite", "stream", "string_decoder", "sys", "test", "timers", "tls", "tty", "url", "util", "v8", "vm",
    "wasi", "worker_threads", "zlib",
];

/// npm packages that run in the browser only; a server import is a mistake.
pub const BROWSER_ONLY: &[&str] =
    &["alpinejs", "bootstrap", "htmx.org", "jquery", "react", "react-dom", "svelte", "tailwindcss", "vue"];

const FOR_TESTS: &str = "it is for test files, which are never part of an app: name the file `NAME.test.js` and run `puremixc test`";

const SQLITE: &str = "`better-sqlite3` is built in, and `puremix:db` for SQLite and PostgreSQL alike; see docs/book/databases.md";
const MYSQL: &str = "there is no MySQL driver: `pg` (PostgreSQL), `better-sqlite3` and `puremix:db` (both) are built in; see docs/book/databases.md";
const REDIS: &str = "there is no Redis client for apps: sessions go to Redis by `session.store`, and a table of SQLite holds what is cached; see docs/book/databases.md";
const ORM: &str = "it loads parts of itself while it runs: `drizzle-orm` and `kysely` work over `better-sqlite3` and `pg`, `mongoose` is built in; see docs/book/databases.md";
const STREAMS: &str = "`pg` has no cursors of its own: DECLARE one in a transaction and FETCH from it; see docs/book/databases.md";

/// npm packages that puremixc cannot compile, and the nearest thing that works.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("@jest/globals", FOR_TESTS),
    ("bun:test", FOR_TESTS),
    ("node:test", FOR_TESTS),
    ("puremix:test", FOR_TESTS),
    ("vitest", FOR_TESTS),
    ("express", "routes are files under `app/routes/`; see docs/book/moving-from-express.md"),
    ("puremix", "the framework is built in; delete the import"),
    ("sharp", "it is a native addon; call an image service, or resize before upload"),
    ("@libsql/client", SQLITE),
    ("@prisma/client", ORM),
    ("bun:sqlite", SQLITE),
    ("ioredis", REDIS),
    ("knex", ORM),
    ("mariadb", MYSQL),
    ("mongodb", "there is no MongoDB driver: `mongoose` is built in and keeps documents in SQLite or PostgreSQL; see docs/book/databases.md"),
    ("mysql", MYSQL),
    ("mysql2", MYSQL),
    ("node:sqlite", SQLITE),
    ("pg-cursor", STREAMS),
    ("pg-native", "`pg` is native itself; delete the import"),
    ("pg-pool", "it is `Pool` of `pg`, which is built in"),
    ("pg-promise", ORM),
    ("pg-query-stream", STREAMS),
    ("postgres", "`pg` is built in, and `puremix:db` has tagged templates like its own; see docs/book/databases.md"),
    ("prisma", ORM),
    ("redis", REDIS),
    ("sequelize", ORM),
    ("sqlite", SQLITE),
    ("sqlite3", SQLITE),
    ("typeorm", ORM),
    ("puppeteer", "it starts a browser; call a rendering service"),
];

/// What a bare specifier names, as far as the runtime is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bare {
    Native(&'static str),
    /// A Node built-in without a counterpart in the runtime.
    MissingBuiltin,
    /// A package that cannot work, with the way out.
    Unsupported(&'static str),
    /// An npm package to be compiled from `node_modules`.
    Package,
}

/// Classifies `crypto`, `node:fs/promises`, `lodash` …
pub fn classify(specifier: &str) -> Bare {
    let (name, must_be_builtin) = match specifier.strip_prefix("node:") {
        Some(rest) => (rest, true),
        None => (specifier, false),
    };
    let found = if must_be_builtin { MODULES.iter().find(|module| module.name == name) } else { module(name) };
    if let Some(module) = found {
        return Bare::Native(module.name);
    }
    let unsupported = |name: &str| UNSUPPORTED.iter().find(|(package, _)| *package == name).map(|(_, way_out)| Bare::Unsupported(way_out));
    if let Some(refused) = unsupported(specifier) {
        return refused;
    }
    let head = name.split('/').next().unwrap_or(name);
    if must_be_builtin || NODE_BUILTINS.contains(&head) {
        return Bare::MissingBuiltin;
    }
    unsupported(package_name(name)).unwrap_or(Bare::Package)
}

/// `@scope/name` of `@scope/name/deep`, `name` of `name/deep`.
pub fn package_name(specifier: &str) -> &str {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    specifier.match_indices('/').nth(parts - 1).map_or(specifier, |(at, _)| &specifier[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(NODE_BUILTINS.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn bare_specifiers() {
        assert_eq!(classify("node:crypto"), Bare::Native("crypto"));
        assert_eq!(classify("fs/promises"), Bare::Native("fs/promises"));
        assert_eq!(classify("node:nothing"), Bare::MissingBuiltin);
        assert_eq!(classify("stream/web"), Bare::MissingBuiltin);
        assert_eq!(classify("util/types"), Bare::MissingBuiltin);
        assert_eq!(classify("node:assert/strict"), Bare::Native("assert/strict"));
        assert_eq!(classify("lodash"), Bare::Package);
        assert_eq!(classify("jsonwebtoken"), Bare::Native("jsonwebtoken"));
        assert_eq!(classify("node:bcryptjs"), Bare::MissingBuiltin);
        assert!(matches!(classify("express"), Bare::Unsupported(_)));
        for driver in ["node:sqlite", "sqlite", "bun:sqlite", "mysql2/promise", "@prisma/client", "knex"] {
            assert!(matches!(classify(driver), Bare::Unsupported(way_out) if way_out.contains("docs/book/databases.md")), "{driver}");
        }
        assert_eq!(package_name("@a/b/c"), "@a/b");
        assert_eq!(package_name("a/b/c"), "a");
        assert_eq!(package_name("@a"), "@a");
    }
}
