//! `*.puremix.test`: tests of markup. The file is taken apart to one script and a page for each test.
//!
//! ```text
//! <imports>
//!   import Note from '../components/Note.puremix'
//! </imports>
//!
//! <test name="shows the text">
//!   <Note note={{ id: 1, text: 'hello' }} />
//!   <script>
//!     expect(html).toContain('hello')
//!   </script>
//! </test>
//! ```
//!
//! Each `<test>` holds markup, and behind it the script with the assertions, in which `html` is what the markup renders to. Imports of
//! components are for the markup, others for both. Scripts outside of tests are the file's own: hooks, helpers, other tests. What
//! belongs to another part is blanked, so that every place in a part is the place in the file.

use crate::driver::{TestFile, TestPage};
use crate::project::{RouteFile, RouteFileKind};
use puremix_ir::app::RouteSegment;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The first segment of the URLs under which the markup is.
const AT: &str = "__test";

/// Reads the file and takes it apart. The error is for people.
pub fn read(path: &Path, shown: &str) -> Result<TestFile, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{shown} cannot be read: {e}"))?;
    let parts = parse(&text).map_err(|(at, why)| {
        let line = text[..at].matches('\n').count() + 1;
        format!("{shown}:{line}: {why}")
    })?;
    let page = |(index, test): (usize, &Test)| TestPage {
        route: RouteFile {
            path: PathBuf::from(format!("{}#{}", path.display(), index + 1)),
            pattern: vec![RouteSegment::Literal(AT.into()), RouteSegment::Literal((index + 1).to_string().into())],
            kind: RouteFileKind::Page,
        },
        text: keep(&text, &[parts.imports.clone().unwrap_or_default(), test.markup.clone()]),
    };
    let pages = parts.tests.iter().enumerate().map(page).collect();
    Ok(TestFile { path: path.to_path_buf(), text: Some(script(&text, &parts)), pages })
}

/// Where the parts of a file are.
#[derive(Debug, Default, PartialEq)]
struct Parts {
    /// The `<imports>` block with its tags.
    imports: Option<Range<usize>>,
    /// What is between the tags of `<imports>`.
    import_lines: Range<usize>,
    /// Contents of the scripts outside of tests.
    scripts: Vec<Range<usize>>,
    tests: Vec<Test>,
}

#[derive(Debug, PartialEq)]
struct Test {
    /// Where `<test` begins.
    start: usize,
    name: String,
    /// `skip`, `only` or `todo`.
    mark: Option<&'static str>,
    markup: Range<usize>,
    script: Range<usize>,
    end: usize,
}

type Found<T> = Result<T, (usize, String)>;

fn parse(text: &str) -> Found<Parts> {
    let mut parts = Parts::default();
    let mut at = 0;
    while let Some(open) = text[at..].find('<').map(|i| at + i) {
        let rest = &text[open..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map(|i| open + i + 3).ok_or_else(|| (open, "this comment does not end".to_owned()))?;
        } else if is_tag(rest, "imports") {
            let inner = content(text, open, "imports")?;
            at = inner.end + "</imports>".len();
            parts.imports = Some(open..at);
            parts.import_lines = inner;
        } else if is_tag(rest, "script") {
            let inner = content(text, open, "script")?;
            at = inner.end + "</script>".len();
            parts.scripts.push(inner);
        } else if is_tag(rest, "test") {
            let test = parse_test(text, open)?;
            at = test.end;
            parts.tests.push(test);
        } else {
            return Err((open, "outside of `<test>` there are `<imports>`, `<script>` and comments only".to_owned()));
        }
    }
    Ok(parts)
}

fn is_tag(text: &str, name: &str) -> bool {
    text[1..].strip_prefix(name).is_some_and(|rest| rest.starts_with(['>', ' ', '\n', '\t', '\r']))
}

/// What is between a tag at `open` and the next end tag of that name.
fn content(text: &str, open: usize, name: &str) -> Found<Range<usize>> {
    let start = tag_end(text, open)?;
    let close = format!("</{name}>");
    let end = text[start..].find(&close).ok_or_else(|| (open, format!("`<{name}>` has no `{close}`")))?;
    Ok(start..start + end)
}

/// Behind the `>` of the tag at `open`; `>` in quotes does not count.
fn tag_end(text: &str, open: usize) -> Found<usize> {
    let mut quote = None;
    for (i, c) in text[open..].char_indices() {
        match (quote, c) {
            (None, '>') => return Ok(open + i + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), _) if q == c => quote = None,
            _ => {}
        }
    }
    Err((open, "this tag does not end".to_owned()))
}

fn parse_test(text: &str, open: usize) -> Found<Test> {
    let inner = content(text, open, "test")?;
    let tag = &text[open + "<test".len()..inner.start - 1];
    let name = attribute(tag, "name").ok_or_else(|| (open, "a test has a name: `<test name=\"…\">`".to_owned()))?;
    let bare = without_quoted(tag);
    let mark = ["skip", "only", "todo"].into_iter().find(|mark| bare.split_whitespace().any(|word| word == *mark));
    let body = &text[inner.clone()];
    // Earlier scripts are the markup's.
    let at = body.rfind("<script").map(|i| inner.start + i).ok_or_else(|| (open, "the test has no `<script>` with assertions behind its markup".to_owned()))?;
    let script = content(text, at, "script")?;
    Ok(Test { start: open, name, mark, markup: inner.start..at, script, end: inner.end + "</test>".len() })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = &tag[tag.find(&format!("{name}="))? + name.len() + 1..];
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next().map(str::to_owned)
}

fn without_quoted(tag: &str) -> String {
    tag.split(['"', '\'']).step_by(2).collect::<Vec<_>>().join(" ")
}

/// The text with everything blank but these ranges.
fn keep(text: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let is_kept = c == '\n' || ranges.iter().any(|range| range.contains(&i));
        if is_kept {
            out.push(c);
        } else {
            // As many bytes, so that offsets stay.
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        }
    }
    out
}

/// The script: the file's own scripts, imports that are not components, and for each test a call of `test` where its tag is.
fn script(text: &str, parts: &Parts) -> String {
    let mut ranges = parts.scripts.clone();
    ranges.extend(parts.tests.iter().map(|test| test.script.clone()));
    ranges.extend(script_imports(text, &parts.import_lines));
    let blank = keep(text, &ranges);
    let mut out = String::from("import { render as __render } from 'puremix:test/pages'; ");
    let mut at = 0;
    for (test, number) in parts.tests.iter().zip(1..) {
        out.push_str(&blank[at..test.start]);
        let call = test.mark.map_or_else(|| "test".to_owned(), |mark| format!("test.{mark}"));
        out.push_str(&format!("{call}({:?}, async () => {{ const html = await __render('/{AT}/{number}');", test.name));
        // The markup's lines, and from the script on what is in its place.
        out.extend(text[test.start..test.script.start].matches('\n'));
        let column = test.script.start - text[..test.script.start].rfind('\n').map_or(0, |i| i + 1);
        if text[test.start..test.script.start].contains('\n') {
            out.push_str(&" ".repeat(column));
        }
        out.push_str(&text[test.script.clone()]);
        out.push_str("});");
        out.push_str(&blank[test.script.end..test.end]);
        at = test.end;
    }
    out.push_str(&blank[at..]);
    out
}

/// Lines of `<imports>` that name no component.
fn script_imports(text: &str, lines: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = lines.start;
    for line in text[lines.clone()].split_inclusive('\n') {
        if !line.contains(".puremix") {
            found.push(start..start + line.len());
        }
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    const FILE: &str = "<imports>\n  import Card from './Card.puremix'\n  import { price } from '../lib/price'\n</imports>\n<test name=\"shows it\" skip>\n  <Card />\n  <script>\n    expect(html).toBe('x')\n  </script>\n</test>\n";

    #[test]
    fn the_script_keeps_its_places() {
        let parts = parse(FILE).unwrap();
        expect![[r#"
            import { render as __render } from 'puremix:test/pages';

              import { price } from '../lib/price'

            test.skip("shows it", async () => { const html = await __render('/__test/1');


                expect(html).toBe('x')
              });

        "#]]
        .assert_eq(&script(FILE, &parts).lines().map(|line| format!("{}\n", line.trim_end())).collect::<String>());
        assert_eq!(keep(FILE, &[parts.tests[0].markup.clone()]).trim(), "<Card />");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |text: &str, why: &str| assert_eq!(parse(text).unwrap_err().1, why, "{text}");
        check("<test>\n</test>", "a test has a name: `<test name=\"…\">`");
        check("<test name=\"x\"><p>a</p></test>", "the test has no `<script>` with assertions behind its markup");
        check("<p>", "outside of `<test>` there are `<imports>`, `<script>` and comments only");
        check("<script>let a", "`<script>` has no `</script>`");
    }
}
