//! A loop of random edits against `puremixc dev`: valid and broken ones, new and deleted routes, renames. Deterministic: the same seed
//! makes the same edits.

use crate::Dev;
use std::path::Path;
use std::time::Duration;

/// Numbers that look random: Knuth's multiplier, the high half.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// What the loop saw.
#[derive(Debug)]
pub struct Seen {
    pub edits: usize,
    pub errors: usize,
    /// Resident memory after a fifth of the edits and at the end, in kilobytes.
    pub early_kb: u64,
    pub late_kb: u64,
    /// Pages that differ from those of a server that started afterwards.
    pub differences: Vec<String>,
}

const PAGES: [&str; 6] = ["app/routes/about.puremix", "app/routes/index.puremix", "app/routes/cart.puremix", "app/routes/search.puremix", "app/components/Price.puremix", "app/layouts/main.html"];
const LIBS: [&str; 4] = ["app/lib/cart.js", "app/lib/catalog.js", "app/lib/money.ts", "app/lib/orders.js"];
const URLS: [&str; 8] = ["/", "/about", "/cart", "/search?q=desk", "/products", "/products/desk-lamp", "/css/shop.css", "/extra-0"];

/// Makes so many edits to the app that `dev` follows (a copy of the example shop), then compares it with a fresh start.
pub fn run(puremixc: &Path, app: &Path, edits: usize, seed: u64) -> Result<Seen, String> {
    let dev = Dev::start(puremixc, app)?;
    let mut client = dev.client();
    let mut random = Random::new(seed);
    let pristine: Vec<(&str, String)> = PAGES.iter().chain(&LIBS).map(|path| (*path, dev.read(path))).collect();
    let mut broken = None;
    let mut seen = Seen { edits, errors: 0, early_kb: 0, late_kb: 0, differences: Vec::new() };
    for number in 0..edits {
        // What is broken is soon mended, so that most editions run.
        match broken.take() {
            Some(file) if random.below(3) > 0 => {
                let (path, text): &(&str, String) = &pristine[file];
                dev.write(path, &(text.clone() + &comment(path, "mended", number)));
            }
            still => broken = edit(&dev, &mut random, &pristine, number).or(still),
        }
        if dev.next()?["kind"] == "error" {
            seen.errors += 1;
        }
        let url = URLS[random.below(URLS.len())];
        client.get(url).map_err(|e| format!("after edit {number}, {url}: {e}\n{}", dev.server.output()))?;
        if number == edits / 5 {
            seen.early_kb = dev.server.rss_kb().unwrap_or(0);
        }
    }
    // What is left broken is mended; what works stays as it was edited.
    for (path, text) in &pristine {
        let now = dev.read(path);
        if now.contains("/* broken") || now.contains("{broken") {
            dev.write(path, text);
        }
    }
    dev.settle(Duration::from_millis(500));
    seen.late_kb = dev.server.rss_kb().unwrap_or(0);
    let fresh = Dev::start(puremixc, app)?;
    let mut other = fresh.client();
    for url in URLS {
        let (here, there) = (client.get(url), other.get(url));
        let (here, there) = (here.map_err(|e| e.to_string())?, there.map_err(|e| e.to_string())?);
        if here.status != there.status || without_tokens(&here.text()) != without_tokens(&there.text()) {
            seen.differences.push(format!("{url}: {} {}\n--- fresh: {} {}", here.status, here.text(), there.status, there.text()));
        }
    }
    Ok(seen)
}

fn comment(path: &str, word: &str, number: usize) -> String {
    if path.starts_with("app/lib") { format!("\n// {word} {number}\n") } else { format!("\n<!-- {word} {number} -->\n") }
}

/// One edit that the server will tell of: each changes what is on disk. Answers which file it has broken.
fn edit(dev: &Dev, random: &mut Random, pristine: &[(&str, String)], number: usize) -> Option<usize> {
    let any = random.below(pristine.len());
    let (path, text) = &pristine[any];
    match random.below(10) {
        0..=2 => {
            let page = PAGES[random.below(PAGES.len() - 1)];
            let (_, text) = pristine.iter().find(|(path, _)| *path == page).unwrap_or(&pristine[0]);
            dev.write_by_renaming(page, &format!("{text}\n<p>edit {number}</p>"));
        }
        3 | 4 => {
            let lib = LIBS[random.below(LIBS.len())];
            let (_, text) = pristine.iter().find(|(path, _)| *path == lib).unwrap_or(&pristine[0]);
            dev.write(lib, &format!("{text}\nexport const edit{number} = {number};\n"));
        }
        5 => dev.write("public/css/shop.css", &format!("h1 {{ order: {number} }}\n")),
        6 => {
            let broken = if path.starts_with("app/lib") { format!("{text}\nexport const = /* broken {number} */;") } else { format!("{text}\n<p>{{broken {number}</p>") };
            dev.write(path, &broken);
            return Some(any);
        }
        7 => dev.write(path, &(text.clone() + &comment(path, "touched", number))),
        8 => dev.write(&format!("app/routes/extra-{}.puremix", number % 3), &format!("<loader>function load() {{ return {{ data: {number} }}; }}</loader><p>{{load.data}}</p>")),
        _ => {
            let route = format!("app/routes/extra-{}.puremix", number % 3);
            if dev.exists(&route) {
                dev.remove(&route);
            } else {
                dev.write(&route, &format!("<h1>route {number}</h1>"));
            }
        }
    }
    None
}

/// Tokens are another for each start.
fn without_tokens(text: &str) -> String {
    let without = |text: String, before: &str| {
        let mut parts = text.split(before);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + "(token)" + part.split_once('"').map_or("", |(_, rest)| rest))
    };
    ["name=\"_csrf\" value=\"", "name=\"csrf-token\" content=\"", "data-component-id=\""].into_iter().fold(text.to_owned(), without)
}
