//! Handlers that name functions of other files: of another page, of a component. With scripts and without.

use super::Visit;
use serde_json::json;

const NOTES: &str = "document.querySelector('#notes').textContent";

pub fn check(visit: &mut Visit<'_>) -> Result<(), String> {
    visit.browser.listen()?;
    visit.open("/forms")?;
    visit.run("PureMix.call('restart')")?;
    visit.open("/noting")?;
    visit.gives(
        "handlers say whose they are",
        "[...document.querySelectorAll('main > [data-puremix-action]')].map(e => e.id + ' ' + e.dataset.puremixAction).join()",
        "noting note,bare note,call note,change note,card flip",
    );
    visit.gives("what is no function of the server stays", "[document.querySelector('#own').getAttribute('onclick'), document.querySelector('#none').getAttribute('onclick')]", json!(["show(3)", "nobody(3)"]));
    visit.fill("#text", "Fig")?;
    visit.browser.click("#send")?;
    visit.gives("a form: the page is loaded anew", NOTES, "Fig");
    visit.gives("and is still this page", "location.pathname", "/noting");
    visit.browser.click("#call")?;
    visit.gives("a call with an argument", NOTES, "Fig,Apple");
    visit.browser.click("#bare")?;
    visit.gives("a name alone", NOTES, "Fig,Apple,nothing");
    visit.fill("#change", "typed")?;
    visit.run("document.querySelector('#change').blur()")?;
    visit.gives("a change", NOTES, "Fig,Apple,nothing,typed");
    visit.run("window.here = 'the same document'")?;
    visit.browser.click("#card")?;
    visit.gives("a component's function is shown in place", "[document.querySelector('.done').textContent, window.here]", json!(["done", "the same document"]));
    visit.browser.click("#own")?;
    visit.gives("a script's function is the script's", "[document.body.dataset.shown, document.querySelector('#notes').textContent]", json!(["3", "Fig,Apple,nothing,typed"]));
    let said = visit.browser.complaints();
    visit.checks.record("nobody complains", if said.is_empty() { Ok(()) } else { Err(format!("{said:?}")) });

    visit.browser.run_scripts(false)?;
    visit.open("/noting")?;
    visit.fill("#text", "Nut")?;
    visit.browser.click("#send")?;
    visit.gives("without scripts the form leads to its function's page", "[location.pathname, document.querySelector('#notes').textContent, document.querySelector('#noted').textContent]", json!(["/notes", "Fig,Apple,nothing,typed,Nut", "Nut"]));
    visit.open("/noting")?;
    visit.browser.click("#call")?;
    visit.gives("and so do buttons, with their arguments", "[location.pathname, document.querySelector('#noted').textContent]", json!(["/notes", "Apple"]));
    visit.browser.run_scripts(true)
}
