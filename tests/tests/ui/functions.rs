//! Server functions and data that pages share with browsers.

use super::check;
use expect_test::expect;

const SAVES: &str = "<form onsubmit=\"save\"></form>\n<script server>\n  function save() {}\n</script>\n";

#[test]
fn functions_of_several_pages() {
    check(
        &[
            ("app/routes/index.puremix", "<button onclick=\"save\">x</button>\n<script>\n  PureMix.call('save');\n  PureMix.call('save', 1, { route: '/b' });\n</script>\n"),
            ("app/routes/a.puremix", SAVES),
            ("app/routes/b.puremix", SAVES),
        ],
        expect![[r#"
            error[PMX0127]: `save` is a function of 2 other pages, and this page has none of that name
             --> app/routes/index.puremix:1:18
              |
            1 | <button onclick="save">x</button>
              |                  ^^^^
              |
             ::: app/routes/a.puremix:3:12
              |
            3 |   function save() {}
              |            ---- one of them
              |
             ::: app/routes/b.puremix:3:12
              |
            3 |   function save() {}
              |            ---- one of them
              |
              = help: declare the function on this page, or give the functions names of their own

            error[PMX0127]: `save` is a function of 2 other pages, and this page has none of that name
             --> app/routes/index.puremix:3:17
              |
            3 |   PureMix.call('save');
              |                 ^^^^
              |
             ::: app/routes/a.puremix:3:12
              |
            3 |   function save() {}
              |            ---- one of them
              |
             ::: app/routes/b.puremix:3:12
              |
            3 |   function save() {}
              |            ---- one of them
              |
              = help: say whose it is, `PureMix.call('save', data, { route: '/a' })`, or give the functions names of their own
        "#]],
    );
}

#[test]
fn calls_of_nothing() {
    check(
        &[
            ("app/routes/index.puremix", "<imports>\n  import Card from '../components/Card.puremix'\n</imports>\n<Card />\n<script>\n  PureMix.call('svae');\n  PureMix.call('save');\n  PureMix.call('Card.add');\n  PureMix.call('Card.ad');\n  PureMix.call('add');\n</script>\n"),
            ("app/routes/a.puremix", SAVES),
            ("app/components/Card.puremix", "<b onclick=\"PureMix.call('nothing')\">x</b>\n<script server>\n  function add() {}\n</script>\n"),
        ],
        expect![[r#"
            warning[PMX0128]: no page or component of this app has a server function `svae`
             --> app/routes/index.puremix:6:17
              |
            6 |   PureMix.call('svae');
              |                 ^^^^
              |
              = help: did you mean `save`?

            warning[PMX0128]: no page or component of this app has a server function `Card.ad`
             --> app/routes/index.puremix:9:17
              |
            9 |   PureMix.call('Card.ad');
              |                 ^^^^^^^
              |
              = help: declare it: `<script server> async function ad (data, request) { … } </script>`

            warning[PMX0128]: no page or component of this app has a server function `nothing`
             --> app/components/Card.puremix:1:27
              |
            1 | <b onclick="PureMix.call('nothing')">x</b>
              |                           ^^^^^^^
              |
              = help: declare it: `<script server> async function nothing (data, request) { … } </script>`
        "#]],
    );
}

#[test]
fn components_in_loops_without_keys() {
    check(
        &[
            ("app/routes/index.puremix", "<imports>\n  import Card from '../components/Card.puremix'\n  import Plain from '../components/Plain.puremix'\n</imports>\n<loader>\n  function load() { return { items: [1] } }\n</loader>\n{load.items.map(x => <Card x={x} />)}\n{load.items.map(x => <Card x={x} key={x} />)}\n{load.items.map(x => <Plain x={x} />)}\n{load.items.filter(Boolean).map((x) => { return <p><Card x={x} /></p> })}\n<Card x={1} />\n"),
            ("app/components/Card.puremix", "<b onclick=\"add\">{x}</b>\n<script server>\n  function add() {}\n</script>\n"),
            ("app/components/Plain.puremix", "<b>{x}</b>\n"),
        ],
        expect![[r#"
            warning[PMX0126]: `Card` has server functions and stands in a loop without `key`
             --> app/routes/index.puremix:8:22
              |
            8 | {load.items.map(x => <Card x={x} />)}
              |                      ^^^^^^^^^^ told from its siblings by its number
              |
              = help: say which one it is: `<Card key={item.id} … />`

            warning[PMX0126]: `Card` has server functions and stands in a loop without `key`
              --> app/routes/index.puremix:11:49
               |
            11 | {load.items.filter(Boolean).map((x) => { return <p><Card x={x} /></p> })}
               |                                                 ^^^^^^^^^^^^^ told from its siblings by its number
               |
               = help: say which one it is: `<Card key={item.id} … />`
        "#]],
    );
}

#[test]
fn secrets_for_the_browser() {
    const LOADER: &str = "<loader>\n  async function load(request) {\n    const user = request.user;\n    return { data: { name: user.name, passwordHash: user.hash, errors: { password: 'missing' }, apiKey: process.env.KEY, csrfToken: user.t } };\n  }\n</loader>\n";
    let page = format!("{LOADER}<script>use(PureMix.data)</script>\n");
    check(&[("app/routes/index.puremix", &page), ("app/routes/quiet.puremix", LOADER)], expect![[r#"
        warning[PMX0129]: `passwordHash` of `load` goes to the browser: scripts of this page get what its loaders return
         --> app/routes/index.puremix:4:53
          |
        4 |     return { data: { name: user.name, passwordHash: user.hash, errors: { password: 'missing' }, apiKey: process.env.KEY, csrfToken: u...
          |                                                     ^^^^^^^^^
          |
          = help: leave the field out of what the loader returns, or rename it if it is no secret

        warning[PMX0129]: `apiKey` of `load` goes to the browser: scripts of this page get what its loaders return
         --> app/routes/index.puremix:4:105
          |
        4 |     return { data: { name: user.name, passwordHash: user.hash, errors: { password: 'missing' }, apiKey: process.env.KEY, csrfToken: u...
          |                                                                                                         ^^^^^^^^^^^^^^^
          |
          = help: leave the field out of what the loader returns, or rename it if it is no secret
    "#]]);
}

#[test]
fn handlers_of_other_pages() {
    check(
        &[
            (
                "app/routes/index.puremix",
                "<form onsubmit=\"save\"></form>\n<form onsubmit=\"one\"></form>\n<b onclick=\"save({id: 1})\"></b><b onclick=\"shown(1)\"></b><b onclick=\"filed(1)\"></b><b onclick=\"open(1)\"></b>\n<b onclick=\"item\"></b>\n<script>PureMix.call('item')</script>\n",
            ),
            ("app/routes/other.puremix", "<script>function shown() {}</script>\n"),
            ("public/filed.js", "window.filed = () => {};\n"),
            ("app/routes/a.puremix", "<script server>\n  function save() {}\n  function shown() {}\n  function filed() {}\n  function open() {}\n  function one() {}\n</script>\n"),
            ("app/routes/b.puremix", "<script server>\n  function save() {}\n  function shown() {}\n  function filed() {}\n  function open() {}\n</script>\n"),
            ("app/routes/items/[id].puremix", "<script server>\n  function item() {}\n</script>\n"),
            ("app/layouts/main.html", "<html><body>{content}<button onclick=\"save\"></button></body></html>\n"),
        ],
        expect![[r#"
            error[PMX0127]: `save` is a function of 2 other pages, and this page has none of that name
             --> app/routes/index.puremix:1:17
              |
            1 | <form onsubmit="save"></form>
              |                 ^^^^
              |
             ::: app/routes/a.puremix:2:12
              |
            2 |   function save() {}
              |            ---- one of them
              |
             ::: app/routes/b.puremix:2:12
              |
            2 |   function save() {}
              |            ---- one of them
              |
              = help: declare the function on this page, or give the functions names of their own

            warning[PMX0127]: `save` is a function of 2 other pages, and this page has none of that name
             --> app/routes/index.puremix:3:13
              |
            3 | <b onclick="save({id: 1})"></b><b onclick="shown(1)"></b><b onclick="filed(1)"></b><b onclick="open(1)"></b>
              |             ^^^^
              |
             ::: app/routes/a.puremix:2:12
              |
            2 |   function save() {}
              |            ---- one of them
              |
             ::: app/routes/b.puremix:2:12
              |
            2 |   function save() {}
              |            ---- one of them
              |
              = help: declare the function on this page, or give the functions names of their own

            warning[PMX0130]: `item` is a function of `/items/<id>`, whose parameters this page does not give
             --> app/routes/index.puremix:4:13
              |
            4 | <b onclick="item"></b>
              |             ^^^^
              |
             ::: app/routes/items/[id].puremix:2:12
              |
            2 |   function item() {}
              |            ---- declared here
              |
              = help: declare the function on this page, or write a form with the page's address as its `action`

            warning[PMX0130]: `item` is a function of `/items/<id>`, whose parameters this page does not give
             --> app/routes/index.puremix:5:23
              |
            5 | <script>PureMix.call('item')</script>
              |                       ^^^^
              |
             ::: app/routes/items/[id].puremix:2:12
              |
            2 |   function item() {}
              |            ---- declared here
              |
              = help: say them: `PureMix.call('item', data, { route: … })`; or declare the function on this page
        "#]],
    );
}
