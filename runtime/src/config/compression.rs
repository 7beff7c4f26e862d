//! `compression`, with the option names of the npm package compression.

use super::settings::Read;
use super::{Effective, Tree};
use crate::http::encoding::Coding;

/// How answers are encoded.
#[derive(Clone, Copy, Debug)]
pub struct Compression {
    /// Bytes of the smallest body that is encoded.
    pub threshold: usize,
    /// 1 to 9.
    pub gzip: u32,
    /// 0 to 11.
    pub brotli: i32,
    /// 1 to 19.
    pub zstd: i32,
    /// In the order of our preference; absent codings are never made.
    pub order: [Option<Coding>; 3],
}

impl Compression {
    /// Measured on pages of 2 to 100 KB (`codings_cost`): what an answer's encoding may cost beside its making.
    pub const DEFAULT: Compression =
        Compression { threshold: 1024, gzip: 3, brotli: 3, zstd: 3, order: [Some(Coding::Zstd), Some(Coding::Br), Some(Coding::Gzip)] };

    /// For what is encoded once.
    pub const BEST: Compression = Compression { gzip: 9, brotli: 10, zstd: 19, ..Compression::DEFAULT };

    /// The coding for a client that accepts these.
    pub fn choose(&self, accept: &str) -> Option<Coding> {
        let mut list = [Coding::Gzip; 3];
        let mut count = 0;
        for coding in self.order.iter().flatten() {
            list[count] = *coding;
            count += 1;
        }
        crate::http::encoding::choose(accept, &list[..count])
    }
}

/// `true`, `false`, or options.
pub(super) fn read(r: &Read<'_>, effective: &Effective, errors: &mut Vec<String>) -> Option<Compression> {
    let mut how = Compression::DEFAULT;
    match effective.get("compression") {
        Some(Tree::Bool(false)) => return None,
        Some(Tree::Str(text)) if super::effective::boolean(&Tree::Str(text.clone())) == Some(false) => return None,
        _ => {}
    }
    let mut level = |path: &'static str, least: f64, most: f64, current: i32| match r.number(path) {
        // zlib's own default.
        Some(n) if n == -1.0 && path == "compression.level" => current,
        Some(n) if (least..=most).contains(&n) => n as i32,
        Some(n) => {
            errors.push(format!("`{path}` must be a whole number from {least} to {most}, but has `{n}`"));
            current
        }
        None => current,
    };
    how.gzip = level("compression.level", 0.0, 9.0, how.gzip as i32) as u32;
    how.brotli = level("compression.brotli.quality", 0.0, 11.0, how.brotli);
    how.zstd = level("compression.zstd.level", 1.0, 19.0, how.zstd);
    if effective.is_set("compression.threshold") {
        how.threshold = r.size("compression.threshold");
    }
    let wanted = r.list("compression.encodings");
    if !wanted.is_empty() {
        let mut order = [None; 3];
        for (i, name) in wanted.iter().enumerate() {
            match (Coding::parse(name), order.get_mut(i)) {
                (Some(coding), Some(place)) => *place = Some(coding),
                _ => errors.push(format!("`compression.encodings` may name zstd, br and gzip, but has `{name}`")),
            }
        }
        how.order = order;
    }
    if matches!(effective.get("compression.filter"), Some(Tree::Opaque)) {
        errors.push("`compression.filter` cannot be a function here; a handler says `Cache-Control: no-transform` where its answer must not be encoded".to_owned());
    }
    Some(how)
}
