//! Tailwind 3, whose program finds class names by its configuration. (Version 4 is what `tests/run/islands` uses.)

use puremix_tests::{TempDir, npm_packages};
use puremixc::driver::{Options, compile, compile_live};
use puremixc::load::Cache;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const PACKAGES: &str = r#"{"private":true,"dependencies":{"tailwindcss":"3.4.17"}}"#;

/// `node_modules` with it, kept from run to run.
fn packages() -> &'static Path {
    static INSTALLED: LazyLock<PathBuf> = LazyLock::new(|| npm_packages(Path::new(env!("CARGO_TARGET_TMPDIR")).join("tailwind"), PACKAGES).join("node_modules"));
    &INSTALLED
}

fn app() -> TempDir {
    let app = TempDir::new("tailwind");
    std::os::unix::fs::symlink(packages(), app.path().join("node_modules")).expect("a link to the packages");
    app.write("package.json", r#"{"name":"styled","private":true,"devDependencies":{"tailwindcss":"3.4.17"}}"#);
    app.write("tailwind.config.js", "module.exports = { content: ['./app/**/*.{puremix,html}'], theme: { extend: { colors: { brand: '#123456' } } } };\n");
    app.write("public/css/site.css", "@tailwind base;\n@tailwind components;\n@tailwind utilities;\n@layer components { .card { @apply underline; } }\n");
    app.write("app/routes/index.puremix", "<link rel=\"stylesheet\" href=\"/css/site.css\">\n<p class=\"card text-brand md:flex\">x</p>\n");
    app
}

/// The style sheet that visitors get.
fn made(public: &[(String, PathBuf)]) -> String {
    let (_, path) = public.iter().find(|(url, _)| url == "/css/site.css").expect("it has its URL");
    std::fs::read_to_string(path).expect("it is there")
}

#[test]
fn it_is_built_from_the_projects_configuration() {
    let app = app();
    let compiled = compile(app.path(), &Options { infer: false, client: true });
    assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics);
    let css = made(&compiled.project.expect("a project").public);
    for rule in [".card{text-decoration-line:underline}", ".text-brand{", "rgb(18 52 86", "@media (min-width:768px){.md\\:flex{display:flex}}"] {
        assert!(css.contains(rule), "{rule} is not in {css}");
    }
    assert!(!css.contains("@tailwind") && !css.contains(".hidden"), "{css}");
}

#[test]
fn what_changes_is_made_again() {
    let app = app();
    let mut cache = Cache::default();
    let before = compile_live(app.path(), &mut cache).project.expect("a project");
    assert!(!made(&before.public).contains(".italic"));
    app.write("app/routes/index.puremix", "<link rel=\"stylesheet\" href=\"/css/site.css\">\n<p class=\"italic\">x</p>\n");
    let after = compile_live(app.path(), &mut cache);
    assert!(after.diagnostics.is_empty(), "{:?}", after.diagnostics);
    assert!(made(&after.project.expect("a project").public).contains(".italic"));
    app.write("public/css/site.css", "@tailwind utilities;\n.x { @apply no-such-class; }\n");
    let broken = compile_live(app.path(), &mut cache);
    let said: Vec<String> = broken.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
    assert!(said.len() == 1 && said[0].starts_with("PMX0621 tailwindcss") && said[0].contains("no-such-class"), "{said:?}");
}
