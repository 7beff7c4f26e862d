//! Messages of protocol version 3: what we send as bytes, what the server sends as data.

use bytes::{Buf as _, Bytes, BytesMut};
use std::sync::Arc;

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub table_id: u32,
    pub column_id: i16,
    /// The type's OID.
    pub type_id: u32,
    pub type_size: i16,
    pub type_modifier: i32,
}

/// An error's or notice's fields by their letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(u8, String)>);

impl Fields {
    pub fn get(&self, letter: u8) -> Option<&str> {
        self.0.iter().find(|(l, _)| *l == letter).map(|(_, text)| text.as_str())
    }
}

/// What a server asks of a client that logs in.
#[derive(Debug, PartialEq, Eq)]
pub enum Auth {
    Ok,
    Password,
    Md5([u8; 4]),
    /// The mechanisms the server knows.
    Sasl(Vec<String>),
    SaslContinue(Bytes),
    SaslFinal(Bytes),
    Other(u32),
}

/// A message of `NOTIFY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Of the session that sent it.
    pub process_id: i32,
    pub channel: String,
    pub payload: String,
}

/// What a server sends.
#[derive(Debug, PartialEq)]
pub enum Backend {
    Auth(Auth),
    ParseComplete,
    RowDescription(Arc<[Field]>),
    NoData,
    /// The columns' texts; `None` for null.
    DataRow(Vec<Option<Bytes>>),
    CommandComplete(String),
    EmptyQuery,
    Error(Fields),
    /// `I` idle, `T` in a transaction, `E` in one that has failed.
    Ready(u8),
    /// The server waits for data of a `COPY`.
    CopyIn,
    /// Data of a `COPY` follow.
    CopyOut,
    /// What another session has told a channel that is listened to.
    Notification(Notification),
    /// Of no consequence here: completions, notices, parameters, data of a `COPY`.
    Other(u8),
}

/// A message that breaks the protocol.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

/// Takes the first message off the buffer; `None` until it is there whole.
pub fn decode(buffer: &mut BytesMut) -> Result<Option<Backend>, Malformed> {
    let Some(head) = buffer.first_chunk::<5>() else { return Ok(None) };
    let tag = head[0];
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if !(4..=1 << 30).contains(&length) {
        return Err(Malformed);
    }
    if buffer.len() < length + 1 {
        buffer.reserve(length + 1 - buffer.len());
        return Ok(None);
    }
    let mut body = buffer.split_to(length + 1).freeze();
    body.advance(5);
    Ok(Some(match tag {
        b'R' => Backend::Auth(auth(body)?),
        b'1' => Backend::ParseComplete,
        b'T' => Backend::RowDescription(row_description(body)?),
        b'n' => Backend::NoData,
        b'D' => Backend::DataRow(data_row(body)?),
        b'C' => Backend::CommandComplete(c_string(&mut body)?),
        b'I' => Backend::EmptyQuery,
        b'E' => Backend::Error(error_fields(body)?),
        b'Z' => Backend::Ready(body.first().copied().ok_or(Malformed)?),
        b'A' => Backend::Notification(Notification { process_id: int32(&mut body)?, channel: c_string(&mut body)?, payload: c_string(&mut body)? }),
        b'G' => Backend::CopyIn,
        b'H' | b'W' => Backend::CopyOut,
        other => Backend::Other(other),
    }))
}

fn take(body: &mut Bytes, n: usize) -> Result<Bytes, Malformed> {
    if body.len() < n { Err(Malformed) } else { Ok(body.split_to(n)) }
}

fn int16(body: &mut Bytes) -> Result<i16, Malformed> {
    body.try_get_i16().map_err(|_| Malformed)
}

fn int32(body: &mut Bytes) -> Result<i32, Malformed> {
    body.try_get_i32().map_err(|_| Malformed)
}

fn c_string(body: &mut Bytes) -> Result<String, Malformed> {
    let end = body.iter().position(|b| *b == 0).ok_or(Malformed)?;
    let text = body.split_to(end);
    body.advance(1);
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn auth(mut body: Bytes) -> Result<Auth, Malformed> {
    Ok(match int32(&mut body)? as u32 {
        0 => Auth::Ok,
        3 => Auth::Password,
        5 => Auth::Md5(body.first_chunk().copied().ok_or(Malformed)?),
        10 => {
            let mut mechanisms = Vec::new();
            loop {
                match c_string(&mut body)? {
                    last if last.is_empty() => break Auth::Sasl(mechanisms),
                    name => mechanisms.push(name),
                }
            }
        }
        11 => Auth::SaslContinue(body),
        12 => Auth::SaslFinal(body),
        other => Auth::Other(other),
    })
}

fn row_description(mut body: Bytes) -> Result<Arc<[Field]>, Malformed> {
    let count = int16(&mut body)?;
    let field = |body: &mut Bytes| {
        let field = Field {
            name: c_string(body)?,
            table_id: int32(body)? as u32,
            column_id: int16(body)?,
            type_id: int32(body)? as u32,
            type_size: int16(body)?,
            type_modifier: int32(body)?,
        };
        // The format: text, since nothing else is asked for.
        int16(body)?;
        Ok(field)
    };
    (0..count).map(|_| field(&mut body)).collect()
}

fn data_row(mut body: Bytes) -> Result<Vec<Option<Bytes>>, Malformed> {
    let count = int16(&mut body)?;
    let column = |body: &mut Bytes| match int32(body)? {
        -1 => Ok(None),
        length => take(body, usize::try_from(length).map_err(|_| Malformed)?).map(Some),
    };
    (0..count).map(|_| column(&mut body)).collect()
}

fn error_fields(mut body: Bytes) -> Result<Fields, Malformed> {
    let mut fields = Vec::new();
    loop {
        match body.try_get_u8().map_err(|_| Malformed)? {
            0 => return Ok(Fields(fields)),
            letter => fields.push((letter, c_string(&mut body)?)),
        }
    }
}

/// Messages to be sent, one after the other.
#[derive(Default)]
pub struct Outgoing(pub Vec<u8>);

impl Outgoing {
    fn message(&mut self, tag: u8, body: impl FnOnce(&mut Vec<u8>)) {
        self.0.push(tag);
        self.body(body);
    }

    fn body(&mut self, body: impl FnOnce(&mut Vec<u8>)) {
        let start = self.0.len();
        self.0.extend([0; 4]);
        body(&mut self.0);
        // A statement of 2 GB does not reach this place: see `fits`.
        let length = (self.0.len() - start) as u32;
        self.0[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    pub fn ssl_request(&mut self) {
        self.body(|b| b.extend(80_877_103_u32.to_be_bytes()));
    }

    pub fn startup(&mut self, parameters: &[(&str, &str)]) {
        self.body(|b| {
            b.extend(196_608_u32.to_be_bytes());
            for (name, value) in parameters {
                text(b, name);
                text(b, value);
            }
            b.push(0);
        });
    }

    pub fn password(&mut self, password: &str) {
        self.message(b'p', |b| text(b, password));
    }

    pub fn sasl_initial(&mut self, mechanism: &str, first: &str) {
        self.message(b'p', |b| {
            text(b, mechanism);
            b.extend((first.len() as u32).to_be_bytes());
            b.extend(first.as_bytes());
        });
    }

    pub fn sasl(&mut self, response: &str) {
        self.message(b'p', |b| b.extend(response.as_bytes()));
    }

    /// Statements without parameters.
    pub fn query(&mut self, sql: &str) {
        self.message(b'Q', |b| text(b, sql));
    }

    /// Prepares; the server infers all types.
    pub fn parse(&mut self, name: &str, sql: &str) {
        self.message(b'P', |b| {
            text(b, name);
            text(b, sql);
            b.extend([0, 0]);
        });
    }

    pub fn describe_statement(&mut self, name: &str) {
        self.message(b'D', |b| {
            b.push(b'S');
            text(b, name);
        });
    }

    pub fn close_statement(&mut self, name: &str) {
        self.message(b'C', |b| {
            b.push(b'S');
            text(b, name);
        });
    }

    /// Binds texts to a statement; its rows come as text too.
    pub fn bind(&mut self, statement: &str, params: &[Option<Vec<u8>>]) {
        self.message(b'B', |b| {
            text(b, "");
            text(b, statement);
            b.extend([0, 0]);
            b.extend((params.len() as u16).to_be_bytes());
            for param in params {
                match param {
                    None => b.extend((-1_i32).to_be_bytes()),
                    Some(bytes) => {
                        b.extend((bytes.len() as u32).to_be_bytes());
                        b.extend(bytes);
                    }
                }
            }
            b.extend([0, 0]);
        });
    }

    pub fn execute(&mut self) {
        self.message(b'E', |b| {
            text(b, "");
            b.extend([0; 4]);
        });
    }

    pub fn sync(&mut self) {
        self.message(b'S', |_| {});
    }

    pub fn copy_fail(&mut self, why: &str) {
        self.message(b'f', |b| text(b, why));
    }

    pub fn terminate(&mut self) {
        self.message(b'X', |_| {});
    }
}

/// A C string. Callers refuse text with a zero byte before ([`fits`]); what slips through ends there.
fn text(b: &mut Vec<u8>, s: &str) {
    b.extend(s.bytes().take_while(|c| *c != 0));
    b.push(0);
}

/// Whether a statement and its parameters can be sent.
pub fn fits(sql: &str, params: &[Option<Vec<u8>>]) -> Result<(), String> {
    if sql.contains('\0') {
        return Err("a statement must not contain a zero byte".to_owned());
    }
    if params.len() > usize::from(u16::MAX) {
        return Err(format!("{} parameters: PostgreSQL takes at most 65535", params.len()));
    }
    let bytes: usize = params.iter().flatten().map(Vec::len).sum::<usize>() + sql.len();
    if bytes > 1 << 30 { Err("more than 1 GB of parameters".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_whole_or_not_there() {
        let bytes = b"D\0\0\0\x11\0\x02\0\0\0\x03abc\xff\xff\xff\xffZ\0\0\0\x05I";
        for cut in 0..18 {
            assert_eq!(decode(&mut BytesMut::from(&bytes[..cut])), Ok(None), "{cut}");
        }
        let mut buffer = BytesMut::from(&bytes[..]);
        assert_eq!(decode(&mut buffer), Ok(Some(Backend::DataRow(vec![Some(Bytes::from_static(b"abc")), None]))));
        assert_eq!(decode(&mut buffer), Ok(Some(Backend::Ready(b'I'))));
        assert_eq!(decode(&mut buffer), Ok(None));
    }

    #[test]
    fn lies_about_lengths_are_refused() {
        for bytes in [&b"D\0\0\0\x03"[..], b"D\xff\xff\xff\xff", b"D\0\0\0\x0a\0\x01\0\0\0\x09", b"Z\0\0\0\x04", b"C\0\0\0\x06ab", b"E\0\0\0\x05S"] {
            assert_eq!(decode(&mut BytesMut::from(bytes)), Err(Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_sent() {
        let mut out = Outgoing::default();
        out.bind("s1", &[None, Some(b"x".to_vec())]);
        out.sync();
        assert_eq!(out.0, b"B\0\0\0\x17\0s1\0\0\0\0\x02\xff\xff\xff\xff\0\0\0\x01x\0\0S\0\0\0\x04");
        assert!(fits("select '\0'", &[]).is_err());
    }
}
