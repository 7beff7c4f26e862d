//! The same edits under Node's `--watch` and Bun's `--hot`: an Express app as large as ours, of the same functions and pages.
//!
//! Both come from npm, into `target/`. Where they cannot be installed the report says so.

use crate::shell::root;
use puremix_tests::server::free_port;
use puremix_tests::{Server, TempDir};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const PACKAGES: [&str; 3] = ["express@5.2.1", "node@24", "bun@1"];
/// Seconds that npm may take.
const PATIENCE: &str = "150";

/// Who runs the app.
#[derive(Clone, Copy)]
pub struct Peer {
    pub name: &'static str,
    program: &'static str,
    flag: &'static str,
}

pub const PEERS: [Peer; 2] = [
    Peer { name: "Node --watch + Express", program: "node", flag: "--watch" },
    Peer { name: "Bun --hot + Express", program: "bun", flag: "--hot" },
];

/// Both programs and Express, in `target/bench-hot`.
pub fn install() -> Result<PathBuf, String> {
    let directory = root().join("target/bench-hot");
    std::fs::create_dir_all(&directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    let mut npm = Command::new("timeout");
    npm.args([PATIENCE, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent", "--prefix"]).arg(&directory).args(PACKAGES);
    let output = npm.output().map_err(|e| format!("npm: {e}"))?;
    if output.status.success() { Ok(directory.join("node_modules")) } else { Err(format!("npm install: {}", output.status)) }
}

/// The app, running.
pub struct Running {
    pub server: Server,
    pub app: TempDir,
}

impl Running {
    pub fn start(peer: Peer, packages: &Path, routes: usize) -> Result<Running, String> {
        let app = TempDir::new("bench-hot");
        generate(&app, routes);
        std::os::unix::fs::symlink(packages, app.path().join("node_modules")).map_err(|e| e.to_string())?;
        let port = free_port();
        let mut command = Command::new(packages.join(".bin").join(peer.program));
        command.args([peer.flag, "server.js"]).env("PORT", port.to_string()).current_dir(app.path());
        Ok(Running { server: Server::start_command(command, port)?, app })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Node's watcher ends its child when it is asked to end, not when it is killed.
        let _ = self.server.signal_and_wait("TERM", Duration::from_secs(3));
    }
}

pub fn marked_page(text: &str, data: &str) -> String {
    format!(
        "import {{ mark }} from '../lib/marked.js';\n\nexport function load() {{\n  return {{ data: {data} }};\n}}\n\n\
         export function render(load) {{\n  return `<p>text {text}. loader ${{load.data}}. module ${{mark}}.</p>\\n`;\n}}\n"
    )
}

pub fn marked_lib(mark: &str) -> String {
    format!("export const mark = {mark};\n")
}

/// Functions as `bench dev` writes them for our app.
pub fn lib(number: usize) -> String {
    let mut text = String::from("const cache = new Map();\n");
    for f in 0..20 {
        // A string buffer takes everything.
        let _ = write!(
            text,
            "\nexport function compute{number}_{f}(items, factor = {f}) {{\n  const key = JSON.stringify([items.length, factor]);\n  if (cache.has(key)) {{\n    return cache.get(key);\n  }}\n  let total = 0;\n  for (const item of items) {{\n    if (item.price > factor) {{\n      total += item.price * (item.quantity ?? 1);\n    }} else if (item.price === 0) {{\n      throw new RangeError(`no price: ${{item.id}}`);\n    }}\n  }}\n  cache.set(key, total);\n  return total;\n}}\n"
        );
    }
    text
}

fn page(route: usize) -> String {
    let lib = route / 5;
    let mut text = format!(
        "import {{ compute{lib}_0, compute{lib}_1 }} from '../lib/lib{lib}.js';\n\nexport function load(request) {{\n  const items = [];\n  for (let id = 1; id <= 5; id++) {{\n    items.push({{ id, name: `Item ${{id}}`, price: id * 3, total: id * {route} }});\n  }}\n  return {{ data: {{ items, a: compute{lib}_0(items), b: compute{lib}_1(items) }} }};\n}}\n\nexport function render(load) {{\n  return `<h1>Page {route}</h1>\n<table>${{load.data.items.map(item => `<tr class=\"row\"><td>${{item.id}}</td><td>${{item.name}}</td></tr>`).join('')}}</table>\n"
    );
    for part in 0..40 {
        let _ = writeln!(text, "<section id=\"s{part}\" class=\"${{load.data.a > {part} ? 'high' : 'low'}}\"><p>Part {part}: ${{load.data.b + {part}}}</p></section>");
    }
    text.push_str("`;\n}\n");
    text
}

fn generate(app: &TempDir, routes: usize) {
    app.write("package.json", "{ \"name\": \"peer\", \"type\": \"module\" }\n");
    let mut server = String::from("import express from 'express';\nimport http from 'node:http';\nimport * as marked from './routes/marked.js';\n");
    for route in 0..routes {
        let _ = writeln!(server, "import * as page{route} from './routes/page{route}.js';");
        app.write(&format!("routes/page{route}.js"), page(route));
    }
    for number in 0..routes.div_ceil(5) {
        app.write(&format!("lib/lib{number}.js"), lib(number));
    }
    // Bun runs this again in the same process, Node in another.
    server.push_str(
        "\nconst app = express();\nconst add = (url, page) => app.get(url, (request, response) => response.send(page.render(page.load(request))));\nadd('/marked', marked);\n",
    );
    for route in 0..routes {
        let _ = writeln!(server, "add('/page{route}', page{route});");
    }
    server.push_str("globalThis.app = app;\nglobalThis.server ??= http.createServer((request, response) => globalThis.app(request, response)).listen(Number(process.env.PORT), '127.0.0.1');\n");
    app.write("server.js", server);
    app.write("routes/marked.js", marked_page("0", "0"));
    app.write("lib/marked.js", marked_lib("0"));
}
