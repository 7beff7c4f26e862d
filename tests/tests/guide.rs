//! The guide's code blocks compile as they stand: what users were promised in writing.
#![forbid(unsafe_code)]

use puremix_tests::TempDir;
use puremixc::driver::{self, Options};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Blocks that are no pages: where they begin, and why they are left out.
const NO_PAGES: &[(&str, &str)] = &[
    ("<layout>      → Layout template name", "a table of the blocks' names"),
    ("<!-- String props -->", "a list of tags without their imports"),
];

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/puremix-guide.md");
    std::fs::read_to_string(&path).unwrap_or_else(|e| {
        panic!("{}: {e}\nthis test reads the guide, which lies in ../shared beside the repository", path.display())
    })
}

#[test]
fn every_html_block_of_the_guide_compiles() {
    let guide = guide();
    let blocks: Vec<&str> = guide.split("\n```html\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert!(blocks.len() > 30, "the guide has {} blocks", blocks.len());
    let mut failed = Vec::new();
    for block in &blocks {
        if NO_PAGES.iter().any(|(start, _)| block.starts_with(start)) {
            continue;
        }
        let errors = errors_of(block);
        if !errors.is_empty() {
            failed.push(format!("{}\n{}", block.lines().take(5).collect::<Vec<_>>().join("\n"), errors.join("\n")));
        }
    }
    for (start, why) in NO_PAGES {
        assert!(blocks.iter().any(|b| b.starts_with(start)), "no block begins `{start}` ({why})");
    }
    assert!(failed.is_empty(), "{} blocks do not compile\n\n{}", failed.len(), failed.join("\n\n"));
}

fn errors_of(block: &str) -> Vec<String> {
    // The guide's imports say how deep the page lies.
    let directory = match block {
        deepest if deepest.contains("'../../../") => "app/routes/a/b",
        deep if deep.contains("'../../") => "app/routes/a",
        _ => "app/routes",
    };
    let app = TempDir::with_files("guide", &[(&format!("{directory}/index.puremix"), block)]);
    for (path, text) in stand_ins(block, directory) {
        app.write(&path, &text);
    }
    let path = app.path().to_path_buf();
    driver::on_large_stack(move || {
        let compiled = driver::compile(&path, &Options { infer: true, client: false });
        let errors = compiled.diagnostics.iter().filter(|d| d.is_error());
        errors.map(|d| puremix_diag::render_text(d, &compiled.sources, false)).collect()
    })
}

/// The files a block names: modules with the exports it imports, components, layouts.
fn stand_ins(block: &str, directory: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for rest in block.split("<layout>").skip(1) {
        let name = rest.split("</layout>").next().unwrap_or_default().trim();
        files.insert(format!("app/layouts/{name}.html"), "<html><head>{head}</head><body>{content}</body></html>\n".to_owned());
    }
    for rest in block.split("import ").skip(1) {
        let Some((clause, rest)) = rest.split_once(" from ") else { continue };
        let specifier = rest.trim_start_matches(['\'', '"']).split(['\'', '"']).next().unwrap_or_default();
        if clause.contains(['(', ';']) || !specifier.starts_with('.') {
            continue;
        }
        let path = normal(&Path::new(directory).join(specifier));
        if specifier.ends_with(".puremix") {
            files.entry(path).or_insert_with(|| "<p>{children}</p>\n".to_owned());
            continue;
        }
        let has_extension = Path::new(specifier).extension().is_some();
        let module = files.entry(if has_extension { path } else { format!("{path}.js") }).or_default();
        let named = clause.split_once('{').and_then(|(_, names)| names.split_once('}')).map_or("", |(names, _)| names);
        for name in named.split(',').map(|n| n.split(" as ").next().unwrap_or(n).trim()).filter(|n| !n.is_empty()) {
            let declaration = format!("export async function {name}() {{ return []; }}\n");
            if !module.contains(&declaration) {
                module.push_str(&declaration);
            }
        }
        let default = clause.split('{').next().unwrap_or_default().trim().trim_end_matches(',');
        if !default.is_empty() && !default.starts_with('*') && !module.contains("export default") {
            module.push_str("export default {};\n");
        }
    }
    files
}

fn normal(path: &Path) -> String {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out.to_string_lossy().into_owned()
}
