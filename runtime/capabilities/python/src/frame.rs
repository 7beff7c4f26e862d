//! Messages to a worker and from it.
//!
//! Four 32-bit numbers (the message's number, its kind, the bytes of its text, how many attachments), then the attachments' lengths as
//! 64-bit numbers, the text (JSON), and the attachments. Little-endian. `worker/worker.py` is the other end.

/// What a worker is asked for.
pub const CALL: u32 = 1;
pub const LOAD: u32 = 2;
pub const INLINE: u32 = 3;
/// The text has values that JSON has no form for.
pub const TAGGED: u32 = 0x100;

/// What a worker answers.
pub const OK: u32 = 0;
/// The description of an exception.
pub const FAILED: u32 = 1;
pub const READY: u32 = 2;

pub const HEAD: usize = 16;

/// The longest message that is taken from a worker.
const MOST: u64 = 2 << 30;

/// What is to be sent: the text grows behind room for the head.
pub struct Message {
    pub text: String,
    pub attachments: Vec<Vec<u8>>,
    pub has_tags: bool,
}

impl Message {
    pub fn new() -> Message {
        Message { text: String::with_capacity(256), attachments: Vec::new(), has_tags: false }
    }

    /// The bytes for the wire; `None` where the message is longer than the protocol can say.
    pub fn into_bytes(self, number: u32, kind: u32) -> Option<Vec<u8>> {
        let length = u32::try_from(self.text.len()).ok()?;
        let kind = if self.has_tags { kind | TAGGED } else { kind };
        let total = self.attachments.iter().map(Vec::len).sum::<usize>();
        let mut out = Vec::with_capacity(HEAD + 8 * self.attachments.len() + self.text.len() + total);
        for n in [number, kind, length, u32::try_from(self.attachments.len()).ok()?] {
            out.extend_from_slice(&n.to_le_bytes());
        }
        for attachment in &self.attachments {
            out.extend_from_slice(&(attachment.len() as u64).to_le_bytes());
        }
        out.extend_from_slice(self.text.as_bytes());
        for attachment in &self.attachments {
            out.extend_from_slice(attachment);
        }
        Some(out)
    }
}

/// A whole message from a worker.
pub struct Received {
    pub number: u32,
    pub kind: u32,
    bytes: Vec<u8>,
    text: (usize, usize),
    attachments: Vec<(usize, usize)>,
}

impl Received {
    pub fn text(&self) -> &[u8] {
        &self.bytes[self.text.0..self.text.1]
    }

    pub fn attachment(&self, i: usize) -> Option<&[u8]> {
        self.attachments.get(i).map(|(from, to)| &self.bytes[*from..*to])
    }
}

/// How many bytes a message has that begins so: `Ok(None)` where more of it must be seen first. The error is for what no worker sends.
pub fn length(bytes: &[u8]) -> Result<Option<usize>, String> {
    let Some(head) = head(bytes) else { return Ok(None) };
    let lengths = HEAD as u64 + 8 * u64::from(head[3]);
    if lengths > 1 << 24 {
        return Err("it sent what is no message".to_owned());
    }
    if (bytes.len() as u64) < lengths {
        return Ok(None);
    }
    let attachments = (0..head[3] as usize).try_fold(0u64, |sum, i| sum.checked_add(long(bytes, HEAD + 8 * i)));
    let total = attachments.and_then(|n| n.checked_add(lengths)).and_then(|n| n.checked_add(u64::from(head[2])));
    match total {
        Some(total) if total <= MOST => Ok(Some(total as usize)),
        _ => Err(format!("its result is longer than {} GB", MOST >> 30)),
    }
}

/// The message that fills these bytes, as [`length`] has measured them.
pub fn parse(bytes: Vec<u8>) -> Option<Received> {
    let head = head(&bytes)?;
    let mut at = HEAD + 8 * head[3] as usize;
    let text = (at, at + head[2] as usize);
    at = text.1;
    let mut attachments = Vec::with_capacity(head[3] as usize);
    for i in 0..head[3] as usize {
        let end = at + long(&bytes, HEAD + 8 * i) as usize;
        attachments.push((at, end));
        at = end;
    }
    (at == bytes.len()).then_some(Received { number: head[0], kind: head[1], bytes, text, attachments })
}

fn head(bytes: &[u8]) -> Option<[u32; 4]> {
    let head: &[u8; HEAD] = bytes.first_chunk()?;
    Some([0, 4, 8, 12].map(|i| u32::from_le_bytes([head[i], head[i + 1], head[i + 2], head[i + 3]])))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u64::from_le_bytes(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_wire() {
        let message = Message { text: "[1]".to_owned(), attachments: vec![vec![1, 2], vec![], vec![3]], has_tags: true };
        let bytes = message.into_bytes(7, CALL).expect("short");
        for cut in 0..bytes.len() {
            let seen = length(&bytes[..cut]).expect("a good beginning");
            assert!(seen.is_none_or(|n| n == bytes.len()), "{cut}");
        }
        assert_eq!(length(&bytes), Ok(Some(bytes.len())));
        let received = parse(bytes).expect("whole");
        assert_eq!((received.number, received.kind, received.text()), (7, CALL | TAGGED, &b"[1]"[..]));
        assert_eq!([0, 1, 2, 3].map(|i| received.attachment(i)), [Some(&[1u8, 2][..]), Some(&[][..]), Some(&[3][..]), None]);
    }

    #[test]
    fn nonsense_is_refused() {
        let head = |numbers: [u32; 4]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
        assert!(length(&head([0, 0, 4, u32::MAX])).is_err());
        assert!(length(&[head([0, 0, 4, 1]), vec![0xff; 8]].concat()).is_err());
        assert!(length(&[head([0, 0, 4, 1]), (3u64 << 30).to_le_bytes().to_vec()].concat()).is_err());
        assert!(parse(head([0, 0, 4, 0])).is_none());
    }
}
