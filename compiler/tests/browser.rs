//! What a save does to a page that is open in a real browser. Needs Chromium (Debian: `apt-get install chromium`):
//! `cargo test -p puremixc --test browser -- --ignored`.

use puremix_tests::{Browser, Dev, TempDir};
use serde_json::json;
use std::path::Path;

const PAGE: &str = "app/routes/products/[slug].puremix";

#[test]
#[ignore = "needs Chromium"]
fn a_save_is_patched_into_the_open_page() {
    let app = TempDir::copy_of("browser-shop", &Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop"));
    let source = std::fs::read_to_string(app.path().join(PAGE)).unwrap();
    app.write(PAGE, &source.replace("<h2>Related</h2>", "<details><summary>More</summary>less</details><div style=\"height: 3000px\"></div><h2>Related</h2>"));
    let dev = Dev::start(Path::new(env!("CARGO_BIN_EXE_puremixc")), app.path()).unwrap();
    let mut browser = Browser::start().unwrap();
    browser.open(&format!("http://{}/products/desk-lamp", dev.server.address)).unwrap();
    let state = "[window.mark, document.querySelector('[name=quantity]').value, document.activeElement.name, scrollY, document.querySelector('details').open]";
    browser
        .evaluate("window.mark = 1; document.querySelector('details').open = true; const q = document.querySelector('[name=quantity]'); q.focus({ preventScroll: true }); q.select(); scrollTo(0, 700); undefined")
        .unwrap();
    browser.type_text("23").unwrap();
    browser.evaluate("scrollTo(0, 700)").unwrap();
    let kept = json!([1, "23", "quantity", 700, true]);
    assert_eq!(browser.evaluate(state).unwrap(), kept);

    // Text above and below what was filled in, more elements, and a title.
    dev.edit(PAGE, "<h2>Related</h2>", "<h2>Related things</h2>");
    browser.wait_for("document.body.textContent.includes('Related things')").unwrap();
    assert_eq!(browser.evaluate(state).unwrap(), kept);
    dev.edit(PAGE, "    <form onsubmit=\"buy\">", "    <p id=\"new\">In front</p>\n    <form onsubmit=\"buy\">");
    browser.wait_for("document.querySelector('#new + form [name=quantity]') !== null").unwrap();
    let after = browser.evaluate(state).unwrap();
    assert_eq!((&after[0], &after[1], &after[2], &after[4]), (&kept[0], &kept[1], &kept[2], &kept[4]), "{after}");

    // A name that means nothing stands in a corner until it is mended, with what was meant.
    dev.edit(PAGE, "In front", "In front {loadProdukt}");
    browser.wait_for("document.querySelector('puremix-dev-warnings')?.shadowRoot.textContent.includes('did you mean `loadProduct`?') === true").unwrap();
    dev.edit(PAGE, "In front {loadProdukt}", "In front");
    browser.wait_for("document.querySelector('puremix-dev-warnings') === null").unwrap();
    assert_eq!(browser.evaluate("document.querySelector('[name=quantity]').value").unwrap(), "23");

    // Styles.
    dev.write("public/css/shop.css", "h1 { color: rgb(1, 2, 3) }");
    browser.wait_for("getComputedStyle(document.querySelector('h1')).color === 'rgb(1, 2, 3)'").unwrap();

    // An error stands over the page with the source, and goes when it is mended.
    let good = dev.read(PAGE);
    dev.write(PAGE, &good.replace("<Rating value={", "<Rating value={{{"));
    browser.wait_for("document.querySelector('puremix-dev-overlay') !== null").unwrap();
    let text = browser.evaluate("document.querySelector('puremix-dev-overlay').shadowRoot.textContent").unwrap();
    let text = text.as_str().unwrap_or_default();
    assert!(text.contains("app/routes/products/[slug].puremix:") && text.contains("<Rating value={{{") && text.contains('^'), "{text}");
    dev.write(PAGE, &good.replace("In front", "Mended"));
    browser.wait_for("document.querySelector('puremix-dev-overlay') === null && document.body.textContent.includes('Mended')").unwrap();
    let after = browser.evaluate(state).unwrap();
    assert_eq!((&after[0], &after[1], &after[2], &after[4]), (&kept[0], &kept[1], &kept[2], &kept[4]), "{after}");

    // Code loads the page again, where it was.
    dev.edit("app/lib/catalog.js", "export ", "/* other */ export ");
    browser.wait_for("window.mark === undefined && document.readyState === 'complete'").unwrap();
    browser.wait_for("scrollY > 600").unwrap();
    // The server restarts: the page finds it again.
    browser.evaluate("window.mark = 2").unwrap();
    dev.write(".env", "A=1\n");
    browser.wait_for("window.mark === undefined && document.readyState === 'complete'").unwrap();
}
