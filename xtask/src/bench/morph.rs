//! `bench morph`: how long the client runtime takes to make a table of 1,000 rows another version of it, against idiomorph and morphdom (npm) in the
//! same Chromium; and what the client costs a minimal page in bytes.

use super::{Report, machine};
use crate::shell::{self, Outcome, command, root};
use puremix_tests::server::free_port;
use puremix_tests::{Browser, Server, TempDir};
use serde_json::Value;
use std::fs;

#[derive(clap::Args)]
pub struct Args {
    /// Rounds; the median is reported
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Write the report to this file as well
    #[arg(long)]
    out: Option<std::path::PathBuf>,
}

/// Versions that are measured, with the file that a page would load.
const PEERS: [(&str, &str, &str); 2] = [("idiomorph", "0.8.0", "dist/idiomorph.min.js"), ("morphdom", "2.7.8", "dist/morphdom-umd.min.js")];

/// The same page with a form of the server and without.
const PAGES: [(&str, &str); 3] = [
    ("plain", "<h1>Hello</h1>\n"),
    ("form", "<h1>Hello</h1>\n<form onsubmit=\"save\"><input name=\"a\"><button>Save</button></form>\n<script server>function save() { return { success: true }; }</script>\n"),
    ("data", "<loader>function load() { return { data: { n: 1 } }; }</loader>\n<h1>Hello</h1>\n<script>console.log(PureMix.data.load.data.n)</script>\n"),
];

pub fn run(args: &Args) -> Outcome {
    let mut report = Report::default();
    report.line(format!("machine: {}", machine()));
    times(args, &mut report)?;
    report.line("");
    sizes(&mut report)?;
    if let Some(path) = &args.out {
        fs::write(root().join(path), &report.0).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

fn times(args: &Args, report: &mut Report) -> Outcome {
    let scratch = TempDir::new("bench-morph");
    let packages = PEERS.map(|(name, version, _)| format!("{name}@{version}"));
    let mut install = command("npm", &["install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts", &packages[0], &packages[1]]);
    install.current_dir(scratch.path());
    shell::run(install)?;
    let mut browser = Browser::start()?;
    let version = browser.evaluate("navigator.userAgent.match(/Chrome.([0-9]+)/)[1]")?;
    for (name, _, file) in PEERS {
        let path = scratch.path().join("node_modules").join(name).join(file);
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        browser.evaluate(&format!("{text}\n;0"))?;
    }
    // The client as it is, which gives away its parts.
    browser.evaluate(&format!("Object.assign(document.head.appendChild(document.createElement('script')), {{ textContent: {} }}); 0", Value::from(crate::client::opened("window.own = { base, copyAll, merge, parse };")?)))?;
    let measure = include_str!("morph.js");
    let versions = browser.evaluate(&format!("({measure})({})", args.rounds))?;
    report.line(format!("Chromium {}, {}; ms from the server's text to the changed page, median of {}", version.as_str().unwrap_or_default(), packages.join(", "), args.rounds));
    report.line("");
    report.line(format!("{:<28}{:>10}{:>12}{:>12}", "1,000 rows", "puremixc", "idiomorph", "morphdom"));
    let mut base = Vec::new();
    for what in versions.as_array().into_iter().flatten() {
        let times = browser.evaluate(&format!("({measure})({}, {what})", args.rounds))?;
        base.extend(times["base"].as_f64());
        let ms = |name: &str| times[name].as_f64().unwrap_or(f64::NAN);
        report.line(format!("{:<28}{:>10.1}{:>12.1}{:>12.1}", what.as_str().unwrap_or_default(), ms("own"), ms("idiomorph"), ms("morphdom")));
    }
    report.line(format!("once for each page, to keep what the server has sent: {:.1} ms", base.iter().sum::<f64>() / base.len().max(1) as f64));
    Ok(())
}

fn sizes(report: &mut Report) -> Outcome {
    let app = TempDir::new("bench-client");
    let routes = app.path().join("app/routes");
    fs::create_dir_all(&routes).map_err(|e| e.to_string())?;
    fs::write(app.path().join("package.json"), "{ \"name\": \"sizes\", \"type\": \"module\" }").map_err(|e| e.to_string())?;
    for (name, text) in PAGES {
        fs::write(routes.join(format!("{name}.puremix")), text).map_err(|e| e.to_string())?;
    }
    let (home, port) = (TempDir::new("bench-client-cwd"), free_port());
    let program = std::env::current_exe().map_err(|e| e.to_string())?.with_file_name("puremixc");
    let mut serve = command(&program.to_string_lossy(), &["run", "--interpret", &app.path().to_string_lossy(), "--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
    serve.current_dir(home.path()).env("PUREMIX_RUNTIME", root());
    let server = Server::start_command(serve, port)?;
    let mut client = server.client();
    let mut bytes = |path: &str, coding: &str| client.request("GET", path, &[("accept-encoding", coding)], b"").map(|reply| reply.body).map_err(|e| format!("{path}: {e}"));
    let codings = ["identity", "gzip", "br", "zstd"];
    report.line(format!("{:<28}{:>10}{:>10}{:>10}{:>10}", "bytes", codings[0], codings[1], codings[2], codings[3]));
    let mut url = String::new();
    for (name, _) in PAGES {
        let path = format!("/{name}");
        let text = String::from_utf8_lossy(&bytes(&path, "identity")?).into_owned();
        if let Some((_, rest)) = text.split_once("src=\"/_puremix/client.") {
            url = format!("/_puremix/client.{}", rest.split('"').next().unwrap_or_default());
        }
        // Pages of this size are not compressed.
        report.line(format!("{:<28}{:>10}", format!("the page /{name}"), text.len()));
    }
    let sizes = codings.map(|coding| bytes(&url, coding).map(|body| body.len()));
    let mut line = format!("{:<28}", "the client, once");
    for size in sizes {
        line.push_str(&format!("{:>10}", size?));
    }
    report.line(line);
    Ok(())
}
