//! What a process did to its files, from strace's record.

use std::collections::HashMap;

/// Something that happened, in order. Paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Create { path: String },
    Write { path: String, offset: usize, data: Vec<u8> },
    Truncate { path: String, length: usize },
    Remove { path: String },
    /// Everything written to the file before the event numbered `until` is on the disk from now on; for a directory: its entries.
    Sync { path: String, until: usize },
    /// What the process wrote to its standard output.
    Print(String),
}

/// What strace is asked for.
pub const ARGUMENTS: &[&str] =
    &["-f", "-y", "-xx", "-s", "200000", "-e", "trace=openat,pwrite64,pwritev,write,fsync,fdatasync,ftruncate,unlink,rename"];

/// Reads the record. Calls that were interrupted by another thread's have two lines: what is written counts from the first, what is synced
/// from the second.
pub fn parse(text: &str) -> Result<Vec<Event>, String> {
    let mut events = Vec::new();
    let mut syncing: HashMap<&str, (String, usize)> = HashMap::new();
    for line in text.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if call.starts_with("<... fsync resumed>") || call.starts_with("<... fdatasync resumed>") {
            if let Some((path, until)) = syncing.remove(thread) {
                events.push(Event::Sync { path, until });
            }
            continue;
        }
        let Some((name, rest)) = call.split_once('(') else { continue };
        let strings = strings(rest);
        let path = || strings.first().map(|bytes| text_of(bytes)).ok_or_else(|| format!("no path: {line}"));
        // Numbers after the last string: `, 4096, 56) = 4096`.
        let numbers = || {
            let tail = rest.rsplit(['"', '>']).next().unwrap_or_default().split([')', '<']).next().unwrap_or_default();
            tail.split(',').filter_map(|n| n.trim().parse::<usize>().ok()).collect::<Vec<_>>()
        };
        match name {
            "fsync" | "fdatasync" if rest.contains("<unfinished") => {
                syncing.insert(thread, (path()?, events.len()));
            }
            "fsync" | "fdatasync" => events.push(Event::Sync { path: path()?, until: events.len() }),
            "pwrite64" | "write" => {
                let data = strings.get(1).cloned().unwrap_or_default();
                let before_tail = rest.rsplit('"').next().unwrap_or_default();
                let numbers: Vec<usize> = before_tail.split([')', '<']).next().unwrap_or_default().split(',').filter_map(|n| n.trim().parse().ok()).collect();
                if numbers.first().is_some_and(|length| *length != data.len()) {
                    return Err(format!("the record of a write is cut: {}", &line[..line.len().min(120)]));
                }
                match (name, numbers.get(1)) {
                    ("pwrite64", Some(offset)) => events.push(Event::Write { path: path()?, offset: *offset, data }),
                    ("write", _) if rest.starts_with("1<") => events.push(Event::Print(text_of(&data))),
                    _ => {}
                }
            }
            "pwritev" => return Err(format!("a kind of write that is not replayed: {line}")),
            "ftruncate" => {
                if let Some(length) = numbers().last() {
                    events.push(Event::Truncate { path: path()?, length: *length });
                }
            }
            "unlink" => events.push(Event::Remove { path: path()? }),
            // `openat(AT_FDCWD<cwd>, "path", O_RDWR|O_CREAT, 0644) = 5<path>`
            "openat" if rest.contains("O_CREAT") => {
                let opened = strings.get(1).map(|bytes| text_of(bytes)).ok_or_else(|| format!("no path: {line}"))?;
                events.push(Event::Create { path: opened });
            }
            _ => {}
        }
    }
    Ok(events)
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// All `\x61\x62` of a line that stand in quotes or angle brackets.
fn strings(text: &str) -> Vec<Vec<u8>> {
    let quoted = text.split(['"', '<', '>']).filter(|part| part.starts_with("\\x"));
    let bytes = |part: &str| part.split("\\x").skip(1).map(|digits| u8::from_str_radix(digits, 16).unwrap_or(0)).collect();
    quoted.map(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::{Event, parse};

    #[test]
    fn lines_of_strace() {
        let text = "\
7  openat(AT_FDCWD<\\x2f>, \"\\x2f\\x61\", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 5<\\x2f\\x61>
7  pwrite64(5<\\x2f\\x61>, \"\\x00\\xff\", 2, 24) = 2
8  fdatasync(5<\\x2f\\x61> <unfinished ...>
7  pwrite64(5<\\x2f\\x61>, \"\\x01\", 1, 0 <unfinished ...>
8  <... fdatasync resumed>)             = 0
9  write(1<\\x70>, \"\\x61\\x0a\", 2)      = 2
9  ftruncate(5<\\x2f\\x61>, 32)           = 0
";
        let path = || "/a".to_owned();
        let expected = [
            Event::Create { path: path() },
            Event::Write { path: path(), offset: 24, data: vec![0, 255] },
            Event::Write { path: path(), offset: 0, data: vec![1] },
            Event::Sync { path: path(), until: 2 },
            Event::Print("a\n".to_owned()),
            Event::Truncate { path: path(), length: 32 },
        ];
        assert_eq!(parse(text), Ok(expected.to_vec()));
    }
}
