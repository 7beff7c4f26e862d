//! A form while it arrives.

use super::spool::{Spool, unwritable};
use super::{Form, Refused};
use crate::body::multipart::{Event, Parser, PartHead};
use crate::config::upload::Upload;

/// A file that is longer goes to disk.
const IN_MEMORY: usize = 64 * 1024;
/// Once the small files of a form are together longer, they go to disk too.
const ALL_IN_MEMORY: usize = 256 * 1024;

/// Reads one multipart body within the configuration's limits.
pub struct Collector {
    parser: Parser,
    upload: &'static Upload,
    gathered: Gathered,
}

/// What has arrived.
#[derive(Default)]
struct Gathered {
    pairs: Vec<(String, Vec<u8>)>,
    files: Vec<Spool>,
    fields_size: usize,
    files_size: u64,
    /// The part that has begun and not ended is a file.
    in_file: bool,
}

impl Collector {
    pub fn new(boundary: &str, upload: &'static Upload) -> Collector {
        Collector { parser: Parser::new(boundary), upload, gathered: Gathered::default() }
    }

    /// The form in a whole body, all of it in memory unless the configuration names a folder. Blocks on the file system.
    pub fn collect(body: &[u8], boundary: &str, upload: &'static Upload) -> Result<Form, Refused> {
        let mut collector = Collector::new(boundary, upload);
        collector.feed(body)?;
        collector.finish()
    }

    /// Takes the next piece of the body.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), Refused> {
        let (gathered, upload) = (&mut self.gathered, self.upload);
        self.parser.feed(piece, |event| match event {
            Event::Begin(head) => gathered.begin(head, upload),
            Event::Data(bytes) => gathered.push(bytes, upload),
            Event::End => {
                gathered.end();
                Ok(())
            }
        })
    }

    /// True when something should go to disk before more is fed.
    pub fn wants_spill(&self) -> bool {
        let pending = self.gathered.files.iter().map(|f| f.pending.len());
        !self.upload.in_memory && (pending.clone().any(|n| n > IN_MEMORY) || pending.sum::<usize>() > ALL_IN_MEMORY)
    }

    /// Writes to disk what is too long for memory. Blocks on the file system.
    pub fn spill(&mut self) -> Result<(), Refused> {
        let all = self.gathered.files.iter().map(|f| f.pending.len()).sum::<usize>() > ALL_IN_MEMORY;
        for file in &mut self.gathered.files {
            if file.pending.len() > IN_MEMORY || all && !file.pending.is_empty() {
                file.write(self.upload).map_err(|e| unwritable(&e))?;
            }
        }
        Ok(())
    }

    /// The form, once the body has ended. Blocks on the file system.
    pub fn finish(self) -> Result<Form, Refused> {
        self.parser.finish()?;
        let pairs = self.gathered.pairs.into_iter().map(|(name, text)| (name, String::from_utf8_lossy(&text).into_owned())).collect();
        let files = self.gathered.files.into_iter().map(|file| file.finish(self.upload)).collect::<Result<_, _>>()?;
        Ok(Form { pairs, files })
    }

    /// True when [`Collector::finish`] will touch the disk.
    pub fn finish_blocks(&self) -> bool {
        self.upload.dir.is_some() || self.gathered.files.iter().any(Spool::is_on_disk)
    }
}

impl Gathered {
    fn begin(&mut self, head: PartHead, upload: &Upload) -> Result<(), Refused> {
        self.in_file = head.file_name.is_some();
        if !self.in_file {
            if self.pairs.len() >= upload.max_fields {
                return Err(Refused::new(413, format!("the form has more than {} fields", upload.max_fields)));
            }
            self.add_fields_size(head.field.len(), upload)?;
            self.pairs.push((head.field, Vec::new()));
            return Ok(());
        }
        if self.files.len() >= upload.max_files {
            return Err(Refused::new(413, format!("the form has more than {} files", upload.max_files)));
        }
        self.files.push(Spool::new(head));
        Ok(())
    }

    fn push(&mut self, bytes: &[u8], upload: &Upload) -> Result<(), Refused> {
        if !self.in_file {
            self.add_fields_size(bytes.len(), upload)?;
            if let Some((_, text)) = self.pairs.last_mut() {
                text.extend_from_slice(bytes);
            }
            return Ok(());
        }
        let Some(file) = self.files.last_mut() else { return Ok(()) };
        self.files_size += bytes.len() as u64;
        if file.size + bytes.len() as u64 > upload.max_file as u64 {
            return Err(Refused::new(413, format!("{}: a file may have {} bytes", file.name(), upload.max_file)));
        }
        if self.files_size > upload.max_total as u64 {
            return Err(Refused::new(413, format!("the files of a form may have {} bytes together", upload.max_total)));
        }
        file.push(bytes);
        Ok(())
    }

    fn add_fields_size(&mut self, bytes: usize, upload: &Upload) -> Result<(), Refused> {
        self.fields_size += bytes;
        if self.fields_size > upload.max_fields_size {
            return Err(Refused::new(413, format!("the fields of a form may have {} bytes together", upload.max_fields_size)));
        }
        Ok(())
    }

    fn end(&mut self) {
        if self.in_file && self.files.last().is_some_and(Spool::is_unchosen) {
            self.files.pop();
        }
    }
}
