//! JavaScript that comes with the compiler: `puremix:…` modules, npm packages whose work the server does, which win over copies in
//! `node_modules`, and modules of Node that are best written in its own language. They are compiled into the apps that import them.

use std::path::Path;

/// Puts streams of files into `fs`: see [`crate::load`].
pub const FILE_STREAMS: &str = "puremix:fs/streams";

/// Specifiers, the paths that stacks show, and texts.
const MODULES: &[(&str, &str, &str)] = &[
    ("better-sqlite3", "puremix:better-sqlite3.cjs", include_str!("library/better-sqlite3.cjs")),
    ("body-parser", "puremix:body-parser.cjs", include_str!("library/body-parser.cjs")),
    ("compression", "puremix:compression.cjs", include_str!("library/compression.cjs")),
    ("connect-pg-simple", "puremix:connect-pg-simple.cjs", include_str!("library/connect-pg-simple.cjs")),
    ("connect-redis", "puremix:connect-redis.cjs", include_str!("library/connect-redis.cjs")),
    ("connect-sqlite3", "puremix:connect-sqlite3.cjs", include_str!("library/connect-sqlite3.cjs")),
    ("cookie-parser", "puremix:cookie-parser.cjs", include_str!("library/cookie-parser.cjs")),
    ("cors", "puremix:cors.cjs", include_str!("library/cors.cjs")),
    ("pg", "puremix:pg.cjs", include_str!("library/pg.cjs")),
    ("pg-types", "puremix:pg-types.cjs", include_str!("library/pg-types.cjs")),
    ("puremix:db", "puremix:db.js", include_str!("library/db.js")),
    ("express-rate-limit", "puremix:express-rate-limit.cjs", include_str!("library/express-rate-limit.cjs")),
    ("express-session", "puremix:express-session.cjs", include_str!("library/express-session.cjs")),
    ("helmet", "puremix:helmet.cjs", include_str!("library/helmet.cjs")),
    (FILE_STREAMS, "node:internal/fs/streams.cjs", include_str!("library/fs/streams.cjs")),
    ("puremix:stream/duplex", "node:internal/streams/duplex.cjs", include_str!("library/stream/duplex.cjs")),
    ("puremix:stream/pipeline", "node:internal/streams/pipeline.cjs", include_str!("library/stream/pipeline.cjs")),
    ("puremix:stream/readable", "node:internal/streams/readable.cjs", include_str!("library/stream/readable.cjs")),
    ("puremix:stream/shared", "node:internal/streams/shared.cjs", include_str!("library/stream/shared.cjs")),
    ("puremix:stream/writable", "node:internal/streams/writable.cjs", include_str!("library/stream/writable.cjs")),
    ("puremix:import", "puremix:import.cjs", include_str!("library/import.cjs")),
    ("puremix:require", "puremix:require.cjs", include_str!("library/require.cjs")),
    ("stream", "node:stream.cjs", include_str!("library/stream/stream.cjs")),
    ("stream/promises", "node:stream/promises.cjs", include_str!("library/stream/promises.cjs")),
    ("memorystore", "puremix:memorystore.cjs", include_str!("library/memorystore.cjs")),
    ("puremix:session-stores", "puremix:session-stores.cjs", include_str!("library/session-stores.cjs")),
    ("morgan", "puremix:morgan.cjs", include_str!("library/morgan.cjs")),
];

/// Files of packages that make code at run time, and what stands for them: the ends of their paths, and texts.
const REPLACEMENTS: &[(&str, &str)] = &[
    ("/node_modules/@protobufjs/codegen/index.js", include_str!("library/protobufjs/codegen.cjs")),
    ("/node_modules/@protobufjs/inquire/index.js", include_str!("library/protobufjs/inquire.cjs")),
    ("/node_modules/protobufjs/src/converter.js", include_str!("library/protobufjs/converter.cjs")),
    ("/node_modules/protobufjs/src/decoder.js", include_str!("library/protobufjs/decoder.cjs")),
    ("/node_modules/protobufjs/src/encoder.js", include_str!("library/protobufjs/encoder.cjs")),
    ("/node_modules/protobufjs/src/verifier.js", include_str!("library/protobufjs/verifier.cjs")),
];

/// What is compiled in place of a package's file.
pub fn replacement(path: &Path) -> Option<&'static str> {
    let path = path.to_str()?;
    REPLACEMENTS.iter().find(|(end, _)| path.ends_with(end)).map(|(_, text)| *text)
}

/// The path and text of the module that a specifier names.
pub fn module(specifier: &str) -> Option<(&'static str, &'static str)> {
    let of_node = specifier.strip_prefix("node:");
    MODULES.iter().find(|(known, path, _)| *known == specifier || of_node == Some(*known) && path.starts_with("node:")).map(|(_, path, text)| (*path, *text))
}

/// Whether a path is that of one of our own modules.
pub fn is_path(path: &str) -> bool {
    path.starts_with("puremix:") || path.starts_with("node:")
}
