//! What survives when the page is changed in place.

use super::Visit;
use serde_json::json;

/// Changes what the server says and shows it.
const SECOND: &str = "PureMix.call('second', {}, { update: true }).then(() => null)";

pub fn check(visit: &mut Visit<'_>) -> Result<(), String> {
    visit.open_anew("/forms")?;
    visit.run("document.querySelector('#more').open = true; document.querySelector('#scroller').style.cssText = 'height: 100px; overflow: auto'; document.querySelector('#scroller').scrollTop = 300;
        window.nodes = Object.fromEntries(['item-1', 'item-3', 'fancy', 'mine', 'by-module', 'scroller', 'choice'].map(id => [id, document.getElementById(id)]));
        document.querySelector('#outside').value = 'typed'; document.querySelector('#item-3 .own').value = 'edited'; document.querySelector('#item-1 .box').checked = true;
        document.querySelector('#ignored').textContent = 'a widget'; document.querySelector('#mode').classList.add('marked'); document.querySelector('#mode').title = 'by script';")?;
    visit.run("const field = document.querySelector('#item-3 .own'); field.focus(); field.setSelectionRange(2, 4, 'backward'); scrollTo(0, 500); window.at = field.getBoundingClientRect().top")?;
    visit.shows("a frame is there", "document.querySelector('#frame').contentDocument?.readyState === 'complete'");
    visit.run("document.querySelector('#frame').contentWindow.mark = 'same'")?;
    visit.run(SECOND)?;
    visit.gives("a frame is not loaded anew", "document.querySelector('#frame').contentWindow.mark", "same");
    visit.gives("what the server says has changed", "[document.querySelector('#mode').textContent, document.querySelector('#mode').dataset.mode, PureMix.data.load.data.mode]", json!(["second", "second", "second"]));
    visit.gives("focus and selection survive", "[document.activeElement === document.querySelector('#item-3 .own'), document.activeElement.selectionStart, document.activeElement.selectionEnd, document.activeElement.selectionDirection]", json!([true, 2, 4, "backward"]));
    visit.gives("edited fields survive", "[document.querySelector('#outside').value, document.querySelector('#item-3 .own').value, document.querySelector('#item-1 .box').checked]", json!(["typed", "edited", true]));
    visit.gives("open details survive", "document.querySelector('#more').open", true);
    visit.gives("scroll positions survive", "[document.querySelector('#scroller').scrollTop, Math.round(document.querySelector('#item-3 .own').getBoundingClientRect().top - at)]", json!([300, 0]));
    visit.gives("what scripts made survives", "[document.querySelector('#mine')?.textContent, document.querySelector('#by-module')?.textContent, document.querySelector('#made').children.length]", json!(["mine", "module", 1]));
    visit.gives("classes and attributes of scripts survive", "[document.querySelector('#count').className, document.querySelector('#mode').className, document.querySelector('#mode').title]", json!(["few by-script", "marked", "by script"]));
    visit.gives("what is marked is not touched", "document.querySelector('#ignored').textContent", "a widget");
    visit.gives("nodes are the same nodes", "Object.entries(nodes).filter(([id, node]) => document.getElementById(id) !== node).map(([id]) => id)", json!([]));
    visit.gives("custom elements are told and not moved", "[nodes.fancy.label, nodes.fancy.connected, nodes.fancy.textContent]", json!(["second", 1, "fancy"]));
    visit.gives("untouched fields follow the server", "[document.querySelector('#choice').value, document.querySelector('#free').value]", json!(["second", "second"]));
    visit.gives("new scripts run once", "document.body.dataset.runs", "1");
    visit.gives("noscript stays text", "[document.querySelector('noscript').textContent.includes('second'), !!document.querySelector('#noscript')]", json!([true, false]));
    visit.run(SECOND)?;
    visit.gives("and not again when nothing has changed", "document.body.dataset.runs", "1");
    visit.run("document.querySelector('#choice').value = 'first'; document.querySelector('#free').value = 'my words'")?;
    visit.run("PureMix.call('first', {}, { update: true }).then(() => null)")?;
    visit.gives("edited areas and choices stay as they are", "[document.querySelector('#choice').value, document.querySelector('#free').value]", json!(["first", "my words"]));

    visit.run("window.rows = [...document.querySelectorAll('#list li')]; window.moved = 0; new MutationObserver(records => moved += records.reduce((sum, r) => sum + [...r.addedNodes].filter(n => n.nodeType === 1).length, 0)).observe(document.querySelector('#list'), { childList: true })")?;
    visit.click_for("#item-3 .shift", "Moved 3")?;
    visit.gives("keyed rows move, and only those that must", "[[...document.querySelectorAll('#list li')].map(row => rows.indexOf(row)), moved]", json!([[2, 0, 1], 1]));
    visit.gives("with what was typed in them", "document.querySelector('#item-3 .own').value", "edited");
    visit.gives("rows without keys are found by their likeness", "[...document.querySelectorAll('#rows td')].map(e => e.textContent).join()", "Plum,Apple,Pear");
    visit.run("window.cells = [...document.querySelectorAll('#rows tr')]")?;
    visit.click_for("#item-1 .remove", "Removed 1")?;
    visit.gives("one goes, and the others stay what they are", "[[...document.querySelectorAll('#rows tr')].map(row => cells.indexOf(row)), document.querySelectorAll('#list li').length]", json!([[0, 2], 2]));
    visit.run("document.querySelector('#list').append(Object.assign(document.createElement('li'), { id: 'optimistic', textContent: 'soon' })); document.querySelector('#name').value = 'Kiwi'; document.querySelector('#adding').requestSubmit()")?;
    visit.gives("rows of scripts stay among the server's", "[...document.querySelectorAll('#list li')].map(e => e.id)", json!(["item-3", "item-2", "item-4", "optimistic"]));
    visit.run("document.querySelector('#list').innerHTML = ''; document.querySelector('#name').value = 'Lime'; document.querySelector('#adding').requestSubmit()")?;
    visit.gives("what a script has taken away stays away", "[...document.querySelectorAll('#list li')].map(e => e.id)", json!(["item-5"]));

    visit.open_anew("/cards")?;
    visit.run("window.cards = [...document.querySelectorAll('.card')]; document.querySelectorAll('.to')[2].value = 'half typed'")?;
    visit.run("document.querySelectorAll('.flip')[0].click()")?;
    visit.gives("a component's handler", "[...document.querySelectorAll('.done')].map(e => e.textContent)", json!(["done", "done", "open"]));
    visit.run("document.querySelectorAll('.to')[1].value = 'Quince'; document.querySelectorAll('.rename')[1].click()")?;
    visit.gives("a component's form", "[...document.querySelectorAll('.name')].map(e => e.textContent)", json!(["Apple", "Quince", "Plum"]));
    visit.gives("its neighbours are left alone", "[document.querySelectorAll('.to')[2].value, [...document.querySelectorAll('.card')].every((card, i) => card === cards[i])]", json!(["half typed", true]));
    visit.gives("tokens of forms are still good", "document.querySelectorAll('input[name=_csrf]').length === document.querySelectorAll('form[method=POST]').length", true);
    Ok(())
}
