//! One build: write the crate, have the dependencies, run cargo, put the binary where the user wants it.

use super::home::Home;
use super::progress::Progress;
use super::rustc_errors::{LineMap, map_error};
use super::skeleton::{self, Profile, RUSTFLAGS, TARGET};
use super::{toolchain, write};
use cargo_metadata::Message;
use puremix_diag::{Diagnostic, Severity, codes};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

/// Everything that decides the binary's bytes.
pub struct BuildRequest<'a> {
    /// Binary name.
    pub name: &'a str,
    /// The app's directory, which makes the package's name unique.
    pub root: &'a Path,
    /// `.puremix/` of the app.
    pub work_dir: &'a Path,
    /// Generated files, by path inside the crate.
    pub files: &'a [(String, String)],
    /// Names of the crates beyond the runtime that it links.
    pub capabilities: &'a [&'a str],
    pub lines: LineMap<'a>,
    pub profile: Profile,
    pub out: &'a Path,
    /// Never touch the network, not even the first time.
    pub offline: bool,
    pub quiet: bool,
}

pub struct Built {
    /// Nothing had changed, cargo was not asked.
    pub unchanged: bool,
    pub bytes: u64,
}

/// Builds, or finds that nothing is to do. Errors are for the user.
pub fn build(request: &BuildRequest<'_>) -> Result<Built, Vec<Diagnostic>> {
    let io_error = |e: io::Error| vec![internal(format!("cannot write the generated crate: {e}"))];
    let home = Home::open().map_err(|e| vec![home_error(&e)])?;
    let gen_dir = request.work_dir.join("gen");
    let package = skeleton::package_name(request.name, request.root);
    let manifest = skeleton::manifest(&package, request.name, &home.bundle.join("runtime"), request.capabilities);
    write::write_crate(&gen_dir, &manifest, request.files).map_err(io_error)?;

    let stamp = Stamp::new(request, &manifest, &home);
    if stamp.is_current() {
        return Ok(Built { unchanged: true, bytes: size(request.out) });
    }

    let mut progress = Progress::new(request.quiet);
    let result = fetch(&home, &mut progress, request.offline)
        .and_then(|()| seed_lock(&home, &gen_dir).map_err(io_error))
        .and_then(|()| compile(request, &home, &gen_dir, &mut progress));
    progress.finish();
    let binary = result?;
    install(&binary, request.out).map_err(|e| {
        vec![Diagnostic::project(
            codes::INTERNAL,
            Severity::Error,
            format!("cannot write the binary to `{}`: {e}", request.out.display()),
        )
        .help("choose another place with `--out FILE`")]
    })?;
    stamp.record().map_err(io_error)?;
    Ok(Built { unchanged: false, bytes: size(request.out) })
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |m| m.len())
}

pub(super) fn internal(text: String) -> Diagnostic {
    Diagnostic::project(codes::INTERNAL, Severity::Error, text)
}

pub(super) fn home_error(e: &io::Error) -> Diagnostic {
    internal(format!("cannot unpack the runtime to `{}`: {e}", Home::locate().dir.display()))
        .help("set PUREMIX_HOME to a directory that can be written")
}

/// What the last build was made from, kept in `.puremix/stamp`.
struct Stamp {
    file: PathBuf,
    text: String,
}

impl Stamp {
    fn new(request: &BuildRequest<'_>, manifest: &str, home: &Home) -> Stamp {
        let mut hasher = DefaultHasher::new();
        (manifest, request.files, crate::VERSION, RUSTFLAGS, request.profile.cargo_name()).hash(&mut hasher);
        // A runtime in development changes under the same path.
        if std::env::var_os("PUREMIX_RUNTIME").is_some() {
            newest_change(&home.bundle.join("runtime")).hash(&mut hasher);
        }
        // The binary's directory and name are part of the key, its own size and time prove it was not replaced.
        let text = format!("{:016x} {}", hasher.finish(), request.out.display());
        Stamp { file: request.work_dir.join("stamp"), text: format!("{text}\n{}", identity(request.out)) }
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|old| old == self.text && !self.text.ends_with("absent"))
    }

    /// Called when the binary is in place: its identity is read again.
    fn record(&self) -> io::Result<()> {
        let (key, _) = self.text.split_once('\n').unwrap_or((&self.text, ""));
        let out = key.split_once(' ').map_or(key, |(_, out)| out);
        fs::write(&self.file, format!("{key}\n{}", identity(Path::new(out))))
    }
}

fn identity(path: &Path) -> String {
    match fs::metadata(path) {
        Ok(m) => format!("{} {:?}", m.len(), m.modified().ok()),
        Err(_) => "absent".to_owned(),
    }
}

fn newest_change(dir: &Path) -> Option<std::time::SystemTime> {
    let mut newest = None;
    for path in fs::read_dir(dir).ok()?.flatten().map(|e| e.path()) {
        let time = if path.is_dir() { newest_change(&path) } else { fs::metadata(&path).and_then(|m| m.modified()).ok() };
        newest = newest.max(time);
    }
    newest
}

/// Starts the app's lock from the bundle's, so that every app has the versions the runtime was tested with.
fn seed_lock(home: &Home, gen_dir: &Path) -> io::Result<()> {
    let lock = gen_dir.join("Cargo.lock");
    let marker = gen_dir.join("Cargo.lock.from");
    let source = fs::read_to_string(home.lock_file())?;
    if lock.is_file() && fs::read_to_string(&marker).is_ok_and(|old| old == source) {
        return Ok(());
    }
    fs::write(&lock, &source)?;
    fs::write(&marker, &source)
}

/// Downloads the dependencies once per bundle; afterwards every build is offline.
///
/// The bundle's lock is the repository's: cargo drops what only the compiler needs and keeps every version and checksum,
/// which is why `--locked` (not even dropping) is not asked for.
pub(super) fn fetch(home: &Home, progress: &mut Progress, offline: bool) -> Result<(), Vec<Diagnostic>> {
    let marker = home.fetched_marker();
    let lock = || fs::read_to_string(home.lock_file()).unwrap_or_default();
    if fs::read_to_string(&marker).is_ok_and(|old| old == lock()) {
        return Ok(());
    }
    progress.stage("fetching the runtime's dependencies (once per puremixc version)");
    let mut command = cargo(home);
    command.args(["fetch", "--target", TARGET]).current_dir(&home.bundle);
    if offline {
        command.arg("--offline");
    }
    let output = command.output().map_err(|_| toolchain::missing())?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(vec![
            Diagnostic::project(
                codes::NETWORK_NEEDED,
                Severity::Error,
                format!("the runtime's dependencies are not on this machine and cannot be fetched\n{why}"),
            )
            .help("the first build needs crates.io; connect once, or run `puremixc setup --vendor DIR` on a machine with a network, copy DIR, and run it here"),
        ]);
    }
    let _ = fs::create_dir_all(&home.dir);
    let _ = fs::write(&marker, lock());
    Ok(())
}

/// cargo without the settings of the shell it is started from (they would be part of the cache's key), with the home's source of crates.
pub(super) fn cargo(home: &Home) -> Command {
    let mut command = Command::new("cargo");
    if let Some(dir) = &home.vendor {
        let directory = format!("source.vendored-sources.directory={:?}", dir.display().to_string());
        command.args(["--config", "source.crates-io.replace-with=\"vendored-sources\"", "--config", &directory]);
    }
    let foreign = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "CARGO_INCREMENTAL"];
    for name in foreign {
        command.env_remove(name);
    }
    // Set by cargo for what it runs (tests, xtask); a nested cargo would take them for its own.
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy();
        if shown.starts_with("CARGO_PKG_") || shown.starts_with("CARGO_PROFILE_") || shown.starts_with("CARGO_MANIFEST") {
            command.env_remove(&name);
        }
    }
    command
}

fn compile(
    request: &BuildRequest<'_>,
    home: &Home,
    gen_dir: &Path,
    progress: &mut Progress,
) -> Result<PathBuf, Vec<Diagnostic>> {
    progress.stage("compiling");
    progress.begin_crates(count_crates(home, gen_dir));
    let target_dir = request.work_dir.join("target");
    let mut child = cargo(home)
        .args(["build", "--offline", "--message-format=json", "--target", TARGET, "--profile", request.profile.cargo_name()])
        .current_dir(gen_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_BUILD_BUILD_DIR", &home.build_dir)
        .env("CARGO_TARGET_DIR", &target_dir)
        .env("PUREMIX_PROJECT", request.root)
        // Nested source is nested Rust. The space is reserved, not used.
        .env("RUST_MIN_STACK", "536870912")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|_| toolchain::missing())?;
    let mut stderr = child.stderr.take().expect("stderr is piped");
    let stderr_text = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stderr.read_to_string(&mut text);
        text
    });
    let mut errors = Vec::new();
    let mut binary = None;
    let stdout = child.stdout.take().expect("stdout is piped");
    for message in Message::parse_stream(BufReader::new(stdout)).flatten() {
        match message {
            Message::CompilerArtifact(artifact) => {
                progress.crate_done(&artifact.target.name, artifact.fresh);
                binary = artifact.executable.map(PathBuf::from).or(binary);
            }
            Message::CompilerMessage(m) => errors.extend(map_error(&m.message, request.lines)),
            _ => {}
        }
    }
    let status = child.wait().map_err(|e| vec![internal(format!("cargo: {e}"))])?;
    let stderr_text = stderr_text.join().unwrap_or_default();
    match binary {
        Some(binary) if status.success() => Ok(binary),
        _ if !errors.is_empty() => Err(errors),
        _ => Err(explain_failure(home, &stderr_text)),
    }
}

/// cargo failed without a rustc error: tools or dependencies are missing, or the disk is full.
fn explain_failure(home: &Home, stderr: &str) -> Vec<Diagnostic> {
    let missing = toolchain::missing();
    if !missing.is_empty() {
        return missing;
    }
    if stderr.contains("--offline") || stderr.contains("no matching package") {
        // The registry was cleaned since; the next build fetches again.
        let _ = fs::remove_file(home.fetched_marker());
        return vec![
            Diagnostic::project(
                codes::NETWORK_NEEDED,
                Severity::Error,
                format!("a dependency of the runtime is not on this machine\n{}", stderr.trim()),
            )
            .help("build again with a network connection; it is fetched then"),
        ];
    }
    let tail: Vec<&str> = stderr.lines().rev().take(40).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    vec![internal(format!("cargo failed\n{}", tail.join("\n"))).help("`puremixc doctor` checks the tools and the disk")]
}

/// How many crates cargo will report, for the estimate; 0 when unknown.
fn count_crates(home: &Home, gen_dir: &Path) -> usize {
    let output = cargo(home)
        .args(["metadata", "--offline", "--format-version=1", "--filter-platform", TARGET])
        .current_dir(gen_dir)
        .output();
    let nodes = output
        .ok()
        .and_then(|o| serde_json::from_slice::<serde_json::Value>(&o.stdout).ok())
        .and_then(|v| v["resolve"]["nodes"].as_array().map(Vec::len));
    nodes.unwrap_or(0)
}

/// Copies beside the target and renames, so that a running server keeps its file and nobody starts half a binary.
fn install(binary: &Path, out: &Path) -> io::Result<()> {
    let directory = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let name = out.file_name().map_or_else(|| "app".into(), |n| n.to_string_lossy().into_owned());
    let staging = directory.join(format!(".{name}.{}", std::process::id()));
    fs::copy(binary, &staging)?;
    fs::rename(&staging, out)
}
