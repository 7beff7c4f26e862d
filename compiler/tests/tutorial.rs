//! The tutorial's commands and files, as a reader would follow them; `xtask e2e` builds and serves such apps.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const TUTORIAL: &str = include_str!("../../docs/book/tutorial.md");

/// The fenced blocks of a language, in order.
fn blocks(lang: &str) -> Vec<&'static str> {
    TUTORIAL.split(&format!("\n```{lang}\n")).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Directory {
        let path = std::env::temp_dir().join(format!("puremix-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Directory(path)
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.0.join(path), format!("{text}\n")).unwrap_or_else(|e| panic!("{path}: {e}"));
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What is left of a temporary directory is no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn puremixc(directory: &Path, arguments: &str) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_puremixc")).args(arguments.split(' ')).current_dir(directory).output();
    output.unwrap_or_else(|e| panic!("puremixc {arguments}: {e}"))
}

/// Runs a verb that must succeed, without a word on warnings.
fn succeeds(directory: &Path, arguments: &str) -> String {
    let output = puremixc(directory, arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !text.contains("warning["), "puremixc {arguments}\n{text}");
    text
}

#[test]
fn the_tutorial_works_as_written() {
    let home = Directory::new("tutorial");
    let commands: Vec<&str> = blocks("sh")[0].lines().collect();
    let [new, enter, serve] = commands[..] else { panic!("the first block is three commands: {commands:?}") };
    assert_eq!(serve, "puremixc dev");
    succeeds(&home.0, new.strip_prefix("puremixc ").expect("a verb of puremixc"));
    let app = Directory(home.0.join(enter.strip_prefix("cd ").expect("the app's directory")));

    let [first, layout, list, note, form] = blocks("html")[..] else { panic!("the tutorial shows five files") };
    app.write("app/routes/index.puremix", first);
    succeeds(&app.0, "check .");

    for folder in ["layouts", "lib", "components"] {
        std::fs::create_dir_all(app.0.join("app").join(folder)).expect("a temporary directory");
    }
    app.write("app/layouts/main.html", layout);
    app.write("app/lib/notes.js", include_str!("../../templates/new/default/app/lib/notes.js"));
    app.write("app/components/Note.puremix", note);
    app.write("app/routes/notes.puremix", &format!("{list}\n\n{form}"));
    succeeds(&app.0, "check .");

    app.write("app/routes/notes.puremix", &format!("{list}\n\n{}", form.replace("onsubmit=\"saveNote\"", "onsubmit=\"saveNotes\"")));
    let misspelt = puremixc(&app.0, "check .");
    let said = String::from_utf8_lossy(&misspelt.stderr);
    assert!(misspelt.status.success() && said.contains("warning[PMX0120]") && said.contains("did you mean `saveNote`?"), "{said}");
    assert!(succeeds(&app.0, "explain PMX0120").contains("# PMX0120"));
}

/// A new app's tests pass.
#[test]
fn new_apps_pass_their_tests() {
    let home = Directory::new("new-tests");
    succeeds(&home.0, "new app");
    let text = succeeds(&home.0, "test app");
    assert!(text.contains("2 tests, 2 passed"), "{text}");
}

/// Both templates of `puremixc new` are without warnings.
#[test]
fn new_apps_check() {
    let home = Directory::new("new");
    for template in ["minimal", "default"] {
        succeeds(&home.0, &format!("new {template} --template {template}"));
        succeeds(&home.0, &format!("check {template}"));
    }
}
