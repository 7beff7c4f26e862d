//! `client`: the client runtime as one small file. `runtime/client/src/*.js` are ES modules without dependencies; their texts, in the order of
//! their imports, become one function, which oxc makes small.

use crate::shell::{Outcome, root};
use flate2::Compression;
use flate2::write::GzEncoder;
use oxc_allocator::Allocator;
use oxc_ast::ast::{ImportDeclarationSpecifier, Statement};
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::{GetSpan as _, SourceType};
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Bytes after gzip that the client may have.
const MOST: usize = 6 * 1024;

const SOURCES: &str = "runtime/client/src";
const ENTRY: &str = "main.js";
const BUNDLE: &str = "runtime/client/dist/puremix.js";

#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail when the file is not what its sources make
    #[arg(long)]
    check: bool,
}

pub fn run(args: &Args) -> Outcome {
    let bundle = minified(&bundled(&root().join(SOURCES))?)?;
    let size = gzipped(bundle.as_bytes());
    println!("{BUNDLE}: {} bytes, {size} with gzip", bundle.len());
    if size > MOST {
        return Err(format!("the client has {size} bytes with gzip; it may have {MOST}"));
    }
    let file = root().join(BUNDLE);
    if fs::read_to_string(&file).is_ok_and(|old| old == bundle) {
        return Ok(());
    }
    if args.check {
        return Err(format!("{BUNDLE} is stale: run `cargo xtask client`"));
    }
    fs::write(&file, bundle).map_err(|e| format!("{BUNDLE}: {e}"))
}

/// The client as it is written, in one program, with more at its end: for a measurement that needs its parts.
pub fn opened(more: &str) -> Result<String, String> {
    let bundle = bundled(&root().join(SOURCES))?;
    Ok(format!("{}{more}\n{END}", bundle.strip_suffix(END).unwrap_or(&bundle)))
}

/// The end of the bundle's function.
const END: &str = "})();\n";

/// The modules as one program in one function.
fn bundled(directory: &Path) -> Result<String, String> {
    let mut modules = Modules { directory, begun: Vec::new(), text: String::from("(() => {\n") };
    modules.add(ENTRY)?;
    for name in fs::read_dir(directory).map_err(|e| e.to_string())?.filter_map(Result::ok).map(|entry| entry.file_name()) {
        if !modules.begun.iter().any(|known| name == known.as_str()) {
            return Err(format!("{SOURCES}/{} is imported by no module", name.display()));
        }
    }
    Ok(modules.text + END)
}

struct Modules<'a> {
    directory: &'a Path,
    begun: Vec<String>,
    text: String,
}

impl Modules<'_> {
    /// Appends a module after those it imports. One scope holds all: names are not changed, so imports and exports may not rename.
    fn add(&mut self, name: &str) -> Outcome {
        if self.begun.iter().any(|known| known == name) {
            return Ok(());
        }
        self.begun.push(name.to_owned());
        let source = fs::read_to_string(self.directory.join(name)).map_err(|e| format!("{SOURCES}/{name}: {e}"))?;
        let wrong = |what: &str| format!("{SOURCES}/{name}: {what}");
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, &source, SourceType::mjs()).parse();
        if let Some(first) = parsed.diagnostics.first() {
            return Err(wrong(&first.to_string()));
        }
        let mut own = String::new();
        let mut at = 0;
        for statement in &parsed.program.body {
            match statement {
                Statement::ImportDeclaration(import) => {
                    for specifier in import.specifiers.iter().flatten() {
                        if !matches!(specifier, ImportDeclarationSpecifier::ImportSpecifier(one) if one.imported.name() == one.local.name) {
                            return Err(wrong("an import may not rename"));
                        }
                    }
                    let target = import.source.value.strip_prefix("./").ok_or_else(|| wrong("an import must begin with `./`"))?;
                    self.add(target)?;
                    own.push_str(&source[at..import.span.start as usize]);
                    at = import.span.end as usize;
                }
                Statement::ExportDeclaration(export) => {
                    own.push_str(&source[at..export.span.start as usize]);
                    at = export.declaration.span().start as usize;
                }
                Statement::ExportNamedDeclaration(_) | Statement::ExportDefaultDeclaration(_) | Statement::ExportAllDeclaration(_) => {
                    return Err(wrong("only declarations can be exported"));
                }
                _ => {}
            }
        }
        own.push_str(&source[at..]);
        self.text.push_str(&own);
        Ok(())
    }
}

fn minified(source: &str) -> Result<String, String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::script()).parse();
    if let Some(first) = parsed.diagnostics.first() {
        return Err(format!("the bundle: {first}"));
    }
    let mut program = parsed.program;
    // Two modules with the same name would be found here.
    let checked = oxc_semantic::SemanticBuilder::new().with_check_syntax_error(true).build(&program);
    if let Some(first) = checked.diagnostics.first() {
        return Err(format!("the bundle: {first}"));
    }
    let made = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    let options = CodegenOptions { minify: true, comments: CommentOptions::disabled(), ..CodegenOptions::default() };
    Ok(Codegen::new().with_options(options).with_scoping(made.scoping).build(&program).code.to_string() + "\n")
}

fn gzipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_or(usize::MAX, |made| made.len())
}
