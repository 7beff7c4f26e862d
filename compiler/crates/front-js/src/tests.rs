//! What each construct lowers to. Every module is verified.

use crate::{lower_module, on_big_stack};
use puremix_diag::{FileId, SourceMap, render_text};
use puremix_ir::print::print_module;
use puremix_ir::verify::verify_module;
use puremix_ir::{Module, ScriptLang, ScriptUnit};

mod language;
mod mutations;
mod page;
mod refused;
mod smoke;

/// What is wrong with the module of a source that must lower without errors and obey the rules of the IR.
pub(crate) fn problems(source: &str, lang: ScriptLang) -> Option<String> {
    let unit = ScriptUnit::verbatim(FileId(0), source, 0, lang);
    let (module, diagnostics) = lower_module(&unit, "test.js");
    if !diagnostics.is_empty() {
        return Some(format!("{source}\n{diagnostics:#?}"));
    }
    let violations = on_big_stack(|| verify_module(&module));
    let list: Vec<String> = violations.iter().map(|v| format!("{v} at {:?}", source.get(v.span.start as usize..v.span.end as usize))).collect();
    (!list.is_empty()).then(|| format!("{source}\n{}\n{}", list.join("\n"), print_module(&module)))
}

/// The module of a source without problems.
pub(crate) fn lowered(source: &str, lang: ScriptLang) -> Module {
    if let Some(problems) = problems(source, lang) {
        panic!("{problems}");
    }
    lower_module(&ScriptUnit::verbatim(FileId(0), source, 0, lang), "test.js").0
}

pub(crate) fn diagnostics(source: &str, lang: ScriptLang) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("test.js", source);
    let (_, found) = lower_module(&ScriptUnit::verbatim(file, source, 0, lang), "test.js");
    found.iter().map(|d| render_text(d, &sources, false) + "\n").collect()
}
