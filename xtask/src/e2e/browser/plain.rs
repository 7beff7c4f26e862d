//! The same pages with JavaScript off.

use super::Visit;
use super::forms::BADGES;
use serde_json::json;

pub fn check(visit: &mut Visit<'_>) -> Result<(), String> {
    visit.open("/forms")?;
    visit.run("PureMix.call('restart')")?;
    visit.browser.run_scripts(false)?;
    visit.open("/forms")?;
    visit.gives("no script runs", "typeof PureMix", "undefined");
    visit.gives("what is for browsers without scripts shows", "!!document.querySelector('#noscript')", true);
    visit.fill("#name", "Fig")?;
    visit.click_for("#add", "Added Fig")?;
    visit.gives("the whole page is new", "[document.querySelectorAll('#list li').length, document.title, document.querySelector('#name').value]", json!([4, "Forms 4", ""]));
    visit.fill("#name", "Nut")?;
    visit.click_for("#add-two", "Added Nut")?;
    visit.gives("buttons say who they are", "document.querySelectorAll('#list li').length", 6);
    visit.browser.click("#check")?;
    visit.gives("the browser checks", "document.querySelector('#check-email').matches(':invalid')", true);
    visit.open("/forms")?;
    visit.browser.click("#leave")?;
    visit.gives("redirects are followed", "location.pathname + location.search", "/one?left");
    visit.open("/forms")?;
    visit.browser.click("#fail")?;
    visit.shows("a failure is a page", "!document.querySelector('#failing') && document.title && !document.body.textContent.includes('secret of')");
    visit.open("/items/5?tab=z")?;
    visit.fill("[name=text]", "typed")?;
    visit.browser.click("#edit button")?;
    visit.gives("pages with parameters", "[document.querySelector('#said').textContent, location.pathname + location.search]", json!(["5: typed", "/items/5?tab=z"]));
    visit.open("/cards")?;
    visit.fill(".to", " and more")?;
    visit.browser.click(".rename")?;
    visit.shows("a component's form", "document.querySelector('.name').textContent.includes('and more')");
    visit.open("/badges")?;
    visit.fill("#badge-b .text", "typed")?;
    visit.browser.click("#badge-b .mark")?;
    visit.gives("an instance has its props and its result without scripts, too", BADGES, "|Badge b typed _action,_component,_csrf,text|");
    visit.gives("and the page has the result", "document.querySelector('#said').textContent", "Badge b typed _action,_component,_csrf,text");
    visit.open("/one")?;
    visit.browser.click("#to-two")?;
    visit.gives("links are links", "[location.pathname + location.hash, document.title]", json!(["/two#middle", "Page two"]));
    visit.browser.run_scripts(true)
}
