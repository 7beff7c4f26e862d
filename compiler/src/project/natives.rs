//! Modules that the runtime provides itself: Node's built-ins and native replacements of npm packages.
//!
//! The table says what the runtime has, and a test compares it with the runtime's own list, so that an import accepted
//! here is an import that works.

/// One runtime module.
#[derive(Clone, Copy, Debug)]
pub struct Native {
    /// Canonical name: without `node:`.
    pub name: &'static str,
    /// The version of the API it follows.
    pub api: &'static str,
    /// What can be imported from it by name, sorted. `default` is always there: the module's object.
    pub exports: &'static [&'static str],
}

const NODE: &str = "Node 20";

/// Sorted by name.
pub const NATIVES: &[Native] = &[
    Native { name: "buffer", api: NODE, exports: &["Buffer", "default"] },
    Native {
        name: "crypto",
        api: NODE,
        exports: &[
            "createHash", "createHmac", "default", "getRandomValues", "pbkdf2", "pbkdf2Sync", "randomBytes", "randomInt",
            "randomUUID", "scrypt", "scryptSync", "timingSafeEqual", "webcrypto",
        ],
    },
    Native {
        name: "fs",
        api: NODE,
        exports: &[
            "access", "appendFile", "appendFileSync", "copyFile", "copyFileSync", "default", "existsSync", "mkdir",
            "mkdirSync", "promises", "readFile", "readFileSync", "readdir", "readdirSync", "rename", "renameSync", "rm",
            "rmSync", "stat", "statSync", "unlink", "unlinkSync", "writeFile", "writeFileSync",
        ],
    },
    Native {
        name: "fs/promises",
        api: NODE,
        exports: &[
            "access", "appendFile", "copyFile", "default", "mkdir", "readFile", "readdir", "rename", "rm", "stat",
            "unlink", "writeFile",
        ],
    },
    Native {
        name: "path",
        api: NODE,
        exports: &[
            "basename", "default", "delimiter", "dirname", "extname", "format", "isAbsolute", "join", "normalize", "parse",
            "posix", "relative", "resolve", "sep",
        ],
    },
    Native { name: "process", api: NODE, exports: &["argv", "cwd", "default", "env", "exit", "hrtime", "memoryUsage", "nextTick", "pid", "platform", "uptime", "version", "versions"] },
    Native { name: "timers", api: NODE, exports: &["clearImmediate", "clearInterval", "clearTimeout", "default", "setImmediate", "setInterval", "setTimeout"] },
];

/// The export names of a runtime module.
pub fn exports(name: &str) -> Option<&'static [&'static str]> {
    NATIVES.iter().find(|n| n.name == name).map(|n| n.exports)
}

/// Node built-ins that the runtime does not have; importing one is an error that says so.
const NODE_ONLY: &[&str] = &[
    "assert", "async_hooks", "child_process", "cluster", "console", "constants", "dgram", "diagnostics_channel", "dns",
    "domain", "events", "http", "http2", "https", "inspector", "module", "net", "os", "perf_hooks", "punycode", "querystring", "readline", "repl",
    "sqlite", "stream", "string_decoder", "sys", "test", "tls", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib",
];

/// npm packages that run in the browser only; a server import is a mistake.
pub const BROWSER_ONLY: &[&str] =
    &["alpinejs", "bootstrap", "htmx.org", "jquery", "react", "react-dom", "svelte", "tailwindcss", "vue"];

/// npm packages that puremixc cannot compile, and the nearest thing that works.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("express", "routes are files under `app/routes/`; see docs/book/moving-from-express.md"),
    ("puremix", "the framework is built in; delete the import"),
    ("sharp", "it is a native addon; call an image service, or resize before upload"),
    ("better-sqlite3", "it is a native addon"),
    ("sqlite3", "it is a native addon"),
    ("bcrypt", "use `crypto.scrypt` from node:crypto, which is native here"),
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
    if let Some(native) = NATIVES.iter().find(|n| n.name == name) {
        return Bare::Native(native.name);
    }
    let head = name.split('/').next().unwrap_or(name);
    if must_be_builtin || NODE_ONLY.contains(&head) {
        return Bare::MissingBuiltin;
    }
    match UNSUPPORTED.iter().find(|(package, _)| *package == package_name(name)) {
        Some((_, way_out)) => Bare::Unsupported(way_out),
        None => Bare::Package,
    }
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
        assert!(NATIVES.windows(2).all(|w| w[0].name < w[1].name));
        assert!(NODE_ONLY.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn bare_specifiers() {
        assert_eq!(classify("node:crypto"), Bare::Native("crypto"));
        assert_eq!(classify("fs/promises"), Bare::Native("fs/promises"));
        assert_eq!(classify("node:nothing"), Bare::MissingBuiltin);
        assert_eq!(classify("stream/web"), Bare::MissingBuiltin);
        assert_eq!(classify("lodash"), Bare::Package);
        assert!(matches!(classify("express"), Bare::Unsupported(_)));
        assert_eq!(package_name("@a/b/c"), "@a/b");
        assert_eq!(package_name("a/b/c"), "a");
        assert_eq!(package_name("@a"), "@a");
    }
}
