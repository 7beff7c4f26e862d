//! One file while it arrives.

use super::store::{self, Content};
use super::{File, Refused, check};
use crate::body::multipart::PartHead;
use crate::config::upload::Upload;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

/// Bytes of the beginning that are kept to tell the type by.
const SAMPLE: usize = 8 * 1024;
/// Bytes of the end in which an archive's directory would stand: its own length and the longest comment.
const TAIL: usize = 66 * 1024;

/// A file of which part has arrived. Removes what it wrote when it is dropped before its end.
pub(super) struct Spool {
    head: PartHead,
    unique_name: String,
    pub size: u64,
    sample: Vec<u8>,
    /// What is not on disk yet.
    pub pending: Vec<u8>,
    file: Option<(PathBuf, std::fs::File)>,
    is_finished: bool,
}

impl Spool {
    pub fn new(head: PartHead) -> Spool {
        let unique_name = store::unique_name(head.file_name.as_deref().unwrap_or_default());
        Spool { head, unique_name, size: 0, sample: Vec::new(), pending: Vec::new(), file: None, is_finished: false }
    }

    pub fn name(&self) -> &str {
        self.head.file_name.as_deref().filter(|n| !n.is_empty()).unwrap_or("file")
    }

    /// A file input in which nothing was chosen.
    pub fn is_unchosen(&self) -> bool {
        self.size == 0 && self.head.file_name.as_deref() == Some("")
    }

    pub fn push(&mut self, bytes: &[u8]) {
        let sampled = SAMPLE.saturating_sub(self.sample.len()).min(bytes.len());
        self.sample.extend_from_slice(&bytes[..sampled]);
        self.pending.extend_from_slice(bytes);
        self.size += bytes.len() as u64;
    }

    /// Writes what is pending. Blocks on the file system.
    pub fn write(&mut self, upload: &Upload) -> io::Result<()> {
        let file = match &mut self.file {
            Some((_, file)) => file,
            None => {
                let folder = match &upload.dir {
                    Some(dir) => {
                        std::fs::create_dir_all(dir)?;
                        dir.clone()
                    }
                    None => store::temporary_folder()?,
                };
                let path = folder.join(&self.unique_name);
                let file = store::create(&path)?;
                &mut self.file.insert((path, file)).1
            }
        };
        file.write_all(&self.pending)?;
        self.pending = Vec::new();
        Ok(())
    }

    pub fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// The whole file, its type checked. Blocks on the file system.
    pub fn finish(mut self, upload: &Upload) -> Result<File, Refused> {
        let name = self.name().to_owned();
        let mimetype = self.head.content_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
        let tail = self.tail().map_err(|e| unwritable(&e))?;
        let detected = check::check(&check::Claim { name: &name, mimetype: &mimetype, head: &self.sample, tail: &tail }, upload)
            .map_err(|why| Refused::new(415, format!("{name}: {why}")))?;
        if self.is_on_disk() || upload.dir.is_some() {
            self.write(upload).map_err(|e| unwritable(&e))?;
        }
        self.is_finished = true;
        let content = match self.file.take() {
            Some((path, _)) => Content::on_disk(path, upload.dir.is_none()),
            None => Content::Memory(std::mem::take(&mut self.pending).into()),
        };
        let (field, unique_name) = (std::mem::take(&mut self.head.field), std::mem::take(&mut self.unique_name));
        Ok(File { field, name, mimetype, detected, unique_name, size: self.size, content })
    }

    /// The last bytes.
    fn tail(&mut self) -> io::Result<Vec<u8>> {
        let mut tail = Vec::new();
        if let Some((path, _)) = &self.file {
            let mut file = std::fs::File::open(path)?;
            let written = file.metadata()?.len();
            let wanted = TAIL.saturating_sub(self.pending.len()) as u64;
            file.seek(SeekFrom::Start(written.saturating_sub(wanted)))?;
            file.read_to_end(&mut tail)?;
        }
        tail.extend_from_slice(&self.pending[self.pending.len().saturating_sub(TAIL)..]);
        Ok(tail)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some((path, _)) = self.file.take().filter(|_| !self.is_finished) {
            // The upload was refused or broken off; nothing is lost when the file cannot be removed now.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A full or read-only disk is the server's fault, and told as such.
pub(super) fn unwritable(e: &io::Error) -> Refused {
    crate::log::error(None, &format!("cannot store an upload: {e}"));
    Refused::new(507, "the server cannot store uploads now")
}
