//! What all tests of this crate share: an oracle over oxc, and pages as text.
#![allow(dead_code)]

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;
use puremix_diag::{Diagnostic, FileId, SourceMap, render_text};
use puremix_front_page::{Page, PageKind, PageOptions, ScriptOracle, parse_page};

use puremix_ir::unit::ScriptLang;

pub struct Oxc;

impl ScriptOracle for Oxc {
    fn is_expression(&self, text: &str, typescript: bool) -> bool {
        let kind = if typescript { SourceType::ts() } else { SourceType::mjs() };
        let allocator = Allocator::default();
        Parser::new(&allocator, text, kind).parse_expression().is_ok()
    }

    fn is_statements(&self, text: &str) -> bool {
        let allocator = Allocator::default();
        let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
        let parsed = Parser::new(&allocator, text, SourceType::mjs()).with_options(options).parse();
        !parsed.panicked && parsed.diagnostics.is_empty()
    }

    /// As far as these tests' blocks go.
    fn python_functions(&self, text: &str) -> Vec<String> {
        text.lines().filter_map(|line| Some(line.strip_prefix("def ")?.split_once('(')?.0.to_owned())).collect()
    }
}

pub fn parse(kind: PageKind, source: &str) -> (Page, Vec<Diagnostic>) {
    let options = PageOptions { kind, name: "Card", oracle: &Oxc, known: &|name| name == "user", elsewhere: &|name| name == "elsewhere", client: &|_| None };
    parse_page(FileId(0), source, &options)
}

pub fn messages(source: &str, found: &[Diagnostic]) -> String {
    let mut sources = SourceMap::default();
    sources.add("page.puremix", source);
    found.iter().map(|d| render_text(d, &sources, false) + "\n").collect()
}

/// The template with its chunks in place of their numbers, then findings, one a line.
pub fn show(kind: PageKind, source: &str) -> String {
    let (page, found) = parse(kind, source);
    let mut out = with_chunks(&page.template.text, &page.statics);
    check_unit(&page.template, source);
    for d in &found {
        out.push_str(&format!("{} {}\n", d.code, d.message));
    }
    out
}

pub fn with_chunks(unit: &str, statics: &[String]) -> String {
    let mut out = String::new();
    let mut rest = unit;
    while let Some(at) = rest.find("__pmx_w(") {
        let number = &rest[at + 8..];
        let len = number.find(')').expect("the intrinsic is closed");
        let index: usize = number[..len].parse().expect("the argument is a number");
        out.push_str(&rest[..at]);
        out.push_str(&format!("__pmx_w({:?})", statics[index]));
        rest = &number[len + 1..];
    }
    out.push_str(rest);
    out
}

/// Every unit is a statement list, and its map tells the truth.
pub fn check_unit(unit: &puremix_ir::unit::ScriptUnit, source: &str) {
    let is_code = match unit.lang {
        ScriptLang::Js => Oxc.is_statements(&unit.text),
        ScriptLang::Ts => Oxc.is_expression(&format!("() => {{{}}}", unit.text), true),
    };
    assert!(is_code, "not {:?}:\n{}", unit.lang, unit.text);
    for s in &unit.map {
        let (g, f, len) = (s.generated as usize, s.source as usize, s.len as usize);
        assert_eq!(unit.text[g..g + len], source[f..f + len]);
    }
}
