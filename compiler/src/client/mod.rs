//! What browsers get that somebody has to build first: `app/client/*.{js,jsx,ts,tsx,css}` bundled with what they import from npm (esbuild), and
//! style sheets that ask for Tailwind.
//!
//! In: the project's files. Out: files below `.puremix/client`, the URLs they answer at, and what the pages write instead of the names authors use.
//! An app without such files needs no Node, and none is looked for.

mod esbuild;
mod tailwind;
mod tool;

use crate::project::Project;
use crate::project::discover::walk;
use puremix_diag::Diagnostic;
use puremix_front_page::ClientFile;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder of the entry files, below the app's directory, and of their URLs.
const FOLDER: &str = "client";

/// The files by the URL that authors write: `/client/main.js` for `app/client/main.jsx`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientFiles(BTreeMap<String, ClientFile>);

impl ClientFiles {
    pub fn find(&self, url: &str) -> Option<&ClientFile> {
        self.0.get(url)
    }
}

/// Whom the files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Minified, with a hash of the content in each name.
    Build,
    /// With source maps, under the names authors write.
    Dev,
}

/// What was made the last time, and of what.
#[derive(Default)]
pub struct Kept {
    made_of: u64,
    inputs: Vec<PathBuf>,
    out: PathBuf,
    files: ClientFiles,
    public: Vec<(String, PathBuf)>,
}

/// Makes the files and enters them into the project. Where nothing has changed since `kept`, nothing runs.
pub fn bundle(project: &mut Project, mode: Mode, kept: &mut Kept) -> Vec<Diagnostic> {
    let entries = entries(&project.app_dir.join(FOLDER));
    let sheets = tailwind::sheets(&project.public, &entries);
    if entries.is_empty() && sheets.is_empty() {
        return Vec::new();
    }
    let scanned = if sheets.is_empty() { Vec::new() } else { tailwind::scanned(project) };
    let looked_at = |inputs: &[PathBuf]| state(entries.iter().chain(&scanned).chain(inputs).chain(sheets.iter().map(|sheet| &sheet.source)), mode);
    if kept.made_of != looked_at(&kept.inputs) || kept.files == ClientFiles::default() && kept.public.is_empty() {
        let all = project.work_dir.join(FOLDER);
        // Pages that are open, and the version of the app that runs, have the files of before until this version is there.
        let out = all.join(if mode == Mode::Build { "build".to_owned() } else { format!("dev-{:016x}", looked_at(&kept.inputs)) });
        match make(project, mode, &entries, &sheets, &out) {
            Ok(made) => {
                let old = std::mem::take(kept);
                forget(&all, &[&out, &old.out]);
                *kept = Kept { made_of: looked_at(&made.inputs), out, ..made };
            }
            Err(diagnostic) => {
                // It is tried again at every change until it succeeds.
                kept.made_of = 0;
                return vec![diagnostic];
            }
        }
    }
    project.client = kept.files.clone();
    let made = |url: &str| kept.public.iter().any(|(other, _)| other == url);
    project.public.retain(|(url, _)| !made(url));
    project.public.extend(kept.public.iter().cloned());
    project.public.sort();
    Vec::new()
}

/// Removes what earlier runs left, but for these directories.
fn forget(all: &Path, but: &[&PathBuf]) {
    let Ok(list) = std::fs::read_dir(all) else { return };
    for directory in list.flatten().map(|entry| entry.path()).filter(|path| !but.contains(&path) && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("dev-"))) {
        // What cannot be removed is in nobody's way.
        let _ = std::fs::remove_dir_all(directory);
    }
}

fn make(project: &Project, mode: Mode, entries: &[PathBuf], sheets: &[tailwind::Sheet], out: &Path) -> Result<Kept, Diagnostic> {
    // What an earlier run left there is nobody's.
    let _ = std::fs::remove_dir_all(out);
    let bundled: Vec<&PathBuf> = entries.iter().filter(|entry| !sheets.iter().any(|sheet| sheet.source == **entry)).collect();
    let mut kept = Kept::default();
    if !bundled.is_empty() {
        let made = esbuild::run(project, mode, &bundled, &out.join("js"))?;
        kept.files.0.extend(made.files);
        kept.public.extend(made.public);
        kept.inputs = made.inputs;
    }
    for sheet in sheets {
        let (file, source) = tailwind::run(project, mode, sheet, &out.join("css"))?;
        kept.public.push((file.url.clone(), source));
        kept.files.0.insert(sheet.url.clone(), file);
    }
    Ok(kept)
}

/// The files directly in the folder; what lies deeper is imported by them.
fn entries(folder: &Path) -> Vec<PathBuf> {
    const ENDINGS: [&str; 8] = ["js", "mjs", "jsx", "ts", "mts", "tsx", "css", "cjs"];
    let Ok(list) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_entry = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end == *known));
    let mut paths: Vec<PathBuf> = list.flatten().map(|entry| entry.path()).filter(is_entry).collect();
    paths.sort();
    paths
}

/// Lengths and times of files, as one number.
fn state<'a>(files: impl Iterator<Item = &'a PathBuf>, mode: Mode) -> u64 {
    let mut hasher = DefaultHasher::new();
    (mode == Mode::Build).hash(&mut hasher);
    for path in files {
        path.hash(&mut hasher);
        let meta = std::fs::metadata(path).ok();
        meta.as_ref().map(std::fs::Metadata::len).hash(&mut hasher);
        meta.and_then(|meta| meta.modified().ok()).unwrap_or(SystemTime::UNIX_EPOCH).hash(&mut hasher);
    }
    hasher.finish()
}

/// A hash for a name: hexadecimal, as the server's rule for files that never change wants it.
fn short_hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("a{:011x}0", hasher.finish() & 0xfff_ffff_ffff)
}

/// The files of a directory with their URLs below `/client`.
fn served(directory: &Path) -> Vec<(String, PathBuf)> {
    let url = |path: &Path| path.strip_prefix(directory).map(|rest| format!("/{FOLDER}/{}", rest.to_string_lossy().replace('\\', "/")));
    walk(directory).into_iter().filter_map(|path| Some((url(&path).ok()?, path))).collect()
}
