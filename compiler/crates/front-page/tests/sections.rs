//! The parts of a file besides its template.

mod support;

use expect_test::{Expect, expect};
use puremix_front_page::PageKind;

fn check_sections(source: &str, expected: Expect) {
    let (page, found) = support::parse(PageKind::Page, source);
    let mut out = String::new();
    let mut line = |text: String| out.extend([text.as_str(), "\n"]);
    if let Some(layout) = &page.layout {
        line(format!("layout {}", layout.value));
    }
    for import in &page.component_imports {
        line(format!("component {} from {}", import.name, import.specifier));
    }
    if !page.imports.text.is_empty() {
        support::check_unit(&page.imports, source);
        line(format!("imports {:?}", page.imports.text));
    }
    for block in &page.blocks {
        line(format!("{:?} {:?} {:?}", block.kind, block.lang, block.unit.text));
    }
    if let Some(head) = &page.head {
        for piece in &head.pieces {
            support::check_unit(&piece.unit, source);
            line(format!("head {:?} {}", piece.key, support::with_chunks(&piece.unit.text, &page.statics).trim()));
        }
        for (name, unit) in [("title", &head.title), ("description", &head.description)] {
            if let Some(unit) = unit {
                line(format!("{name} {}", support::with_chunks(&unit.text, &page.statics).trim()));
            }
        }
    }
    let facts = &page.facts;
    line(format!("puremix {} forms {}", facts.mentions_puremix, facts.has_forms));
    for handler in &facts.handlers {
        line(format!("handler {} declared {}", handler.name, handler.declared));
    }
    for used in &facts.components {
        line(format!("uses {}", used.value));
    }
    line(support::messages(source, &found));
    expected.assert_eq(&out);
}

#[test]
fn anatomy() {
    check_sections(
        "<layout> main </layout>\n<imports>\n  import {\n    a,\n    b as c\n  } from './x'\n  import Card from './Card.puremix'\n  import Lib from './lib.js'\n</imports>\n<imports>import D from \"./D.puremix\";</imports>\n<loader>async function load() {}</loader>\n<script lang=\"ts\" server>function f(a: string) {}</script>\n<script server lang=python>def g(x):\n  return x\n</script><script client>PureMix.call('f')</script>",
        expect![[r#"
            layout main
            component Card from ./Card.puremix
            component D from ./D.puremix
            imports "\n  import {\n    a,\n    b as c\n  } from './x'\n  import Card from './Card.puremix'\n  import Lib from './lib.js'\n\nimport D from \"./D.puremix\";"
            Loader Js "async function load() {}"
            Server Ts "function f(a: string) {}"
            Server Python "def g(x):\n  return x\n"
            puremix true forms false

        "#]],
    );
}

#[test]
fn head() {
    check_sections(
        "<head>\n  <title>A {x}</title>\n  <meta name=\"description\" content=\"B {y}\">\n  <meta property='og:title' content=c>\n  <link rel=stylesheet href=/a.css>\n  {z && <base href=\"{z}\">}\n  <!-- note -->\n</head>\n<p>text</p>",
        expect![[r#"
            head Title __pmx_w("<title>A ");
            __pmx_e(12, (x));
            __pmx_w("</title>");
            head Meta("name:description") __pmx_w("<meta name=\"description\" content=\"B ");
            __pmx_e(1, (y));
            __pmx_w("\">");
            head Meta("property:og:title") __pmx_w("<meta property='og:title' content=c>");
            head Other __pmx_w("<link rel=stylesheet href=/a.css>");
            head Other __pmx_e(0, (z && __pmx_m(() => {
              __pmx_w("<base href=\"");
              __pmx_e(4, (z));
              __pmx_w("\">");
            })));
            title __pmx_w("A ");
            __pmx_e(12, (x));
            description __pmx_w("B ");
            __pmx_e(1, (y));
            puremix false forms false

        "#]],
    );
}

#[test]
fn a_whole_document_keeps_its_head() {
    check_sections("<html><head><title>A</title></head><body></body></html>", expect![[r#"
        puremix false forms false

    "#]]);
}

#[test]
fn handlers_and_mentions() {
    check_sections(
        "<form onsubmit=\"save\"></form><b onclick=\"gone\"></b><b onclick=\"PureMix.call('save')\"></b><script server>function save() {}</script>",
        expect![[r#"
            Server Js "function save() {}"
            puremix true forms true
            handler save declared true
            handler gone declared false

        "#]],
    );
}

#[test]
fn components_are_imports_that_are_used() {
    check_sections(
        "<imports>import Card from './Card'\nimport Lib from './lib.js'\nimport x from './x.js'</imports><Card/>",
        expect![[r#"
            component Card from ./Card
            imports "import Card from './Card'\nimport Lib from './lib.js'\nimport x from './x.js'"
            puremix false forms false
            uses Card

        "#]],
    );
}
