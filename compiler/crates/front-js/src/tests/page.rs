//! Pages: scopes, loaders, actions, template names, holes.

use crate::{Elsewhere, PageBlock, PageBlockKind, PageInput, PageKind, lower_page, on_big_stack};
use expect_test::{Expect, expect};
use puremix_diag::{FileId, Span};
use puremix_ir::print::{print_function, print_module};
use puremix_ir::verify::verify_module;
use puremix_ir::{Module, ScriptLang, ScriptUnit};
use std::collections::BTreeMap;

fn unit(text: &str) -> ScriptUnit {
    ScriptUnit::verbatim(FileId(0), text, 0, ScriptLang::Js)
}

struct Source<'a> {
    kind: PageKind,
    imports: &'a str,
    blocks: &'a [(PageBlockKind, &'a str)],
    template: &'a str,
}

const PAGE: Source<'static> = Source { kind: PageKind::Page, imports: "", blocks: &[], template: "" };

fn lower(source: &Source<'_>) -> (Module, Vec<String>) {
    lower_with(source, None, &BTreeMap::new())
}

/// A page with a module of another language to begin with, and names that need no import.
fn lower_with(source: &Source<'_>, python: Option<&Module>, elsewhere: &BTreeMap<String, Elsewhere>) -> (Module, Vec<String>) {
    let units: Vec<(PageBlockKind, ScriptUnit)> = source.blocks.iter().map(|(k, t)| (*k, unit(t))).collect();
    let blocks: Vec<PageBlock<'_>> = units.iter().map(|(kind, unit)| PageBlock { kind: *kind, unit }).collect();
    let span = Span::new(FileId(0), 0, 0);
    let statics: Vec<String> = ["<a>", "<b>", "<script>PureMix.data.stats</script>"].map(String::from).into();
    let (module, diagnostics) = lower_page(&PageInput {
        path: "app/routes/index.puremix",
        kind: source.kind,
        is_error_page: false,
        layout: None,
        imports: &unit(source.imports),
        blocks: &blocks,
        python,
        elsewhere,
        template: &unit(source.template),
        statics: &statics,
        head: &[],
        component_imports: &[("Card", "../components/Card.puremix", span)],
        has_forms: false,
        mentions_puremix: false,
        needs_client: false,
        uses: &[],
    });
    on_big_stack(|| {
        let violations = if diagnostics.iter().any(|d| d.is_error()) { Vec::new() } else { verify_module(&module) };
        assert!(violations.is_empty(), "{violations:#?}\n{}", print_module(&module));
    });
    (module, diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect())
}

pub(super) const TEMPLATES: &[&str] = &[
    "__pmx_e(0, (load.data.items.map(({ a, b: [c] }, i) => { const y = a.b; if (!y) return null; return __pmx_m(() => { __pmx_w(0); __pmx_e(0, (y)); }); }).join(', ')));",
    "__pmx_e(0, (load.a && load.b || __pmx_m(() => { __pmx_w(1); }))); __pmx_e(1, (load.x ? __pmx_m(() => { __pmx_w(0); }) : load.y?.z ?? 'n'));",
    "__pmx_a(\"class\", \"srcdoc\", (load.x)); __pmx_s((load.y)); __pmx_c(\"Card\", {title: (x.y), ...(z)}, () => { __pmx_w(0); }, 1); __pmx_js(() => { let __export; __export = { t: 1 }; return __export; }, [\"t\"]); __pmx_e(0, (t)); __pmx_content(() => { __pmx_csrf(); });",
];

/// Lowers a page and verifies what lowers without errors.
pub(super) fn check_page(loader: &str, template: &str) {
    lower(&Source { blocks: &[(PageBlockKind::Loader, loader)], template, ..PAGE });
}

/// The template's render function.
fn check_template(kind: PageKind, template: &str, expected: Expect) {
    let loader = [(PageBlockKind::Loader, "async function load() { return { data: 1 }; }")];
    let (module, diagnostics) = lower(&Source { kind, blocks: &loader, template, imports: "import { format } from '../lib/format.js';" });
    assert_eq!(diagnostics, Vec::<String>::new());
    let page = module.page.as_ref().expect("a page");
    let mut text = print_function(&module, page.render.expect("a template"));
    text.push_str(&format!("{:?}\n", page.render_scope));
    if !page.unknown_names.is_empty() {
        text.push_str(&format!("unknown {:?}\n", page.unknown_names.iter().map(|(n, _)| n).collect::<Vec<_>>()));
    }
    expected.assert_eq(&text);
}

fn check_functions(blocks: &[(PageBlockKind, &str)], template: &str, expected: Expect) {
    let (module, diagnostics) = lower(&Source { blocks, template, ..PAGE });
    let page = module.page.as_ref().expect("a page");
    let names = |list: &[puremix_ir::app::ServerFn]| list.iter().map(|f| f.name.to_string()).collect::<Vec<_>>().join(" ");
    let text = format!("loaders: {}\nactions: {}\n{}\n", names(&page.loaders), names(&page.actions), diagnostics.join("\n"));
    expected.assert_eq(&text);
}

use PageBlockKind::{Loader, Server};

#[test]
fn one_function_is_a_loader_whatever_its_name() {
    check_functions(&[(Loader, "const LIMIT = 3; async function products(request) { return { data: LIMIT }; }")], "", expect![[r#"
        loaders: products
        actions: 

    "#]]);
    check_functions(&[(Loader, "export async function fetchAll() { return 1; }")], "", expect![[r#"
        loaders: fetchAll
        actions: 

    "#]]);
    check_functions(&[(Loader, "const getPosts = async () => ({ data: [] });")], "", expect![[r#"
        loaders: getPosts
        actions: 

    "#]]);
}

#[test]
fn helpers_are_no_loaders() {
    check_functions(
        &[(Loader, "async function loadUser() { return helper(); } function helper() { return 1; } async function posts() {} function stats() {}")],
        "__pmx_e(0, (posts.data));",
        expect![[r#"
            loaders: loadUser posts stats
            actions: 

        "#]],
    );
}

#[test]
fn a_plain_function_that_the_template_only_calls_is_a_helper() {
    let blocks = [(Loader, "async function loadCart() { return { data: 1 }; } const money = (n) => n; function tax(n) { return n; } async function rate() {}")];
    check_functions(&blocks, "__pmx_e(0, (money(loadCart.data))); __pmx_e(0, (tax.data)); __pmx_e(0, (rate()));", expect![[r#"
        loaders: loadCart tax rate
        actions: 

    "#]]);
}

#[test]
fn functions_of_server_blocks_are_actions_and_the_later_wins() {
    check_functions(
        &[
            (Server, "async function save(formData) { return check(formData); } const remove = async (d) => d; export function list() {}"),
            (Server, "function check(d) { return d; } function save() { return 2; } let notOne = 3;"),
        ],
        "",
        expect![[r#"
            loaders: 
            actions: remove list check save
            PMX0123 the page declares `save` twice
        "#]],
    );
}

#[test]
fn typescript_in_a_plain_loader_is_understood() {
    check_functions(&[(Loader, "interface User { id: number } async function load(request: Request): Promise<User> { return { id: 1 } as User; }")], "", expect![[r#"
        loaders: load
        actions: 

    "#]]);
}

#[test]
fn blocks_are_scopes_of_their_own() {
    let (module, diagnostics) = lower(&Source {
        imports: "import { db } from '../lib/db.js';\nconst SHARED = 1;",
        blocks: &[
            (Loader, "import { db } from '../lib/db.js'; const cache = new Map(); async function load() { return cache.get(SHARED) ?? db.all(save); }"),
            (Server, "import { db } from '../lib/db.js'; const cache = []; function save() { cache.push(db); return format(1); }"),
        ],
        template: "__pmx_e(0, (load.data));",
        ..PAGE
    });
    assert_eq!(diagnostics, Vec::<String>::new());
    expect![[r#"
        module app/routes/index.puremix (js)
        request 0 "../components/Card.puremix" static -> ?
        request 1 "../lib/db.js" static -> ?
        import Card#0 = default of 0 -> ?
        import db#1 = db of 1 -> ?
        global SHARED@0 const
        global cache@1 const
        global load@2 = fn1
        global cache$2@3 const
        global save@4 = fn2

        init fn0 "" () {
          (load@2 = closure fn1)
          (save@4 = closure fn2)
          (SHARED@0 = 1)
          (cache@1 = new Map())
          (cache$2@3 = [])
        }

        async function fn1 "load" () in fn0 {
          return (cache@1.get(SHARED@0) ?? db#1.all(save@4))
        }

        function fn2 "save" () in fn0 {
          cache$2@3.push(db#1)
          return format(1)
        }

        render fn3 "render" (load%0) in fn0 {
          write.text load%0~.data
        }
    "#]].assert_eq(&print_module(&module));
}

#[test]
fn paths_are_null_safe() {
    check_template(
        PageKind::Page,
        "__pmx_e(0, (load.data.items[0].name.toUpperCase())); __pmx_e(0, (load.data?.x?.y)); __pmx_e(1, (params.id + query.q.length)); __pmx_e(0, (raw(load.data.html))); __pmx_e(0, (Math.max(1, load.n))); __pmx_e(0, (format(nothing)));",
        expect![[r#"
            render fn2 "render" (load%0, params%1, query%2) in fn0 {
              write.text load%0~.data~.items~[0]~.name~.toUpperCase()
              write.text load%0~.data~.x~.y
              write.attr_double (params%1~.id + query%2~.q~.length)
              write.text rt.raw(load%0~.data~.html)
              write.text Math.max(1, load%0~.n)
              write.text format#1(undefined)
            }
            [Loader("load"), Params, Query]
            unknown ["nothing"]
        "#]],
    );
}

#[test]
fn conditionals_write_in_place() {
    check_template(
        PageKind::Page,
        "__pmx_e(0, (load.a ? __pmx_m(() => { __pmx_w(0); __pmx_e(0, (load.b)); }) : null)); __pmx_e(0, (load.a > 1 && __pmx_m(() => { __pmx_w(1); }))); __pmx_e(0, (load.items.length && __pmx_m(() => { __pmx_w(0); }))); __pmx_e(0, (load.x || __pmx_m(() => { __pmx_w(0); }))); __pmx_e(0, (load.x ?? 'none')); __pmx_e(0, (load.x ?? __pmx_m(() => { __pmx_w(1); }))); __pmx_e(0, (load.ok && 'yes'));",
        expect![[r#"
            render fn2 "render" (load%0) in fn0 {
              if load%0~.a {
                write "<a>"
                write.text load%0~.b
              }
              if (load%0~.a > 1) {
                write "<b>"
              }
              {
                let .left%1 = load%0~.items~.length
                if .left%1 {
                  write "<a>"
                } else {
                  write.text ((.left%1 === false) ? undefined : .left%1)
                }
              }
              {
                let .left%2 = load%0~.x
                if .left%2 {
                  write.text .left%2
                } else {
                  write "<a>"
                }
              }
              write.text (load%0~.x ?? "none")
              {
                let .left%3 = load%0~.x
                if (.left%3 != null) {
                  write.text .left%3
                } else {
                  write "<b>"
                }
              }
              {
                let .left%4 = load%0~.ok
                if .left%4 {
                  write.text "yes"
                } else {
                  write.text ((.left%4 === false) ? undefined : .left%4)
                }
              }
            }
            [Loader("load")]
        "#]],
    );
}

#[test]
fn maps_become_loops() {
    check_template(
        PageKind::Page,
        "__pmx_e(0, (load.items.filter(x => x.on).map(({ name, tags: [first] }, i) => __pmx_m(() => { __pmx_w(0); __pmx_e(0, (name)); __pmx_e(0, (first + i)); __pmx_e(0, (load.rows.map(r => r.ok ? __pmx_m(() => { __pmx_w(1); }) : r.text))); })))); __pmx_e(0, (load.items?.map(x => { const y = x.a.b; if (!y) return null; if (y > 1) { return __pmx_m(() => { __pmx_w(0); __pmx_e(0, (y)); }); } else { return 'none'; } }).join(''))); __pmx_e(0, (load.items.map(x => __pmx_m(() => { __pmx_w(1); })).join(', '))); __pmx_e(0, (load.names.map(n => n.first)));",
        expect![[r#"
            render fn2 "render" (load%0) in fn0 {
              each item%5, i%4 of load%0~.items~.filter(closure fn3) {
                let name%2 = item%5~.name
                let iterator%6 = rt.iter_open((item%5~.tags ?? []))
                let first%3 = rt.iter_next(iterator%6)
                rt.iter_close(iterator%6)
                write "<a>"
                write.text name%2
                write.text (first%3 + i%4)
                each r%7 of load%0~.rows {
                  if r%7~.ok {
                    write "<b>"
                  } else {
                    write.text r%7~.text
                  }
                }
              }
              each x%8 of load%0~.items {
                let y%9 = x%8~.a~.b
                if (! y%9) {} else {
                  if (y%9 > 1) {
                    write "<a>"
                    write.text y%9
                  } else {
                    write.text "none"
                  }
                }
              }
              each x%10, index%11 of load%0~.items {
                if (index%11 > 0) {
                  write.text ", "
                }
                write "<b>"
              }
              write.text load%0~.names~.map(closure fn4)
            }
            [Loader("load")]
        "#]],
    );
}

#[test]
fn callbacks_that_cannot_be_loops_are_closures() {
    check_template(
        PageKind::Page,
        "__pmx_e(0, (load.items.map(x => { for (const y of x) { if (y) return __pmx_m(() => { __pmx_w(0); __pmx_e(0, (y)); }); } return null; })));",
        expect![[r#"
            render fn2 "render" (load%0) in fn0 {
              write.text load%0~.items~.map(closure fn3)
            }
            [Loader("load")]
        "#]],
    );
}

#[test]
fn attributes_components_slots_and_blocks() {
    check_template(
        PageKind::Component,
        "__pmx_a(\"class\", \"value\", (active ? 'on' : 'off')); __pmx_a(\"disabled\", \"bool\", (!props.ok)); __pmx_s((rest)); __pmx_c(\"Card\", {title: (item.name), ...(item)}, () => { __pmx_w(0); }, item.id); __pmx_c(\"Card\", {}, undefined, undefined); __pmx_content(() => { __pmx_w(1); }); __pmx_js(() => { let __export; let t = 0; for (const i of items) t += i.price; const f = (x) => x * t; __export = { t, f }; return __export; }, [\"t\", \"f\"]); __pmx_e(0, (f(t))); __pmx_csrf();",
        expect![[r#"
            render fn2 "render" (active%0, props%1, rest%2, item%3, items%8) in fn0 {
              write.attr class value (active%0 ? "on" : "off")
              write.attr disabled bool (! props%1~.ok)
              write.attrs rest%2
              component Card of 0 {title: item%3~.name, ...item%3} children markup {
                write "<a>"
              } key item%3~.id
              component Card of 0 {}
              if rt.slot_given("content") {
                write.slot content
              } else {
                write "<b>"
              }
              let export%10 = closure fn3()
              let t%11 = export%10~.t
              let f%12 = export%10~.f
              write.text f%12(t%11)
              write.csrf
            }
            [Prop("active"), Props, Prop("rest"), Prop("item"), Prop("items")]
        "#]],
    );
}

#[test]
fn layouts_see_page_values() {
    check_template(
        PageKind::Layout,
        "__pmx_title(() => { __pmx_w(0); }); __pmx_head(); __pmx_meta(\"name:robots\", () => { __pmx_w(1); }); __pmx_e(12, (title || 'App')); __pmx_e(0, (user.name)); __pmx_content(); __pmx_description();",
        expect![[r#"
            render fn2 "render" (title%0, user%1) in fn0 {
              if rt.slot_given("title") {
                write.slot title
              } else {
                write "<a>"
              }
              write.slot head
              {
                write "<b>"
              }
              write.rcdata (title%0 || "App")
              write.text user%1~.name
              write.slot content
              write.slot description
            }
            [Title, PageValue("user")]
        "#]],
    );
}

#[test]
fn unknown_names_render_nothing_and_are_listed() {
    check_template(PageKind::Page, "__pmx_e(0, (nothing.at.all)); __pmx_e(0, (missing(1))); __pmx_e(0, (typeof other));", expect![[r#"
        render fn2 "render" () in fn0 {
          write.text undefined~.at~.all
          write.text undefined
          write.text (typeof undefined)
        }
        []
        unknown ["nothing", "missing", "other"]
    "#]]);
}

#[test]
fn children_are_a_value_and_content_is_a_prop() {
    check_template(PageKind::Component, "__pmx_e(0, (children ? 1 : 2)); __pmx_e(0, (props.children)); __pmx_e(0, (content));", expect![[r#"
        render fn2 "render" (children%0, content%1) in fn0 {
          if (rt.slot_given("content") ? markup {
            write.slot content
          } : children%0) {
            write.text 1
          } else {
            write.text 2
          }
          write.text (rt.slot_given("content") ? markup {
            write.slot content
          } : children%0)
          write.text content%1
        }
        [Prop("children"), Prop("content")]
    "#]]);
}

#[test]
fn names_that_nothing_declares_may_be_exports_elsewhere() {
    let elsewhere = ["total", "declared", "imported", "parameter", "unused"].map(|name| (name.to_owned(), Elsewhere { specifier: "/services/a.py".to_owned(), name: name.to_owned() }));
    let source = Source {
        imports: "import { imported } from './b'",
        blocks: &[
            (PageBlockKind::Loader, "async function load(parameter) { return [await total(1), declared, imported, parameter, typeof total, unknown]; }"),
            (PageBlockKind::Server, "function declared() { return () => total(2); }"),
        ],
        template: "__pmx_e(0, (load.x));",
        ..PAGE
    };
    let (module, found) = lower_with(&source, None, &elsewhere.into());
    assert!(found.is_empty(), "{found:?}");
    let imports: Vec<String> = module.imports.iter().map(|i| format!("{} of {}", i.local_name, module.requests[i.request].specifier)).collect();
    assert_eq!(imports, ["Card of ../components/Card.puremix", "imported of ./b", "total of /services/a.py"]);
    let printed = print_module(&module);
    assert!(printed.contains("await total#2(1)") && printed.contains("total#2(2)") && printed.contains("unknown"), "{printed}");
}
