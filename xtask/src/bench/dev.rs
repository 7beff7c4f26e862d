//! `bench dev`: from a save to the new bytes, under `puremixc dev`.
//!
//! Two apps: the example shop and a generated one of 200 routes and 25,000 lines. Each edit writes a number into a file and asks for the page
//! until the number is there; the time runs from before `write()` to that answer.

use super::Report;
use super::machine;
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
const GOAL_START: f64 = 300.0;

/// A file and what is written into it: `@` is the number.
struct Edit {
    name: &'static str,
    file: &'static str,
    text: String,
    url: &'static str,
    shown: &'static str,
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
    measure("shop", &puremixc, shop.path(), args.edits, GOAL_SHOP, &mut report, &mut missed)?;
    let large = TempDir::new("bench-dev-large");
    let lines = generate(&large, args.routes);
    large.write("app/lib/marked.js", &marked_lib(0));
    large.write("app/routes/marked.puremix", &marked_page(0, 0));
    measure(&format!("{} routes, {lines} lines", args.routes), &puremixc, large.path(), args.edits, GOAL_LARGE, &mut report, &mut missed)?;
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

fn measure(name: &str, puremixc: &Path, app: &Path, edits: usize, goal: f64, report: &mut Report, missed: &mut Vec<String>) -> Outcome {
    let mut starts = Vec::new();
    for _ in 0..5 {
        let begin = Instant::now();
        let dev = Dev::start(puremixc, app)?;
        starts.push(begin.elapsed());
        drop(dev);
    }
    let mut row = |what: &str, mut times: Vec<Duration>, goal: f64| {
        times.sort();
        let at = |share: f64| times[((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1].as_secs_f64() * 1e3;
        report.line(format!("| {name} | {what} | {:.1} | {:.1} | {goal:.0} |", at(0.5), at(0.95)));
        if at(0.95) > goal {
            missed.push(format!("{name}, {what}"));
        }
    };
    row("start, to the first answer", starts, GOAL_START);
    let dev = Dev::start(puremixc, app)?;
    let mut client = dev.client();
    for edit in edits_of() {
        let mut times = Vec::new();
        // The first two are warm-up.
        for number in 1..=edits + 2 {
            let text = edit.text.replace('@', &number.to_string());
            let begin = Instant::now();
            dev.write(edit.file, &text);
            wait(&mut client, edit.url, &edit.shown.replace('@', &number.to_string()))?;
            if number > 2 {
                times.push(begin.elapsed());
            }
            dev.settle(Duration::from_millis(30));
        }
        row(edit.name, times, goal);
    }
    Ok(())
}

fn wait(client: &mut Client, url: &str, shown: &str) -> Outcome {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if client.get(url).map_err(|e| e.to_string())?.text().contains(shown) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    Err(format!("{url} never showed `{shown}`"))
}

fn edits_of() -> Vec<Edit> {
    let page = "app/routes/marked.puremix";
    vec![
        Edit { name: "text of a page", file: page, text: marked_page(0, 0).replace("text 0.", "text @."), url: "/marked", shown: "text @." },
        Edit { name: "loader of a page", file: page, text: marked_page(0, 0).replace("return { data: 0", "return { data: @"), url: "/marked", shown: "loader @." },
        Edit { name: "module", file: "app/lib/marked.js", text: marked_lib(0).replace("mark = 0", "mark = @"), url: "/marked", shown: "module @." },
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
        let mut text = String::from("const cache = new Map();\n");
        for f in 0..20 {
            // A string buffer takes everything.
            let _ = write!(
                text,
                "\nexport function compute{lib}_{f}(items, factor = {f}) {{\n  const key = JSON.stringify([items.length, factor]);\n  if (cache.has(key)) {{\n    return cache.get(key);\n  }}\n  let total = 0;\n  for (const item of items) {{\n    if (item.price > factor) {{\n      total += item.price * (item.quantity ?? 1);\n    }} else if (item.price === 0) {{\n      throw new RangeError(`no price: ${{item.id}}`);\n    }}\n  }}\n  cache.set(key, total);\n  return total;\n}}\n"
            );
        }
        write(&format!("app/lib/lib{lib}.js"), &text);
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
