//! The loss of power, replayed: for every moment of a recorded run, the files as a disk could hold them.

use super::trace::{ARGUMENTS, Event, parse};
use super::{acknowledged, database, program};
use crate::shell::Outcome;
use puremix_tests::TempDir;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::Command;

/// Replays a run with `synchronous=FULL`, which must lose nothing, and one with `NORMAL`, which must lose something: else this proof
/// could not fail.
pub fn check(puremixc: &Path, rows: usize) -> Outcome {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("crash: NOT CHECKED: the loss of power (strace is not installed; Debian: apt-get install strace)");
        return Ok(());
    }
    let full = replay(&record(puremixc, rows, "full")?)?;
    if full.acknowledged < rows {
        return Err(format!("only {} of {rows} rows were acknowledged", full.acknowledged));
    }
    if let Some(loss) = full.losses.first() {
        return Err(format!("power: {} states lose what was acknowledged; the first: {loss}", full.losses.len()));
    }
    println!("crash: power: {} states of {} events, {} rows acknowledged, none lost", full.states, full.events, full.acknowledged);
    let normal = replay(&record(puremixc, rows, "normal")?)?;
    if normal.losses.is_empty() {
        return Err("power: DATABASE_DURABILITY=normal lost nothing, so this replay loses too little".to_owned());
    }
    println!("crash: power: with DATABASE_DURABILITY=normal {} of {} states lose rows, at most {}; none is damaged", normal.losses.len(), normal.states, normal.worst);
    Ok(())
}

struct Record {
    events: Vec<Event>,
    data: String,
}

struct Verdict {
    events: usize,
    states: usize,
    acknowledged: usize,
    losses: Vec<String>,
    /// Rows lost in one state, at most.
    worst: usize,
}

fn record(puremixc: &Path, rows: usize, durability: &str) -> Result<Record, String> {
    let home = TempDir::new("crash-power");
    let data = home.path().join("data");
    let log = home.path().join("strace");
    let mut command = Command::new("strace");
    command.args(ARGUMENTS).arg("-o").arg(&log).arg(puremixc).args(["run", "--quiet", "--interpret"]).arg(program());
    command.args(["1", &rows.to_string(), "4"]).env("PUREMIX_DATA", &data).env("DATABASE_DURABILITY", durability);
    let output = command.output().map_err(|e| format!("strace: {e}"))?;
    if !output.status.success() {
        return Err(format!("strace: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = std::fs::read_to_string(&log).map_err(|e| format!("{}: {e}", log.display()))?;
    Ok(Record { events: parse(&text)?, data: data.to_string_lossy().into_owned() })
}

/// A file as the system has it: what is on the disk for sure, and what may be.
#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    /// Its name is on the disk.
    is_named: bool,
    /// Changes that are not synced, with the number of their event.
    pending: Vec<(usize, Event)>,
}

/// Which of the changes that were not synced reached the disk.
#[derive(Clone, Copy, Debug)]
enum Luck {
    None,
    All,
    /// Every other one, as disks reorder.
    Even,
    Odd,
    /// The last one only.
    Last,
}

fn replay(record: &Record) -> Result<Verdict, String> {
    let place = TempDir::new("crash-replay");
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    let mut verdict = Verdict { events: record.events.len(), states: 0, acknowledged: 0, losses: Vec::new(), worst: 0 };
    let mut printed = String::new();
    for (number, event) in record.events.iter().enumerate() {
        match event {
            Event::Print(text) => {
                printed.push_str(text);
                continue;
            }
            Event::Create { path } if is_data(record, path) => {
                files.entry(path.clone()).or_default();
            }
            Event::Write { path, .. } | Event::Truncate { path, .. } if is_data(record, path) => {
                files.entry(path.clone()).or_default().pending.push((number, event.clone()));
            }
            Event::Remove { path } => {
                files.remove(path);
            }
            Event::Sync { path, until } if *path == record.data => {
                // A directory: the names of the files made before.
                let _ = until;
                files.values_mut().for_each(|file| file.is_named = true);
            }
            Event::Sync { path, until } => {
                if let Some(file) = files.get_mut(path) {
                    let (done, left) = std::mem::take(&mut file.pending).into_iter().partition(|(n, _)| n < until);
                    file.pending = left;
                    let done: Vec<(usize, Event)> = done;
                    done.iter().for_each(|(_, change)| apply(&mut file.synced, change));
                }
            }
            _ => continue,
        }
        for luck in [Luck::None, Luck::All, Luck::Even, Luck::Odd, Luck::Last] {
            crash(place.path(), record, &files, luck, &printed, &mut verdict).map_err(|e| format!("after event {number}, {luck:?}: {e}"))?;
        }
    }
    verdict.acknowledged = acknowledged(&printed).count();
    Ok(verdict)
}

/// SQLite's index of the log is memory that files stand for: a new process makes it anew.
fn is_data(record: &Record, path: &str) -> bool {
    path.starts_with(&record.data) && !path.ends_with("-shm")
}

fn apply(bytes: &mut Vec<u8>, change: &Event) {
    match change {
        Event::Write { offset, data, .. } => {
            if bytes.len() < offset + data.len() {
                bytes.resize(offset + data.len(), 0);
            }
            bytes[*offset..offset + data.len()].copy_from_slice(data);
        }
        Event::Truncate { length, .. } => bytes.resize(*length, 0),
        _ => {}
    }
}

/// Writes the files of one state and opens the database as the next start would.
fn crash(place: &Path, record: &Record, files: &BTreeMap<String, File>, luck: Luck, printed: &str, verdict: &mut Verdict) -> Outcome {
    let failed = |e: std::io::Error| e.to_string();
    for entry in std::fs::read_dir(place).map_err(failed)? {
        std::fs::remove_file(entry.map_err(failed)?.path()).map_err(failed)?;
    }
    for (path, file) in files {
        if !file.is_named && !matches!(luck, Luck::All) {
            continue;
        }
        let mut bytes = file.synced.clone();
        let last = file.pending.len().saturating_sub(1);
        for (i, (_, change)) in file.pending.iter().enumerate() {
            let reached = match luck {
                Luck::None => false,
                Luck::All => true,
                Luck::Even => i % 2 == 0,
                Luck::Odd => i % 2 == 1,
                Luck::Last => i == last,
            };
            if reached {
                apply(&mut bytes, change);
            }
        }
        let name = path.trim_start_matches(&record.data).trim_start_matches('/');
        std::fs::write(place.join(name), bytes).map_err(failed)?;
    }
    let found = database::ids(&place.join("app.db"))?;
    let wanted: HashSet<i64> = acknowledged(printed).collect();
    let lost = wanted.difference(&found).count();
    verdict.states += 1;
    if lost > 0 {
        verdict.worst = verdict.worst.max(lost);
        verdict.losses.push(format!("{lost} rows of {} ({luck:?})", wanted.len()));
    }
    Ok(())
}
