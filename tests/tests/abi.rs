//! The surface that generated code may use, `puremix_runtime::__rt`, as text: `runtime/abi.txt`.
//!
//! Each line is an item: a function with its signature, a type with its public fields and methods, a constant. The definitions of
//! re-exported names are looked up in the module that the path names, otherwise by name in the sources of their crate; where several items have the
//! name, all are listed.
#![forbid(unsafe_code)]

use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::{Fields, ImplItem, Item, TraitItem, UseTree, Visibility};

fn runtime() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").join("runtime")
}

#[test]
fn the_abi_is_the_one_on_record() {
    let now = surface();
    let abi = number();
    let path = runtime().join("abi.txt");
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let (head, body) = recorded.split_once('\n').unwrap_or_default();
    let old: BTreeSet<String> = body.lines().map(str::to_owned).collect();
    let gone: Vec<&String> = old.difference(&now).collect();
    let new: Vec<&String> = now.difference(&old).collect();
    let was: u32 = head.trim_start_matches("ABI ").parse().unwrap_or(0);
    assert!(
        gone.is_empty() || abi > was,
        "the surface of `__rt` changed: raise `ABI` in runtime/src/lib.rs and compiler/crates/codegen/src/app.rs to {} (then `UPDATE_EXPECT=1` \
         records it)\nchanged or removed: {gone:#?}\nnew: {new:#?}",
        was + 1
    );
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let text: String = std::iter::once(format!("ABI {abi}")).chain(now).map(|line| line + "\n").collect();
        return std::fs::write(path, text).expect("runtime/abi.txt can be written");
    }
    assert!(
        gone.is_empty() && new.is_empty() && abi == was,
        "runtime/abi.txt is not what `__rt` offers; record it with `UPDATE_EXPECT=1 cargo test -p puremix-tests --test abi`\n\
         ABI {was} on record, {abi} now\nchanged or removed: {gone:#?}\nnew: {new:#?}"
    );
}

/// The number that the runtime and the code generator must agree on.
fn number() -> u32 {
    let find = |path: &Path| {
        let text = std::fs::read_to_string(path).expect("a source of the repository");
        let (_, rest) = text.split_once("const ABI: u32 = ").expect("it has the constant");
        rest.split(';').next().and_then(|n| n.parse::<u32>().ok()).expect("a number")
    };
    let runtime_has = find(&runtime().join("src/lib.rs"));
    let codegen = runtime().join("../compiler/crates/codegen/src/app.rs");
    assert_eq!(runtime_has, find(&codegen), "runtime/src/lib.rs and {} name different ABIs", codegen.display());
    runtime_has
}

/// One line for each item.
fn surface() -> BTreeSet<String> {
    let root = runtime().join("src/__rt.rs");
    let mut surface = BTreeSet::new();
    let mut crates: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for item in parse(&root) {
        let Item::Use(used) = &item else { continue };
        if !is_public(&used.vis) {
            continue;
        }
        for leaf in leaves(&used.tree, Vec::new()) {
            let (path, name) = (&leaf.path[..leaf.path.len() - 1], &leaf.path[leaf.path.len() - 1]);
            if name == "*" {
                let file = match path {
                    [first, rest @ ..] if first == "crate" => runtime().join("src").join(rest.join("/")),
                    path => runtime().join("src/__rt").join(path.join("/")),
                };
                let items = parse(&file.with_extension("rs"));
                surface.extend(items.iter().flat_map(|item| described(item, &items)));
                continue;
            }
            let home = &leaf.path[0];
            let own = own_file(&leaf.path);
            let all = own.as_ref().unwrap_or_else(|| crates.entry(home.clone()).or_insert_with(|| sources(home)));
            let names = renamed(all, name);
            let lines: Vec<String> = all.iter().filter(|item| defines(item, &names)).flat_map(|item| described(item, all)).collect();
            let module = module(home, name);
            assert!(!lines.is_empty() || !module.is_empty(), "`{}` is defined nowhere", leaf.path.join("::"));
            let as_name = |line: String| if leaf.name == *name { line } else { format!("{} is {line}", leaf.name) };
            surface.extend(lines.into_iter().map(as_name));
            surface.extend(module.iter().flat_map(|item| described(item, &module)).map(|line| format!("{}::{line}", leaf.name)));
        }
    }
    surface
}

struct Leaf {
    path: Vec<String>,
    /// As it is called in `__rt`.
    name: String,
}

fn leaves(tree: &UseTree, mut path: Vec<String>) -> Vec<Leaf> {
    let mut leaf = |last: String, name: String| {
        path.push(last);
        vec![Leaf { path: std::mem::take(&mut path), name }]
    };
    match tree {
        UseTree::Name(name) => leaf(name.ident.to_string(), name.ident.to_string()),
        UseTree::Rename(name) => leaf(name.ident.to_string(), name.rename.to_string()),
        UseTree::Glob(_) => leaf("*".into(), "*".into()),
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            leaves(&inner.tree, path)
        }
        UseTree::Group(group) => group.items.iter().flat_map(|item| leaves(item, path.clone())).collect(),
    }
}

fn parse(path: &Path) -> Vec<Item> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())).items
}

/// What is re-exported as a module; a file of another name may be called as a function is.
const MODULES: [&str; 2] = ["math", "well_known"];

/// The folder of a crate's sources.
fn folder(home: &str) -> PathBuf {
    match home.strip_prefix("puremix_") {
        Some(name) => runtime().join("crates").join(name).join("src"),
        None => runtime().join("src"),
    }
}

/// The items of the module that a path into this crate names, where that defines what the path ends in: the crate may have others of that name.
fn own_file(path: &[String]) -> Option<Vec<Item>> {
    let [first, modules @ .., name] = path else { return None };
    let file = folder(first).join(modules.join("/")).with_extension("rs");
    let items = (first == "crate" && file.is_file()).then(|| parse(&file))?;
    items.iter().any(|item| defines(item, &BTreeSet::from([name.clone()]))).then_some(items)
}

/// All items at the top of a crate's files.
fn sources(home: &str) -> Vec<Item> {
    let mut folders = vec![folder(home)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository").flatten() {
            let path = entry.path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "tests") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().is_none_or(|name| name != "tests.rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().flat_map(|path| parse(path)).collect()
}

/// The items of the module of that name, where the name is one.
fn module(home: &str, name: &str) -> Vec<Item> {
    let mut folders = vec![folder(home)];
    while let Some(folder) = folders.pop() {
        for file in [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")] {
            if file.is_file() && MODULES.contains(&name) {
                return parse(&file);
            }
        }
        folders.extend(std::fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.path()).filter(|p| p.is_dir()));
    }
    Vec::new()
}

/// What the crate itself calls a name that it exports, and that name.
fn renamed(all: &[Item], name: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::from([name.to_owned()]);
    for item in all {
        let Item::Use(used) = item else { continue };
        let own = leaves(&used.tree, Vec::new()).into_iter().filter(|leaf| leaf.name == name && is_public(&used.vis));
        names.extend(own.filter_map(|leaf| leaf.path.last().cloned()));
    }
    names
}

/// Whether the item is the definition of one of the names. A macro that is given the name is.
fn defines(item: &Item, names: &BTreeSet<String>) -> bool {
    match item {
        Item::Macro(m) if m.ident.is_none() => {
            let given = m.mac.tokens.to_string();
            let mut words = given.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| names.contains(word))
        }
        item => named(item).is_some_and(|name| names.contains(&name)),
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn named(item: &Item) -> Option<String> {
    Some(match item {
        Item::Fn(f) if is_public(&f.vis) => f.sig.ident.to_string(),
        Item::Struct(s) if is_public(&s.vis) => s.ident.to_string(),
        Item::Enum(e) if is_public(&e.vis) => e.ident.to_string(),
        Item::Trait(t) if is_public(&t.vis) => t.ident.to_string(),
        Item::Type(t) if is_public(&t.vis) => t.ident.to_string(),
        Item::Const(c) if is_public(&c.vis) => c.ident.to_string(),
        Item::Static(s) if is_public(&s.vis) => s.ident.to_string(),
        _ => return None,
    })
}

/// The lines of one public item; a type's have its methods from the items around it.
fn described(item: &Item, around: &[Item]) -> Vec<String> {
    match item {
        // What a macro makes is told by what it is given.
        Item::Macro(m) if m.ident.is_none() => return vec![text(&m.mac)],
        Item::Const(c) if is_public(&c.vis) && c.ident == "ABI" => return vec![format!("const ABI: {}", text(&c.ty))],
        _ => {}
    }
    let Some(name) = named(item) else { return Vec::new() };
    let fields = |fields: &Fields| -> String {
        let public = fields.iter().filter(|f| is_public(&f.vis)).map(|f| match &f.ident {
            Some(ident) => format!("{ident}: {}", text(&f.ty)),
            None => text(&f.ty),
        });
        public.collect::<Vec<_>>().join(", ")
    };
    let mut lines = match item {
        Item::Fn(f) => vec![text(&f.sig)],
        Item::Struct(s) => vec![format!("struct {name}{} {{ {} }}", text(&s.generics), fields(&s.fields))],
        Item::Enum(e) => vec![format!("enum {name}{} {{ {} }}", text(&e.generics), e.variants.iter().map(text).collect::<Vec<_>>().join(", "))],
        Item::Trait(t) => {
            let methods = t.items.iter().filter_map(|i| if let TraitItem::Fn(f) = i { Some(text(&f.sig)) } else { None });
            vec![format!("trait {name} {{ {} }}", methods.collect::<Vec<_>>().join("; "))]
        }
        Item::Type(t) => vec![format!("type {name}{} = {}", text(&t.generics), text(&t.ty))],
        Item::Const(c) => vec![format!("const {name}: {} = {}", text(&c.ty), text(&c.expr))],
        Item::Static(s) => vec![format!("static {name}: {}", text(&s.ty))],
        _ => Vec::new(),
    };
    if !matches!(item, Item::Struct(_) | Item::Enum(_)) {
        return lines;
    }
    for found in around {
        let Item::Impl(found) = found else { continue };
        let syn::Type::Path(of) = &*found.self_ty else { continue };
        if found.trait_.is_some() || of.path.segments.last().is_none_or(|s| s.ident != name.as_str()) {
            continue;
        }
        for member in &found.items {
            match member {
                ImplItem::Fn(f) if is_public(&f.vis) => lines.push(format!("{name}::{}", text(&f.sig))),
                ImplItem::Const(c) if is_public(&c.vis) => lines.push(format!("{name}::const {}: {}", c.ident, text(&c.ty))),
                _ => {}
            }
        }
    }
    lines
}

/// Tokens as one line.
fn text(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let joined = words.join(" ");
    let mut out = joined;
    for (from, to) in [(" :: ", "::"), (":: ", "::"), (" < ", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), (" (", "("), ("( ", "("), (" )", ")"), ("& ", "&"), (" ;", ";"), (" :", ":"), ("[ ", "["), (" ]", "]")] {
        out = out.replace(from, to);
    }
    out
}
