//! Writing: forms without JavaScript, the cart, checkout, login and logout.

use super::pages::in_order;
use crate::e2e::check::Checks;
use puremix_tests::{Client, Server};

pub fn check(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    forms(checks, &mut client);
    cart(checks, &mut client);
    checkout(checks, &mut client);
    login(checks, &mut client);
    strangers(checks, server);
}

fn forms(checks: &mut Checks, client: &mut Client) {
    let page = checks.page("a page with a form", client.get("/products/desk-lamp"), 200, &["method=\"POST\"", "name=\"_action\" value=\"buy\"", "name=\"_csrf\""]);
    checks.that("sets the token's cookie", page.headers_named("set-cookie").iter().any(|c| c.starts_with("_csrf_id=") && c.contains("HttpOnly")));
    let search = client.get("/about");
    checks.page("a page without a posting form sets no cookie", search.map(|r| if r.header("set-cookie").is_none() { r } else { Default::default() }), 200, &[]);
}

fn cart(checks: &mut Checks, client: &mut Client) {
    checks.page("an empty cart", client.get("/cart"), 200, &["Your cart is empty."]);
    let buy = |client: &mut Client, id: &str, quantity: &str| client.post_form("/products/desk-lamp", &[("_action", "buy"), ("productId", id), ("quantity", quantity)]);
    checks.page("buying", buy(client, "7", "2"), 200, &["Added. 2 in your cart.", "<p class=\"flash\" role=\"status\">"]);
    checks.that("the cart has a cookie", client.cookie("cart").is_some_and(|c| c.len() == 36));
    checks.page("buying more", buy(client, "5", "1"), 200, &["Added. 3 in your cart."]);
    checks.page("more than there is", buy(client, "5", "9"), 200, &["Only 4 of Reading Chair left", "class=\"flash error\""]);
    checks.page("no quantity", buy(client, "5", "zero"), 200, &["Quantity must be between 1 and 99"]);
    checks.page("no such product", buy(client, "4711", "1"), 200, &["No such product"]);
    let cart = checks.page("the cart adds up", client.get("/cart"), 200, &["€179.80", "<td id=\"net\">€638.80</td>", "€121.37", "<td id=\"gross\">€760.17</td>", "name=\"_action\" value=\"CartLine.changeQuantity\""]);
    checks.that("in the order of buying", in_order(&cart.text(), &["Desk Lamp", "Reading Chair"]));
    checks.page("changing a quantity", client.post_form("/cart", &[("_action", "CartLine.changeQuantity"), ("productId", "7"), ("quantity", "1")]), 200, &["<td id=\"net\">€548.90</td>"]);
    checks.page("a component's function by its own name", client.post_form("/cart", &[("_action", "changeQuantity"), ("productId", "7"), ("quantity", "2")]), 200, &["<td id=\"net\">€638.80</td>"]);
    checks.page("a component's function as in the original", client.post_form("/cart", &[("_action", "CartLine_changeQuantity"), ("productId", "7"), ("quantity", "1")]), 200, &["<td id=\"net\">€548.90</td>"]);
    checks.page("removing a line", client.post_form("/cart", &[("_action", "CartLine.changeQuantity"), ("productId", "5"), ("quantity", "0")]), 200, &["<td id=\"net\">€89.90</td>"]);
}

fn checkout(checks: &mut Checks, client: &mut Client) {
    checks.page("checkout", client.get("/checkout"), 200, &["1 item, total €106.98", "<label for=\"zip\">ZIP</label>"]);
    let bad = [("_action", "order"), ("name", "A"), ("street", "Main Street 1"), ("zip", "12"), ("city", ""), ("email", "a\"b@example")];
    let refused = checks.page("a form with mistakes", client.post_form("/checkout", &bad), 200, &["Please check the form", "Name is too short", "ZIP looks wrong", "City is required", "E-mail looks wrong"]);
    checks.that("keeps what was typed", refused.text().contains("value=\"Main Street 1\"") && refused.text().contains("value=\"a&quot;b@example\""));
    checks.that("marks the fields", refused.text().contains("aria-invalid=\"true\""));
    let good = [("_action", "order"), ("name", "Ada <Lovelace>"), ("street", "Main Street 1"), ("zip", "12345"), ("city", "London"), ("email", "ada@example.com")];
    let placed = checks.page("an order", client.post_form("/checkout", &good), 302, &[]);
    checks.equal("leads to its page", placed.header("location"), Some("/account/orders/1001"));
    checks.page("which shows it", client.get("/account/orders/1001"), 200, &["For Ada &lt;Lovelace&gt;, Main Street 1, 12345 London", "1 × Desk Lamp: €89.90", "€106.98"]);
    checks.page("and the cart is empty", client.get("/cart"), 200, &["Your cart is empty."]);
    checks.page("an empty cart cannot be ordered", client.post_form("/checkout", &good), 200, &["Your cart is empty"]);
}

fn login(checks: &mut Checks, client: &mut Client) {
    let away = checks.page("the account needs a login", client.get("/account"), 302, &[]);
    checks.equal("and says where", away.header("location"), Some("/login"));
    checks.page("a wrong password", client.post_form("/login", &[("_action", "handleLogin"), ("email", "ada@example.com"), ("password", "x")]), 200, &["Invalid credentials"]);
    let login = client.post_form("/login", &[("_action", "handleLogin"), ("email", "ALAN@example.com "), ("password", "enigma")]);
    let login = checks.page("the right one", login, 302, &[]);
    checks.equal("leads to the account", login.header("location"), Some("/account"));
    checks.that("with a cookie scripts cannot read", login.headers_named("set-cookie").iter().any(|c| c.starts_with("sessionId=") && c.contains("HttpOnly")));
    checks.page("the account", client.get("/account"), 200, &["Welcome, Alan &lt;Turing&gt;", "Order 1001"]);
    checks.page("the login page leads on", client.get("/login"), 302, &[]);
    let out = checks.page("logout", client.post_form("/account", &[("_action", "logout")]), 302, &[]);
    checks.equal("leads to the login", out.header("location"), Some("/login"));
    checks.page("and ends the session", client.get("/account"), 302, &[]);
}

fn strangers(checks: &mut Checks, server: &Server) {
    let mut one = server.client();
    let mut other = server.client();
    checks.page("one visitor buys", one.post_form("/products/stool", &[("_action", "buy"), ("productId", "6"), ("quantity", "1")]), 200, &["Added. 1 in your cart."]);
    checks.page("another sees nothing of it", other.get("/cart"), 200, &["Your cart is empty."]);
    let json = serde_json::json!({"_action": "buy", "productId": 6, "quantity": "1"});
    let body = json.to_string();
    let headers = [("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")];
    checks.page("a form as JSON", other.request("POST", "/products/stool", &headers, body.as_bytes()), 200, &["Added. 1 in your cart."]);
    let boundary = "----x";
    let multipart: String = [("_action", "buy"), ("productId", "6"), ("quantity", "1")]
        .iter()
        .map(|(name, value)| format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect::<String>()
        + &format!("--{boundary}--\r\n");
    let headers = [("Content-Type", "multipart/form-data; boundary=----x"), ("Sec-Fetch-Site", "same-origin")];
    checks.page("a form as multipart", other.request("POST", "/products/stool", &headers, multipart.as_bytes()), 200, &["Added. 2 in your cart."]);
}
