//! Mutated programs: lowering never panics, and what lowers without errors is valid.

use crate::{lower_module, on_big_stack};
use puremix_diag::FileId;
use puremix_ir::verify::verify_module;
use puremix_ir::{ScriptLang, ScriptUnit};

/// xorshift64*, seeded: the same programs on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n.max(1)
    }
}

/// Tokens are deleted, doubled, swapped and exchanged for tokens of other programs.
fn mutate(source: &str, other: &str, random: &mut Random) -> String {
    let mut tokens = tokens(source);
    let donors = tokens_of(other);
    for _ in 0..1 + random.below(4) {
        let at = random.below(tokens.len());
        match random.below(4) {
            0 => drop(tokens.remove(at)),
            1 => tokens.insert(at, tokens[at]),
            2 => {
                let with = random.below(tokens.len());
                tokens.swap(at, with);
            }
            _ => tokens[at] = donors[random.below(donors.len())],
        }
        if tokens.is_empty() {
            break;
        }
    }
    tokens.concat()
}

fn tokens_of(source: &str) -> Vec<&str> {
    tokens(source).into_iter().filter(|t| !t.trim().is_empty()).collect()
}

fn tokens(source: &str) -> Vec<&str> {
    let mut list = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '#';
        let len = if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        list.push(&rest[..len]);
        rest = &rest[len..];
    }
    list
}

#[test]
fn mutated_programs_are_compiled_or_refused() {
    let rounds = std::env::var("PUREMIX_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let programs = [(super::smoke::JS, ScriptLang::Js), (super::smoke::TS, ScriptLang::Ts)];
    for _ in 0..rounds {
        for (sources, lang) in programs {
            for source in sources {
                let other = sources[random.below(sources.len())];
                let text = mutate(source, other, &mut random);
                let (module, diagnostics) = lower_module(&ScriptUnit::verbatim(FileId(0), &text, 0, lang), "test.js");
                if diagnostics.iter().any(|d| d.is_error()) {
                    continue;
                }
                let violations = on_big_stack(|| verify_module(&module));
                assert!(violations.is_empty(), "{text}\n{violations:#?}");
            }
        }
    }
}

#[test]
fn mutated_pages_are_compiled_or_refused() {
    let rounds = std::env::var("PUREMIX_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let templates = super::page::TEMPLATES;
    for _ in 0..rounds {
        for template in templates {
            let template = mutate(template, templates[random.below(templates.len())], &mut random);
            let loader = mutate("async function load({ params }) { const x = await f(params); return { data: x }; } const helper = () => load;", template.as_str(), &mut random);
            super::page::check_page(&loader, &template);
        }
    }
}
