//! Links that change the page in place.

use super::Visit;
use serde_json::json;

pub fn check(visit: &mut Visit<'_>) -> Result<(), String> {
    visit.open("/one")?;
    visit.run("window.here = 'the same document'; window.pages = []; PureMix.on('contentUpdated', () => pages.push(document.title)); window.fetched = []; window.own = window.fetch; window.fetch = (url, ...rest) => { fetched.push(String(url)); return own(url, ...rest); }")?;
    visit.run("document.querySelector('#to-two').dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))")?;
    visit.gives("a page is fetched when somebody points at its link", "fetched.map(url => new URL(url).pathname)", json!(["/two"]));
    visit.run("scrollTo(0, 700)")?;
    visit.run("document.querySelector('#to-two').click()")?;
    visit.gives("a click shows it in the same document", "[document.querySelector('h1').textContent, window.here]", json!(["Page two", "the same document"]));
    visit.gives("it was fetched once", "fetched.length", 1);
    visit.gives("title, address and head are its own", "[document.title, location.pathname + location.hash, document.querySelector('meta[name=description]').content, document.querySelectorAll('meta[name=description]').length]", json!(["Page two", "/two#middle", "the page two", 1]));
    visit.shows("the fragment is in view", "Math.abs(document.querySelector('#middle').getBoundingClientRect().top) < 5");
    visit.gives("it is told", "pages", json!(["Page two"]));
    visit.gives("the focus begins anew", "document.activeElement === document.body", true);
    visit.run("history.back()")?;
    visit.gives("back", "[document.querySelector('h1').textContent, location.pathname, window.here]", json!(["Page one", "/one", "the same document"]));
    visit.shows("to where it was left", "Math.abs(scrollY - 700) < 2");
    visit.run("history.forward()")?;
    visit.gives("forward", "[document.querySelector('h1').textContent, window.here]", json!(["Page two", "the same document"]));
    visit.run("document.querySelector('#to-one').click()")?;
    visit.gives("a new page begins at its top", "[document.querySelector('h1').textContent, scrollY]", json!(["Page one", 0]));
    visit.run("PureMix.on('navigate', (detail, event) => event.preventDefault()); document.querySelector('#to-two').click()")?;
    visit.gives("a page can keep people", "[location.pathname, window.here]", json!(["/one", "the same document"]));
    visit.run("PureMix.off('navigate'); document.querySelector('#to-scripted').click()")?;
    visit.gives("a page that may run other scripts is loaded", "[document.querySelector('h1').textContent, document.body.dataset.ran, window.here === undefined]", json!(["Scripted", "yes", true]));
    for (link, address) in [("#to-off", "/one?off"), ("#to-plain", "/one?plain"), ("#to-file", "/site.css")] {
        visit.open("/one")?;
        visit.run(&format!("window.here = 1; document.querySelector('{link}').click()"))?;
        visit.gives(&format!("{link} is an ordinary link"), "[location.pathname + location.search, window.here === undefined]", json!([address, true]));
    }
    visit.open("/one")?;
    visit.run("window.here = 'the same document'; document.querySelector('#search input').value = 'ä & b'; document.querySelector('#search button').click()")?;
    visit.gives("a search is a link with what was typed", "[location.pathname + location.search, window.here, document.querySelector('#search input').value]", json!(["/one?q=%C3%A4+%26+b", "the same document", "words"]));
    visit.run("history.back()")?;
    visit.gives("from which one comes back", "[location.pathname + location.search, window.here]", json!(["/one", "the same document"]));
    visit.run("document.querySelector('#search').dataset.enhance = 'false'; document.querySelector('#search button').click()")?;
    visit.gives("unless the form is taken out", "[location.pathname + location.search, window.here === undefined]", json!(["/one?q=words", true]));
    visit.open("/one")?;
    visit.run("window.here = 1; document.querySelector('#to-two').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true }))")?;
    visit.gives("with a key it is the browser's", "location.pathname", "/one");
    visit.open("/two")?;
    visit.run("window.here = 1; scrollTo(0, 0); document.querySelector('#to-two').click()")?;
    visit.gives("a fragment of the page is the browser's", "[location.hash, window.here, scrollY > 100]", json!(["#middle", 1, true]));
    visit.open("/forms")?;
    visit.run("document.querySelector('#to-one').click()")?;
    visit.gives("from a page with another policy", "document.title", "Page one");
    visit.browser.set_offline(true)?;
    visit.run("window.here = 1; document.querySelector('#to-two').click()")?;
    visit.shows("without a network the browser says so", "window.here === undefined");
    visit.browser.set_offline(false)?;
    Ok(())
}
