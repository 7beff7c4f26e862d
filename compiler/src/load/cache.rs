//! Lowered files, kept for the next time the app is loaded.

use crate::front::{self, FileRole};
use crate::project::{Project, ProjectKind, read_source};
use puremix_diag::{Diagnostic, FileId, SourceMap};
use puremix_ir::Module;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// What earlier loads made of the app's files. Files are read each time and lowered when their text is another, so the cache cannot be
/// stale. A file keeps its id, which places refer to.
#[derive(Default)]
pub struct Cache {
    pub(super) sources: SourceMap,
    ids: HashMap<String, FileId>,
    lowered: HashMap<(PathBuf, FileRole), Lowered>,
    /// Counts loads.
    turn: u64,
    /// Files that this load found new or changed.
    pub changes: Vec<Change>,
}

/// A file as it was lowered.
#[derive(Clone)]
pub(super) struct Lowered {
    pub module: Module,
    pub diagnostics: Vec<Diagnostic>,
    /// Another number for another text or use.
    pub content: u64,
    turn: u64,
}

/// A file whose text is not what it was.
#[derive(Clone, Debug)]
pub struct Change {
    /// As the user would type it.
    pub path: String,
    /// Empty for a file that is new.
    pub before: String,
    /// Empty for a file that is gone.
    pub after: String,
}

impl Cache {
    /// Begins a load.
    pub(super) fn begin(&mut self, project: &Project) {
        self.turn += 1;
        self.changes.clear();
        // Files that discovery has read have their places in its diagnostics, so their ids must be the same here.
        for (id, file) in project.sources.files() {
            let known = self.sources.files().nth(id.0 as usize).is_some_and(|(_, known)| known.path == file.path);
            if !known {
                *self = Cache { sources: project.sources.clone(), turn: self.turn, ..Cache::default() };
                return;
            }
            self.sources.replace(id, file.text.as_str());
        }
    }

    /// Ends a load: forgets files that were not asked for.
    pub(super) fn end(&mut self, project: &Project) {
        let turn = self.turn;
        let (sources, changes) = (&mut self.sources, &mut self.changes);
        let ids = &self.ids;
        self.lowered.retain(|(path, _), lowered| {
            let stays = lowered.turn == turn;
            let shown = project.display(path);
            if !stays && let Some(id) = ids.get(&shown) {
                let before = sources.file(*id).text.clone();
                sources.replace(*id, "");
                changes.push(Change { path: shown, before, after: String::new() });
            }
            stays
        });
    }

    /// Reads a file, or takes the text that stands for it, and lowers it if it is not known as it is.
    pub(super) fn lowered(&mut self, project: &Project, path: &Path, role: FileRole, given: Option<String>) -> Result<Lowered, (FileId, Diagnostic)> {
        let shown = project.display(path);
        let mut read = SourceMap::default();
        let outcome = match given {
            Some(text) => Ok(read.add(shown.as_str(), text)),
            None => read_source(path, &shown, &mut read),
        };
        let text = read.files().next().map_or_else(String::new, |(_, file)| file.text.clone());
        let (file, before) = self.file(&shown, &text);
        if let Err(mut diagnostic) = outcome {
            if let Some(label) = &mut diagnostic.primary {
                label.span.file = file;
            }
            return Err((file, diagnostic));
        }
        let content = content(&text, role, project);
        let key = (path.to_path_buf(), role);
        if let Some(known) = self.lowered.get_mut(&key).filter(|known| known.content == content) {
            known.turn = self.turn;
            return Ok(known.clone());
        }
        self.changes.push(Change { path: shown.clone(), before, after: text.clone() });
        let (module, diagnostics) = match (role, &project.basil) {
            (FileRole::Handler, Some(basil)) => front::lower_handler(file, &shown, &text, &basil.sqlite),
            _ => front::lower_file(file, &shown, &text, role),
        };
        let lowered = Lowered { module, diagnostics, content, turn: self.turn };
        self.lowered.insert(key, lowered.clone());
        Ok(lowered)
    }

    /// The file's id, its text replaced, and the text it had.
    fn file(&mut self, shown: &str, text: &str) -> (FileId, String) {
        match self.ids.get(shown) {
            Some(id) => {
                let before = self.sources.file(*id).text.clone();
                if before != text {
                    self.sources.replace(*id, text);
                }
                (*id, before)
            }
            None => {
                let id = self.sources.add(shown, text);
                self.ids.insert(shown.to_owned(), id);
                (id, String::new())
            }
        }
    }
}

/// What a module is made of, as a number.
fn content(text: &str, role: FileRole, project: &Project) -> u64 {
    let mut hasher = DefaultHasher::new();
    (text, role as u8, project.kind == ProjectKind::Basil, project.basil.as_ref().map(|basil| &basil.sqlite)).hash(&mut hasher);
    hasher.finish()
}
