//! Sources that nest 100,000 deep, given to `puremixc` itself: a diagnostic with a place, whatever nests, and never an abort.

use std::path::PathBuf;
use std::process::Command;

const DEEP: usize = 100_000;

/// What opens, what stands in the middle, what closes.
type Nest = (&'static str, &'static str, &'static str);

const SCRIPT: &[Nest] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("f(", "1", ")"),
    ("({a:", "1", "})"),
    ("!", "1", ""),
    ("- ", "1", ""),
    ("typeof ", "1", ""),
    ("await ", "a", ""),
    ("a=>", "1", ""),
    ("a?1:", "1", ""),
    ("a?", "1", ":1"),
    ("a=", "1", ""),
    ("a**", "1", ""),
    ("if(a)", "f()", ""),
    ("if(a){}else ", "f()", ""),
    ("if(a){", "f()", "}"),
    ("for(;;){", "break", "}"),
    ("while(a)", "f()", ""),
    ("try{", "", "}finally{}"),
    ("switch(a){case 1:", "", "}"),
    ("`${", "1", "}`"),
    ("new ", "f", ""),
    ("function f(){", "", "}"),
    ("class A{m(){", "", "}}"),
    ("a+", "1", ""),
    ("a&&", "1", ""),
    ("a??", "1", ""),
    ("a.b", "", ""),
    ("x()\n.", "x", ""),
    ("l: ", "f()", ""),
    ("let [", "a", "] = x"),
];

const MARKUP: &[Nest] = &[
    ("{", "x", "}"),
    ("<div>", "x", "</div>"),
    ("{<div>", "x", "</div>}"),
    ("{`${", "a", "}`}"),
    ("{a && <b>", "x", "</b>}"),
    ("{a ? <b>", "x", "</b> : <i>n</i>}"),
    ("{x.map(y => <li>", "y", "</li>)}"),
    ("<p title={", "a", "}>x</p>"),
    ("<Card>", "x", "</Card>"),
    ("{<>", "x", "</>}"),
];

const PARSLEY: &[Nest] = &[
    ("[", "1", "]"),
    ("f(", "1", ")"),
    ("{a: ", "1", "}"),
    ("<b>", "x", "</b>"),
    ("if (a) {", "1", "}"),
    ("if (a) 1 else ", "1", ""),
    ("fn(x) {", "x", "}"),
    ("`{", "a", "}`"),
];

/// A project's directory that is removed at the end.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Project {
        let dir = std::env::temp_dir().join(format!("puremix-depth-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a temporary directory");
        Project(dir)
    }

    fn write(&self, path: &str, text: &str) -> PathBuf {
        let file = self.0.join(path);
        std::fs::create_dir_all(file.parent().expect("it lies in a directory")).expect("a temporary directory");
        std::fs::write(&file, text).expect("a temporary file");
        file
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // What is left of a temporary directory is no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn repeat(nest: &Nest, count: usize) -> String {
    format!("{}{}{}", nest.0.repeat(count), nest.1, nest.2.repeat(count))
}

/// Runs `puremixc` with these arguments; what it should say is one error of this code, with a place in this file.
fn refuses(what: &str, arguments: &[&str], code: &str, file: &str) -> Result<(), String> {
    let output = Command::new(env!("CARGO_BIN_EXE_puremixc")).args(arguments).output().expect("puremixc runs");
    let text = String::from_utf8_lossy(&output.stderr);
    let place = format!("{file}:");
    match output.status.code() == Some(1) && text.contains(&format!("error[{code}]")) && text.contains(&place) {
        true => Ok(()),
        false => Err(format!("{what}: {}\n{}", output.status, text.chars().take(400).collect::<String>())),
    }
}

fn none_fails(results: impl Iterator<Item = Result<(), String>>) {
    let failed: Vec<String> = results.filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_module() {
    let project = Project::new("module");
    none_fails(SCRIPT.iter().map(|nest| {
        let file = project.write("deep.mjs", &repeat(nest, DEEP));
        refuses(nest.0, &["run", "--interpret", &file.to_string_lossy()], "PMX0308", "deep.mjs")
    }));
}

#[test]
fn a_module_of_an_app() {
    let project = Project::new("app");
    project.write("app/routes/index.puremix", "<imports>\n  import x from '../lib/deep.js'\n</imports>\n<p>{x}</p>\n");
    let root = project.0.to_string_lossy().into_owned();
    for verb in ["check", "build"] {
        none_fails(SCRIPT.iter().take(6).map(|nest| {
            project.write("app/lib/deep.js", &format!("export default 1;\n{}", repeat(nest, DEEP)));
            refuses(nest.0, &[verb, &root], "PMX0308", "app/lib/deep.js")
        }));
    }
}

#[test]
fn a_page() {
    let project = Project::new("page");
    let root = project.0.to_string_lossy().into_owned();
    // A grammar compiled without optimisation takes seconds for a megabyte.
    let deep = if cfg!(debug_assertions) { DEEP / 10 } else { DEEP };
    none_fails(MARKUP.iter().map(|nest| {
        project.write("app/routes/index.puremix", &repeat(nest, deep));
        refuses(nest.0, &["check", &root], "PMX0112", "app/routes/index.puremix")
    }));
    none_fails(SCRIPT.iter().take(3).map(|nest| {
        project.write("app/routes/index.puremix", &format!("<loader>\n{}\n</loader>\n<p>x</p>\n", repeat(nest, DEEP)));
        refuses(nest.0, &["check", &root], "PMX0308", "app/routes/index.puremix")
    }));
}

#[test]
fn parsley() {
    let project = Project::new("parsley");
    let root = project.0.to_string_lossy().into_owned();
    project.write("basil.yaml", "server:\n  port: 3000\nroutes:\n  - path: /\n    handler: ./site/index.pars\n");
    none_fails(PARSLEY.iter().map(|nest| {
        project.write("site/index.pars", &repeat(nest, DEEP));
        refuses(nest.0, &["check", &root], "PMX0205", "site/index.pars")
    }));
}

/// What is not refused is compiled in about linear time: each operand of a sum is looked at once.
#[test]
fn long_sums() {
    let project = Project::new("sums");
    let terms = ["a", "b", "(a - b)", "s.length", "c()"];
    let sum = (0..2_000).map(|i| terms[i % terms.len()]).collect::<Vec<_>>().join(" + ");
    let page = format!("<loader>\nfunction loadPage(request) {{ const a = request.a, b = 2, s = 'x', c = () => a; return {{ data: {sum} }}; }}\n</loader>\n<p>{{loadPage.data}}</p>\n");
    project.write("app/routes/index.puremix", &page);
    let started = std::time::Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["emit", "--stage", "rust"]).arg(&project.0).output().expect("puremixc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
