//! Loaders, templates, components, client scripts.

use super::source::block;
use crate::e2e::check::Checks;
use puremix_tests::{Reply, Server};

pub fn check(checks: &mut Checks, server: &Server) {
    anatomy(checks, server);
    parameters(checks, server);
    loaders_and_actions(checks, server);
    components(checks, server);
    expressions(checks, server);
    client_side(checks, server);
    common_patterns(checks, server);
}

fn anatomy(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("the anatomy page", client.get("/1"), 200, &["<h1>Ada</h1>", "<body class=\"main-layout\">"]);
    let text = page.text();
    checks.that("its title replaces the layout's", text.contains("<title>Page Title</title>") && !text.contains("<title>Layout"));
    checks.that("its description", text.contains("<meta name=\"description\" content=\"Page description\">"));
    checks.that("its component", text.contains("<div class=\"user-card\"><b>Ada</b></div>"));
    checks.that("the value of its field", text.contains("value=\"Ada\""));
    checks.that("its client script", text.contains("const userData = PureMix.data.loadPage.data.user;"));
    checks.that("its data for the browser", text.contains("\"name\":\"Ada\""));
    checks.that("server code stays on the server", !text.contains("saveUser") && !text.contains("pandas") && !text.contains("import {"));
    checks.page("data is escaped", client.get("/2"), 200, &["<h1>Bob &lt;b&gt;</h1>"]);
    checks.that("the form says which action it is for", !hidden_fields(&text, "Update</button>").is_empty());
    checks.page("the action, then the loader", submit(&mut client, "/1", &text, "Update</button>", &[("name", "Ada L.")]), 200, &["<h1>Ada L.</h1>"]);
}

/// The hidden fields of the form that contains `mark`.
fn hidden_fields(page: &str, mark: &str) -> Vec<(String, String)> {
    let Some(end) = page.find(mark) else { return Vec::new() };
    let form = &page[page[..end].rfind("<form").unwrap_or(0)..end];
    let value = |tag: &str, name: &str| Some(tag.split_once(&format!("{name}=\""))?.1.split('"').next()?.to_owned());
    let hidden = form.split("<input").skip(1).map(|tag| tag.split('>').next().unwrap_or_default()).filter(|tag| tag.contains("type=\"hidden\""));
    hidden.filter_map(|tag| Some((value(tag, "name")?, value(tag, "value")?))).collect()
}

/// Sends the form that contains `mark`, as a browser would.
pub fn submit(client: &mut puremix_tests::Client, path: &str, page: &str, mark: &str, fields: &[(&str, &str)]) -> std::io::Result<Reply> {
    let hidden = hidden_fields(page, mark);
    let mut all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend_from_slice(fields);
    client.post_form(path, &all)
}

fn parameters(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("a route parameter", client.get("/users/42?page=2"), 200, &["<p>User ID: 42</p>", "<p>Category: </p>", "<p>Page: 2</p>"]);
    checks.page("several", client.get("/blog/rust/2024/a"), 200, &["<p>User ID: </p>", "<p>Category: rust</p>"]);
    checks.page("parameters are escaped", client.get("/users/%3Cb%3E"), 200, &["<p>User ID: &lt;b&gt;</p>"]);
}

fn loaders_and_actions(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("the basic loader", client.get("/basic-loader"), 200, &["<li>Desk</li><li>Lamp &amp; shade</li>", "<p>message: </p>"]);
    let page = checks.page("before an action", client.get("/action-results"), 200, &["message: </p>"]);
    checks.page("its result is in the loader", submit(&mut client, "/action-results", &page.text(), "Save</button>", &[]), 200, &["message: Product saved!</p>"]);
    let page = checks.page("a form", client.get("/new-product"), 200, &["name=\"price\" type=\"number\"", "<p>2 products</p>"]);
    checks.that("no message yet", !page.text().contains("class=\"success\"") && !page.text().contains("class=\"error\""));
    let form = page.text();
    checks.page("the action's complaint", submit(&mut client, "/new-product", &form, "Create</button>", &[("name", ""), ("price", "")]), 200, &["<div class=\"error\">Name and price required</div>", "<div class=\"success\">Name and price required</div>"]);
    checks.page("the action's success", submit(&mut client, "/new-product", &form, "Create</button>", &[("name", "Chair"), ("price", "9.5")]), 200, &["<div class=\"success\">Product created successfully!</div>", "<p>3 products</p>"]);
    checks.page("a page that calls", client.get("/load-more"), 200, &["<button onclick=\"handleClick()\">Load More</button>", "await PureMix.call('loadMoreProducts', {"]);
}

fn components(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let cards = checks.page("a component for each item", client.get("/cards"), 200, &["<h3>Desk</h3>", "<p>$100</p>", "<h3>A &amp; B</h3>", "<span class=\"out-of-stock\">Out of Stock</span>"]);
    checks.equal("as many as there are", cards.text().matches("<div class=\"product-card\"").count(), 2);
    checks.equal("a button where there is stock", cards.text().matches("Add to Cart").count(), 1);
    checks.page("props of every type", client.get("/props"), 200, &["<i>John (admin)</i>", "<b>Grace</b>", "<ol><li>One</li><li>Two</li></ol>", "<dialog open>open</dialog>", "Grace: 7 visits<em>admin</em>"]);
}

fn expressions(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("simple expressions", client.get("/simple"), 200, &["&lt;Ada&gt;\n0\n12.5"]);
    let admin = checks.page("one branch", client.get("/conditionals/admin"), 200, &["<button>Admin Panel</button>", "<div class=\"unavailable\">Out of Stock</div>"]);
    checks.that("not the other", !admin.text().contains("Regular User") && !admin.text().contains("In Stock"));
    checks.page("the other branch", client.get("/conditionals/x"), 200, &["<span>Regular User</span>", "<div class=\"available\">In Stock</div>"]);
    let loops = checks.page("loops", client.get("/loops"), 200, &["<h3>Desk</h3>", "<p>$100</p>", "<h3>A&amp;B</h3>", "<div>Ada</div>", "<div>Eve</div>"]);
    checks.that("a filter", !loops.text().contains("Off"));
    checks.that("no commas between items", !loops.text().contains("</div>,"));
    let blocks = checks.page("a JavaScript block", client.get("/blocks"), 200, &["<p>Subtotal: $40</p>", "<p>Tax: $4</p>", "<p>Total: $44</p>"]);
    checks.that("it prints nothing itself", !blocks.text().contains("__export") && !blocks.text().contains("let total"));
}

/// Scripts for the browser arrive as they were written.
fn client_side(checks: &mut Checks, server: &Server) {
    for (path, heading, number) in [
        ("/vanilla", "Vanilla JavaScript (Recommended Start)", 1),
        ("/products", "React Integration", 2),
        ("/vue", "Vue.js Integration", 2),
        ("/counter", "Svelte Integration", 2),
        ("/htmx", "HTMX (HTML-Driven)", 1),
        ("/jquery", "jQuery (Legacy Support)", 1),
        ("/hybrid", "Hybrid Approach (Recommended)", 1),
        ("/client-script", "Client Scripts", 1),
        ("/load-more", "AJAX Call (JavaScript)", 1),
    ] {
        let page = checks.page(path, server.client().get(path), 200, &[]);
        let text = page.text();
        let source = block(heading, number).unwrap_or_default();
        let scripts = browser_scripts(&source);
        checks.that(&format!("{path}: its scripts, unchanged"), !scripts.is_empty() && scripts.iter().all(|s| text.contains(s)));
    }
    let mut client = server.client();
    checks.page("React's page is also HTML", client.get("/products"), 200, &["<div class=\"product-item\">Desk - $100</div>"]);
    checks.page("Vue's braces stay Vue's", client.get("/vue"), 200, &["<h1>{{ user.name }}</h1>", "<p>Email: {{ user.email }}</p>"]);
    checks.page("Svelte's module is a file", client.get("/js/Counter.js"), 200, &["export default class Counter"]);
    let alpine = block("Alpine.js (Lightweight)", 1).unwrap_or_default();
    let markup = alpine.split_once("<div x-data").map_or("", |(_, rest)| rest);
    let page = checks.page("Alpine's page", client.get("/alpine"), 200, &["x-for=\"item in items\" :key=\"item.id\"", "@keyup.enter=\"addItem\"", "defer></script>", "Write tests"]);
    checks.that("Alpine's attributes, unchanged", !markup.is_empty() && page.text().contains(markup.trim_end()));
    checks.page("HTMX's attributes", client.get("/htmx"), 200, &["hx-post=\"/api/data\"", "hx-target=\"#result\""]);
    let jquery = checks.page("data in a page with jQuery", client.get("/jquery"), 200, &["PureMix.data.loadPage.data.products"]);
    checks.that("data cannot end the script", !jquery.text().contains("</script><b>"));
    checks.page("the hybrid page", client.get("/hybrid"), 200, &["<h1>Hybrid &amp; more</h1>", "<a href=\"/a?x=1&amp;y=2\">First</a>", "<a href=\"/b\">Second</a>"]);
}

/// The scripts of a page that are for the browser, tags included.
fn browser_scripts(page: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("<script") {
        let Some(length) = rest[start..].find("</script>") else { break };
        let script = &rest[start..start + length + "</script>".len()];
        if !script.starts_with("<script server") {
            found.push(script);
        }
        rest = &rest[start + script.len()..];
    }
    found
}

fn common_patterns(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let first = checks.page("the first page of many", client.get("/pages"), 200, &["<div>Product 1</div>", "<div>Product 20</div>", "<span>Page 1 of 3</span>", "<a href=\"?page=2\">Next</a>"]);
    checks.that("has no previous page", !first.text().contains("Previous") && !first.text().contains("Product 21<"));
    let last = checks.page("the last page", client.get("/pages?page=3"), 200, &["<a href=\"?page=2\">Previous</a>", "<div>Product 45</div>", "<span>Page 3 of 3</span>"]);
    checks.that("has no next page", !last.text().contains("Next"));
    let list = checks.page("a list to edit", client.get("/crud"), 200, &["<h3>Product 1</h3>", "<input type=\"hidden\" name=\"id\" value=\"p1\">"]).text();
    let created = checks.page("create", submit(&mut client, "/crud", &list, "Create</button>", &[("name", "Made & new")]), 200, &["<h3>Made &amp; new</h3>"]).text();
    let updated = checks.page("update", submit(&mut client, "/crud", &created, "Update</button>", &[("name", "Renamed")]), 200, &["<h3>Renamed</h3>"]).text();
    checks.that("update changes one", !updated.contains("<h3>Product 1</h3>") && updated.contains("<h3>Product 2</h3>"));
    let deleted = checks.page("delete", submit(&mut client, "/crud", &updated, "Delete</button>", &[]), 200, &["<h3>Product 2</h3>"]);
    checks.that("delete removes one", !deleted.text().contains("<h3>Renamed</h3>"));
}
