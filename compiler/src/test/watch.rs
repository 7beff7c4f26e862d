//! `--watch`: the tests run again at each save.

use super::{Options, find, project_of};
use crate::dev::{Places, Watcher};
use crate::project::Project;
use puremix_diag::SourceMap;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Runs until the user ends it. Each run is a process of its own: isolates live as long as theirs.
pub fn run(options: &Options) -> ExitCode {
    let (project, _) = match project_of(&options.app) {
        Ok(found) => found,
        Err(diagnostic) => return options.output.fail(&[diagnostic], &SourceMap::default()),
    };
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(e) => return fail(&format!("cannot run again: {e}")),
    };
    let mut watcher = match Watcher::start() {
        Ok(watcher) => watcher,
        Err(e) => return fail(&format!("cannot watch files: {e}")),
    };
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--watch" && a != "-w").collect();
    loop {
        watcher.watch(&places(&project));
        if let Err(e) = Command::new(&program).args(&arguments).status() {
            return fail(&format!("cannot run again: {e}"));
        }
        options.output.say("waiting for changes");
        if !watcher.wait() {
            return fail("the watcher of files has ended");
        }
    }
}

fn fail(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}

/// The project's own directories: what lies in the root, and all of the others that can hold sources.
fn places(project: &Project) -> Places {
    let entries = std::fs::read_dir(&project.root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut deep: Vec<PathBuf> = entries.filter(|path| path.is_dir() && find::may_hold_sources(path)).collect();
    deep.push(project.app_dir.clone());
    Places { deep, flat: vec![project.root.clone()] }
}
