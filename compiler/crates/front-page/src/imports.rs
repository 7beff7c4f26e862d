//! The `<imports>` blocks: which names they bind, and which of them are components.

use crate::names::words;
use crate::page::{BlockLang, ComponentImport};
use crate::report::Reporter;
use crate::syntax::Range;
use puremix_diag::codes;

/// What a template needs to know about a file's imports.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    /// Every name the imports bind.
    pub names: Vec<String>,
    /// Default imports, which can be components.
    pub defaults: Vec<ComponentImport>,
}

/// Reads the import statements of one `<imports>` body. `offset` is where `text` starts in the file.
pub(crate) fn read_imports(text: &str, offset: usize, report: &mut Reporter, imports: &mut Imports) {
    let words = words(text);
    let starts: Vec<usize> = (0..words.len()).filter(|at| is_import(text, &words, *at)).collect();
    for (index, start) in starts.iter().enumerate() {
        let from = words[*start].start;
        let limit = starts.get(index + 1).map_or(text.len(), |next| words[*next].start);
        let statement = &text[from..limit];
        let Some((open, close)) = specifier(statement) else {
            let line = statement.find('\n').unwrap_or(statement.len());
            let at = offset + from..offset + from + statement[..line].trim_end().len();
            report.push(
                report
                    .error(codes::PAGE_BAD_IMPORT, &at, "this import names no file or package")
                    .help("write `import name from './file'`, with the file in quotes"),
            );
            continue;
        };
        let span = report.span(&(offset + from..offset + from + close + 1));
        let clause = &statement["import".len()..open];
        let first = clause.trim_start();
        let name_len = first.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(first.len());
        let name = &first[..name_len];
        if !name.is_empty() && name != "type" && name != "from" {
            imports.defaults.push(ComponentImport { name: name.to_owned(), specifier: statement[open + 1..close].to_owned(), span });
        }
        let bound = words_of_clause(clause);
        imports.names.extend(bound.into_iter().filter(|n| *n != "from" && *n != "as").map(str::to_owned));
    }
    // Constants may stand among the imports.
    for pair in words.windows(2) {
        if matches!(&text[pair[0].clone()], "const" | "let" | "var") {
            imports.names.push(text[pair[1].clone()].to_owned());
        }
    }
}

/// `import` as a statement, neither `import(…)` nor `import.meta` nor a member.
fn is_import(text: &str, words: &[Range], at: usize) -> bool {
    let word = &words[at];
    &text[word.clone()] == "import"
        && !text[word.end..].trim_start().starts_with(['(', '.'])
        && !text[..word.start].trim_end().ends_with(['.', '=', '(', ','])
}

/// Where the quotes of the statement's specifier are. Names before it are words, so the first quote is the specifier's.
fn specifier(statement: &str) -> Option<(usize, usize)> {
    let open = statement.find(['"', '\''])?;
    let quote = statement[open..].chars().next()?;
    let close = open + 1 + statement[open + 1..].find([quote, '\n'])?;
    statement[close..].starts_with(quote).then_some((open, close))
}

fn words_of_clause(clause: &str) -> Vec<&str> {
    words(clause).into_iter().map(|w| &clause[w]).collect()
}

/// Whether a default import can be a component: a `.puremix` file, or a capitalised name.
pub(crate) fn can_be_component(import: &ComponentImport) -> bool {
    import.specifier.ends_with(".puremix") || import.name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// What `<script server lang=…>` means.
pub(crate) fn block_lang(lang: Option<&str>) -> Option<BlockLang> {
    Some(match lang.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "js" | "javascript" | "mjs") => BlockLang::Js,
        Some("ts" | "typescript") => BlockLang::Ts,
        Some("py" | "python" | "python3") => BlockLang::Python,
        Some(_) => return None,
    })
}
