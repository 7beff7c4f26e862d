//! `puremixc dev` as people use it: the real program on a copy of the example shop, edited while it serves.

use puremix_tests::{Client, Dev, TempDir};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

fn puremixc() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_puremixc"))
}

/// The interpreter has what a built binary links when it needs it.
#[test]
fn apps_can_fetch() {
    let app = shop();
    app.write("app/routes/fetches.puremix", "<loader>\nasync function load() {\n  return { data: (await fetch('data:text/plain,hi').catch((e) => e)).constructor.name };\n}\n</loader>\n<p>{load.data}</p>\n");
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let answer = text(&mut dev.client(), "/fetches");
    assert!(answer.contains("<p>Response</p>") || answer.contains("<p>TypeError</p>"), "{answer}");
}

/// A copy of the example shop with a page that counts visits in the session.
fn shop() -> TempDir {
    let copy = TempDir::copy_of("dev-shop", &Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop"));
    copy.write("app/routes/visits.puremix", "<loader>\nfunction visits(request) {\n  request.session.visits = (request.session.visits ?? 0) + 1;\n  return { data: request.session.visits };\n}\n</loader>\n<p>visits: {visits.data}</p>\n");
    copy
}

fn text(client: &mut Client, path: &str) -> String {
    client.get(path).unwrap_or_else(|e| panic!("{path}: {e}")).text()
}

#[track_caller]
fn assert_contains(client: &mut Client, path: &str, part: &str) {
    let text = text(client, path);
    assert!(text.contains(part), "{path} has no `{part}`:\n{text}");
}

/// Puts a desk lamp into the cart, which lives in a variable of `lib/cart.js`.
fn buy(client: &mut Client) {
    let path = "/products/desk-lamp";
    let page = text(client, path);
    let value = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no `{name}` in {page}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    let fields = [("_action", value("_action")), ("_csrf", value("_csrf")), ("productId", value("productId")), ("quantity", "2".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(client.post_form(path, &fields).expect("an answer").status, 200);
}

/// Until the server, which may be restarting, answers with this part.
fn wait_until_contains(client: &mut Client, path: &str, part: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match client.get(path) {
            Ok(reply) if reply.text().contains(part) => return,
            other => assert!(Instant::now() < deadline, "{path} has no `{part}`: {other:?}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn every_save_shows_and_state_stays() {
    let app = shop();
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    assert_contains(&mut client, "/about", "<script src=\"/__dev/client.js\"></script></body>");
    assert_contains(&mut client, "/__dev/client.js", "EventSource");
    assert!(!String::from_utf8_lossy(&client.request("GET", "/about", &[("Sec-Fetch-Dest", "empty")], b"").unwrap().body).contains("__dev"));
    buy(&mut client);
    assert_contains(&mut client, "/cart", "Desk Lamp");
    assert_contains(&mut client, "/visits", "visits: 1");

    // Markup and styles are patched, also when the editor renames.
    dev.edit("app/routes/about.puremix", "<h1>", "<h1>All ");
    assert_eq!(dev.next().unwrap()["kind"], "patch");
    assert_contains(&mut client, "/about", "<h1>All About</h1>");
    dev.write_by_renaming("public/css/shop.css", "h1 { color: red }");
    let event = dev.next().unwrap();
    assert_eq!((&event["kind"], &event["files"][0]), (&"patch".into(), &"public/css/shop.css".into()));
    assert_eq!(text(&mut client, "/css/shop.css"), "h1 { color: red }");
    dev.edit("app/layouts/main.html", "Served by one binary", "Served from sources");
    assert_eq!(dev.next().unwrap()["kind"], "patch");
    assert_contains(&mut client, "/cart", "Served from sources");
    dev.edit("app/components/Price.puremix", "<span", "<span data-new");
    dev.next().unwrap();
    assert_contains(&mut client, "/products/desk-lamp", "<span data-new");

    // Other code loads pages again; modules that do not depend on it keep their variables.
    dev.edit("app/routes/cart.puremix", "function loadCart(request, actionResult) {", "function loadCart(request, actionResult) {\n    request.res.setHeader('x-edit', 'yes');");
    assert_eq!(dev.next().unwrap()["kind"], "reload");
    let cart = client.get("/cart").unwrap();
    assert_eq!(cart.header("x-edit"), Some("yes"));
    assert!(cart.text().contains("Desk Lamp"), "the cart is kept while a page changes");
    dev.edit("app/lib/orders.js", "export ", "/* edited */ export ");
    assert_eq!(dev.next().unwrap()["kind"], "reload");
    assert_contains(&mut client, "/cart", "Desk Lamp");
    dev.edit("app/lib/money.ts", "export ", "/* edited */ export ");
    assert_eq!(dev.next().unwrap()["kind"], "reload");
    assert_contains(&mut client, "/cart", "Your cart is empty");
    assert_contains(&mut client, "/visits", "visits: 2");

    // Timers of replaced code do not run beside those of the new one.
    dev.write("app/lib/clock.js", "export const ticks = [];\nsetInterval(() => globalThis.seen.push(1), 5);\nglobalThis.seen = [];\n");
    dev.write("app/routes/clock.puremix", "<imports>import { ticks } from '../lib/clock'</imports><p>{ticks.length}:{globalThis.seen.join('')}</p>");
    wait_until_contains(&mut client, "/clock", "0:1");
    dev.settle(Duration::from_millis(200));
    dev.edit("app/lib/clock.js", "push(1)", "push(2)");
    dev.wait_for("reload").unwrap();
    wait_until_contains(&mut client, "/clock", "0:2");
    let page = text(&mut client, "/clock");
    let ticks = page.split("<p>0:").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
    assert!(ticks.chars().all(|tick| tick == '2'), "the old interval is cancelled: {ticks}");

    // Properties under names that came with an edit are those that data had before.
    dev.write("app/lib/kept.js", "export const kept = JSON.parse('{\"neverNamedBefore\": 7}');\n");
    dev.write("app/routes/kept.puremix", "<imports>import { kept } from '../lib/kept'</imports><p>{Object.keys(kept).length} keys</p>");
    dev.wait_for("reload").unwrap();
    wait_until_contains(&mut client, "/kept", "1 keys");
    dev.edit("app/routes/kept.puremix", "{Object.keys(kept).length} keys", "{kept.neverNamedBefore} found");
    dev.next().unwrap();
    assert_contains(&mut client, "/kept", "7 found");
    dev.remove("app/routes/kept.puremix");
    assert_eq!(dev.next().unwrap()["kind"], "reload");
    assert_eq!(client.get("/kept").unwrap().status, 404);
}

#[test]
fn the_page_of_the_server_itself() {
    let app = shop();
    app.write("app/routes/said.puremix", "<loader>function said() { console.log('said <to> the log'); return { data: 1 }; }</loader><p>{said.data}</p>");
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    buy(&mut client);
    assert_contains(&mut client, "/said", "<p>1</p>");
    let reply = client.get("/cart").unwrap();
    let timing = reply.header("server-timing").unwrap_or_default();
    assert!(timing.starts_with("loaders;dur=") && timing.contains(", render;dur="), "{timing}");
    let page = text(&mut client, "/__dev");
    let has = |part: &str| assert!(page.contains(part), "no `{part}` in {page}");
    // Routes with their methods, files and functions; components; isolates and why.
    has("<td class=\"w\">/products/[slug]</td><td class=\"w\">GET POST</td><td>app/routes/products/[slug].puremix</td><td>loadProduct (loader), buy</td>");
    has("<td>app/components/Price.puremix</td>");
    has("because requests share these variables");
    has("<td class=\"w\">carts</td><td>app/lib/cart.js:6:7</td>");
    // Requests with the times of their stages; what was written.
    let posted = page.split("<tr>").find(|row| row.contains(">POST<")).unwrap_or_default();
    assert_eq!((posted.matches("<td class=\"n\">").count(), posted.matches("<td class=\"n\"></td>").count()), (4, 0), "every stage has its time: {posted}");
    has("said &lt;to> the log");
    assert!(!page.contains("GET /__dev"), "looking is not logged");
    assert!(!page.contains("://") && page.contains("<script src=\"/__dev/client.js\">"), "no resource is another site's");
    // It follows errors.
    dev.edit("app/routes/said.puremix", "<p>{", "<p>{{{");
    dev.wait_for("error").unwrap();
    assert_contains(&mut client, "/__dev", "this is the last version without");
    assert_contains(&mut client, "/__dev", "app/routes/said.puremix:1:");

    // For this machine only, even when the app is for all, unless somebody asks.
    client.host = "evil.example".to_owned();
    assert_eq!(client.get("/__dev").unwrap().status, 404);
    assert_eq!(client.get("/__dev/events").unwrap().status, 404);
    drop(dev);
    app.write("app/routes/said.puremix", "<p>1</p>");
    for (flags, status) in [(&["--host", "0.0.0.0"][..], 404), (&["--host", "0.0.0.0", "--expose"], 200)] {
        let dev = Dev::start_with(puremixc(), app.path(), |command| {
            command.args(flags);
        }).unwrap();
        let mut client = dev.client();
        assert_eq!(client.get("/__dev").unwrap().status, 200);
        client.host = "shop.example".to_owned();
        assert_eq!(client.get("/__dev").unwrap().status, status, "{flags:?}");
        assert_eq!(client.get("/__dev/client.js").unwrap().status, 200);
    }
}

#[test]
fn browsers_are_told_of_names_that_mean_nothing() {
    let app = shop();
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    dev.write("app/routes/typo.puremix", "<loader>function load() { return { data: 1 }; }</loader><p>{laod}</p>");
    let event = dev.wait_for("reload").unwrap();
    let item = &event["warnings"]["items"][0];
    assert_eq!((&item["file"], &item["line"]), (&"app/routes/typo.puremix".into(), &1.into()), "{event}");
    assert!(item["help"].as_str().is_some_and(|help| help.contains("did you mean `load`?")), "{event}");
    dev.edit("app/routes/typo.puremix", "{laod}", "{load.data}");
    assert!(dev.next().unwrap()["warnings"].is_null());
    // The same is said when the name stops a module.
    let good = dev.read("app/lib/cart.js");
    dev.write("app/lib/cart.js", &format!("{good}\nfindByID(1);\n"));
    let item = dev.wait_for("error").unwrap()["report"]["items"][0].clone();
    assert!(item["message"].as_str().is_some_and(|message| message.contains("findByID is not defined")), "{item}");
    assert!(item["help"].as_str().is_some_and(|help| help.contains("did you mean `findById`?")), "{item}");
}

/// Neither Rust nor anything else is needed: no programs, no home.
#[test]
fn development_needs_no_toolchain() {
    let app = shop();
    let empty = TempDir::new("dev-no-tools");
    let dev = Dev::start_with(puremixc(), app.path(), |command| {
        command.env_clear().env("PATH", empty.path()).env("HOME", empty.path());
    });
    let dev = dev.unwrap();
    let mut client = dev.client();
    assert_contains(&mut client, "/about", "<h1>About</h1>");
    dev.edit("app/routes/about.puremix", "<h1>", "<h1>All ");
    assert_eq!(dev.next().unwrap()["kind"], "patch");
    assert_contains(&mut client, "/about", "<h1>All About</h1>");
    dev.write(".env", "A=1\n");
    dev.wait_for("hello").unwrap();
    wait_until_contains(&mut client, "/about", "<h1>All About</h1>");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "nothing is written to the home");
}

#[test]
fn errors_are_shown_and_the_last_good_version_goes_on() {
    let app = shop();
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    buy(&mut client);
    let good = dev.read("app/lib/cart.js");
    dev.write("app/lib/cart.js", &format!("import {{ findByld }} from './catalog';\n{good}"));
    let item = dev.wait_for("error").unwrap()["report"]["items"][0].clone();
    assert_eq!((&item["code"], &item["file"], &item["column"]), (&"PMX0502".into(), &"app/lib/cart.js".into(), &10.into()), "{item}");
    assert_eq!(item["lines"][0], serde_json::json!([1, "import { findByld } from './catalog';"]));
    assert!(item["help"].as_str().is_some_and(|help| help.contains("did you mean `findById`")), "{item}");
    assert_contains(&mut client, "/cart", "Desk Lamp");
    dev.write("app/lib/cart.js", &good);
    assert_ne!(dev.next().unwrap()["kind"], "error");
    assert_contains(&mut client, "/cart", "Desk Lamp");

    dev.write("app/lib/cart.js", &format!("{good}\nnull.thrown;\n"));
    let item = dev.wait_for("error").unwrap()["report"]["items"][0].clone();
    assert_eq!((&item["file"], &item["width"]), (&"app/lib/cart.js".into(), &1.into()), "{item}");
    assert!(item["message"].as_str().is_some_and(|message| message.contains("TypeError")), "{item}");
    assert_contains(&mut client, "/cart", "Desk Lamp");
    dev.write("app/lib/cart.js", &good);
    dev.next().unwrap();
    assert_contains(&mut client, "/cart", "Desk Lamp");

    // What throws while it answers is the runtime's own page, with the source, until it is mended.
    dev.write("app/routes/throws.puremix", "<loader>\nfunction load() {\n  return null.thrown;\n}\n</loader>\n<p>{load.error}</p>{(() => { throw new Error('on purpose') })()}");
    dev.wait_for("reload").unwrap();
    fs::remove_file(app.path().join("app/routes/500.puremix")).unwrap();
    dev.wait_for("reload").unwrap();
    let reply = client.get("/throws").unwrap();
    assert_eq!(reply.status, 500);
    assert!(reply.text().contains("app/routes/throws.puremix:6:") && reply.text().contains("__dev/client.js"), "{}", reply.text());
}

#[test]
fn an_app_that_is_broken_at_the_start_is_served_once_it_is_mended() {
    let app = shop();
    let good = fs::read_to_string(app.path().join("app/routes/about.puremix")).unwrap();
    app.write("app/routes/about.puremix", "<h1>{</h1>");
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    let reply = client.get("/anything").unwrap();
    assert_eq!(reply.status, 500);
    assert!(reply.text().contains("__dev/client.js"));
    assert_eq!(dev.next().unwrap()["report"]["items"][0]["file"], "app/routes/about.puremix");
    dev.write("app/routes/about.puremix", &good);
    wait_until_contains(&mut client, "/about", "<h1>About</h1>");
    // So is one whose configuration or modules throw.
    drop(dev);
    let config = fs::read_to_string(app.path().join("puremix.config.js")).unwrap();
    app.write("puremix.config.js", "throw new Error('no configuration');");
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    assert_eq!(client.get("/about").unwrap().status, 500);
    dev.write("puremix.config.js", &config);
    wait_until_contains(&mut client, "/about", "<h1>About</h1>");
    drop(dev);
    let lib = fs::read_to_string(app.path().join("app/lib/cart.js")).unwrap();
    app.write("app/lib/cart.js", &format!("{lib}\nthrow new Error('at start');"));
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    assert_eq!(client.get("/about").unwrap().status, 500);
    dev.write("app/lib/cart.js", &lib);
    wait_until_contains(&mut client, "/about", "<h1>About</h1>");
}

#[test]
fn a_changed_configuration_restarts_and_sessions_stay() {
    let app = shop();
    app.write(".env", "GREETING=hello\n");
    app.write("app/routes/greet.puremix", "<loader>function greeting() { return { data: process.env.GREETING }; }</loader><p>{greeting.data}</p>");
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    assert_contains(&mut client, "/greet", "hello");
    assert_contains(&mut client, "/visits", "visits: 1");
    dev.write(".env", "GREETING=good day\n");
    wait_until_contains(&mut client, "/greet", "good day");
    assert_eq!(dev.wait_for("hello").unwrap()["build"], 0, "browsers are told of the other start");
    assert_contains(&mut client, "/visits", "visits: 2");
    dev.edit("puremix.config.js", "session: {", "session: { name: 'other',");
    wait_until_contains(&mut client, "/visits", "visits: 1");
    assert!(client.cookie("other").is_some());
}

/// `cargo xtask edits` makes a thousand.
#[test]
fn random_edits_leave_what_a_fresh_start_has() {
    let app = shop();
    let seen = puremix_tests::edits::run(puremixc(), app.path(), 300, 7).unwrap();
    assert!(seen.differences.is_empty(), "{}", seen.differences.join("\n\n"));
    assert!(seen.errors > 10, "{seen:?}");
    assert!(seen.late_kb < seen.early_kb + 3 * 1024, "memory grows: {seen:?}");
}

#[test]
fn settings_that_cannot_be_are_shown_and_mended() {
    let app = shop();
    let good = fs::read_to_string(app.path().join("puremix.config.js")).unwrap();
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    assert_contains(&mut client, "/visits", "visits: 1");
    dev.write("puremix.config.js", "export default { session: { maxAge: 'soon' } };\n");
    let report = dev.wait_for("error").unwrap()["report"].clone();
    assert_eq!(report["title"], "The configuration is wrong");
    assert!(report["items"][0]["message"].as_str().is_some_and(|message| message.contains("maxAge")), "{report}");
    dev.write("puremix.config.js", &good);
    wait_until_contains(&mut client, "/visits", "visits: 2");
    // So are those of the environment.
    dev.write(".env", "REQUEST_TIMEOUT=soon\nPUREMIX_REQUEST_TIMEOUT=soon\nSESSION_MAX_AGE=soon\nPORT=soon\n");
    std::thread::sleep(Duration::from_millis(500));
    dev.write(".env", "A=1\n");
    wait_until_contains(&mut client, "/about", "<h1>About</h1>");
}

/// What editors and people do to directories.
#[test]
fn directories_come_and_go() {
    let app = shop();
    let dev = Dev::start(puremixc(), app.path()).unwrap();
    let mut client = dev.client();
    let (here, away) = (app.path().join("app"), app.path().join("elsewhere"));
    fs::rename(&here, &away).unwrap();
    dev.wait_for("error").unwrap();
    assert_contains(&mut client, "/about", "<h1>About</h1>");
    fs::rename(&away, &here).unwrap();
    dev.wait_for("reload").unwrap();
    dev.edit("app/routes/about.puremix", "<h1>", "<h1>Again ");
    dev.next().unwrap();
    assert_contains(&mut client, "/about", "<h1>Again About</h1>");
    // A layout that is gone is one error, and comes back.
    let layout = dev.read("app/layouts/main.html");
    dev.remove("app/layouts/main.html");
    let report = dev.wait_for("error").unwrap()["report"].clone();
    let label = report["items"][0]["label"].as_str().unwrap_or_default();
    assert!(report["items"].as_array().is_some_and(|items| items.len() == 1) && label.ends_with("more files ask for it"), "{report}");
    dev.write("app/layouts/main.html", &layout);
    dev.next().unwrap();
    // A symbolic link stands for the directory.
    let real = TempDir::new("dev-real");
    fs::rename(app.path().join("app/routes"), real.path().join("routes")).unwrap();
    dev.wait_for("error").unwrap();
    std::os::unix::fs::symlink(real.path().join("routes"), app.path().join("app/routes")).unwrap();
    dev.wait_for("reload").unwrap();
    dev.edit("app/routes/about.puremix", "Again", "Linked");
    wait_until_contains(&mut client, "/about", "<h1>Linked About</h1>");
}
