//! Apps of the guide's own code: the support files of `tests/run/guide` and `guide-api`, and the guide's blocks where `pages.txt` puts them.

use crate::shell::root;
use puremix_tests::TempDir;
use std::fs;
use std::path::Path;

/// Writes the app of `tests/run/NAME` to a fresh directory.
pub fn generate(name: &str) -> Result<TempDir, String> {
    let support = root().join("tests/run").join(name);
    let manifest = fs::read_to_string(support.join("pages.txt")).map_err(|e| format!("{}/pages.txt: {e}", support.display()))?;
    let app = TempDir::new(name);
    copy_tree(&support, app.path()).map_err(|e| format!("{}: {e}", support.display()))?;
    let guide = Guide::read()?;
    for page in parse_manifest(&manifest)? {
        app.write(&page.target, &format!("{}{}{}", page.before, guide.block(&page)?, page.after));
    }
    Ok(app)
}

/// A block as it stands in the guide, for checks that it reaches the browser unchanged.
pub fn block(heading: &str, number: usize) -> Result<String, String> {
    let page = Page { heading: heading.to_owned(), number, ..Page::default() };
    Guide::read()?.block(&page)
}

#[derive(Default)]
struct Page {
    target: String,
    heading: String,
    /// From 1, among the blocks below the heading.
    number: usize,
    /// From 1, among the files one block shows.
    part: Option<usize>,
    before: String,
    after: String,
}

fn parse_manifest(text: &str) -> Result<Vec<Page>, String> {
    let mut pages: Vec<Page> = Vec::new();
    for line in text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
        let around = |mark| line.strip_prefix(mark).map(|rest| format!("{}\n", rest.strip_prefix(' ').unwrap_or(rest)));
        match (around("<"), around(">"), pages.last_mut()) {
            (Some(text), _, Some(page)) => page.before.push_str(&text),
            (_, Some(text), Some(page)) => page.after.push_str(&text),
            _ => pages.push(parse_page(line).ok_or_else(|| format!("pages.txt: `{line}` is not `TARGET <- HEADING #N`"))?),
        }
    }
    Ok(pages)
}

fn parse_page(line: &str) -> Option<Page> {
    let (target, block) = line.split_once(" <- ")?;
    let (heading, number) = block.rsplit_once(" #")?;
    let (number, part) = match number.split_once('.') {
        Some((number, part)) => (number, Some(part.parse().ok()?)),
        None => (number, None),
    };
    Some(Page { target: target.to_owned(), heading: heading.to_owned(), number: number.parse().ok()?, part, ..Page::default() })
}

/// The blocks of the guide with the heading each is below.
struct Guide(Vec<(String, String)>);

impl Guide {
    fn read() -> Result<Guide, String> {
        let path = root().join("../shared/spec/puremix-guide.md");
        let text = fs::read_to_string(&path)
            .map_err(|e| format!("{}: {e}\nthe guide lies in ../shared beside the repository", path.display()))?;
        Ok(Guide(parse_blocks(&text)))
    }

    fn block(&self, page: &Page) -> Result<String, String> {
        let mut below = self.0.iter().filter(|(heading, _)| *heading == page.heading).map(|(_, block)| block);
        let missing = || format!("the guide has no block {} below `{}`", page.number, page.heading);
        let block = below.nth(page.number.saturating_sub(1)).ok_or_else(missing)?;
        match page.part {
            None => Ok(block.clone()),
            Some(part) => files_of(block).into_iter().nth(part.saturating_sub(1)).ok_or_else(missing),
        }
    }
}

fn parse_blocks(text: &str) -> Vec<(String, String)> {
    let (mut blocks, mut heading, mut open): (Vec<(String, String)>, String, bool) = (Vec::new(), String::new(), false);
    for line in text.lines() {
        if line.starts_with("```") {
            open = !open;
            if open {
                blocks.push((heading.clone(), String::new()));
            }
        } else if open {
            if let Some((_, block)) = blocks.last_mut() {
                block.push_str(line);
                block.push('\n');
            }
        } else if line.starts_with('#') {
            let text = line.trim_start_matches('#').replace(['*', '`'], "");
            // Pictures before a title are no part of it.
            heading = text.trim_start_matches(|c: char| !c.is_ascii_graphic()).trim_end().to_owned();
        }
    }
    blocks
}

/// A block that shows several files, each beginning with its path in a comment.
fn files_of(block: &str) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for line in block.lines() {
        if line.starts_with("// app/") || files.is_empty() {
            files.push(String::new());
        }
        if let Some(file) = files.last_mut() {
            file.push_str(line);
            file.push('\n');
        }
    }
    files
}

fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_belong_to_the_heading_above_them() {
        let blocks = parse_blocks("# A\n```js\n# no heading\n```\n## **B** `c`\ntext\n```\nx\ny\n```\n");
        assert_eq!(blocks, [("A".to_owned(), "# no heading\n".to_owned()), ("B c".to_owned(), "x\ny\n".to_owned())]);
    }

    #[test]
    fn manifests() {
        let pages = parse_manifest("# c\n\na.js <- 1. H #2.1\n< before\n<   more\n> after\n").unwrap();
        let page = &pages[0];
        assert_eq!((page.target.as_str(), page.heading.as_str(), page.number, page.part), ("a.js", "1. H", 2, Some(1)));
        assert_eq!((page.before.as_str(), page.after.as_str()), ("before\n  more\n", "after\n"));
        assert!(parse_manifest("nonsense").is_err());
    }
}
