//! Bodies as they arrive: in pieces, decompressed.

use crate::connect::failure_of;
use crate::failure::Failure;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use std::io;
use std::time::Duration;

/// Between two pieces, as undici has it.
const BODY_TIMEOUT: Duration = Duration::from_secs(300);

/// One stage of decompression: takes bytes, keeps what it made until it is fetched.
enum Stage {
    Gzip(Box<flate2::write::MultiGzDecoder<Vec<u8>>>),
    Zlib(Box<flate2::write::ZlibDecoder<Vec<u8>>>),
    Raw(Box<flate2::write::DeflateDecoder<Vec<u8>>>),
    /// `deflate` is zlib by the standard and bare by habit: the first byte tells.
    Deflate,
    Brotli(Box<brotli_decompressor::DecompressorWriter<Vec<u8>>>),
}

impl Stage {
    fn of_coding(coding: &str) -> Option<Stage> {
        match coding {
            "gzip" | "x-gzip" => Some(Stage::Gzip(Box::new(flate2::write::MultiGzDecoder::new(Vec::new())))),
            "deflate" => Some(Stage::Deflate),
            "br" => Some(Stage::Brotli(Box::new(brotli_decompressor::DecompressorWriter::new(Vec::new(), 8192)))),
            _ => None,
        }
    }

    fn push(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        if let (Stage::Deflate, Some(first)) = (&*self, bytes.first()) {
            *self = match first & 0x0f {
                8 => Stage::Zlib(Box::new(flate2::write::ZlibDecoder::new(Vec::new()))),
                _ => Stage::Raw(Box::new(flate2::write::DeflateDecoder::new(Vec::new()))),
            };
        }
        match self {
            Stage::Gzip(d) => write_through(&mut **d, bytes, |d| d.get_mut()),
            Stage::Zlib(d) => write_through(&mut **d, bytes, |d| d.get_mut()),
            Stage::Raw(d) => write_through(&mut **d, bytes, |d| d.get_mut()),
            Stage::Brotli(d) => write_through(&mut **d, bytes, |d| d.get_mut()),
            Stage::Deflate => Ok(Vec::new()),
        }
    }
}

fn write_through<W: io::Write>(decoder: &mut W, bytes: &[u8], made: impl Fn(&mut W) -> &mut Vec<u8>) -> io::Result<Vec<u8>> {
    decoder.write_all(bytes)?;
    decoder.flush()?;
    Ok(std::mem::take(made(decoder)))
}

/// A body that is being received.
pub struct Reader {
    incoming: Incoming,
    /// In the order of decoding.
    stages: Vec<Stage>,
}

impl Reader {
    /// `codings` is the `content-encoding` header; unknown ones leave the body as it is, as undici does.
    pub fn new(incoming: Incoming, codings: &str) -> Reader {
        let names: Vec<String> = codings.split(',').map(|c| c.trim().to_ascii_lowercase()).filter(|c| !c.is_empty()).collect();
        let stages: Option<Vec<Stage>> = names.iter().rev().map(|c| Stage::of_coding(c)).collect();
        Reader { incoming, stages: stages.unwrap_or_default() }
    }

    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            let frame = match tokio::time::timeout(BODY_TIMEOUT, self.incoming.frame()).await {
                Err(_) => return Err(Failure::BodyTimeout),
                Ok(None) => return Ok(None),
                Ok(Some(Err(e))) => return Err(failure_of(&e)),
                Ok(Some(Ok(frame))) => frame,
            };
            // Trailers say nothing to programs.
            let Ok(data) = frame.into_data() else { continue };
            let decoded = self.decode(data)?;
            if !decoded.is_empty() {
                return Ok(Some(decoded));
            }
        }
    }

    fn decode(&mut self, data: Bytes) -> Result<Bytes, Failure> {
        if self.stages.is_empty() {
            return Ok(data);
        }
        let mut bytes = data.to_vec();
        for stage in &mut self.stages {
            bytes = stage.push(&bytes).map_err(|e| Failure::Protocol(e.to_string()))?;
        }
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn codings_are_undone_in_pieces() {
        let text = b"hello hello hello hello".repeat(100);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&text).expect("memory");
        let gzip = gzip.finish().expect("memory");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(&text).expect("memory");
        let zlib = zlib.finish().expect("memory");
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        raw.write_all(&text).expect("memory");
        let raw = raw.finish().expect("memory");
        for (coding, packed) in [("gzip", gzip), ("deflate", zlib), ("deflate", raw)] {
            let mut stage = Stage::of_coding(coding).expect("known");
            let out: Vec<u8> = packed.chunks(7).flat_map(|piece| stage.push(piece).expect("well-formed")).collect();
            assert_eq!(out, text, "{coding}");
        }
        assert!(Stage::of_coding("zstd").is_none());
    }
}
