//! Files that code reads by a constant path: they travel inside the binary, and are used when the working directory has
//! none of that name.

use puremix_runtime::db::migrations::FOLDER;
use crate::project::Project;
use puremix_ir::app::{Asset, AssetKind};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The server's own table: what is embedded and what is read from disk have one media type.
#[path = "../../runtime/src/http/content_type.rs"]
#[allow(dead_code, reason = "only the server asks what is passive")]
mod content_type;
use puremix_ir::visit::{Node, walk};
use puremix_ir::{Arg, Expr, ExprKind, Program, Text};
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// Functions whose first argument is the path of a file to read (`load` and `loadSync` are those of schema libraries: protobufjs, gRPC).
const READERS: [&str; 8] = ["readFile", "readFileSync", "createReadStream", "existsSync", "stat", "statSync", "load", "loadSync"];

/// The files named in the app's own modules, by the path as it is written (`data/cities.json`).
pub fn constant_files(program: &Program, project: &Project) -> Vec<Asset> {
    let mut found = BTreeMap::new();
    for module in program.modules.iter().filter(|m| !m.path.contains("node_modules/")) {
        for function in &module.functions {
            walk(&function.body, &mut |node| {
                if let Node::Expr(expr) = node
                    && let Some(path) = constant_path(module, expr)
                    && let Some(relative) = embeddable(project, path)
                {
                    found.insert(relative, ());
                }
            });
        }
    }
    let asset = |relative: String| asset(project, &relative, &project.root.join(&relative), AssetKind::File);
    found.into_keys().map(asset).collect()
}

/// The files of `migrations/`, which the binary applies when it starts.
pub fn migrations(project: &Project) -> Vec<Asset> {
    let Ok(entries) = std::fs::read_dir(project.root.join(FOLDER)) else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).filter(|name| name.ends_with(".sql")).collect();
    names.sort();
    names.iter().map(|name| asset(project, &format!("{FOLDER}/{name}"), &project.root.join(FOLDER).join(name), AssetKind::File)).collect()
}

/// A file as it will be in the binary. Its place is relative to the project, so that the generated code does not depend on where that lies.
pub fn asset(project: &Project, url: &str, source: &Path, kind: AssetKind) -> Asset {
    let mut hasher = DefaultHasher::new();
    // A file that cannot be read fails the build when its bytes are included.
    std::fs::read(source).unwrap_or_default().hash(&mut hasher);
    Asset {
        url: url.into(),
        source: source.strip_prefix(&project.root).unwrap_or(source).to_string_lossy().into(),
        kind,
        content_type: content_type::of(url).into(),
        etag: format!("\"{:016x}\"", hasher.finish()).into(),
    }
}

/// The media type of a file, by its name.
pub fn content_type_of(name: &str) -> &'static str {
    content_type::of(name)
}

/// `fs.readFile('path')`, `readFileSync('path', 'utf8')`.
fn constant_path<'a>(module: &puremix_ir::Module, expr: &'a Expr) -> Option<&'a str> {
    let (name, args) = match &expr.kind {
        ExprKind::CallMethod { name, args, .. } => (&**name, args),
        ExprKind::Call { callee, args } => match callee.kind {
            ExprKind::Import(id) => match &module.imports[id.index()].name {
                puremix_ir::ImportName::Named(name) => (&**name, args),
                puremix_ir::ImportName::Default | puremix_ir::ImportName::Namespace => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    match args.first() {
        Some(Arg::Value(Expr { kind: ExprKind::Str(Text::Utf8(path)), .. })) if READERS.contains(&name) => Some(path),
        _ => None,
    }
}

/// The path without `./`, when it names a file of the project that may travel: nothing outside it, no dot files (`.env`).
fn embeddable(project: &Project, path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) if !name.to_string_lossy().starts_with('.') => parts.push(name.to_string_lossy().into_owned()),
            Component::Normal(_) | Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let relative = parts.join("/");
    (!relative.is_empty() && project.root.join(&relative).is_file()).then_some(relative)
}
