//! A log file that never grows beyond its size: full, it becomes `NAME.1`, what was that becomes `NAME.2`, and the oldest goes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub struct Rotating {
    path: PathBuf,
    max_size: u64,
    /// With the one being written.
    max_files: usize,
    file: File,
    size: u64,
}

impl Rotating {
    /// Opens or makes `directory/name`; the directory is made. Only this user can read what is made here.
    pub fn open(directory: &Path, name: &str, max_size: u64, max_files: usize) -> io::Result<Rotating> {
        std::fs::create_dir_all(directory)?;
        let path = directory.join(name);
        let file = open(&path)?;
        let size = file.metadata()?.len();
        Ok(Rotating { path, max_size: max_size.max(1024), max_files: max_files.max(1), file, size })
    }

    /// Appends one line, which is never split between files.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size > 0 && self.size + line.len() as u64 > self.max_size {
            self.rotate()?;
        }
        self.file.write_all(line)?;
        self.size += line.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..self.max_files).rev() {
            let from = if number == 1 { self.path.clone() } else { numbered(&self.path, number - 1) };
            match std::fs::rename(&from, numbered(&self.path, number)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        if self.max_files == 1 {
            std::fs::remove_file(&self.path)?;
        }
        self.file = open(&self.path)?;
        self.size = 0;
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_rotate() {
        let dir = crate::sys::temp_dir("rotating").unwrap();
        let mut log = Rotating::open(&dir.path().join("logs"), "debug.log", 1024, 3).unwrap();
        for i in 0..100 {
            log.write(format!("{i:099}\n").as_bytes()).unwrap();
        }
        let read = |name: &str| std::fs::read_to_string(dir.path().join("logs").join(name)).unwrap_or_default();
        let last = |text: &str| text.lines().last().unwrap_or("").trim_start_matches('0').to_owned();
        assert_eq!([last(&read("debug.log")), last(&read("debug.log.1")), last(&read("debug.log.2"))], ["99", "89", "79"]);
        assert_eq!(read("debug.log.1").len(), 1000);
        assert!(!dir.path().join("logs/debug.log.3").exists());
        let again = Rotating::open(&dir.path().join("logs"), "debug.log", 1024, 3).unwrap();
        assert_eq!(again.size, 1000, "a restart goes on where the file ends");
        let mut one = Rotating::open(dir.path(), "one.log", 1024, 1).unwrap();
        for _ in 0..30 {
            one.write(&[b'x'; 100]).unwrap();
        }
        assert!(std::fs::metadata(dir.path().join("one.log")).unwrap().len() <= 1024);
    }
}
