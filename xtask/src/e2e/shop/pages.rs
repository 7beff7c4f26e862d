//! Reading: pages, layouts, heads, components, lists, files, error pages.

use crate::e2e::check::Checks;
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &Server) {
    home(checks, server);
    catalogue(checks, server);
    product(checks, server);
    search_and_about(checks, server);
    nested_and_catch_all(checks, server);
    files(checks, server);
    errors_and_methods(checks, server);
}

fn home(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let home = checks.page("the home page", client.get("/"), 200, &["<!DOCTYPE html>", "<h1>Welcome</h1>", "</html>"]);
    let text = home.text();
    checks.that("pages are HTML in UTF-8", home.header("content-type").is_some_and(|t| t.eq_ignore_ascii_case("text/html; charset=utf-8")));
    checks.that("pages say nosniff", home.header("x-content-type-options") == Some("nosniff"));
    checks.that("nobody says what runs here", home.header("x-powered-by").is_none());
    checks.equal("there is one title, the page's", (text.matches("<title>").count(), text.contains("<title>The Shop: furniture by one binary</title>")), (1, true));
    checks.that("the page's description is in the head", in_order(&text, &["<head>", "name=\"description\" content=\"Desks, chairs and lamps.\"", "</head>"]));
    checks.that("the layout is around the page", in_order(&text, &["<main id=\"content\">", "<h1>Welcome</h1>", "</main>", "<footer>"]));
    checks.that("production shows no mode", text.contains("Served by one binary.") && !text.contains("Mode:"));
    checks.that("children are inside their component", in_order(&text, &["<section class=\"panel\">", "<h2>Best rated</h2>", "<div class=\"grid\">", "</section>"]));
    checks.equal("components are rendered once an item", text.matches("<article class=\"card\"").count(), 3);
    checks.that("the list is sorted", in_order(&text, &["Reading Chair", "Walnut Desk", "Task Chair"]));
    checks.that("components nest", text.contains("★★★★★") && text.contains("<span class=\"price\">€749.00</span>"));
    checks.that("lists join without commas", text.contains("</li><li data-n=\"1\">") && !text.contains("</li>,"));
    checks.that("conditions inside components", text.contains("Only 4 left") && text.contains("In stock"));
    checks.that("destructured items", text.contains("<a href=\"/products?category=desks\">Desks</a> (3)"));
    checks.that("comments stay comments", text.contains("<!-- A <loader> in a comment is a comment: {not.evaluated} -->"));
    checks.that("the empty search field has no value", text.contains("aria-label=\"Search\""));
    checks.that("a page that does not mention PureMix carries no data", !text.contains("puremix-data"));
}

fn catalogue(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("page one of the catalogue", client.get("/products"), 200, &["<h1>All products</h1>", "1–5 of 12", "Bookshelf", "rel=\"next\"", "href=\"/products?page=2\""]);
    checks.page("page three", client.get("/products?page=3"), 200, &["11–12 of 12", "<b aria-current=\"page\">3</b>", "rel=\"prev\""]);
    checks.page("a page beyond the end is the last", client.get("/products?page=99"), 200, &["11–12 of 12"]);
    checks.page("a page that is no number is the first", client.get("/products?page=x"), 200, &["1–5 of 12"]);
    let desks = checks.page("a category", client.get("/products?category=desks&sort=-price"), 200, &["<h1>desks</h1>", "1–3 of 3", "<title>Products: desks</title>"]);
    checks.that("sorted by price, falling", in_order(&desks.text(), &["Walnut Desk", "Standing Desk", "Kids"]));
    checks.that("the category is selected", desks.text().contains("<option value=\"desks\" selected>Desks</option>"));
    checks.that("others are not", desks.text().contains("<option value=\"lamps\">Lamps</option>"));
    checks.that("one page has no pagination", !desks.text().contains("class=\"pagination\""));
    let stocked = checks.page("only what is in stock", client.get("/products?category=desks&stock=yes"), 200, &["1–2 of 2"]);
    checks.that("the box is checked", stocked.text().contains("value=\"yes\" checked"));
    checks.page("nothing found", client.get("/products?category=boats"), 200, &["Nothing found"]);
}

fn product(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let desk = checks.page("a product", client.get("/products/walnut-desk"), 200, &["<h1>Walnut Desk</h1>", "<title>Walnut Desk</title>", "<span class=\"price big\">€749.00</span>"]);
    checks.that("text is escaped", desk.text().contains("two screens &amp; a cat"));
    checks.that("breadcrumbs and fragments", desk.text().contains("<a href=\"/products\">Products</a> › <a href=\"/products?category=desks\">desks</a>"));
    let lamp = checks.page("a name with markup", client.get("/products/paper-lamp"), 200, &["Paper Lamp &lt;large&gt;"]);
    checks.that("data is no markup", !lamp.text().contains("<b>Handle with care.</b>") && !lamp.text().contains("Lamp <large>"));
    checks.that("nor in an attribute of the head", lamp.text().contains("content=\"Rice paper on a wire frame. &lt;b&gt;Handle"));
    checks.page("quotes in the head", client.get("/products/task-chair"), 200, &["&quot;no nonsense&quot;"]);
    checks.page("sold out: the button is disabled", client.get("/products/kids-desk"), 200, &["<button disabled>Add to cart</button>"]);
    checks.page("an unknown product", client.get("/products/none"), 404, &["There is no product “none”"]);
    checks.page("a trailing slash", client.get("/products/walnut-desk/"), 200, &["<h1>Walnut Desk</h1>"]);
    checks.page("percent-encoding in a parameter", client.get("/products/%3Cb%3E"), 404, &["“&lt;b&gt;”"]);
}

fn search_and_about(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("search", client.get("/search?q=wood+desk"), 200, &["results for <q>wood desk</q>", "Kids"]);
    checks.page("search without a word", client.get("/search"), 200, &["0 results for <q></q>", "Try “wood” or “office”."]);
    checks.page("the layout sees the query", client.get("/search?q=lamp"), 200, &["aria-label=\"Search\" value=\"lamp\""]);
    let about = checks.page("client frameworks pass through", client.get("/about"), 200, &["x-data=\"{ open: false }\"", "@click=\"open = !open\"", "{{ user.name }} belongs to Vue"]);
    let text = about.text();
    checks.that("escaped braces and prose", text.contains("A brace {like this} is text, and so is { this prose }."));
    checks.that("scripts are untouched", text.contains("{ braces: `${1 + 1}` }"));
    checks.equal("and sent once", text.matches("classList.add('js')").count(), 1);
    checks.that("styles are untouched", text.contains("<style>.about { color: #333; }</style>"));
}

fn nested_and_catch_all(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let shipping = checks.page("a catch-all route", client.get("/docs/help/shipping"), 200, &["We ship within three days.", "Level 2 of help/shipping", "<title>Help: help / shipping</title>"]);
    checks.that("an expression in <pre> is evaluated", shipping.text().contains("<pre>[&quot;help&quot;,&quot;shipping&quot;]</pre>") || shipping.text().contains("<pre>[\"help\",\"shipping\"]</pre>"));
    checks.that("prose in <code> is not", shipping.text().contains("{ \"not\": evaluated: because this is no expression }"));
    checks.page("a catch-all without text", client.get("/docs/a/b/c/d"), 404, &["No such page", "Level 4 of a/b/c/d"]);
    checks.page("a nested dynamic route with the other layout", client.get("/account/orders/1"), 404, &["<body class=\"account\">", "No such order", "Order 1 – Account"]);
    let stats = checks.page("a loader that answers JSON", client.get("/api/stats"), 200, &["\"desks\":3"]);
    checks.that("is JSON", stats.header("content-type").is_some_and(|t| t.starts_with("application/json")));
    checks.equal("in full", stats.json()["byCategory"]["storage"].as_u64(), Some(3));
    let tea = checks.page("with status and headers", client.get("/api/stats?fail=1"), 418, &["asked to fail"]);
    checks.equal("of the loader's choice", tea.header("x-reason"), Some("tea"));
}

fn files(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let css = checks.page("an embedded file", client.get("/css/shop.css"), 200, &["{"]);
    checks.that("has its type", css.header("content-type").is_some_and(|t| t.starts_with("text/css")));
    let etag = css.header("etag").unwrap_or_default().to_owned();
    checks.that("has an ETag", etag.starts_with('"'));
    checks.page("is not sent again", client.request("GET", "/css/shop.css", &[("If-None-Match", &etag)], b""), 304, &[]);
    let part = checks.page("can be asked for in part", client.request("GET", "/css/shop.css", &[("Range", "bytes=0-3")], b""), 206, &[]);
    checks.equal("of that length", part.body.len(), 4);
    checks.page("answers below /public too", client.get("/public/css/shop.css"), 200, &["{"]);
    let head = checks.page("HEAD of a file", client.request("HEAD", "/css/shop.css", &[], b""), 200, &[]);
    checks.equal("says the length", head.header("content-length").map(str::to_owned), Some(css.body.len().to_string()));
}

fn errors_and_methods(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let missing = checks.page("the app's 404 page", client.get("/no/such/page"), 404, &["<h1>Nothing here</h1>", "<code>/no/such/page</code>", "<footer>"]);
    checks.that("with its title", missing.text().contains("<title>Not found</title>"));
    checks.page("an error in a loader is state", client.get("/boom?deep=1"), 200, &["nothing", "Cannot read properties of null (reading 'c')"]);
    checks.page("without the error", client.get("/boom"), 200, &["<p>1</p>"]);
    let boom = checks.page("an error in an action is the 500 page", client.post_form("/boom", &[("_action", "explode")]), 500, &["<h1>Our fault</h1>"]);
    checks.that("which does not tell the error", !boom.text().contains("kaboom"));
    checks.page("PUT of a page", client.request("PUT", "/about", &[("Sec-Fetch-Site", "same-origin")], b"x"), 405, &[]);
    checks.page("HEAD of a page", client.request("HEAD", "/about", &[], b""), 200, &[]);
}

/// Whether the texts occur one after the other.
pub fn in_order(text: &str, wanted: &[&str]) -> bool {
    let mut rest = text;
    wanted.iter().all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}
