//! The app's sources as the compiling thread holds them between saves.

use super::classify::{self, Public};
use super::overview::Facts;
use super::public::Files;
use crate::driver::{self, Compiled};
use crate::load::Cache;
use crate::project::{Project, discover};
use puremix_diag::{Diagnostic, SourceMap};
use puremix_interp::app::Bench;
use puremix_interp::edition::Edition;
use puremix_ir::Program;
use puremix_runtime::capabilities::Capabilities;
use puremix_value::LateNames;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything an app may need is linked into the compiler.
pub const CAPABILITIES: Capabilities = Capabilities {
    sqlite: Some(puremix_sqlite::provide),
    documents: Some(puremix_documents::provide),
    postgres: Some(puremix_postgres::provide),
    tls: Some(puremix_tls::provide),
    installs: &[puremix_fetch::provide, puremix_jwt::provide, puremix_bcrypt::provide, puremix_db::provide, puremix_bettersqlite3::provide, puremix_pg::provide, puremix_mongoose::provide, puremix_python::provide],
};

pub struct Workspace {
    root: PathBuf,
    app: PathBuf,
    cache: Cache,
    bench: Bench,
    project: Option<Project>,
    /// The last program without errors, and its files.
    program: Option<(Program, SourceMap)>,
    public: Files,
    /// Routes of the last compilation: patterns and files.
    routes: Vec<String>,
    /// What was compiled last had errors.
    was_broken: bool,
    /// Whether all changes since the running edition can be patched into open pages.
    is_patch: bool,
    /// Directories beside the app's own that hold files it imports.
    elsewhere: BTreeSet<PathBuf>,
    /// Symbolic links in the app that stand for directories: those made later are not followed by themselves.
    links: BTreeSet<PathBuf>,
}

/// What a compilation found.
pub struct Compilation {
    /// Absent when there are errors.
    pub edition: Option<Arc<Edition>>,
    pub diagnostics: Vec<Diagnostic>,
    pub sources: SourceMap,
    /// Files whose content is new, as the user would type them.
    pub changed: Vec<String>,
    /// Everything is as it was.
    pub is_unchanged: bool,
    /// Open pages need not be loaded again.
    pub is_patch: bool,
}

impl Workspace {
    /// The app that `path` names.
    pub fn open(path: &Path) -> Result<Workspace, Diagnostic> {
        let root = discover::locate(path)?;
        let app = std::fs::canonicalize(path).unwrap_or_else(|_| root.clone());
        Ok(Workspace {
            root,
            app,
            cache: Cache::default(),
            bench: Bench::new(crate::VERSION, CAPABILITIES),
            project: None,
            program: None,
            public: Files::default(),
            routes: Vec::new(),
            was_broken: false,
            is_patch: true,
            elsewhere: BTreeSet::new(),
            links: BTreeSet::new(),
        })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn names(&self) -> &'static LateNames {
        self.bench.names()
    }

    /// The files served as they are.
    pub fn public(&self) -> Files {
        self.public.clone()
    }

    /// Compiles the app as it is on disk now.
    pub fn compile(&mut self) -> Compilation {
        let Compiled { project, sources, diagnostics, program, contents, .. } = driver::compile_live(&self.app, &mut self.cache);
        let mut changed = Vec::new();
        for change in &self.cache.changes {
            self.is_patch &= classify::is_markup_only(&change.path, &change.before, &change.after);
            changed.push(change.path.clone());
        }
        if let Some(project) = &project {
            let public = Files::of(&project.public);
            for url in public.changed_since(&self.public) {
                self.is_patch &= classify::public_file(&url) == Public::Patch;
                changed.push(format!("public{url}"));
            }
            self.public = public;
            let routes: Vec<String> = project.routes.iter().map(|route| format!("{:?} {}", route.pattern, route.path.display())).collect();
            self.is_patch &= routes == self.routes;
            if routes != self.routes && changed.is_empty() {
                changed.push("routes".to_owned());
            }
            self.routes = routes;
        }
        let edition = program.map(|program| {
            let edition = self.bench.edition(&program, &contents, &sources);
            // Help for editors: a project that cannot be written to is served all the same.
            let _ = crate::declarations::write(&self.root, &program);
            self.program = Some((program, sources.clone()));
            edition
        });
        let is_broken = edition.is_none();
        let is_unchanged = changed.is_empty() && is_broken == self.was_broken;
        self.was_broken = is_broken;
        if project.is_some() {
            self.project = project;
        }
        self.elsewhere = self.directories_elsewhere(&sources);
        self.links = self.linked_directories(&sources);
        Compilation { edition, diagnostics, sources, changed, is_unchanged, is_patch: self.is_patch }
    }

    /// What `/__dev` shows beside what the serving thread knows. Looks at the whole program.
    pub fn facts(&self) -> Facts {
        let Some((program, sources)) = &self.program else { return Facts { is_broken: self.was_broken, ..Facts::default() } };
        let pins = puremix_middle::pins(program);
        let pins = pins.iter().map(|pin| [pin.name.to_string(), sources.describe(pin.span), pin.why.to_string()]).collect();
        Facts { pins, workers: program.app.workers, is_broken: self.was_broken }
    }

    /// This edition runs: what comes next builds on it.
    pub fn accept(&mut self, edition: &Edition) {
        self.bench.accept(edition);
        self.is_patch = true;
    }

    /// Directories to watch: with what is below them, and without.
    pub fn places(&self) -> Places {
        let mut deep = vec![self.root.join("public")];
        match &self.project {
            Some(project) => deep.push(project.app_dir.clone()),
            // Until the configuration is read, the app is where it usually is.
            None => deep.push(if self.app == self.root { self.root.join("app") } else { self.app.clone() }),
        }
        deep.extend(self.links.iter().cloned());
        let mut flat = vec![self.root.clone()];
        flat.extend(self.elsewhere.iter().cloned());
        Places { deep, flat }
    }

    fn linked_directories(&self, sources: &SourceMap) -> BTreeSet<PathBuf> {
        let Some(project) = &self.project else { return BTreeSet::new() };
        let mut directories = BTreeSet::new();
        for (_, file) in sources.files() {
            let path = project.root.join(&file.path);
            let inside = path.ancestors().skip(1).take_while(|dir| dir.starts_with(&project.app_dir));
            // Above a directory that was seen are those that were seen with it.
            for directory in inside {
                if !directories.insert(directory.to_path_buf()) {
                    break;
                }
            }
        }
        directories.retain(|directory| directory.is_symlink());
        directories
    }

    /// Where the files lie that the app imports from outside its own directory.
    fn directories_elsewhere(&self, sources: &SourceMap) -> BTreeSet<PathBuf> {
        let Some(project) = &self.project else { return BTreeSet::new() };
        let directory = |path: &str| project.root.join(path).parent().map(Path::to_path_buf);
        let is_elsewhere = |dir: &PathBuf| !dir.starts_with(&project.app_dir) && *dir != project.root;
        sources.files().filter_map(|(_, file)| directory(&file.path)).filter(is_elsewhere).collect()
    }
}

/// What the watcher is to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Directories with everything below them.
    pub deep: Vec<PathBuf>,
    /// Directories alone.
    pub flat: Vec<PathBuf>,
}
