//! Client-side frameworks: the guide's pages with React, Vue, Svelte, Vite, Alpine, HTMX and jQuery as they stand, in Chromium. What they load from
//! the internet comes from npm packages.

use super::check::Checks;
use super::guide::generate_app;
use super::{App, Builder, Mode, home, serve};
use crate::shell::{self, Outcome};
use puremix_tests::{Browser, Dev, Elsewhere, Server, TempDir};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// URLs of the guide, and the files of npm packages that are there.
const ELSEWHERE: &[(&str, &str)] = &[
    ("https://unpkg.com/react@18/umd/react.production.min.js", "react/umd/react.production.min.js"),
    ("https://unpkg.com/react-dom@18/umd/react-dom.production.min.js", "react-dom/umd/react-dom.production.min.js"),
    ("https://unpkg.com/@babel/standalone/babel.min.js", "@babel/standalone/babel.min.js"),
    ("https://unpkg.com/vue@3/dist/vue.global.js", "vue/dist/vue.global.js"),
    ("https://unpkg.com/alpinejs@3/dist/cdn.min.js", "alpinejs/dist/cdn.min.js"),
    ("https://unpkg.com/htmx.org@1.9.10", "htmx.org/dist/htmx.min.js"),
    ("https://code.jquery.com/jquery-3.7.1.min.js", "jquery/dist/jquery.min.js"),
];

/// A page, what is done there (each step is waited for until it is true), what is done where no script runs, and whether its policy has `'unsafe-eval'`.
struct Scenario {
    page: &'static str,
    steps: &'static [&'static str],
    alone: &'static [&'static str],
    evaluates: bool,
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        page: "vanilla",
        steps: &[
            "document.querySelectorAll('.product').length === 10 && PureMix.data.loadPage.data.products[1].name.includes('</script>')",
            "PureMix.call('loadMoreProducts', { page: 2 }).then(r => r.products.length === 5 && r.products[0].id === 11)",
        ],
        alone: &["document.querySelectorAll('.product').length === 10"],
        evaluates: false,
    },
    Scenario {
        page: "products",
        steps: &[
            "document.querySelector('#react-root h1').textContent === 'Products (React)' && document.querySelectorAll('.product-item').length === 10",
            "document.querySelectorAll('.product-item')[1].textContent === 'Lamp & </script><b>shade</b> - $20'",
            "document.querySelector('#react-root button').click(), true",
            "document.querySelectorAll('.product-item').length === 15 && document.querySelector('#react-root button').textContent === 'Load More'",
        ],
        alone: &["document.querySelector('#react-root h1').textContent === 'Products' && document.querySelectorAll('.product-item')[1].textContent === 'Lamp & </script><b>shade</b> - $20'"],
        evaluates: false,
    },
    Scenario {
        page: "dashboard",
        steps: &[
            "document.querySelector('#vue-app h1').textContent === \"Ada O'Hara\" && document.querySelector('#vue-app p').textContent === 'Email: ada@example.org'",
            "document.querySelector('#vue-app button').click(), true",
            "!!document.querySelector('#vue-app input')",
            "(() => { const i = document.querySelector('#vue-app input'); i.value = 'Grace'; i.dispatchEvent(new Event('input')); document.querySelector('#vue-app button').click(); return true; })()",
            "document.querySelector('#vue-app h1').textContent === 'Grace' && !document.querySelector('#vue-app input')",
        ],
        alone: &["document.querySelector('#vue-app .user-profile h1').textContent === '{{ user.name }}'"],
        evaluates: true,
    },
    Scenario {
        page: "counter",
        steps: &["document.querySelector('#svelte')?.textContent === 'count is 7'", "document.querySelector('#svelte').click(), true", "document.querySelector('#svelte').textContent === 'count is 8'"],
        alone: &["document.querySelector('#svelte-app').childElementCount === 0"],
        evaluates: false,
    },
    Scenario {
        page: "alpine",
        steps: &[
            "[...document.querySelectorAll('li')].map(li => li.textContent).join() === 'Write,<img src=x onerror=alert(1)>'",
            "(() => { const i = document.querySelector('input[x-model]'); i.value = 'Read'; i.dispatchEvent(new Event('input')); document.querySelector('button').click(); return true; })()",
            "document.querySelectorAll('li')[2]?.textContent === 'Read' && document.querySelector('input[x-model]').value === ''",
        ],
        alone: &["document.querySelector('h1').textContent === 'Todo List' && document.querySelectorAll('li').length === 0"],
        evaluates: true,
    },
    Scenario { page: "htmx", steps: &["document.querySelector('button').click(), true", "document.querySelector('#result #loaded')?.textContent === 'from the server'"], alone: &["document.querySelector('[hx-post]').innerText === 'Load Data' && document.querySelector('#result').childElementCount === 0"],
        evaluates: false },
    Scenario {
        page: "jquery",
        steps: &["$.fn.jquery === '3.7.1'", "document.querySelector('#loadMore').click(), true", "document.querySelectorAll('#product-list > div').length === 5"],
        alone: &["document.querySelector('#loadMore').innerText === 'more'"],
        evaluates: false,
    },
    Scenario {
        page: "vite",
        steps: &["document.querySelector('#vite')?.textContent === 'n is 40'", "document.querySelector('#vite').click(), true", "document.querySelector('#vite').textContent === 'n is 80'"],
        alone: &["document.title === 'Vite' && document.querySelector('#root').childElementCount === 0"],
        evaluates: false,
    },
    Scenario {
        page: "bundled",
        steps: &[
            "document.querySelector('#island')?.textContent === 'ISLAND!' && document.querySelector('#second').textContent === 'SECOND!' && document.body.dataset.late === 'yes'",
            "getComputedStyle(document.querySelector('#island')).borderTopWidth === '3px'",
            "getComputedStyle(document.querySelector('#second')).color === 'rgb(4, 5, 6)' && getComputedStyle(document.querySelector('#second')).textDecorationLine === 'underline'",
            "document.querySelector('#island').click(), true",
            "document.querySelector('#island').textContent === 'hello island'",
        ],
        alone: &["document.querySelector('#second').textContent === 'waiting' && getComputedStyle(document.querySelector('#second')).textDecorationLine === 'underline'"],
        evaluates: false,
    },
    Scenario {
        page: "hybrid",
        steps: &["document.querySelector('#react')?.textContent === 'Dashboard'", "document.querySelector('nav a').getAttribute('href') === '/vanilla'"],
        alone: &["document.querySelector('nav a').getAttribute('href') === '/vanilla' && document.querySelector('#dashboard-app').childElementCount === 0", "document.querySelector('[name=email]').setAttribute('value', 'ada@example.org'), document.querySelector('form button').click(), true", "document.readyState === 'complete' && document.querySelector('[name=email]').value === '' && location.pathname === '/hybrid' && document.querySelector('nav a').getAttribute('href') === '/vanilla'"],
        evaluates: false,
    },
];

/// What the guide's own pages bring about: React is given other text than the server wrote and says so, and Vue's page has a dialog.
const EXPECTED: &[(&str, &str)] =
    &[("products", "Uncaught Error: Minified React error #418"), ("products", "Uncaught Error: Minified React error #423"), ("dashboard", "dialog: \"Profile updated!\"")];

/// The app with its packages, and what Vite and Svelte make of its sources.
pub fn generate() -> Result<TempDir, String> {
    let app = generate_app("islands")?;
    let packages = packages()?;
    std::os::unix::fs::symlink(&packages, app.path().join("node_modules")).map_err(|e| e.to_string())?;
    for (program, arguments) in [("node", &["build/svelte.mjs"][..]), ("node", &["node_modules/vite/bin/vite.js", "build", "--logLevel", "error"])] {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(app.path());
        shell::run(command)?;
    }
    Ok(app)
}

/// The packages that `tests/run/islands` names, installed once.
pub fn packages() -> Result<PathBuf, String> {
    let wanted = crate::shell::root().join("tests/run/islands/package.json");
    let directory = home().join("islands");
    let installed = directory.join("package.json");
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    let is_done = directory.join("node_modules/done").exists() && read(&installed).ok() == read(&wanted).ok();
    if !is_done {
        std::fs::create_dir_all(&directory).map_err(|e| e.to_string())?;
        std::fs::copy(&wanted, &installed).map_err(|e| e.to_string())?;
        let mut install = Command::new("npm");
        // esbuild, Vite and Tailwind choose the binary of the platform among optional packages; no script need run.
        install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline", "--silent"]).current_dir(&directory);
        shell::run(install)?;
        std::fs::write(directory.join("node_modules/done"), "").map_err(|e| e.to_string())?;
    }
    Ok(directory.join("node_modules"))
}

pub fn check(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    for scenario in SCENARIOS {
        let reply = checks.page(scenario.page, client.get(&format!("/{}", scenario.page)), 200, &[]);
        let policy = reply.header("content-security-policy").unwrap_or_default();
        checks.equal(&format!("{} may make code of text", scenario.page), policy.contains("'unsafe-eval'"), scenario.evaluates);
    }
    bundles(checks, server);
}

/// What `app/client` became: names with a hash, kept for ever, preloaded.
fn bundles(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    let page = checks.page("bundled", client.get("/bundled"), 200, &["<link rel=\"stylesheet\" href=\"/client/main.", "<link rel=\"modulepreload\" href=\"/client/chunks/"]).text();
    let urls: Vec<&str> = page.split('"').filter(|part| part.starts_with("/client/")).collect();
    checks.that("scripts, a style sheet and a chunk", urls.len() >= 4);
    for url in urls {
        let reply = checks.page(url, client.get(url), 200, &[]);
        checks.equal(&format!("caching of {url}"), reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
    }
    checks.page("Tailwind", client.get("/css/tailwind.css"), 200, &[".underline{", "--color-brand"]);
}

pub fn in_a_browser(checks: &mut Checks, builder: &Builder, app: &App) -> Outcome {
    let Ok(mut browser) = Browser::start() else {
        println!("NOT CHECKED: Chromium is not installed (Debian: apt-get install chromium)");
        return Ok(());
    };
    let made = generate()?;
    let packages = packages()?;
    let file = |path: &str| std::fs::read(packages.join(path)).map_err(|e| format!("{path}: {e}"));
    let table: Result<BTreeMap<String, Elsewhere>, String> =
        ELSEWHERE.iter().map(|(url, path)| Ok(((*url).to_owned(), Elsewhere { content_type: "text/javascript", body: file(path)? }))).collect();
    browser.listen()?;
    browser.watch_policy()?;
    browser.answer_elsewhere(table?)?;
    let running = serve(app, Some(&made), Mode::Interpreted, builder)?;
    let origin = format!("http://{}", running.server.address);
    for scenario in SCENARIOS {
        let started = Instant::now();
        walk(checks, &mut browser, &origin, scenario.page, scenario.page, scenario.steps)?;
        println!("{}: {} ms", scenario.page, started.elapsed().as_millis());
    }
    browser.run_scripts(false)?;
    for scenario in SCENARIOS {
        walk(checks, &mut browser, &origin, scenario.page, &format!("{} without scripts", scenario.page), scenario.alone)?;
        checks.record(&format!("no script runs on {}", scenario.page), becomes_true(&mut browser, "typeof PureMix === 'undefined'"));
    }
    browser.run_scripts(true)?;
    drop(running);
    saves(checks, builder, &mut browser, &made)
}

/// Opens a page and takes the steps there; nothing complains.
fn walk(checks: &mut Checks, browser: &mut Browser, origin: &str, page: &str, what: &str, steps: &[&str]) -> Outcome {
    browser.complaints();
    browser.open(&format!("{origin}/{page}"))?;
    for (i, step) in steps.iter().enumerate() {
        let result = becomes_true(browser, step);
        let stop = result.is_err();
        checks.record(&format!("{what}, step {}", i + 1), result);
        if stop {
            break;
        }
    }
    // Browsers ask for `favicon.ico`, which is not the matter here.
    let is_expected = |c: &String| c.contains("favicon.ico") || EXPECTED.iter().any(|(of, start)| *of == page && c.starts_with(start));
    let complaints: Vec<String> = browser.complaints().into_iter().filter(|c| !is_expected(c)).collect();
    checks.equal(&format!("complaints of {what}"), complaints, Vec::new());
    checks.equal(&format!("violations of {what}"), browser.violations()?, Vec::new());
    Ok(())
}

/// A save of a file that an entry imports, and of a class name that Tailwind has not seen, in `puremixc dev`.
fn saves(checks: &mut Checks, builder: &Builder, browser: &mut Browser, app: &TempDir) -> Outcome {
    let dev = Dev::start_with(&builder.puremixc, app.path(), |command| {
        command.env("PUREMIX_RUNTIME", crate::shell::root()).env("PUREMIX_HOME", &builder.home);
    })?;
    browser.open(&format!("http://{}/bundled", dev.server.address))?;
    let shows = |text: &str| format!("document.querySelector('#second')?.textContent === '{text}'");
    checks.record("dev bundles", becomes_true(browser, &shows("SECOND!")));
    dev.edit("app/client/parts/shout.js", "!`", "?`");
    checks.record("dev bundles again", becomes_true(browser, &shows("SECOND?")));
    dev.edit("app/routes/bundled.puremix", "underline\"", "underline uppercase\"");
    checks.record("dev makes the style sheet again", becomes_true(browser, "getComputedStyle(document.querySelector('#second')).textTransform === 'uppercase'"));
    dev.edit("app/client/parts/shout.js", "export", "exprot");
    checks.record("what esbuild says is shown", becomes_true(browser, "!!document.querySelector('puremix-dev-overlay')?.shadowRoot.textContent.includes('shout.js')"));
    dev.edit("app/client/parts/shout.js", "exprot", "export");
    checks.record("and goes when it is mended", becomes_true(browser, "document.querySelector('puremix-dev-overlay') === null && !!document.querySelector('#island')"));
    Ok(())
}

/// Ten seconds are more than any page needs; a fault is not to take a minute.
fn becomes_true(browser: &mut Browser, step: &str) -> Result<(), String> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let last = browser.evaluate(step);
        if last == Ok(serde_json::Value::Bool(true)) {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(format!("`{step}` never came true: {last:?}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
