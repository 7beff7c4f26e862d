//! `examples/shop` as a visitor with a browser: the same purchase with scripts and without.

use super::{Checks, Visit};
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &Server) {
    let Some(mut visit) = Visit::begin(checks, server) else { return };
    let outcome = still(&mut visit).and_then(|()| purchase(&mut visit, true)).and_then(|()| {
        visit.browser.run_scripts(false)?;
        purchase(&mut visit, false)
    });
    visit.judge_policy();
    if let Err(why) = outcome {
        visit.checks.record("the shop in a browser, to the end", Err(why));
    }
}

/// Pages where nothing of the server can be called.
fn still(visit: &mut Visit<'_>) -> Result<(), String> {
    for path in ["/", "/products", "/search?q=lamp"] {
        visit.open(path)?;
        visit.gives(&format!("{path} has no script"), "document.scripts.length", 0);
    }
    Ok(())
}

const CART: &str = "[...document.querySelectorAll('tbody tr')].map(row => row.querySelector('a').textContent + ' ' + row.querySelector('[name=quantity]').value).join()";
const SUMS: &str = "['net', 'gross'].map(id => document.getElementById(id).textContent).join()";

fn purchase(visit: &mut Visit<'_>, has_scripts: bool) -> Result<(), String> {
    visit.open("/products/desk-lamp")?;
    mark(visit)?;
    fill_anew(visit, ".product [name=quantity]", "2")?;
    visit.browser.click(".product form button")?;
    visit.gives("bought", "document.querySelector('.flash')?.textContent", "Added. 2 in your cart.");
    visit.gives("the document that it was, with scripts", STAYED, has_scripts);
    fill_anew(visit, ".product [name=quantity]", "98")?;
    visit.browser.click(".product form button")?;
    visit.shows("a refusal", "document.querySelector('.flash.error')?.textContent.startsWith('Only ')");
    visit.open("/products/reading-chair")?;
    visit.browser.click(".product form button")?;
    visit.gives("and a chair", "document.querySelector('.flash')?.textContent", "Added. 3 in your cart.");

    visit.open("/cart")?;
    mark(visit)?;
    visit.gives("the cart", CART, "Desk Lamp 2,Reading Chair 1");
    visit.gives("its sums", SUMS, "€638.80,€760.17");
    fill_anew(visit, "tbody tr:first-child [name=quantity]", "1")?;
    visit.browser.click("tbody tr:first-child button")?;
    visit.gives("a component's function changes what the page says of it", SUMS, "€548.90,€653.19");
    visit.gives("and its own row", CART, "Desk Lamp 1,Reading Chair 1");
    visit.gives("the document that it was, with scripts, once more", STAYED, has_scripts);
    fill_anew(visit, "tbody tr:last-child [name=quantity]", "0")?;
    visit.browser.click("tbody tr:last-child button")?;
    visit.gives("a row goes", CART, "Desk Lamp 1");
    visit.gives("with its sum", SUMS, "€89.90,€106.98");

    visit.browser.click("a[href='/checkout']")?;
    visit.gives("to the checkout", "location.pathname", "/checkout");
    visit.fill("#name", "A")?;
    visit.fill("#street", "Main Street 1")?;
    visit.browser.click("main form button")?;
    visit.gives("mistakes are shown", "document.querySelector('.flash.error')?.textContent", "Please check the form");
    let marked = "[...document.querySelectorAll('main [aria-invalid=true]')].map(field => field.name).join()";
    visit.gives("at their fields", marked, "name,zip,city,email");
    visit.gives("what was typed is kept", "document.querySelector('#street').value", "Main Street 1");
    for (field, text) in [("#name", "Ada <Lovelace>"), ("#zip", "12345"), ("#city", "London"), ("#email", "ada@example.com")] {
        fill_anew(visit, field, text)?;
    }
    visit.browser.click("main form button")?;
    visit.shows("an order has a page", "location.pathname.startsWith('/account/orders/')");
    visit.shows("which shows it as it was typed", "document.querySelector('main').textContent.includes('For Ada <Lovelace>, Main Street 1, 12345 London')");

    visit.open("/products/desk-lamp")?;
    visit.browser.click(".product form button")?;
    visit.gives("one more", "document.querySelector('.flash')?.textContent", "Added. 1 in your cart.");
    visit.open("/cart")?;
    visit.browser.click("main > form button")?;
    visit.gives("an emptied cart", "document.querySelector('.empty')?.textContent", "Your cart is empty.");

    visit.open("/login")?;
    visit.fill("[name=email]", "ada@example.com")?;
    visit.fill("[name=password]", "wrong")?;
    visit.browser.click("main form button")?;
    visit.gives("a wrong password", "document.querySelector('.error')?.textContent", "Invalid credentials");
    fill_anew(visit, "[name=email]", "alan@example.com")?;
    fill_anew(visit, "[name=password]", "enigma")?;
    visit.browser.click("main form button")?;
    visit.gives("the right one leads to the account", "location.pathname", "/account");
    visit.shows("of the one who has come", "document.querySelector('h1')?.textContent.startsWith('Welcome, Alan')");
    visit.browser.click("main form button")?;
    visit.gives("and out again", "location.pathname", "/login");
    Ok(())
}

/// Whether the document is the one that was marked.
const STAYED: &str = "window.here === 'the same'";

fn mark(visit: &mut Visit<'_>) -> Result<(), String> {
    visit.run("window.here = 'the same'").map(|_| ())
}

/// Types into a field in place of what is there.
fn fill_anew(visit: &mut Visit<'_>, field: &str, text: &str) -> Result<(), String> {
    visit.fill(field, "")?;
    visit.run(&format!("document.querySelector({field:?}).value = ''"))?;
    visit.fill(field, text)
}
