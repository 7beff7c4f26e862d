//! `PureMix.data`, `call` and its errors, `fetch`, events, loading; and how the client's file is sent.

use super::Visit;
use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::json;

/// The client's file over HTTP.
pub fn file(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = client.get("/").map(|reply| reply.text()).unwrap_or_default();
    let url = page.split_once("<script src=\"/_puremix/client.").and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| format!("/_puremix/client.{name}")).unwrap_or_default();
    let reply = checks.page("the client has an address of its own", client.get(&url), 200, &["PureMix"]);
    checks.equal("which is kept for ever", reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
    checks.equal("as a script", reply.header("content-type"), Some("text/javascript; charset=utf-8"));
    checks.equal("and is not sent twice", client.request("GET", &url, &[("if-none-match", reply.header("etag").unwrap_or_default())], b"").map(|r| r.status).ok(), Some(304));
    let coded = client.request("GET", &url, &[("accept-encoding", "gzip")], b"");
    checks.that("it is compressed, to 6 KB at most", coded.is_ok_and(|reply| reply.header("content-encoding") == Some("gzip") && reply.body.len() <= 6 * 1024));
    let old = checks.page("a page of another version gets the client, too", client.get("/_puremix/client.0123456789ab.js"), 200, &["PureMix"]);
    checks.equal("but does not keep it", old.header("cache-control"), Some("no-store"));
    let head = page.find("csrf-token").zip(page.find("puremix-data")).zip(page.find(&url));
    checks.that("token, data, client, in this order", head.is_some_and(|((token, data), client)| token < data && data < client));
    let cards = client.get("/cards").map(|reply| reply.text()).unwrap_or_default();
    checks.that("a page without scripts of its own loads it behind", cards.contains(" defer></script>") && !cards.contains("puremix-data"));
}

pub fn check(visit: &mut Visit<'_>) -> Result<(), String> {
    visit.open_anew("/")?;
    visit.gives("scripts in their places see PureMix.data", "document.querySelector('#early').textContent", "3 3 load");
    visit.gives("modules see it, too", "document.body.dataset.module", "function");
    visit.gives("data cannot break out", "[PureMix.data.load.data.text, document.title]", json!(["</script><script>document.title = \"attack\"</script>", "Calls 3"]));
    visit.gives("results is an alias that nobody sees", "[PureMix.data.results === PureMix.data, JSON.stringify(PureMix.data).includes('results')]", json!([true, false]));
    visit.gives("a call gives what the function returns", "PureMix.call('add', { a: 1, b: 2 })", json!({ "sum": 3, "type": "number" }));
    visit.gives("or nothing", "PureMix.call('nothing').then(String)", "null");
    visit.gives("or a list", "PureMix.call('list')", json!([1, "two", null, { "three": 3 }]));
    visit.gives("a call changes nothing in the page", "document.querySelector('#mode').textContent", "first");
    visit.gives("unless it is told to", "PureMix.call('change', {}, { update: true }).then(() => [document.querySelector('#mode').textContent, !!document.querySelector('#early')])", json!(["changed", true]));
    visit.gives("what a script has made of the page stays then", "document.querySelector('#early').textContent", "3 3 load");
    visit.gives("a file goes along", "PureMix.call('upload', { file: new File(['hello'], 'a.txt'), text: 'x', n: 7 })", json!({ "names": ["a.txt"], "size": 5, "text": "x", "n": 7 }));
    visit.gives("files go along", "PureMix.call('upload', { file: [new File(['1'], 'a.txt'), new File(['22'], 'b.txt')], more: new Blob(['333']) }).then(r => [r.names, r.size])", json!([["a.txt", "b.txt", "blob"], 6]));
    let form = "(() => { const form = new FormData(); form.append('file', new File(['hello'], 'c.txt')); form.append('text', 'of a form'); return PureMix.call('upload', form).then(r => [r.names, r.text]); })()";
    visit.gives("a FormData is sent as it is", form, json!([["c.txt"], "of a form"]));
    let progress = "(async () => { const seen = []; await PureMix.call('upload', { file: new File(['x'.repeat(200000)], 'big.txt') }, { onprogress: ({ loaded, total }) => seen.push(loaded <= total) }); return seen.length > 0 && seen.every(Boolean); })()";
    visit.gives("progress is told", progress, true);

    let failed = |call: &str| format!("{call}.then(() => 'no error', e => [e instanceof PureMix.Error, e instanceof Error, e.name, e.status, e.message, e.errors ?? null, typeof e.requestId])");
    visit.gives("a failure is a typed error", &failed("PureMix.call('broken')"), json!([true, true, "ServerError", 500, "Internal Server Error", null, "string"]));
    visit.gives("with the server's words about fields", &failed("PureMix.call('invalid')"), json!([true, true, "ValidationError", 422, "Not valid", { "name": "Name is required" }, "undefined"]));
    visit.gives("a refusal of the function", &failed("PureMix.call('forbidden')"), json!([true, true, "RequestError", 403, "Not you", null, "undefined"]));
    visit.gives("an unknown function", &failed("PureMix.call('missing')"), json!([true, true, "RequestError", 404, "no function `missing` here", null, "undefined"]));
    visit.browser.set_offline(true)?;
    visit.gives("no network", &failed("PureMix.call('add', {})"), json!([true, true, "NetworkError", 0, "Server not reached", null, "undefined"]));
    visit.browser.set_offline(false)?;
    let abort = "(() => { const stop = new AbortController(); setTimeout(() => stop.abort(), 30); return PureMix.call('slow', { ms: 5000 }, { signal: stop.signal }).catch(e => e.name); })()";
    visit.gives("a call can be ended", abort, "AbortError");
    visit.gives("or never begin", "PureMix.call('slow', { ms: 1 }, { signal: AbortSignal.abort() }).catch(e => e.name)", "AbortError");

    let stale = "(() => {
        const send = XMLHttpRequest.prototype.send, tokens = [], set = XMLHttpRequest.prototype.setRequestHeader;
        XMLHttpRequest.prototype.setRequestHeader = function (name, value) { if (name === 'X-CSRF-Token') tokens.push(value); return set.call(this, name, value); };
        XMLHttpRequest.prototype.send = function () {
            XMLHttpRequest.prototype.send = send;
            Object.defineProperties(this, { status: { value: 403 }, response: { value: new Blob(['{\"error\":\"stale\",\"csrf\":\"fresh\"}'], { type: 'application/json' }) } });
            this.onload();
        };
        return PureMix.call('add', { a: 2, b: 2 }).then(({ sum }) => [sum, tokens[1], PureMix.state.csrfToken]);
    })()";
    visit.gives("a stale token is replaced, and the call made once more", stale, json!([4, "fresh", "fresh"]));

    visit.open("/?at=home")?;
    visit.gives("the function knows the page's query", "PureMix.call('query')", json!({ "at": "home", "path": "/" }));
    visit.gives("another page can be named", "PureMix.call('edit', { text: 'x' }, { route: '/items/9?tab=b' })", json!({ "success": true, "id": "9", "text": "x", "tab": "b" }));
    let events = "(async () => { const heard = []; const stop = PureMix.on('loadingChange', ({ loading }) => heard.push(loading)); PureMix.on('x', (detail, event) => { heard.push(detail); event.preventDefault(); });
        await PureMix.call('nothing'); stop(); await PureMix.call('nothing'); heard.push(PureMix.emit('x', 5)); PureMix.off('x'); heard.push(PureMix.emit('x', 6)); return heard; })()";
    visit.gives("events are heard until they are not", events, json!([true, false, 5, false, true]));
    visit.gives("actionError is told", "new Promise(done => { PureMix.on('actionError', ({ name, error }) => done([name, error.status])); PureMix.call('broken').catch(() => {}); })", json!(["broken", 500]));
    let loading = "(async () => { const seen = () => [busy.hidden, busy.ariaBusy, document.getElementById('busy-add').hidden, PureMix.state.loading]; const busy = document.getElementById('busy'); const call = PureMix.call('slow', { ms: 50 }); const during = seen(); await call; return [during, seen()]; })()";
    visit.gives("data-loading shows that something runs", loading, json!([[false, "true", true, true], [true, null, true, false]]));
    visit.gives("or that one function does", "(() => { const call = PureMix.call('add', { a: 1, b: 1 }); const hidden = document.getElementById('busy-add').hidden; return call.then(() => [hidden, document.getElementById('busy-add').hidden]); })()", json!([false, true]));
    visit.gives("setLoading", "(() => { PureMix.setLoading(true); PureMix.setLoading(true); const on = document.getElementById('busy').hidden; PureMix.setLoading(false); return [on, document.getElementById('busy').hidden]; })()", json!([false, true]));
    visit.gives("updateData", "new Promise(done => { PureMix.on('dataUpdate', data => done([data === PureMix.data, data.more, data.load.data.n])); PureMix.updateData({ more: 1 }); })", json!([true, 1, 3]));
    visit.gives("fetch brings text", "PureMix.fetch('/site.css').then(text => text.startsWith('main'))", true);
    visit.gives("fetch brings JSON", "PureMix.fetch('/_puremix/health').then(health => health.status)", "ok");
    visit.gives("fetch throws what went wrong", "PureMix.fetch('/nowhere').catch(e => [e instanceof PureMix.Error, e.status])", json!([true, 404]));
    visit.gives("state", "[PureMix.state.currentRoute, PureMix.state.csrfToken.length > 20, PureMix.version]", json!(["/?at=home", true, "1"]));

    visit.run("void PureMix.call('elsewhere')")?;
    visit.gives("a redirect is followed", "location.pathname + location.search", "/one?came");
    visit.open("/")?;
    visit.run("window.old = true; void PureMix.call('again')")?;
    visit.shows("a reload is done", "window.old === undefined && document.readyState === 'complete'");
    visit.run("PureMix.navigate('/two')")?;
    visit.gives("navigate", "location.pathname", "/two");
    visit.open("/items/4?tab=a")?;
    visit.gives("calls on pages with parameters", "PureMix.call('edit', { text: 'new' })", json!({ "success": true, "id": "4", "text": "new", "tab": "a" }));
    visit.gives("and their data", "window.id", "4");
    Ok(())
}
