//! `tests/run/pages`: what people write in pages out of habit, and paths that meet.

use super::check::Checks;
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &mut Server) {
    templates(checks, server);
    bodies(checks, server);
    long_template(checks, server);
    functions(checks, server);
    paths(checks, server);
    super::calls::check(checks, server);
    super::instances::check(checks, server);
}

fn templates(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("a page of habits", client.get("/"), 200, &[
        "<TITLE>Pages</TITLE>",
        "<a href=/>home</a>",
        "<P id=\"capitals\">One <BR>two",
        "<P id=\"style\" style=\"color:red;font-size:12px\">",
        "<p id=\"helpers\">$2.00 1-2-3 plain</p>",
        "<p id=\"braces\">} { } { not code }</p>",
        "<p id=\"method\">GET </p>",
    ]);
    let text = page.text();
    checks.that("an object in a handler is a literal", text.contains("edit({&quot;id&quot;:1,&quot;name&quot;:&quot;it&#39;s \\&quot;new\\&quot;&quot;})"));
    checks.that("blocks without export show nothing", !text.contains("unused") && !text.contains("console"));
    checks.that("a configuration may be a function", page.header("x-frame-options") == Some("DENY"));
    checks.page("children and props", client.get("/card"), 200, &[
        "<section>without children: none; content: c1</section>",
        "<section>with children: <b>kid</b>; content: 2</section>",
        "<section>with children: prop; content: </section><p>prop</p>",
        "<p><b>kid</b></p>",
    ]);
}

fn bodies(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("text beside markup, braces of handlers", client.get("/edges"), 200, &[
        "<BODY class=\"page\" data-n=\"2\">",
        "<p id=\"beside\"><b>2</b> items in stock, hurry.</p>",
        "<p id=\"roots\"><b>1</b> <i>2</i></p>",
        "<p id=\"each\"><b>1</b> of 2 (all).<b>2</b> of 2 (all).</p>",
        "onclick=\"if (ready) { go(2, '",
        "') } else { stop() }\"",
    ]);
    let text = page.text().to_lowercase();
    checks.that("a value in a handler's string stays in it", !text.contains("a'b\"<") && !text.contains("</script>"));
    checks.equal("one body with a layout", &text.matches("<body").count(), &1);
    checks.equal("and one end of it", &text.matches("</body").count(), &1);
    let bare = checks.page("a body without a layout", client.get("/bare"), 200, &["<body id=\"own\"><p>one body</p></body></html>"]);
    checks.equal("one body without a layout", &bare.text().matches("<body").count(), &1);
}

/// Both back ends say the same; only one of them takes the template apart.
fn long_template(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("a template of very many expressions", client.get("/long?name=Zoe"), 200, &[
        "<p><i>31</i><i>52</i><i>83</i>Zoe</p>",
        "<p><b>Zoe 2</b></p>",
        "<p><em>ZOE</em> 9</p>",
        "<p class=\"r4\" title=\"Zoe\">104 5</p>",
        "<p class=\"r60\" title=\"Zoe\">160 3</p>",
        "<p id=\"end\">Zoe</p>",
    ]);
    checks.equal("each once", page.text().matches("<p").count(), 61);
}

fn functions(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("loaders of every kind", client.get("/calls"), 200, &[
        "<p>text 42 [] 3 3 function </p>",
        "data-puremix-action=\"save\" method=\"POST\"",
        "<a href=\"#\" data-puremix-action=\"save\">",
    ]);
    checks.page("an action that returns text", client.post_form("/calls", &[("_action", "save")]), 200, &["function saved</p>"]);
    checks.page("an action that returns a number", client.post_form("/calls", &[("_action", "count")]), 200, &["function 3</p>"]);
    checks.page("a loader reads the body", client.post_form("/", &[("word", "a&b")]), 200, &["<p id=\"method\">POST a&amp;b</p>"]);
    let cross_site = client.request("POST", "/", &[("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")], b"word=x");
    checks.page("but not what another site sends", cross_site, 403, &[]);
    checks.page("a page without loaders takes no POST", client.post_form("/About", &[]), 405, &[]);
}

fn paths(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("letters of any case", client.get("/about"), 200, &["<p>about</p>"]);
    checks.page("a catch-all takes the rest", client.get("/x/y"), 404, &["nothing at x|y"]);
    checks.page("but not the server's own paths", client.get("/_puremix/health"), 200, &["\"status\":\"ok\""]);
    let redirect = checks.page("a directory of public/", client.get("/guide?a=1"), 301, &[]);
    checks.that("its slash is added", redirect.header("location") == Some("/guide/?a=1"));
    checks.page("has its index.html", client.get("/guide/"), 200, &["<h1>The guide</h1>"]);
    checks.page("below /public, too", client.get("/public/guide/"), 200, &["<h1>The guide</h1>"]);
    checks.page("well-known files", client.get("/.well-known/security.txt"), 200, &["contact:"]);
}
