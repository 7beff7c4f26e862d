//! The guide's own pages are read as they stand.

mod support;

use puremix_front_page::PageKind;
use support::{check_unit, messages, parse};

/// The ```html blocks of the guide, with their lines.
fn guide_blocks() -> Vec<(usize, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../../shared/spec/puremix-guide.md");
    let fallback = "/work/shared/spec/puremix-guide.md";
    let Ok(text) = std::fs::read_to_string(path).or_else(|_| std::fs::read_to_string(fallback)) else {
        eprintln!("skipped: the guide is at neither {path} nor {fallback}");
        return Vec::new();
    };
    let mut blocks = Vec::new();
    let mut block: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut block {
            None if line.trim_end() == "```html" => block = Some((index + 2, String::new())),
            None => {}
            Some(_) if line.starts_with("```") => blocks.extend(block.take()),
            Some((_, body)) => body.extend([line, "\n"]),
        }
    }
    // One block is a list of tags with arrows to what they mean, and no page.
    blocks.retain(|(_, body)| !body.starts_with("<layout>      →"));
    assert!(blocks.len() >= 30, "the guide has {} html blocks", blocks.len());
    blocks
}

#[test]
fn every_block_of_the_guide_is_read_without_errors() {
    for (line, source) in guide_blocks() {
        let (page, found) = parse(PageKind::Page, &source);
        check_unit(&page.template, &source);
        let errors: Vec<_> = found
            .into_iter()
            .filter(|d| d.is_error())
            // Some blocks show a component's use without its import.
            .filter(|d| d.code != puremix_diag::codes::PAGE_UNKNOWN_COMPONENT)
            .collect();
        assert!(errors.is_empty(), "guide line {line}:\n{}", messages(&source, &errors));
    }
}

#[test]
fn client_scripts_and_framework_attributes_pass_through_unchanged() {
    let mut scripts = 0;
    for (line, source) in guide_blocks() {
        let (page, _) = parse(PageKind::Page, &source);
        let output = page.statics.concat();
        let mut rest = source.as_str();
        while let Some(at) = rest.find("<script") {
            let len = rest[at..].find("</script>").expect("the guide closes its scripts");
            let script = &rest[at..at + len];
            rest = &rest[at + len..];
            if !script.starts_with("<script server") {
                assert!(output.contains(script), "guide line {line}: {script}");
                scripts += 1;
            }
        }
        for mark in ["x-data=\"", "x-for=\"", "hx-post=\"", "@click=\"", "{{ user.name }}"] {
            assert_eq!(source.replace("\r", "").matches(mark).count() > 0, output.contains(mark), "guide line {line}: {mark}");
        }
    }
    assert!(scripts == 0 || scripts > 10);
}
