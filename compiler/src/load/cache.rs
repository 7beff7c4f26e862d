//! Lowered files, kept for the next time the app is loaded.

use crate::client::Kept;
use crate::front::{self, FileRole};
use crate::live::Linked;
use crate::load::PythonNames;
use crate::project::{Project, ProjectKind, read_text};
use puremix_diag::{Diagnostic, FileId, SourceFile, SourceMap};
use puremix_ir::{Module, Shared};
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What earlier loads made of the app's files. Files are read each time and lowered when their text is another, so the cache cannot be
/// stale. A file keeps its id, which places refer to.
#[derive(Default)]
pub struct Cache {
    pub(super) sources: SourceMap,
    ids: HashMap<String, FileId>,
    lowered: HashMap<(PathBuf, FileRole), Lowered>,
    /// Counts loads.
    turn: u64,
    /// Several programs are loaded through the cache in turn: what one does not need is another's.
    is_shared: bool,
    /// Files that this load found new or changed.
    pub changes: Vec<Change>,
    /// What became of the modules.
    pub(crate) linked: Linked,
    /// What was built for browsers.
    pub(crate) client: Kept,
}

/// A file as it was lowered, and its requests resolved.
pub(super) struct Lowered {
    pub module: Shared<Module>,
    pub diagnostics: Vec<Diagnostic>,
    /// Another number for another text or use.
    pub content: u64,
    /// What it was lowered from.
    source: Arc<SourceFile>,
    made_for: u64,
    /// The server functions that its handlers name and others declare.
    pub named: BTreeSet<String>,
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
    /// A cache for several programs of one project.
    pub fn shared() -> Cache {
        Cache { is_shared: true, ..Cache::default() }
    }

    /// Begins a load.
    pub(super) fn begin(&mut self, project: &Project) {
        self.turn += 1;
        self.changes.clear();
        // Files that discovery has read have their places in its diagnostics, so their ids must be the same here.
        for (id, file) in project.sources.files() {
            let known = self.sources.files().nth(id.0 as usize).is_some_and(|(_, known)| known.path == file.path);
            if !known {
                *self = Cache { sources: project.sources.clone(), turn: self.turn, is_shared: self.is_shared, client: std::mem::take(&mut self.client), ..Cache::default() };
                return;
            }
            if self.sources.file(id).text != file.text {
                self.sources.replace(id, file.text.as_str());
            }
        }
    }

    /// Ends a load: forgets files that were not asked for.
    pub(super) fn end(&mut self, project: &Project) {
        if self.is_shared {
            return;
        }
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

    /// Reads a file, or takes the text that stands for it, and lowers it if it is not known as it is. Give it back with [`Cache::keep`].
    /// `named` are the server functions that its handlers name and others declare; without it those that it was lowered with before.
    pub(super) fn take(&mut self, project: &Project, path: &Path, role: FileRole, given: Option<String>, python: &PythonNames, named: Option<BTreeSet<String>>) -> Result<Lowered, (FileId, Diagnostic)> {
        let shown = project.display(path);
        let outcome = match given {
            Some(text) => Ok(text),
            None => read_text(path, &shown),
        };
        let text = outcome.as_ref().map_or("", String::as_str);
        let (file, before) = self.file(&shown, text);
        let text = match outcome {
            Ok(text) => text,
            Err(unreadable) => {
                self.sources.replace(file, unreadable.text.as_str());
                return Err((file, unreadable.diagnostic(file)));
            }
        };
        let known = self.lowered.remove(&(path.to_path_buf(), role));
        let named = named.or_else(|| known.as_ref().map(|known| known.named.clone())).unwrap_or_default();
        let made_for = made_for(&shown, role, project, python, &named);
        let source = self.sources.shared(file);
        if let Some(known) = known.filter(|known| Arc::ptr_eq(&known.source, &source) && known.made_for == made_for) {
            return Ok(Lowered { turn: self.turn, ..known });
        }
        self.changes.push(Change { path: shown.clone(), before: before.unwrap_or_else(|| text.clone()), after: text.clone() });
        let (module, diagnostics) = match (role, &project.basil) {
            (FileRole::Handler, Some(basil)) => front::lower_handler(file, &shown, &text, &basil.sqlite),
            (FileRole::Page | FileRole::ErrorPage | FileRole::Component | FileRole::Layout, _) => front::lower_page(file, &shown, &text, role, python, &project.client, &named),
            _ => front::lower_file(file, &shown, &text, role, python),
        };
        Ok(Lowered { module: module.into(), diagnostics, content: content(&text, made_for), source, made_for, named, turn: self.turn })
    }

    /// Keeps what [`Cache::take`] has given.
    pub(super) fn keep(&mut self, path: &Path, role: FileRole, lowered: Lowered) {
        self.lowered.insert((path.to_path_buf(), role), lowered);
    }

    /// The file's id, its text replaced, and the text it had if that was another.
    fn file(&mut self, shown: &str, text: &str) -> (FileId, Option<String>) {
        let Some(id) = self.ids.get(shown) else {
            let id = self.sources.add(shown, text);
            self.ids.insert(shown.to_owned(), id);
            return (id, Some(String::new()));
        };
        let known = self.sources.file(*id);
        let before = (known.text != text).then(|| known.text.clone());
        if before.is_some() {
            self.sources.replace(*id, text);
        }
        (*id, before)
    }
}

/// What a module is made from beside its text, as a number.
fn made_for(shown: &str, role: FileRole, project: &Project, python: &PythonNames, named: &BTreeSet<String>) -> u64 {
    let client = matches!(role, FileRole::Page | FileRole::ErrorPage | FileRole::Component | FileRole::Layout).then_some(&project.client);
    hash_of((client, named, role as u8, project.kind == ProjectKind::Basil, project.basil.as_ref().map(|basil| &basil.sqlite), front::knows_python(shown, role).then_some(python)))
}

/// What a module is made from, as a number.
fn content(text: &str, made_for: u64) -> u64 {
    hash_of((text, made_for))
}

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
