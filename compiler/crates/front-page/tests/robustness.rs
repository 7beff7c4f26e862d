//! Any text gives a page and diagnostics: no panic, no deep recursion, no more than linear time.

mod support;

use puremix_diag::codes;
use puremix_front_page::PageKind;
use std::time::{Duration, Instant};
use support::parse;

const KINDS: [PageKind; 3] = [PageKind::Page, PageKind::Component, PageKind::Layout];

const SEEDS: [&str; 4] = [
    "<layout>main</layout><head><title>{t}</title></head><imports>import Card from './Card.puremix'</imports>\n<loader>async function load() {}</loader>",
    "<ul class=\"a {b ? \"x\" : 'y'}\">{list.map((p, i) => <li {...p} key={i}>{p.name}<br>{p.ok && <Card a={{b: 1}} c=\"d{e}\">x</Card>}</li>)}</ul>",
    "<form onsubmit=\"save({id: 1})\"><textarea>{x}</textarea></form><script server lang=ts>function save() {}</script><!-- {c} --> \\{ {@html y}",
    "{ let a = `t${b + `u${<i>{c}</i>}`}`; /* é */ __export = { a, b: 2 }; } <pre>{JSON.stringify(user)}</pre> {a / 2 < 3 ? <></> : /[{]/.test(s)}",
];

/// A small fixed generator (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

fn mutate(dice: &mut Dice) -> String {
    const PIECES: [&str; 26] = [
        "{", "}", "<", ">", "</", "/>", "\"", "'", "`", "${", "(", ")", "=>", "<li>", "</li>", "<!--", "-->", "\\{", "=", "é", "\n", "{{", "}}",
        "<script>", "</script>", "__export = {",
    ];
    let mut text: Vec<char> = (0..1 + dice.roll(3)).flat_map(|_| SEEDS[dice.roll(SEEDS.len())].chars()).collect();
    for _ in 0..1 + dice.roll(8) {
        let at = dice.roll(text.len() + 1);
        match dice.roll(3) {
            0 => text.splice(at..at, PIECES[dice.roll(PIECES.len())].chars()).for_each(drop),
            1 => text.truncate(text.len().min(at.max(8))),
            _ => {
                let end = (at + dice.roll(12)).min(text.len());
                text.drain(at..end);
            }
        }
    }
    text.into_iter().collect()
}

#[test]
fn mutated_pages_never_panic() {
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    for round in 0..2_000 {
        let source = mutate(&mut dice);
        let started = Instant::now();
        let (page, found) = parse(KINDS[round % 3], &source);
        assert!(started.elapsed() < Duration::from_secs(2), "slow on {source:?}");
        for s in &page.template.map {
            let (g, f, len) = (s.generated as usize, s.source as usize, s.len as usize);
            assert_eq!(page.template.text[g..g + len], source[f..f + len], "on {source:?}");
        }
        // What a page that is in order becomes is JavaScript.
        if found.iter().all(|d| !d.is_error()) {
            support::check_unit(&page.template, &source);
        }
    }
}

#[test]
fn depth_is_a_diagnostic() {
    for opener in ["{", "{a(", "<div>", "{<div>", "{`${", "{a && <b>", "<p title={", "{x.map(y => <li>", "{[{"] {
        for count in [250, 100_000] {
            let source = opener.repeat(count);
            let (_, found) = parse(PageKind::Page, &source);
            let codes: Vec<_> = found.iter().map(|d| d.code).collect();
            assert!(codes.contains(&codes::PAGE_TOO_DEEP), "{opener} × {count}: {:?}", &codes[..codes.len().min(3)]);
        }
    }
}

#[test]
fn depth_below_the_limit_is_fine() {
    for (open, close) in [("<div>", "</div>"), ("{a && <b>", "</b>}"), ("{[", "]}"), ("{`${", "}`}")] {
        let source = open.repeat(90) + "x" + &close.repeat(90);
        let (_, found) = parse(PageKind::Page, &source);
        assert!(found.iter().all(|d| d.code != codes::PAGE_TOO_DEEP), "{open}: {found:?}");
    }
}

#[test]
fn time_grows_with_length_only() {
    let unclosed = ["{a ", "<p ", "<p title=\"{a", "<!-- ", "{'", "{`", "{/", "</p", "\\{", "{{ ", "<li>{x", "<b>{a}</b>", "{(", "<a b={c}>"];
    for piece in unclosed {
        let time = |count: usize| {
            let source = piece.repeat(count);
            let started = Instant::now();
            parse(PageKind::Page, &source);
            started.elapsed()
        };
        // Sixteen times the text may take at most 64 times as long; quadratic time would take 256 times.
        let (short, long) = (time(500), time(8_000));
        assert!(long < short * 64 + Duration::from_millis(200), "{piece:?}: {short:?} then {long:?}");
    }
}
