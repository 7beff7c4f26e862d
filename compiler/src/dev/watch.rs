//! Waiting for files to change.

use super::overview::Facts;
use super::workspace::Places;
use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// An editor's save is several events: what follows within this time belongs to it.
const QUIET: Duration = Duration::from_millis(8);
/// A stream of events is cut after this time.
const LONGEST: Duration = Duration::from_millis(60);

/// Names that no part of an app has.
const IGNORED: [&str; 7] = [".git", ".puremix", ".venv", "__pycache__", "node_modules", "dist", "target"];

/// What the compiling thread waits for.
pub enum Event {
    Files(notify::Result<notify::Event>),
    /// `/__dev` is looked at.
    Asked(oneshot::Sender<Facts>),
}

/// What came.
pub enum Next {
    Changed(Vec<PathBuf>),
    Asked(oneshot::Sender<Facts>),
    /// Nothing will come any more.
    End,
}

pub struct Watcher {
    watcher: RecommendedWatcher,
    asker: Sender<Event>,
    events: Receiver<Event>,
    /// Questions that came together with a change.
    waiting: Vec<oneshot::Sender<Facts>>,
    watched: HashMap<PathBuf, RecursiveMode>,
    /// Directories of which only files of these names matter: the project's own, where an app may write its data.
    flat: Vec<PathBuf>,
}

impl Watcher {
    pub fn start() -> notify::Result<Watcher> {
        let (send, events) = channel();
        let files = send.clone();
        // Nobody listens any more when the server ends.
        let watcher = notify::recommended_watcher(move |event| drop(files.send(Event::Files(event))))?;
        Ok(Watcher { watcher, asker: send, events, waiting: Vec::new(), watched: HashMap::new(), flat: Vec::new() })
    }

    /// Where questions to the compiling thread go.
    pub fn asker(&self) -> Sender<Event> {
        self.asker.clone()
    }

    /// Watches these directories and no others; answers whether some are new, in which something may have changed unseen. One that does
    /// not exist is watched once it does.
    pub fn watch(&mut self, places: &Places) -> bool {
        let mut is_new = false;
        let wanted: HashMap<PathBuf, RecursiveMode> = (places.flat.iter().map(|dir| (dir.clone(), RecursiveMode::NonRecursive)))
            .chain(places.deep.iter().map(|dir| (dir.clone(), RecursiveMode::Recursive)))
            .collect();
        for gone in self.watched.keys().filter(|dir| wanted.get(*dir) != self.watched.get(*dir)).cloned().collect::<Vec<_>>() {
            // A directory that was removed is watched no more already.
            let _ = self.watcher.unwatch(&gone);
            self.watched.remove(&gone);
        }
        for (directory, mode) in wanted {
            if !self.watched.contains_key(&directory) && directory.is_dir() && self.watcher.watch(&directory, mode).is_ok() {
                self.watched.insert(directory, mode);
                is_new = true;
            }
        }
        self.flat.clone_from(&places.flat);
        is_new
    }

    /// Waits for a change, and for what belongs to it, or for a question.
    pub fn next(&mut self) -> Next {
        if let Some(answer) = self.waiting.pop() {
            return Next::Asked(answer);
        }
        let mut paths = Vec::new();
        while paths.is_empty() {
            match self.events.recv() {
                Ok(Event::Files(event)) => self.note(event, &mut paths),
                Ok(Event::Asked(answer)) => return Next::Asked(answer),
                Err(_) => return Next::End,
            }
        }
        let until = Instant::now() + LONGEST;
        loop {
            let left = until.saturating_duration_since(Instant::now()).min(QUIET);
            match self.events.recv_timeout(left) {
                Ok(Event::Files(event)) => self.note(event, &mut paths),
                // Answered after the change.
                Ok(Event::Asked(answer)) => self.waiting.push(answer),
                Err(RecvTimeoutError::Timeout) => return Next::Changed(paths),
                Err(RecvTimeoutError::Disconnected) => return Next::End,
            }
        }
    }

    /// Waits for a change; false when nothing is watched any more. For who answers no questions.
    pub fn wait(&mut self) -> bool {
        loop {
            match self.next() {
                Next::Changed(_) => return true,
                Next::Asked(_) => {}
                Next::End => return false,
            }
        }
    }

    fn note(&mut self, event: notify::Result<notify::Event>, paths: &mut Vec<PathBuf>) {
        match event {
            // Reading is no change, and we read ourselves.
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
            Ok(event) => {
                if matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))) {
                    // A directory made anew, or moved, to the same name is another one.
                    self.watched.retain(|directory, _| !event.paths.contains(directory));
                }
                paths.extend(event.paths.into_iter().filter(|path| self.matters(path)));
            }
            // Events may have been lost: everything is looked at.
            Err(_) => paths.push(PathBuf::new()),
        }
    }

    fn matters(&self, path: &Path) -> bool {
        let is_ignored = |part: &std::ffi::OsStr| IGNORED.iter().any(|name| part == *name);
        let parent = path.parent().unwrap_or(Path::new(""));
        let in_root = self.flat.first().is_some_and(|root| parent == root);
        let relative = self.flat.first().and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path);
        !relative.iter().any(is_ignored) && (!in_root || is_project_file(path))
    }
}

/// Files of the project's own directory that mean something: the app may write others there.
fn is_project_file(path: &Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let is_setting = name == "package.json" || name == "basil.yaml" || name.starts_with("puremix.config.") || name.starts_with(".env");
    let is_source = [".js", ".mjs", ".cjs", ".ts", ".mts", ".json", ".puremix", ".pars", ".py"].iter().any(|end| name.ends_with(end));
    is_setting || is_source || name == "app" || name == "public"
}
