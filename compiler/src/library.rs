//! `puremix:…` modules, and npm packages whose work the server does: what importing them gives is JavaScript that comes with the compiler, and wins over copies in `node_modules`.

/// Specifiers, the paths that stacks show, and texts.
const MODULES: &[(&str, &str, &str)] = &[
    ("better-sqlite3", "puremix:better-sqlite3.cjs", include_str!("library/better-sqlite3.cjs")),
    ("body-parser", "puremix:body-parser.cjs", include_str!("library/body-parser.cjs")),
    ("compression", "puremix:compression.cjs", include_str!("library/compression.cjs")),
    ("cookie-parser", "puremix:cookie-parser.cjs", include_str!("library/cookie-parser.cjs")),
    ("cors", "puremix:cors.cjs", include_str!("library/cors.cjs")),
    ("pg", "puremix:pg.cjs", include_str!("library/pg.cjs")),
    ("pg-types", "puremix:pg-types.cjs", include_str!("library/pg-types.cjs")),
    ("puremix:db", "puremix:db.js", include_str!("library/db.js")),
    ("express-session", "puremix:express-session.cjs", include_str!("library/express-session.cjs")),
    ("helmet", "puremix:helmet.cjs", include_str!("library/helmet.cjs")),
    ("morgan", "puremix:morgan.cjs", include_str!("library/morgan.cjs")),
];

/// The path and text of the module that a specifier names.
pub fn module(specifier: &str) -> Option<(&'static str, &'static str)> {
    MODULES.iter().find(|(known, ..)| *known == specifier).map(|(_, path, text)| (*path, *text))
}
