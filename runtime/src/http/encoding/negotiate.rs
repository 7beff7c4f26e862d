//! `Accept-Encoding` (RFC 9110, 12.5.3): the coding an answer gets.

/// A content coding that we can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    Zstd,
    Br,
    Gzip,
}

impl Coding {
    pub const ALL: [Coding; 3] = [Coding::Zstd, Coding::Br, Coding::Gzip];

    pub const fn name(self) -> &'static str {
        match self {
            Coding::Zstd => "zstd",
            Coding::Br => "br",
            Coding::Gzip => "gzip",
        }
    }

    pub fn parse(name: &str) -> Option<Coding> {
        Coding::ALL.into_iter().find(|c| c.name().eq_ignore_ascii_case(name) || *c == Coding::Gzip && name.eq_ignore_ascii_case("x-gzip"))
    }
}

/// The coding with the greatest weight; of several, the first of `ours`. `None` is none: the client prefers none, or says nothing.
pub fn choose(accept: &str, ours: &[Coding]) -> Option<Coding> {
    let mut named = [None; 3];
    let (mut others, mut identity) = (None, None);
    for item in accept.split(',') {
        let mut parts = item.split(';');
        let name = parts.next().unwrap_or("").trim();
        let weight = parts.find_map(|p| p.trim().strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')).map_or(1000, weight);
        match Coding::parse(name) {
            Some(coding) => named[coding as usize] = Some(weight),
            None if name == "*" => others = Some(weight),
            None if name.eq_ignore_ascii_case("identity") => identity = Some(weight),
            None => {}
        }
    }
    let mut best: Option<(u16, Coding)> = None;
    for coding in ours {
        let weight = named[*coding as usize].or(others).unwrap_or(0);
        if weight > best.map_or(0, |(w, _)| w) {
            best = Some((weight, *coding));
        }
    }
    best.filter(|(weight, _)| identity.is_none_or(|own| *weight >= own)).map(|(_, coding)| coding)
}

/// Thousandths. What is no weight counts as 0.
fn weight(text: &str) -> u16 {
    match text.trim().parse::<f32>() {
        Ok(q) if (0.0..=1.0).contains(&q) => (q * 1000.0).round() as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices() {
        let cases = [
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("gzip, deflate, br", Some(Coding::Br)),
            ("gzip", Some(Coding::Gzip)),
            ("x-gzip", Some(Coding::Gzip)),
            ("GZIP;Q=0.5, br;q=0.1", Some(Coding::Gzip)),
            ("gzip;q=1.0, zstd; q=0.9", Some(Coding::Gzip)),
            ("*", Some(Coding::Zstd)),
            ("*;q=0.1, zstd;q=0", Some(Coding::Br)),
            ("br;q=0", None),
            ("identity", None),
            ("identity, gzip;q=0.5", None),
            ("deflate", None),
            ("", None),
            ("gzip;q=nonsense", None),
            ("gzip;q=2", None),
        ];
        for (accept, want) in cases {
            assert_eq!(choose(accept, &Coding::ALL), want, "{accept:?}");
        }
        assert_eq!(choose("gzip, br, zstd", &[Coding::Gzip]), Some(Coding::Gzip));
    }
}
