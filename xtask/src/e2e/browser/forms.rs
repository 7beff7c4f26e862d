//! Forms and handlers of server functions, with scripts.

use super::Visit;
use serde_json::json;

/// What the three instances say.
pub const BADGES: &str = "[...document.querySelectorAll('.badge .said')].map(e => e.textContent).join('|')";

const OF_ODD: &str = "[document.querySelector('#of-odd').textContent, document.querySelector('#clobbered').mine]";

const NAMES: &str = "[...document.querySelectorAll('#list .text')].map(e => e.textContent).join()";

pub fn check(visit: &mut Visit<'_>) -> Result<(), String> {
    visit.open("/badges")?;
    visit.fill("#badge-b .text", "typed")?;
    visit.browser.click("#badge-b .mark")?;
    visit.gives("the instance knows its props, and its result is its own", BADGES, "|Badge b typed text|");
    visit.run("document.querySelector('#clobbered').mine = 'the same form'")?;
    visit.browser.click("#odd")?;
    visit.gives("fields may have the names of a form's own properties", OF_ODD, json!(["n,h,7,a,m", "the same form"]));
    visit.browser.click("#even")?;
    visit.gives("for buttons, too", OF_ODD, json!(["even a", "the same form"]));
    visit.run("document.querySelector('[name=nodeName]').value = 'fail'")?;
    visit.browser.click("#odd")?;
    visit.gives("and a failure stands in the form", "document.querySelector('#clobbered > [role=alert]')?.textContent", "No");
    visit.open_anew("/forms")?;
    visit.run("window.here = 'the same document'")?;
    visit.fill("#name", "Fig")?;
    visit.click_for("#add", "Added Fig")?;
    visit.gives("the list has grown", NAMES, "Apple,Pear,Plum,Fig");
    visit.gives("with all that depends on it", "[document.querySelector('#count').textContent, document.title, PureMix.data.load.data.items.length]", json!(["4 items", "Forms 4", 4]));
    visit.gives("in the same document", "window.here", "the same document");
    visit.gives("the form is empty again", "[document.querySelector('#name').value, document.activeElement.id]", json!(["", "add"]));
    visit.gives("everybody has heard", "[...new Set(heard)].sort().join()", "action,contentUpdated,dataUpdate,formSuccess,loadingChange,progress");
    visit.fill("#name", "Nut")?;
    visit.click_for("#add-two", "Added Nut")?;
    visit.gives("the button's name and value were sent", NAMES, "Apple,Pear,Plum,Fig,Nut,Nut");
    visit.click_for("#add", "No name given")?;
    visit.fill("#adding textarea", "kept")?;
    visit.click_for("#add", "No name given")?;
    visit.gives("what was refused is still there", "document.querySelector('#adding textarea').value", "kept");
    visit.run("document.querySelector('#name').focus()")?;
    visit.run("document.querySelector('#adding').requestSubmit(); document.querySelector('#name').value = 'meanwhile'")?;
    visit.shows("the form is sent", "!document.querySelector('#adding').ariaBusy");
    visit.gives("what is typed meanwhile stays", "document.querySelector('#name').value", "meanwhile");
    visit.click_for("#item-2 .remove", "Removed 2")?;
    visit.gives("a handler with an argument", NAMES, "Apple,Plum,Fig,Nut,Nut");
    visit.click_for("#link-action", "Touched undefined")?;
    visit.gives("a link's handler goes nowhere", "location.hash", "");
    visit.run("document.querySelector('#name').value = 'Ann'")?;
    visit.click_for("#typed", "number true Ann")?;
    visit.click_for("#other", "Cleared")?;
    visit.gives("a button's own function, in a form", NAMES, "");

    visit.browser.click("#agree")?;
    visit.gives("a change is a handler, too", "[document.querySelector('#said').textContent, document.querySelector('#agree').checked, document.querySelector('#agree').disabled]", json!(["Touched agreed", true, false]));
    for text in ["a", "b", "c"] {
        visit.fill("#live", text)?;
    }
    visit.gives("of what is typed the latest counts", "document.querySelector('#said').textContent", "Echo abc abc");
    std::thread::sleep(std::time::Duration::from_millis(400));
    visit.gives("and no older answer comes after it", "[document.querySelector('#said').textContent, document.querySelector('#live').value, document.activeElement.id]", json!(["Echo abc abc", "abc", "live"]));

    visit.open_anew("/forms")?;
    visit.run("window.posts = 0; const send = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function (body) { posts++; window.sent = body; return send.call(this, body); }")?;
    visit.browser.click("#wait")?;
    visit.gives("while it runs the button is off and the form busy", "[document.querySelector('#wait').disabled, document.querySelector('#waiting').ariaBusy]", json!([true, "true"]));
    visit.run("document.querySelector('#waiting').requestSubmit(); document.querySelector('#wait').click()")?;
    visit.gives("it runs once", "[document.querySelector('#said').textContent, posts]", json!(["Waited 1", 1]));
    visit.gives("and can run again", "[document.querySelector('#wait').disabled, document.querySelector('#waiting').ariaBusy, document.activeElement.id]", json!([false, null, "wait"]));
    visit.run("window.confirm = () => false")?;
    visit.browser.click("#ask")?;
    visit.run("window.confirm = (text) => { window.asked = text; return true; }; posts = 0")?;
    visit.click_for("#ask", "Added Asked")?;
    visit.gives("it is done once somebody agrees", "[asked, posts]", json!(["Sure?", 1]));
    visit.run("posts = 0; document.querySelector('#prevented').click()")?;
    visit.gives("a submission that a script has taken is not ours", "posts", 0);

    visit.browser.click("#unchecked")?;
    visit.gives("fields that the server complains of are marked", "['check-name', 'check-email'].map(id => document.getElementById(id).ariaInvalid)", json!(["true", "true"]));
    let described = "['check-name', 'check-email'].map(id => document.getElementById(id).getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent).join('|'))";
    visit.gives("and described", described, json!(["Your name|Name is required", "Email is required and must be one"]));
    visit.gives("the first has the focus", "document.activeElement.id", "check-name");
    visit.browser.type_text("Ann")?;
    visit.browser.click("#unchecked")?;
    visit.gives("what is right now is not marked any more", "['check-name', 'check-email'].map(id => [document.getElementById(id).ariaInvalid, document.getElementById(id).getAttribute('aria-describedby')?.split(' ').length])", json!([[null, 1], ["true", 1]]));
    visit.gives("and keeps what was typed", "[document.querySelector('#check-name').value, document.querySelectorAll('.puremix-error').length]", json!(["Ann", 1]));
    visit.run("posts = 0")?;
    visit.browser.click("#check")?;
    visit.gives("the browser's own checks come first", "[posts, document.querySelector('#check-email').matches(':invalid')]", json!([0, true]));
    visit.fill("#check-email", "a@b.c")?;
    visit.click_for("#check", "Valid")?;
    visit.gives("all is clean at the end", "[document.querySelectorAll('.puremix-error').length, document.querySelector('#check-email').hasAttribute('aria-describedby'), document.querySelector('#check-name').getAttribute('aria-describedby')]", json!([0, false, "hint"]));
    visit.run("document.querySelector('#check-name').value = 'general'; document.querySelector('#unchecked').click()")?;
    visit.gives("an error of no field is read out", "document.querySelector('#checked [role=alert]')?.textContent", "Nobody knows");

    visit.browser.click("#fail")?;
    visit.shows("a failure says its number, and no secret", "/^Internal Server Error \\([0-9a-f]+\\)$/.test(document.querySelector('#failing [role=alert]')?.textContent)");
    visit.browser.set_offline(true)?;
    visit.browser.click("#fail")?;
    visit.gives("no network", "document.querySelector('#failing [role=alert]')?.textContent", "Server not reached");
    visit.browser.set_offline(false)?;
    visit.gives("one message at a time", "document.querySelectorAll('#failing [role=alert]').length", 1);
    visit.run("PureMix.on('formError', (detail, event) => { window.failed = [detail.name, detail.error.status, event.target.id]; event.preventDefault(); })")?;
    visit.browser.click("#fail")?;
    visit.gives("a page can say it in its own way", "[window.failed, document.querySelectorAll('#failing [role=alert]').length]", json!([["fail", 500, "failing"], 0]));

    let files = puremix_tests::TempDir::new("upload");
    let paths: Vec<_> = [("one.txt", "1"), ("two.txt", "22")].map(|(name, text)| (files.path().join(name), text)).into_iter().map(|(path, text)| std::fs::write(&path, text).map(|()| path)).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    visit.browser.choose_files("#file", &paths)?;
    visit.run("heard.length = 0")?;
    visit.click_for("#upload", "one.txt:1,two.txt:2 a,b v")?;
    visit.shows("an upload tells its progress", "heard.includes('progress')");
    visit.gives("files are taken out after it", "document.querySelector('#file').files.length", 0);

    visit.run("window.form = document.querySelector('#clobbered')")?;
    visit.click_for("#clobber", "Touched names")?;
    visit.run("PureMix.call('second', {}, { update: true }).then(() => null)")?;
    visit.gives("fields may be called as properties of forms", "[document.querySelector('#clobbered') === form, form.className, form.querySelector('[name=attributes]').value]", json!([true, "second", "3"]));
    visit.browser.click("#jump")?;
    visit.shows("a redirect to a place of the page loads it", "window.posts === undefined && location.hash === '#rows' && document.querySelector('#mode')?.textContent === 'jumped'");
    visit.open_anew("/forms")?;
    visit.run("window.posts = 1")?;
    visit.browser.click("#do-reload")?;
    visit.shows("an answer may load the page anew", "window.posts === undefined && document.readyState === 'complete' && window.PureMix");
    visit.browser.click("#leave")?;
    visit.gives("or lead elsewhere", "location.pathname + location.search", "/one?left");
    visit.open("/forms")?;
    visit.browser.click("#native")?;
    visit.shows("a button with a target and a method of its own is the browser's", "location.href.includes('/one?') && location.href.includes('name=Native')");

    visit.open("/items/5?tab=z")?;
    visit.fill("[name=text]", "typed")?;
    visit.browser.click("#edit button")?;
    visit.gives("forms of pages with parameters", "document.querySelector('#said').textContent", "5: typed");
    Ok(())
}
