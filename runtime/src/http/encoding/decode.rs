//! Bodies of requests that come encoded. The limit holds for what comes out: a few kilobytes can hold gigabytes.

use std::io::{self, Read};

/// Why a body cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// 415.
    UnknownCoding,
    /// 413.
    TooLarge,
    /// 400.
    Malformed,
}

/// How much is decoded at a time.
const PIECE: usize = 32 * 1024;

/// What `Accept-Encoding` of a 415 says.
pub const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// The coding of a `Content-Encoding` line; `None` when there is none to undo. More than one is refused: nobody needs it but bombs.
pub fn coding_of(line: &str) -> Option<&str> {
    let name = line.trim();
    (!name.is_empty() && !name.eq_ignore_ascii_case("identity")).then_some(name)
}

/// Decodes a body, at most `limit` bytes of it.
pub fn whole(body: &[u8], coding: &str, limit: usize) -> Result<Vec<u8>, Bad> {
    let mut out = Vec::new();
    pieces(body, coding, limit, |piece| {
        out.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(out)
}

/// Decodes a body, at most `limit` bytes of it, and hands it on piece by piece. What takes the pieces may end it.
pub fn pieces<E: From<Bad>>(body: &[u8], coding: &str, limit: usize, mut take: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let mut reader = reader(body, coding)?;
    let mut piece = vec![0; PIECE];
    let mut seen = 0;
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(n) if seen + n > limit => return Err(Bad::TooLarge.into()),
            Ok(n) => {
                seen += n;
                take(&piece[..n])?;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if e.kind() == io::ErrorKind::OutOfMemory => return Err(Bad::TooLarge.into()),
            Err(_) => return Err(Bad::Malformed.into()),
        }
    }
}

fn reader<'a>(body: &'a [u8], coding: &str) -> Result<Box<dyn Read + 'a>, Bad> {
    Ok(match coding.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => Box::new(flate2::read::MultiGzDecoder::new(body)),
        // "deflate" is zlib's format (RFC 9110); some clients send the bare format, as body-parser takes it too.
        "deflate" if is_zlib(body) => Box::new(flate2::read::ZlibDecoder::new(body)),
        "deflate" => Box::new(flate2::read::DeflateDecoder::new(body)),
        "br" => Box::new(brotli::Decompressor::new(body, 4096)),
        "zstd" => {
            let mut decoder = zstd::stream::read::Decoder::new(body).map_err(|_| Bad::Malformed)?;
            // 8 MiB, as RFC 9659 limits it: a frame may otherwise ask for a window of gigabytes.
            decoder.window_log_max(23).map_err(|_| Bad::Malformed)?;
            Box::new(decoder)
        }
        _ => return Err(Bad::UnknownCoding),
    })
}

/// The head of zlib's format (RFC 1950).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [method, flags, ..] if method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn bombs_and_nonsense() {
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..64 {
            bomb.write_all(&[0; 1 << 20]).unwrap();
        }
        let bomb = bomb.finish().unwrap();
        assert!(bomb.len() < 100_000);
        assert_eq!(whole(&bomb, "gzip", 1 << 20), Err(Bad::TooLarge));
        assert_eq!(whole(&zstd::bulk::compress(&vec![0; 1 << 24], 3).unwrap(), "zstd", 1 << 20), Err(Bad::TooLarge));
        for coding in ["gzip", "br", "zstd"] {
            assert_eq!(whole(b"{\"not\": \"encoded\"}", coding, 100), Err(Bad::Malformed), "{coding}");
            assert_eq!(whole(&[], "gzip", 100), Err(Bad::Malformed));
        }
        assert_eq!(whole(&bomb[..1000], "gzip", 1 << 30), Err(Bad::Malformed), "cut off");
        assert_eq!(whole(b"x", "compress", 100), Err(Bad::UnknownCoding));
        assert_eq!(whole(b"x", "gzip, gzip", 100), Err(Bad::UnknownCoding));
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(b"hello").unwrap();
        assert_eq!(whole(&zlib.finish().unwrap(), "Deflate", 5).unwrap(), b"hello");
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        bare.write_all(b"hello").unwrap();
        assert_eq!(whole(&bare.finish().unwrap(), "deflate", 5).unwrap(), b"hello");
    }
}
