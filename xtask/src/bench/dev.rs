//! `bench dev`: from a save to the new bytes, under `puremixc dev`.
//!
//! Two apps: the example shop and a generated one of 200 routes and 25,000 lines. Each edit writes a number into a file and asks for the page
//! until the number is there; the time runs from before `write()` to that answer. The same edits are made to Express apps under Node's
//! `--watch` and Bun's `--hot`.

use super::hot::{self, PEERS, Peer, Running};
use super::{Report, machine};
use crate::shell::{self, Outcome, command, root};
use puremix_tests::{Client, Dev, TempDir};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub struct Args {
    /// Edits of each kind
    #[arg(long, default_value_t = 40)]
    edits: usize,
    /// Routes of the generated app
    #[arg(long, default_value_t = 200)]
    routes: usize,
    /// Leave out Node and Bun, which come from npm
    #[arg(long)]
    no_peers: bool,
    /// A compiler to measure; without it, this tree's is built with optimisation
    #[arg(long)]
    puremixc: Option<PathBuf>,
    /// Write the table to this file as well
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The goals of issue 3, in milliseconds: 95 of 100 saves.
const GOAL_SHOP: f64 = 100.0;
const GOAL_LARGE: f64 = 300.0;
/// Of the shop.
const GOAL_START: f64 = 300.0;

/// Routes of the smaller Express app; the shop has as many.
const SMALL: usize = 12;

/// A file and what is written into it: `@` is the number.
struct Edit {
    name: &'static str,
    file: &'static str,
    text: String,
    shown: &'static str,
}

const URL: &str = "/marked";

/// Milliseconds that half and 95 of 100 saves of a kind took at most.
struct Times {
    what: &'static str,
    p50: f64,
    p95: f64,
}

impl Times {
    fn of(what: &'static str, mut times: Vec<Duration>) -> Times {
        times.sort();
        let at = |share: f64| times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1].as_secs_f64() * 1e3;
        Times { what, p50: at(0.5), p95: at(0.95) }
    }
}

pub fn run(args: &Args) -> Outcome {
    let puremixc = match &args.puremixc {
        Some(path) => path.clone(),
        None => optimised()?,
    };
    let mut report = Report::default();
    report.line(format!("machine: {}", machine()));
    report.line("| app | what | p50 ms | p95 ms | goal p95 |");
    report.line("|---|---|---:|---:|---:|");
    let mut missed = Vec::new();
    let shop = TempDir::copy_of("bench-dev-shop", &root().join("examples/shop"));
    shop.write("app/lib/marked.js", &marked_lib(0));
    shop.write("app/routes/marked.puremix", &marked_page(0, 0));
    let ours_small = measure("shop", &puremixc, shop.path(), args.edits, GOAL_SHOP, &mut report, &mut missed)?;
    let large = TempDir::new("bench-dev-large");
    let lines = generate(&large, args.routes);
    large.write("app/lib/marked.js", &marked_lib(0));
    large.write("app/routes/marked.puremix", &marked_page(0, 0));
    let ours_large = measure(&format!("{} routes, {lines} lines", args.routes), &puremixc, large.path(), args.edits, GOAL_LARGE, &mut report, &mut missed)?;
    if !args.no_peers {
        report.line("");
        match hot::install() {
            Err(why) => report.line(format!("NOT MEASURED: Node's --watch and Bun's --hot ({why})")),
            Ok(packages) => {
                report.line("| peer | routes | what | p50 ms | p95 ms | p50 to ours |");
                report.line("|---|---:|---|---:|---:|---:|");
                for (routes, ours) in [(SMALL, &ours_small), (args.routes, &ours_large)] {
                    for peer in PEERS {
                        if let Err(why) = measure_peer(peer, &packages, routes, args.edits, ours, &mut report) {
                            report.line(format!("NOT MEASURED: {}, {routes} routes ({})", peer.name, why.lines().next().unwrap_or_default()));
                        }
                    }
                }
            }
        }
    }
    if let Some(out) = &args.out {
        std::fs::write(out, &report.0).map_err(|e| format!("{}: {e}", out.display()))?;
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join(", "))) }
}

fn optimised() -> Result<PathBuf, String> {
    shell::run(command("cargo", &["build", "--release", "--locked", "--quiet", "-p", "puremixc"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/puremixc"))
}

fn measure(name: &str, puremixc: &Path, app: &Path, edits: usize, goal: f64, report: &mut Report, missed: &mut Vec<String>) -> Result<Vec<Times>, String> {
    let mut starts = Vec::new();
    for _ in 0..7 {
        let begin = Instant::now();
        let dev = Dev::start(puremixc, app)?;
        starts.push(begin.elapsed());
        drop(dev);
    }
    // The first reads the program from disk.
    starts.remove(0);
    let mut row = |times: &Times, goal: Option<f64>| {
        let shown = goal.map_or("none".to_owned(), |goal| format!("{goal:.0}"));
        report.line(format!("| {name} | {} | {:.1} | {:.1} | {shown} |", times.what, times.p50, times.p95));
        if goal.is_some_and(|goal| times.p95 > goal) {
            missed.push(format!("{name}, {}", times.what));
        }
    };
    row(&Times::of("start, to the first answer", starts), (goal == GOAL_SHOP).then_some(GOAL_START));
    let dev = Dev::start(puremixc, app)?;
    let mut client = dev.client();
    let mut all = Vec::new();
    for edit in edits_of() {
        let write = |text: &str| dev.write(edit.file, text);
        let times = make(&edit, edits, &mut client, write, || dev.settle(Duration::from_millis(30)))?;
        row(&times, Some(goal));
        all.push(times);
    }
    Ok(all)
}

fn measure_peer(peer: Peer, packages: &Path, routes: usize, edits: usize, ours: &[Times], report: &mut Report) -> Outcome {
    let running = Running::start(peer, packages, routes)?;
    // Watching begins after the first answer.
    std::thread::sleep(Duration::from_millis(500));
    let mut client = running.server.client();
    let page = "routes/marked.js";
    let edits_of = [
        Edit { name: "text of a page", file: page, text: hot::marked_page("@", "0"), shown: "text @." },
        Edit { name: "loader of a page", file: page, text: hot::marked_page("0", "@"), shown: "loader @." },
        Edit { name: "module", file: "lib/marked.js", text: hot::marked_lib("@"), shown: "module @." },
    ];
    for (edit, ours) in edits_of.iter().zip(ours) {
        let times = make(edit, edits, &mut client, |text| running.app.write(edit.file, text), || std::thread::sleep(Duration::from_millis(150)))?;
        report.line(format!("| {} | {routes} | {} | {:.1} | {:.1} | {:.1} x |", peer.name, times.what, times.p50, times.p95, times.p50 / ours.p50));
    }
    Ok(())
}

/// Makes edits of one kind; `rest` waits until nothing of the last one goes on.
fn make(edit: &Edit, edits: usize, client: &mut Client, write: impl Fn(&str), rest: impl Fn()) -> Result<Times, String> {
    let mut times = Vec::new();
    // The first two are warm-up.
    for number in 1..=edits + 2 {
        let text = edit.text.replace('@', &number.to_string());
        let begin = Instant::now();
        write(&text);
        wait(client, &edit.shown.replace('@', &number.to_string()))?;
        if number > 2 {
            times.push(begin.elapsed());
        }
        rest();
    }
    Ok(Times::of(edit.name, times))
}

/// Until the page has the text. A server may be away while it starts again.
fn wait(client: &mut Client, shown: &str) -> Outcome {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if client.get(URL).is_ok_and(|reply| reply.text().contains(shown)) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    Err(format!("{URL} never showed `{shown}`"))
}

fn edits_of() -> Vec<Edit> {
    let page = "app/routes/marked.puremix";
    vec![
        Edit { name: "text of a page", file: page, text: marked_page(0, 0).replace("text 0.", "text @."), shown: "text @." },
        Edit { name: "loader of a page", file: page, text: marked_page(0, 0).replace("return { data: 0", "return { data: @"), shown: "loader @." },
        Edit { name: "module", file: "app/lib/marked.js", text: marked_lib(0).replace("mark = 0", "mark = @"), shown: "module @." },
    ]
}

fn marked_page(text: u32, data: u32) -> String {
    format!("<imports>import {{ mark }} from '../lib/marked'</imports>\n<loader>function load() {{ return {{ data: {data} }}; }}</loader>\n<p>text {text}. loader {{load.data}}. module {{mark}}.</p>\n")
}

fn marked_lib(mark: u32) -> String {
    format!("export const mark = {mark};\n")
}

/// Writes an app of so many routes, about 125 lines each with the modules they share; answers the number of lines.
fn generate(app: &TempDir, routes: usize) -> usize {
    let mut lines = 0;
    let mut write = |path: &str, text: &str| {
        lines += text.lines().count();
        app.write(path, text);
    };
    write("package.json", "{ \"name\": \"large\", \"version\": \"1.0.0\" }\n");
    write("app/layouts/main.html", "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>{title}</title>{head}</head>\n<body>\n{content}\n</body>\n</html>\n");
    write("app/components/Row.puremix", "<tr class=\"row\"><td>{item.id}</td><td>{item.name}</td><td>{item.total.toFixed(2)}</td></tr>\n");
    for lib in 0..routes.div_ceil(5) {
        write(&format!("app/lib/lib{lib}.js"), &hot::lib(lib));
    }
    for route in 0..routes {
        let lib = route / 5;
        let mut text = format!(
            "<layout>main</layout>\n<head><title>Page {route}</title></head>\n<imports>\n  import {{ compute{lib}_0, compute{lib}_1 }} from '../../lib/lib{lib}'\n  import Row from '../../components/Row.puremix'\n</imports>\n<loader>\n  function load(request) {{\n    const items = [];\n    for (let id = 1; id <= 5; id++) {{\n      items.push({{ id, name: `Item ${{id}}`, price: id * 3, total: id * {route} }});\n    }}\n    return {{ data: {{ items, a: compute{lib}_0(items), b: compute{lib}_1(items) }} }};\n  }}\n</loader>\n<h1>Page {route}</h1>\n<table>{{load.data.items.map(item => <Row item={{item}} />)}}</table>\n"
        );
        for part in 0..40 {
            let _ = writeln!(text, "<section id=\"s{part}\" class=\"{{load.data.a > {part} ? 'high' : 'low'}}\"><p>Part {part}: {{load.data.b + {part}}}</p></section>");
        }
        write(&format!("app/routes/group{}/page{route}.puremix", route % 10), &text);
    }
    lines
}
