//! Entry files and what they import become a few modules for browsers.

use super::tool::Tool;
use super::{FOLDER, Mode, served};
use crate::project::Project;
use puremix_diag::{Diagnostic, Severity, codes};
use puremix_front_page::ClientFile;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const ESBUILD: Tool = Tool { name: "esbuild", packages: "esbuild", wanted_by: "bundling `app/client`" };

/// Files that are imported for their URL.
const MEDIA: [&str; 13] = ["svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "woff", "woff2", "ttf", "mp3", "mp4"];

pub struct Made {
    /// By the URL that authors write.
    pub files: BTreeMap<String, ClientFile>,
    pub public: Vec<(String, PathBuf)>,
    /// The project's files that went into it.
    pub inputs: Vec<PathBuf>,
}

/// Bundles `entries` into `out`.
pub fn run(project: &Project, mode: Mode, entries: &[&PathBuf], out: &Path) -> Result<Made, Diagnostic> {
    let program = ESBUILD.find(&project.root)?;
    let report = out.with_extension("json");
    let name = |kind: &str| if mode == Mode::Build { format!("{kind}.[hash]") } else { kind.to_owned() };
    let mut arguments: Vec<String> = entries.iter().map(|entry| entry.to_string_lossy().into_owned()).collect();
    arguments.extend(["--bundle", "--splitting", "--format=esm", "--target=es2022", "--jsx=automatic", "--log-level=warning", "--charset=utf8"].map(str::to_owned));
    arguments.extend(MEDIA.iter().map(|end| format!("--loader:.{end}=file")));
    arguments.extend([
        format!("--outdir={}", out.display()),
        format!("--metafile={}", report.display()),
        format!("--public-path=/{FOLDER}"),
        format!("--entry-names={}", name("[name]")),
        "--chunk-names=chunks/[name].[hash]".to_owned(),
        "--asset-names=assets/[name].[hash]".to_owned(),
        format!("--define:process.env.NODE_ENV=\"{}\"", if mode == Mode::Build { "production" } else { "development" }),
    ]);
    arguments.push(if mode == Mode::Build { "--minify" } else { "--sourcemap=inline" }.to_owned());
    if is_preact(&project.root) {
        arguments.push("--jsx-import-source=preact".to_owned());
    }
    ESBUILD.run(&program, &project.root, &arguments)?;
    let text = std::fs::read_to_string(&report).unwrap_or_default();
    let report: Value = serde_json::from_str(&text).map_err(|e| Diagnostic::project(codes::CLIENT_BUILD_FAILED, Severity::Error, format!("esbuild's report: {e}")))?;
    let outputs = Outputs { project, out, list: &report["outputs"], preloads: mode == Mode::Build };
    let files = entries.iter().filter_map(|entry| outputs.file(entry)).collect();
    let inputs = report["inputs"].as_object().into_iter().flatten().map(|(path, _)| project.root.join(path));
    let inputs = inputs.filter(|path| !path.components().any(|part| part.as_os_str() == "node_modules")).collect();
    Ok(Made { files, public: served(out), inputs })
}

/// The package that JSX is for, where it is not React.
fn is_preact(root: &Path) -> bool {
    let package: Option<Value> = std::fs::read_to_string(root.join("package.json")).ok().and_then(|text| serde_json::from_str(&text).ok());
    let has = |name: &str| package.as_ref().is_some_and(|package| ["dependencies", "devDependencies"].iter().any(|list| !package[*list][name].is_null()));
    has("preact") && !has("react")
}

/// The report's files. Its paths are relative to the project's directory.
struct Outputs<'a> {
    project: &'a Project,
    out: &'a Path,
    list: &'a Value,
    /// Whether pages name the chunks. In development that would make every page another one whenever a chunk is.
    preloads: bool,
}

impl Outputs<'_> {
    fn url(&self, path: &str) -> Option<String> {
        let full = self.project.root.join(path);
        Some(format!("/{FOLDER}/{}", full.strip_prefix(self.out).ok()?.to_string_lossy().replace('\\', "/")))
    }

    /// What an entry file became, by the URL that authors write.
    fn file(&self, entry: &Path) -> Option<(String, ClientFile)> {
        let source = entry.strip_prefix(&self.project.root).ok()?.to_string_lossy().replace('\\', "/");
        let (path, made) = self.list.as_object()?.iter().find(|(_, made)| made["entryPoint"] == source.as_str())?;
        let stem = entry.file_stem()?.to_string_lossy().into_owned();
        let end = if path.ends_with(".css") { "css" } else { "js" };
        let mut preloads = BTreeSet::new();
        if self.preloads {
            self.imported(made, &mut preloads);
        }
        let preloads = preloads.iter().filter_map(|path| self.url(path)).collect();
        let styles = made["cssBundle"].as_str().and_then(|path| self.url(path)).into_iter().collect();
        Some((format!("/{FOLDER}/{stem}.{end}"), ClientFile { url: self.url(path)?, styles, preloads }))
    }

    /// The modules that a module imports before it runs.
    fn imported<'v>(&'v self, made: &'v Value, found: &mut BTreeSet<&'v str>) {
        for import in made["imports"].as_array().into_iter().flatten().filter(|import| import["kind"] == "import-statement") {
            let Some(path) = import["path"].as_str().filter(|path| self.list[*path].is_object()) else { continue };
            if found.insert(path) {
                self.imported(&self.list[path], found);
            }
        }
    }
}
