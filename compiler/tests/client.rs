//! What is built for browsers: programs that are missing, programs that complain, and when they run.

use expect_test::expect;
use puremixc::driver::{Options, compile, compile_live};
use puremixc::load::Cache;
use puremix_tests::TempDir;
use std::os::unix::fs::PermissionsExt as _;

const PAGE: (&str, &str) = ("app/routes/index.puremix", "<link rel=\"stylesheet\" href=\"/css/site.css\"><p>x</p><script src=\"/client/main.js\"></script>\n");

fn app(files: &[(&str, &str)]) -> TempDir {
    let app = TempDir::new("client");
    for (path, text) in [PAGE].iter().chain(files) {
        app.write(path, text);
    }
    app
}

/// A program of npm that counts its runs in `runs`.
fn program(app: &TempDir, name: &str, script: &str) {
    let path = format!("node_modules/.bin/{name}");
    app.write(&path, &format!("#!/bin/sh\necho run >> runs\n{script}\n"));
    std::fs::set_permissions(app.path().join(path), std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn findings(app: &TempDir) -> String {
    let compiled = compile(app.path(), &Options { infer: false, client: true });
    compiled.diagnostics.iter().map(|d| format!("{} {} ({})\n", d.code, d.message, d.help.clone().unwrap_or_default())).collect::<String>().replace(&*app.path().canonicalize().unwrap().to_string_lossy(), "APP")
}

fn runs(app: &TempDir) -> usize {
    std::fs::read_to_string(app.path().join("runs")).unwrap_or_default().lines().count()
}

#[test]
fn missing_programs_are_named() {
    let bundled = app(&[("app/client/main.js", "import 'x';\n")]);
    assert_eq!(findings(&bundled), "PMX0620 bundling `app/client` needs `esbuild`, which is not in node_modules (run `npm install --save-dev esbuild` in `APP`; it is needed while building, not on the server)\n");
    let styled = app(&[("public/css/site.css", "@tailwind base;\n")]);
    assert!(findings(&styled).starts_with("PMX0620 a style sheet that imports Tailwind needs `tailwindcss`"), "{}", findings(&styled));
}

/// What `puremixc build` prints of an app that cannot be bundled.
fn printed(app: &TempDir) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_puremixc")).arg("build").arg(app.path()).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).replace(&*app.path().canonicalize().unwrap().to_string_lossy(), "APP")
}

#[test]
fn they_are_asked_for_with_the_way_out() {
    let app = app(&[("app/client/main.js", "import 'x';\n")]);
    expect![[r#"
        error[PMX0620]: bundling `app/client` needs `esbuild`, which is not in node_modules
         |
         = help: run `npm install --save-dev esbuild` in `APP`; it is needed while building, not on the server

        1 error, 0 warnings
        `puremixc explain PMX0620` tells more
    "#]].assert_eq(&printed(&app));
    program(&app, "esbuild", "echo 'main.js:1:7: no such package' >&2; exit 1");
    expect![[r#"
        error[PMX0621]: esbuild: main.js:1:7: no such package

        1 error, 0 warnings
        `puremixc explain PMX0621` tells more
    "#]].assert_eq(&printed(&app));
}

#[test]
fn nothing_to_build_needs_nothing() {
    assert_eq!(findings(&app(&[("public/css/site.css", "p { margin: 0 }\n"), ("app/client/deeper/x.js", "")])), "");
    let unbundled = app(&[("app/client/main.js", "")]);
    let compiled = compile(unbundled.path(), &Options { infer: false, client: false });
    assert!(compiled.diagnostics.is_empty() && compiled.program.is_some());
}

#[test]
fn what_a_program_says_is_the_diagnostic() {
    let broken = app(&[("app/client/main.js", "")]);
    program(&broken, "esbuild", "echo 'main.js:1:7: no such package' >&2; exit 1");
    assert_eq!(findings(&broken), "PMX0621 esbuild: main.js:1:7: no such package ()\n");
}

#[test]
fn live_builds_run_only_for_changes() {
    let styled = app(&[("public/css/site.css", "@import \"tailwindcss\";\n")]);
    program(&styled, "tailwindcss", "cp \"$2\" \"$4\"");
    let mut cache = Cache::default();
    let compiled = compile_live(styled.path(), &mut cache);
    assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics);
    let public = compiled.project.unwrap().public;
    assert!(public.iter().any(|(url, path)| url == "/css/site.css" && path.ends_with("css/css/site.css")), "{public:?}");
    compile_live(styled.path(), &mut cache);
    assert_eq!(runs(&styled), 1);
    styled.write(PAGE.0, "<p class=\"underline\">other</p>\n");
    compile_live(styled.path(), &mut cache);
    assert_eq!(runs(&styled), 2);
}
