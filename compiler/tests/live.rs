//! Development links and checks what a save changes; the rest is taken from the program before. Whatever is edited, that must be the
//! program, and must have the diagnostics, of a compilation that knows nothing.

use puremix_diag::render_text;
use puremix_ir::print_program;
use puremix_tests::TempDir;
use puremix_tests::edits::Random;
use puremixc::driver::{Compiled, compile_live};
use puremixc::load::Cache;

/// Files, and the texts that each may have; an empty one stands for no file.
const FILES: &[(&str, &[&str])] = &[
    ("app/routes/index.puremix", &[
        "<imports>import { a } from '../lib/a'</imports><p>{a}</p>",
        "<imports>import { a } from '../lib/a'</imports>\n\n<p>more {a}</p>",
        "<imports>import * as all from '../lib/a'\nimport Part from '../components/Part.puremix'</imports><p>{all.a}{all.f(1)}<Part x={1} /></p>",
        "<imports>import { missing } from '../lib/a'</imports><p>{missing}</p>",
        "<p>{nothing}</p>",
        "<form onsubmit=\"save\"><button onclick=\"save({ id: 1 })\">x</button></form>",
        "<imports>import Part from '../components/Part.puremix'</imports><p onclick=\"save(1)\">{1}</p><Part x={1} />",
        "<p>{broken</p>",
    ]),
    ("app/routes/other.puremix", &["", "<imports>import b from '../lib/b'\nimport { c } from '../lib/c'</imports><p>{b}{c}</p>", "<layout>main</layout><p>{b}</p>", "<layout>main</layout><script server>function save() {}</script><p>{1}</p>"]),
    ("app/layouts/main.html", &["", "<html>{content}</html>", "<html><b>{content}</b></html>", "<html>{content}<script>function save() {}</script><b onclick=\"save\"></b></html>"]),
    ("app/components/Part.puremix", &["<i>{props.x}</i>", "<imports>import { c } from '../lib/c'</imports><i>{c}</i>", "<script server>function save() {}</script><i>{1}</i>"]),
    ("app/lib/a.js", &[
        "export const a = 1;\nexport function f(x) { return x; }\n",
        "export const a = 2;\nexport function f(x) { return x; }\n",
        "export const a = 2;\nexport function f(x) { return this?.y ?? x; }\n",
        "import { c } from './c';\nexport let a = c;\nexport function f(x) { a += x; return a; }\nexport const later = () => a;\n",
        "export * from './b';\nexport { c as a } from './c';\nexport async function f(x) { return x + (await x) + a + unknownName; }\n",
        "export const = 1;\n",
    ]),
    ("app/lib/b.js", &[
        "export default 1;\nexport const f = 2;\n",
        "module.exports = { a: 1, f() { return 2; } };\n",
        "import * as a from './a';\nexport default a;\nexport const f = () => a.f(1) + a.a;\n",
        "import fs from 'node:fs';\nexport default fs.createReadStream;\n",
    ]),
    ("app/lib/c.js", &["export const c = 3;\n", "export { a as c } from './a';\n", "import { later } from './a';\nexport const c = () => later();\n", "const unused = require('./b');\nexports.c = unused.a;\n"]),
];

/// The program and what is said of it. Files are told of in the order in which they were first seen, which is another.
fn shown(compiled: &Compiled) -> String {
    let mut diagnostics: Vec<String> = compiled.diagnostics.iter().map(|d| render_text(d, &compiled.sources, false)).collect();
    diagnostics.sort();
    format!("{}\n{}", diagnostics.join("\n"), compiled.program.as_ref().map_or_else(String::new, print_program))
}

#[test]
fn a_save_leaves_what_a_fresh_compilation_makes() {
    let app = TempDir::new("live");
    let write = |file: usize, text: usize| {
        let (path, texts) = FILES[file];
        match texts[text] {
            // It may never have been there.
            "" => drop(std::fs::remove_file(app.path().join(path))),
            text => app.write(path, text),
        }
    };
    (0..FILES.len()).for_each(|file| write(file, 0));
    let mut random = Random::new(11);
    let mut cache = Cache::default();
    let mut good = 0;
    for number in 0..600 {
        let file = random.below(FILES.len());
        let text = random.below(FILES[file].1.len());
        write(file, text);
        let known = compile_live(app.path(), &mut cache);
        let fresh = compile_live(app.path(), &mut Cache::default());
        good += usize::from(fresh.program.is_some());
        assert_eq!(shown(&known), shown(&fresh), "after edit {number}: {} is\n{}", FILES[file].0, FILES[file].1[text]);
    }
    assert!(good > 100, "{good} programs had no errors");
}
