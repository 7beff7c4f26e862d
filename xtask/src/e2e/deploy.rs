//! What must hold of any built binary: it is one static file, says who it is, keeps no secrets, and lives well as the only
//! process of a container.

use super::Builder;
use super::check::Checks;
use crate::shell::{self, show};
use puremix_ir::Lang;
use puremix_tests::server::free_port;
use puremix_tests::{Server, TempDir};
use puremixc::project::globals::of_language;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const PAGE: &str = "<loader>\n  function load(request) { return { data: { secret: process.env.E2E_SECRET, who: 'WHO', globals: typeof fetch && Object.getOwnPropertyNames(globalThis).sort().join(' ') } } }\n</loader>\n<p>{load.data.who}: {load.data.secret}</p>\n<q>{load.data.globals}</q>\n";

/// A small project called `twin` that says who it is.
fn twin(who: &str) -> TempDir {
    TempDir::with_files(
        "twin",
        &[
            ("package.json", "{\"name\": \"twin\", \"version\": \"1.2.3\"}\n"),
            ("app/routes/index.puremix", &PAGE.replace("WHO", who)),
            (".env", "E2E_SECRET=from-the-file-of-the-build\n"),
            ("public/robots.txt", "User-agent: *\n"),
        ],
    )
}

pub fn check(checks: &mut Checks, builder: &Builder) -> Result<(), String> {
    let (one, other) = (twin("one"), twin("other"));
    let (first, second) = (one.path().join("dist/twin"), other.path().join("dist/twin"));
    builder.build(one.path(), &first)?;
    builder.build(other.path(), &second)?;
    same_names(checks, &first, &second)?;
    rebuilding(checks, builder, &one, &first)?;
    file(checks, &first);
    verbs(checks, &first)?;
    environment(checks, &first)?;
    container(checks, &first)?;
    Ok(())
}

/// Two packages of equal name in a shared build directory used to deliver one another's binary.
fn same_names(checks: &mut Checks, first: &Path, second: &Path) -> Result<(), String> {
    for (binary, who) in [(first, "one"), (second, "other")] {
        let directory = TempDir::new("twin-cwd");
        let server = Server::start(binary, directory.path(), &[])?;
        checks.page("two apps of one name are two servers", server.client().get("/"), 200, &[&format!("<p>{who}: ")]);
    }
    Ok(())
}

fn rebuilding(checks: &mut Checks, builder: &Builder, app: &TempDir, binary: &Path) -> Result<(), String> {
    let modified = || std::fs::metadata(binary).and_then(|m| m.modified()).ok();
    let before = modified();
    let started = Instant::now();
    builder.build(app.path(), binary)?;
    let took = started.elapsed();
    checks.that(&format!("an unchanged app is ready within half a second ({} ms)", took.as_millis()), took < Duration::from_millis(500));
    checks.equal("and its binary is not touched", modified(), before);
    offline(checks, builder, app)?;
    let sources = || builder.output(&["emit", "--stage", "rust", &app.path().to_string_lossy()]);
    checks.equal("the same sources give the same code", sources()?, sources()?);
    let generated = std::fs::read_to_string(app.path().join(".puremix/gen/src/main.rs")).unwrap_or_default();
    checks.that("generated code forbids unsafe code", generated.contains("#![forbid(unsafe_code)]"));
    Ok(())
}

/// A changed app builds from the cache in a namespace without a network.
fn offline(checks: &mut Checks, builder: &Builder, app: &TempDir) -> Result<(), String> {
    app.write("app/routes/new.puremix", "<p>made offline</p>\n");
    let out = app.path().join("dist/offline");
    let build = builder.command(&["build", &app.path().to_string_lossy(), "--ci", "--out", &out.to_string_lossy()]);
    let mut command = Command::new("unshare");
    command.arg("--net").arg(build.get_program()).args(build.get_args());
    command.envs(build.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell::run(command)?;
    let page = Server::start(&out, app.path(), &[])?.client().get("/new");
    checks.page("a build without a network", page, 200, &["made offline"]);
    std::fs::remove_file(app.path().join("app/routes/new.puremix")).map_err(|e| e.to_string())
}

fn file(checks: &mut Checks, binary: &Path) {
    let ldd = Command::new("ldd").arg(binary).output();
    let text = ldd.map(|o| String::from_utf8_lossy(&o.stdout).into_owned() + &String::from_utf8_lossy(&o.stderr)).unwrap_or_default();
    checks.that("the binary is static", text.contains("not a dynamic executable") || text.contains("statically linked"));
    let bytes = std::fs::read(binary).unwrap_or_default();
    let contains = |needle: &str| bytes.windows(needle.len()).any(|w| w == needle.as_bytes());
    checks.that("public files are inside", contains("User-agent: *"));
    checks.that(".env is not", !contains("from-the-file-of-the-build"));
}

fn verbs(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    let run = |args: &[&str]| -> Result<(bool, String), String> {
        let output = Command::new(binary).args(args).current_dir(std::env::temp_dir()).output().map_err(|e| e.to_string())?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)))
    };
    let (ok, text) = run(&["--version"])?;
    checks.that("--version names app, compiler and ABI", ok && text.contains("twin 1.2.3") && text.contains("puremixc") && text.contains("ABI"));
    let (ok, text) = run(&["routes"])?;
    checks.that("routes lists the pages", ok && text.contains("app/routes/index.puremix"));
    let (ok, text) = run(&["config"])?;
    checks.that("config shows the effective values", ok && text.contains("port"));
    let (ok, text) = run(&["srve"])?;
    checks.that("a misspelt verb is corrected", !ok && text.contains("serve"));
    let port = free_port().to_string();
    let (ok, _) = run(&["health", "--port", &port])?;
    checks.that("health fails when nobody listens", !ok);
    Ok(())
}

fn environment(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    let directory = TempDir::with_files("twin-env", &[(".env", "E2E_SECRET=from-the-file\n"), (".env.production", "E2E_SECRET=of-production\n")]);
    let mut server = Server::start(binary, directory.path(), &[])?;
    checks.page("the mode's file wins over .env", server.client().get("/"), 200, &["of-production"]);
    let health = Command::new(binary).args(["health", "--port", &server.address.port().to_string()]).status();
    checks.that("health succeeds when it serves", health.is_ok_and(|s| s.success()));
    let ended = server.signal_and_wait("TERM", Duration::from_secs(5));
    checks.equal("SIGTERM ends it in order", ended.and_then(|s| s.code()), Some(0));
    let page = Server::start(binary, directory.path(), &[])?.client().get("/").map(|r| r.text()).unwrap_or_default();
    let globals = page.split("<q>").nth(1).and_then(|rest| rest.split("</q>").next()).unwrap_or_default();
    checks.equal("the compiler knows the isolate's global names", globals, &of_language(Lang::Js).join(" "));
    let server = Server::start(binary, directory.path(), &[("E2E_SECRET", "of-the-process")])?;
    checks.page("the process's environment wins over files", server.client().get("/"), 200, &["of-the-process"]);
    Ok(())
}

/// The image of `--docker`, built by hand: the binary, `/data`, `/tmp`, and nothing else.
fn container(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n");
    if !is_root {
        return Err("the container checks need root (chroot, a process namespace); run them as CI does".to_owned());
    }
    let image = TempDir::new("image");
    let (root, data): (&Path, PathBuf) = (image.path(), image.path().join("data"));
    let prepare = || -> std::io::Result<()> {
        std::fs::create_dir_all(&data)?;
        std::fs::create_dir_all(root.join("tmp"))?;
        std::fs::copy(binary, root.join("app"))?;
        std::os::unix::fs::chown(&data, Some(65532), Some(65532))
    };
    prepare().map_err(|e| format!("{}: {e}", root.display()))?;
    let port = free_port();
    // `sh` starts a child and becomes the server, which is then the first process and must reap what it did not start.
    let script = format!(
        "(sleep 0.2 &) ; exec chroot --userspec=65532:65532 {} /app serve --host 127.0.0.1 --port {port}",
        root.display()
    );
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--kill-child", "sh", "-c", &script]);
    let shown = show(&command);
    let mut server = Server::start_command(command, port).map_err(|e| format!("{shown}: {e}"))?;
    checks.page("serves from a root that holds nothing else, without rights", server.client().get("/"), 200, &["<p>one: "]);
    std::thread::sleep(Duration::from_millis(600));
    checks.equal("as the first process it leaves no zombies", zombies_below(server.pid()), 0);
    checks.that("and goes on", server.is_alive());
    Ok(())
}

/// Ended processes below `pid` that nobody has waited for.
fn zombies_below(pid: u32) -> usize {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .map(|child: u32| {
            let status = std::fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
            usize::from(status.contains("State:\tZ")) + zombies_below(child)
        })
        .sum()
}
