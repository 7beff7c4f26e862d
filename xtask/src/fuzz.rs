//! `fuzz`: mutated inputs for the front ends. They must never panic, hang, or make IR that is not well-formed.
//!
//! The seed is fixed, so a failure is reproduced by the same command; the input that failed is written to `target/fuzz/`.

use crate::shell::{Outcome, root, tracked_files};
use puremix_diag::SourceMap;
use puremix_ir::verify::verify_module;
use puremixc::front::{self, FileRole};
use puremixc::load::PythonNames;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub struct Args {
    /// How many inputs
    #[arg(long, default_value_t = 200_000)]
    inputs: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// An input that takes longer than this is a finding.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn run(args: &Args) -> Outcome {
    let corpus = corpus()?;
    let (inputs, seed) = (args.inputs, args.seed);
    puremixc::driver::on_large_stack(move || fuzz(&corpus, inputs, seed))
}

/// Sources of the repository: examples, templates, and the guide when it is there.
fn corpus() -> Result<Vec<(String, String)>, String> {
    let kinds = [".puremix", ".js", ".ts", ".pars", ".py"];
    let mut corpus: Vec<(String, String)> = tracked_files()?
        .into_iter()
        .filter(|f| kinds.iter().any(|k| f.ends_with(k)))
        .filter_map(|f| fs::read_to_string(root().join(&f)).ok().map(|text| (f, text)))
        .filter(|(_, text)| text.len() < 20_000)
        .collect();
    if let Ok(guide) = fs::read_to_string(root().join("../shared/spec/puremix-guide.md")) {
        for (i, block) in guide.split("```html\n").skip(1).enumerate() {
            corpus.push((format!("guide-{i}.puremix"), block.split("```").next().unwrap_or_default().to_owned()));
        }
    }
    if corpus.is_empty() { Err("no sources to mutate".to_owned()) } else { Ok(corpus) }
}

fn fuzz(corpus: &[(String, String)], inputs: u64, seed: u64) -> Outcome {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    let mut findings = Vec::new();
    let started = Instant::now();
    for number in 0..inputs {
        let (name, text) = &corpus[random.below(corpus.len())];
        let text = mutate(text, corpus, &mut random);
        let began = Instant::now();
        let result = panic::catch_unwind(AssertUnwindSafe(|| try_input(name, &text)));
        let why = match result {
            Err(payload) => Some(format!("panic: {}", payload_text(&*payload))),
            Ok(Err(why)) => Some(why),
            Ok(Ok(())) if began.elapsed() > PATIENCE => Some(format!("took {} s", began.elapsed().as_secs())),
            Ok(Ok(())) => None,
        };
        if let Some(why) = why {
            let file = root().join(format!("target/fuzz/{seed}-{number}-{}", name.rsplit('/').next().unwrap_or(name)));
            let _ = fs::create_dir_all(file.parent().expect("below target"));
            let _ = fs::write(&file, &text);
            findings.push(format!("{}: {why}", file.display()));
            if findings.len() >= 20 {
                break;
            }
        }
        if number % 20_000 == 19_999 {
            println!("{} inputs, {} findings, {} s", number + 1, findings.len(), started.elapsed().as_secs());
        }
    }
    panic::set_hook(hook);
    println!("fuzz: {inputs} inputs, seed {seed}, {} s, {} findings", started.elapsed().as_secs(), findings.len());
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n")) }
}

fn payload_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    text.or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
}

/// One input through its front end and the verifier. Errors of the app are fine; broken IR without one is not.
fn try_input(name: &str, text: &str) -> Result<(), String> {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let role = if name.ends_with(".puremix") { FileRole::Page } else { FileRole::Script };
    let (module, diagnostics) = front::lower_file(file, name, text, role, &PythonNames::default());
    for diagnostic in &diagnostics {
        puremix_diag::render_text(diagnostic, &sources, false);
    }
    if diagnostics.iter().any(puremix_diag::Diagnostic::is_error) {
        return Ok(());
    }
    match verify_module(&module).first() {
        Some(violation) => Err(format!("IR is not well-formed: {violation}")),
        None => Ok(()),
    }
}

/// Pieces that grammars treat specially.
const TOKENS: &[&str] = &[
    "{", "}", "(", ")", "[", "]", "<", ">", "</", "/>", "`", "${", "'", "\"", "<!--", "-->", "<script server>", "</script>",
    "<loader>", "</loader>", "=>", "...", "?.", "??", "/*", "*/", "//", "\\", "\0", "\u{2028}", "é", "𝒳", "\r\n", "async ",
    "await ", "class A extends B {", "import x from 'y'", "export default ", "__export = {", "0x", "1e999", "{{", "}}", "/[", "let ",
];

fn mutate(text: &str, corpus: &[(String, String)], random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(6) {
        let at = boundary(&text, random.below(text.len() + 1));
        let end = boundary(&text, (at + random.below(40)).min(text.len()));
        match random.below(6) {
            0 => text.replace_range(at..end, ""),
            1 => text.insert_str(at, TOKENS[random.below(TOKENS.len())]),
            2 => {
                let piece = text[at..end].repeat(1 + random.below(4));
                text.insert_str(at, &piece);
            }
            3 => {
                let (_, other) = &corpus[random.below(corpus.len())];
                let from = boundary(other, random.below(other.len() + 1));
                let to = boundary(other, (from + random.below(200)).min(other.len()));
                let piece = other[from..to].to_owned();
                text.insert_str(at, &piece);
            }
            4 => text.truncate(at),
            _ => {
                let token = TOKENS[random.below(TOKENS.len())];
                text.replace_range(at..end, token);
            }
        }
    }
    text
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// splitmix64: small, good enough, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
