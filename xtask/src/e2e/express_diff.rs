//! `tests/run/express-diff`: the same handlers under real Express 4 and 5 on Node, and as API routes here. Each answer must be one of Express' two,
//! but for the differences that `differences.txt` names with their reasons.

use super::Builder;
use super::check::Checks;
use crate::shell::{self, command, root};
use puremix_tests::http::{Reply, parse_reply};
use puremix_tests::server::free_port;
use puremix_tests::{Server, TempDir};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const APP: &str = "tests/run/express-diff";

/// Headers of the connection and the clock, which are the server's and not the handler's.
const OF_THE_SERVER: &[&str] = &["date", "connection", "keep-alive"];

/// One request as `requests.mjs` writes it.
struct Asked {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// What is compared of an answer, by name: `status`, `header NAME`, `body`.
type Answer = BTreeMap<String, String>;

/// A line of `differences.txt`: `METHOD PATH | FIELD, FIELD | REASON`. A path may end in `*`.
struct Rule {
    line: String,
    method: String,
    path: String,
    fields: Vec<String>,
    used: bool,
}

pub fn check(checks: &mut Checks, builder: &Builder, interpreted: bool) -> Result<(), String> {
    let home = TempDir::new("express-diff");
    let files = root().join(APP).join("files");
    let files = files.to_string_lossy();
    let env = [("EXPRESS_DIFF_FILES", &*files), ("NODE_ENV", "production")];
    let requests = requests()?;
    let mut rules = rules()?;
    let mut express = Vec::new();
    for version in ["4", "5"] {
        express.push((version, start_express(version, home.path(), &env)?));
    }
    let ours = start_ours(builder, home.path(), &env, interpreted)?;
    for asked in &requests {
        let name = format!("{} {} {}", asked.method, asked.path, shown(&asked.headers));
        let mine = ask(&ours, asked);
        let theirs: Vec<(&str, Answer)> = express.iter().map(|(version, server)| (*version, ask(server, asked))).collect();
        // The version that is nearer.
        let found = theirs.iter().map(|(version, answer)| (*version, differences(&mine, answer))).min_by_key(|(_, found)| found.len());
        let Some((version, mut found)) = found else { continue };
        for rule in rules.iter_mut().filter(|rule| rule.covers(asked)) {
            let before = found.len();
            found.retain(|(field, ..)| !rule.fields.contains(field));
            rule.used |= found.len() < before;
        }
        let told: Vec<String> = found.iter().map(|(field, ours, theirs)| format!("{field}: ours {ours:?}, Express {version} {theirs:?}")).collect();
        checks.equal(&name, told.join("\n    "), String::new());
    }
    for rule in rules.iter().filter(|rule| !rule.used) {
        checks.equal("a line of differences.txt that names none", rule.line.as_str(), "");
    }
    checks.that("at least 200 requests were compared", requests.len() >= 200);
    Ok(())
}

fn shown(headers: &BTreeMap<String, String>) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; ")
}

/// Express of this version in a directory of its own, with our handlers.
fn start_express(version: &str, home: &Path, env: &[(&str, &str)]) -> Result<Server, String> {
    let directory = home.join(version);
    std::fs::create_dir_all(&directory).map_err(|e| e.to_string())?;
    std::fs::write(directory.join("package.json"), "{\"private\":true}").map_err(|e| e.to_string())?;
    let mut install = command("npm", &["install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts", &format!("express@{version}"), "cookie-parser@1"]);
    install.current_dir(&directory);
    shell::run(install)?;
    let port = free_port();
    let script = root().join(APP).join("express.mjs");
    let mut node = command("node", &[&script.to_string_lossy(), &directory.to_string_lossy(), &port.to_string()]);
    node.envs(env.iter().copied()).current_dir(&directory);
    Server::start_command(node, port)
}

fn start_ours(builder: &Builder, home: &Path, env: &[(&str, &str)], interpreted: bool) -> Result<Server, String> {
    let source = root().join(APP);
    if interpreted {
        let port = free_port();
        let mut run = builder.command(&["run", "--interpret", &source.to_string_lossy(), "--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
        run.envs(env.iter().copied()).current_dir(home);
        return Server::start_command(run, port);
    }
    let binary = home.join("app");
    builder.build(&source, &binary)?;
    Server::start(&binary, home, env)
}

fn requests() -> Result<Vec<Asked>, String> {
    let script = root().join(APP).join("requests.mjs");
    let output = command("node", &[&script.to_string_lossy()]).output().map_err(|e| e.to_string())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let read = |line: &str| {
        let request: Value = serde_json::from_str(line).map_err(|e| format!("{line}: {e}"))?;
        let headers = request["headers"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect();
        Ok(Asked { method: text(&request["method"]), path: text(&request["path"]), headers, body: text(&request["body"]) })
    };
    String::from_utf8_lossy(&output.stdout).lines().map(read).collect()
}

fn rules() -> Result<Vec<Rule>, String> {
    let text = std::fs::read_to_string(root().join(APP).join("differences.txt")).map_err(|e| e.to_string())?;
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let read = |line: &str| {
        let mut parts = line.split(" | ");
        let (Some(what), Some(fields), Some(_)) = (parts.next(), parts.next(), parts.next()) else { return Err(format!("differences.txt: {line}: not `METHOD PATH | FIELDS | REASON`")) };
        let (method, path) = what.trim().split_once(' ').ok_or_else(|| format!("differences.txt: {line}: no method"))?;
        Ok(Rule { line: line.to_owned(), method: method.to_owned(), path: path.to_owned(), fields: fields.split(", ").map(|f| f.trim().to_owned()).collect(), used: false })
    };
    lines.map(read).collect()
}

impl Rule {
    fn covers(&self, asked: &Asked) -> bool {
        let fits = match self.path.strip_suffix('*') {
            Some(start) => asked.path.starts_with(start),
            None => asked.path == self.path,
        };
        fits && (self.method == "*" || self.method == asked.method)
    }
}

fn ask(server: &Server, asked: &Asked) -> Answer {
    let host = asked.headers.get("host").map_or("localhost", String::as_str);
    let mut text = format!("{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", asked.method, asked.path);
    for (name, value) in asked.headers.iter().filter(|(name, _)| *name != "host") {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !matches!(&*asked.method, "GET" | "HEAD") {
        text.push_str(&format!("Content-Length: {}\r\n", asked.body.len()));
    }
    text.push_str("\r\n");
    text.push_str(&asked.body);
    match server.client().raw(text.as_bytes()).and_then(|bytes| parse_reply(&bytes, asked.method == "HEAD")) {
        Ok(reply) => answer(&reply),
        Err(e) => BTreeMap::from([("status".to_owned(), format!("none: {e}"))]),
    }
}

fn answer(reply: &Reply) -> Answer {
    let mut answer = BTreeMap::from([("status".to_owned(), format!("{} {}", reply.status, reply.reason)), ("body".to_owned(), reply.text())]);
    for (name, value) in &reply.headers {
        let name = name.to_ascii_lowercase();
        if !OF_THE_SERVER.contains(&&*name) {
            let lines = answer.entry(format!("header {name}")).or_default();
            lines.push_str(if lines.is_empty() { "" } else { " & " });
            // Express 4 writes the charset of files in capitals.
            lines.push_str(&if name == "content-type" { value.replace("UTF-8", "utf-8") } else { value.clone() });
        }
    }
    answer
}

/// Fields that differ, with both values.
fn differences(ours: &Answer, theirs: &Answer) -> Vec<(String, String, String)> {
    let mut fields: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
    fields.sort();
    fields.dedup();
    let value = |answer: &Answer, field: &String| answer.get(field).cloned().unwrap_or_else(|| "nothing".to_owned());
    let pairs = fields.into_iter().map(|field| (field.clone(), value(ours, field), value(theirs, field)));
    pairs.filter(|(_, ours, theirs)| ours != theirs).collect()
}
