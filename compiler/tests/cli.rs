//! What the program says when the machine, not the app, is at fault.

use expect_test::{Expect, expect};
use std::path::PathBuf;
use std::process::Command;

/// An app that compiles, in a directory of its own that is removed at the end.
struct App(PathBuf);

impl App {
    fn new(name: &str) -> App {
        let dir = std::env::temp_dir().join(format!("puremix-cli-{name}-{}", std::process::id()));
        let routes = dir.join("app/routes");
        std::fs::create_dir_all(&routes).expect("a temporary directory");
        std::fs::write(routes.join("index.puremix"), "<h1>hello</h1>\n").expect("a temporary file");
        App(std::fs::canonicalize(dir).expect("it exists"))
    }

    /// `puremixc build --offline` in an environment of `PUREMIX_HOME` and these variables. Progress lines and the lines of other
    /// programs are left out.
    fn build(&self, environment: &[(&str, &str)]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_puremixc"));
        command.args(["build", "--offline"]).arg(&self.0).current_dir(&self.0);
        command.env_remove("PUREMIX_RUNTIME").env("PUREMIX_HOME", self.0.join("home")).envs(environment.iter().copied());
        let output = command.output().expect("puremixc runs");
        assert!(!output.status.success(), "{output:?}");
        let text = String::from_utf8_lossy(&output.stderr).replace(&self.0.display().to_string(), "APP");
        let is_ours = |line: &&str| ["error[", "= help", "`puremixc"].iter().any(|start| line.starts_with(start));
        text.lines().map(str::trim_start).filter(is_ours).map(|line| format!("{line}\n")).collect()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // What is left of a temporary directory is no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn check(name: &str, environment: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&App::new(name).build(environment));
}

#[test]
fn tools_are_missing() {
    check("tools", &[("PATH", "/nonexistent")], expect![[r#"
        error[PMX0613]: building needs cargo: `cargo` is not on PATH
        = help: install Rust 1.95 or newer from https://rustup.rs, or run `rustup update`
        error[PMX0613]: building needs rustc: `rustc` is not on PATH
        = help: install Rust 1.95 or newer from https://rustup.rs, or run `rustup update`
        error[PMX0613]: building needs C compiler: `cc` is not on PATH
        = help: install one: `apt-get install gcc libc6-dev` on Debian and Ubuntu
        `puremixc explain PMX0613` tells more
    "#]]);
}

#[test]
fn dependencies_are_missing_and_the_network_is_off() {
    let empty = App::new("empty");
    check("network", &[("CARGO_HOME", &empty.0.to_string_lossy())], expect![[r#"
        error[PMX0614]: the runtime's dependencies are not on this machine and cannot be fetched
        = help: the first build needs crates.io; connect once, or run `puremixc setup --vendor DIR` on a machine with a network, copy DIR, and run it here
        `puremixc explain PMX0614` tells more
    "#]]);
}

#[test]
fn the_home_cannot_be_written() {
    check("home", &[("PUREMIX_HOME", "/proc/none")], expect![[r#"
        error[PMX9003]: cannot unpack the runtime to `/proc/none`: No such file or directory (os error 2)
        = help: set PUREMIX_HOME to a directory that can be written
        `puremixc explain PMX9003` tells more
    "#]]);
}

/// What is generated depends on the app alone: not on where it is named from, nor on whose machine it is.
#[test]
fn the_environment_leaves_no_trace() {
    let app = App::new("environment");
    let emit = |directory: &str, path: &str, environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_puremixc"));
        command.args(["emit", path, "--stage", "rust"]).current_dir(directory).envs(environment.iter().copied());
        let output = command.output().expect("puremixc runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let path = app.0.to_string_lossy();
    let first = emit(&path, ".", &[]);
    assert!(first.contains("<h1>hello</h1>"), "{first}");
    assert_eq!(first, emit("/", &path, &[("HOME", "/nonexistent"), ("LANG", "C"), ("TZ", "Asia/Tokyo"), ("USER", "nobody"), ("NODE_ENV", "production")]));
    assert_eq!(first, emit("/", &path[1..], &[("PUREMIX_HOME", "/nonexistent"), ("CARGO_TARGET_DIR", "/nonexistent")]));
}

/// What `setup --vendor` put into a directory is enough for a machine that has nothing else.
#[test]
fn vendored_dependencies_need_no_network() {
    let machines = App::new("vendor");
    let crates = machines.0.join("crates");
    let setup = |machine: &str, environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_puremixc"));
        command.args(["setup", "--vendor"]).arg(&crates).env_remove("PUREMIX_RUNTIME").env("PUREMIX_HOME", machines.0.join(machine));
        command.envs(environment.iter().copied()).output().expect("puremixc runs")
    };
    let first = setup("connected", &[]);
    assert!(first.status.success(), "{first:?}");
    let empty = machines.0.join("empty").display().to_string();
    let second = setup("apart", &[("CARGO_HOME", &empty), ("CARGO_NET_OFFLINE", "true")]);
    assert!(second.status.success(), "{second:?}");
    assert!(String::from_utf8_lossy(&second.stderr).contains("builds without a network"), "{second:?}");
    // An incomplete copy is completed where there is a network, and an error where there is none.
    let some = std::fs::read_dir(&crates).expect("it was made").flatten().map(|e| e.path()).find(|p| p.to_string_lossy().contains("actix-http-"));
    std::fs::remove_dir_all(some.expect("the server's HTTP layer")).expect("removable");
    let third = setup("apart", &[("CARGO_HOME", &empty), ("CARGO_NET_OFFLINE", "true")]);
    assert!(!third.status.success(), "{third:?}");
}

/// What `puremixc` prints on stderr for a sound app with one loader, and whether it succeeded.
fn emit(stage: &str, function: &str) -> (bool, String, String) {
    let app = App::new(&format!("emit-{stage}-{function}"));
    std::fs::write(app.0.join("app/routes/index.puremix"), "<loader>function loadPage() { return { n: 1 } }</loader>\n<h1>{loadPage.n}</h1>\n").expect("a temporary file");
    let output = Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["emit", "--stage", stage, "--fn", function]).arg(&app.0).output().expect("puremixc runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_function_that_is_not_there() {
    let check = |stage, function, expected: Expect| {
        let (done, printed, said) = emit(stage, function);
        assert!(!done && printed.is_empty(), "{printed}");
        expected.assert_eq(&said);
    };
    check("ir", "loadPgae", expect![[r#"
        error[PMX0619]: no function `loadPgae` in the app
         |
         = help: did you mean `loadPage`?

        1 error, 0 warnings
        `puremixc explain PMX0619` tells more
    "#]]);
    check("typed", "nothing", expect![[r#"
        error[PMX0619]: no function `nothing` in the app
         |
         = help: it has `loadPage`, `render`

        1 error, 0 warnings
        `puremixc explain PMX0619` tells more
    "#]]);
    check("rust", "loadpage", expect![[r#"
        error[PMX0619]: no function `loadpage` in the app
         |
         = help: did you mean `loadPage`?

        1 error, 0 warnings
        `puremixc explain PMX0619` tells more
    "#]]);
    check("sections", "loadPage", expect![[r#"
        error[PMX0619]: `--fn` chooses a function of `--stage ir`, `typed` or `rust`
         |
         = help: leave out `--fn`, or ask for one of those stages

        1 error, 0 warnings
        `puremixc explain PMX0619` tells more
    "#]]);
    for (stage, start) in [("ir", "fn"), ("typed", "fn"), ("rust", "fn f1_load_page(")] {
        let (done, printed, said) = emit(stage, "loadPage");
        assert!(done && printed.contains(start) && !printed.contains("render"), "{printed}{said}");
    }
}

#[test]
fn doctor_answers_json() {
    let output = Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["doctor", "--json"]).env("PATH", "/nonexistent").output().expect("puremixc runs");
    assert!(!output.status.success());
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(found["ready"], false);
    let cargo = &found["checks"][0];
    assert_eq!((&cargo["what"], &cargo["ok"], &cargo["required"]), (&"cargo".into(), &false.into(), &true.into()));
    assert!(cargo["problem"].is_string() && cargo["remedy"].is_string() && found["homeBytes"].is_number());
}

#[test]
fn emit_of_a_script() {
    let app = App::new("emit-script");
    let script = app.0.join("script.ts");
    std::fs::write(&script, "export function twice(n: number) { return n * 2 }\nconsole.log(twice(4))\n").expect("a temporary file");
    let emit = |stage: &str| {
        // From its own directory, and below an app: a script that no page imports is still one.
        let output = Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["emit", "--stage", stage]).arg(&script).output().expect("puremixc runs");
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (stage, part) in [("ir", "twice"), ("typed", "twice"), ("rust", "pub fn f1_twice("), ("map", "script.ts:")] {
        let (done, printed, said) = emit(stage);
        assert!(done && printed.contains(part), "{stage}: {printed}{said}");
    }
}
