//! Making zstd, brotli and gzip.

use super::Coding;
use crate::config::compression::Compression;
use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use flate2::write::GzEncoder;
use flate2::{Compress, FlushCompress, Status};
use std::cell::RefCell;
use std::io::{self, Write};

/// Window bits of zlib's gzip format.
const GZIP_WINDOW: u8 = 15;

thread_local! {
    // Their tables are larger than most bodies: making them anew would cost more than the encoding.
    static ZSTD: RefCell<Option<(i32, zstd::bulk::Compressor<'static>)>> = const { RefCell::new(None) };
    static GZIP: RefCell<Option<(u32, Compress)>> = const { RefCell::new(None) };
}

/// A whole body.
pub fn whole(body: &[u8], coding: Coding, how: &Compression) -> Vec<u8> {
    match coding {
        Coding::Zstd => ZSTD.with_borrow_mut(|kept| zstd_whole(body, how.zstd, kept)),
        Coding::Gzip => GZIP.with_borrow_mut(|kept| gzip_whole(body, how.gzip, kept)),
        Coding::Br => streamed(body, coding, how),
    }
}

fn zstd_whole(body: &[u8], level: i32, kept: &mut Option<(i32, zstd::bulk::Compressor<'static>)>) -> Vec<u8> {
    if kept.as_ref().is_none_or(|(l, _)| *l != level) {
        *kept = zstd::bulk::Compressor::new(level).ok().map(|c| (level, c));
    }
    match kept.as_mut().and_then(|(_, compressor)| compressor.compress(body).ok()) {
        Some(bytes) => bytes,
        None => unreachable!("zstd encodes whatever fits into memory, at levels that were checked"),
    }
}

fn gzip_whole(body: &[u8], level: u32, kept: &mut Option<(u32, Compress)>) -> Vec<u8> {
    let (_, compress) = match kept {
        Some(kept) if kept.0 == level => {
            kept.1.reset();
            kept
        }
        other => other.insert((level, Compress::new_gzip(flate2::Compression::new(level), GZIP_WINDOW))),
    };
    let mut out = Vec::with_capacity(body.len() / 3 + 64);
    loop {
        let done = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
        let rest = body.get(done..).unwrap_or_default();
        match compress.compress_vec(rest, &mut out, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => return out,
            Ok(_) => out.reserve(out.capacity().max(256)),
            Err(e) => unreachable!("deflate encodes any bytes: {e}"),
        }
    }
}

fn streamed(body: &[u8], coding: Coding, how: &Compression) -> Vec<u8> {
    let mut encoder = Encoder::new(coding, how, Some(body.len()));
    let mut out = encoder.push(body, false);
    out.extend(encoder.finish());
    out
}

/// A body in pieces.
pub enum Encoder {
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    Br(Box<CompressorWriter<Vec<u8>>>),
    Gzip(GzEncoder<Vec<u8>>),
}

impl Encoder {
    /// `size` is that of the whole body where it is known.
    pub fn new(coding: Coding, how: &Compression, size: Option<usize>) -> Encoder {
        match coding {
            Coding::Zstd => match zstd::stream::write::Encoder::new(Vec::new(), how.zstd) {
                Ok(encoder) => Encoder::Zstd(encoder),
                Err(e) => unreachable!("the level was checked: {e}"),
            },
            Coding::Br => {
                // A window larger than the body costs time and finds nothing.
                let window = size.map_or(18, |n| (usize::BITS - n.leading_zeros()) as i32).clamp(10, 22);
                let params = BrotliEncoderParams { quality: how.brotli, lgwin: window, size_hint: size.unwrap_or(0), ..Default::default() };
                Encoder::Br(Box::new(CompressorWriter::with_params(Vec::new(), 4096, &params)))
            }
            Coding::Gzip => Encoder::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::new(how.gzip))),
        }
    }

    /// Takes a piece and gives what can be sent; with `flush`, all that the client needs to have the piece.
    pub fn push(&mut self, piece: &[u8], flush: bool) -> Vec<u8> {
        let write = |writer: &mut dyn Write| -> io::Result<()> {
            writer.write_all(piece)?;
            if flush { writer.flush() } else { Ok(()) }
        };
        let written = match self {
            Encoder::Zstd(e) => write(e),
            Encoder::Br(e) => write(e.as_mut()),
            Encoder::Gzip(e) => write(e),
        };
        match written {
            Ok(()) => self.take(),
            Err(e) => unreachable!("writing into memory: {e}"),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        match self {
            Encoder::Zstd(e) => std::mem::take(e.get_mut()),
            Encoder::Br(e) => std::mem::take(e.get_mut()),
            Encoder::Gzip(e) => std::mem::take(e.get_mut()),
        }
    }

    /// The end.
    pub fn finish(self) -> Vec<u8> {
        let finished = match self {
            Encoder::Zstd(e) => e.finish(),
            Encoder::Br(e) => Ok(e.into_inner()),
            Encoder::Gzip(e) => e.finish(),
        };
        match finished {
            Ok(bytes) => bytes,
            Err(e) => unreachable!("writing into memory: {e}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::*;

    #[test]
    fn what_is_made_can_be_read() {
        let how = Compression::DEFAULT;
        let page = "<li>one of many lines of a page</li>\n".repeat(500);
        for coding in Coding::ALL {
            for body in [page.as_bytes(), b"", b"x", &crate::sys::random_bytes::<5000>()] {
                let once = whole(body, coding, &how);
                assert_eq!(decode::whole(&once, coding.name(), 1 << 20).unwrap(), body, "{coding:?}");
                assert_eq!(whole(body, coding, &how), once, "{coding:?}: an encoder that is used again");
                let mut encoder = Encoder::new(coding, &how, None);
                let mut pieces = Vec::new();
                for piece in body.chunks(700) {
                    let made = encoder.push(piece, true);
                    assert!(!made.is_empty(), "{coding:?}: a flush gives the client something");
                    pieces.extend(made);
                }
                pieces.extend(encoder.finish());
                assert_eq!(decode::whole(&pieces, coding.name(), 1 << 20).unwrap(), body, "{coding:?}");
            }
            assert!(whole(page.as_bytes(), coding, &how).len() < page.len() / 20);
        }
    }

    /// `cargo test --release -p puremix-runtime --lib codings_cost -- --ignored --nocapture`
    #[test]
    #[ignore = "a measurement"]
    fn codings_cost() {
        let mut page = String::new();
        for i in 0..2000_u32 {
            let (a, b) = (i.wrapping_mul(2_654_435_761), i.wrapping_mul(40_503));
            page += &format!("<li class=\"item-{}\"><a href=\"/products/{a:x}\">Product {b}</a> <b>{}.99 €</b></li>\n", i % 7, a % 1000);
        }
        for size in [2_000, 20_000, 100_000] {
            let body = &page.as_bytes()[..size];
            let levels: [(Coding, &[i32]); 3] = [(Coding::Zstd, &[1, 3, 6]), (Coding::Br, &[1, 3, 4, 5]), (Coding::Gzip, &[1, 3, 5, 6])];
            for (coding, list) in levels {
                for level in list {
                    let how = Compression { zstd: *level, brotli: *level, gzip: *level as u32, ..Compression::DEFAULT };
                    let made = whole(body, coding, &how).len();
                    let start = std::time::Instant::now();
                    let turns = 200_000_000 / size / 100;
                    for _ in 0..turns {
                        std::hint::black_box(whole(std::hint::black_box(body), coding, &how));
                    }
                    println!("{size:>7} B {coding:?} {level}: {made:>6} B, {:.1} µs", start.elapsed().as_secs_f64() * 1e6 / turns as f64);
                }
            }
        }
    }
}
