//! `puremixc build APP`.

use super::{policy, python};
use super::report::Output;
use crate::cargo::progress::duration_text;
use crate::cargo::{self, BuildRequest, Profile};
use crate::declarations;
use crate::driver::{self, Compiled, Options};
use crate::project::Project;
use puremix_ir::Capability;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// The project's directory, its app/, or a single JavaScript or TypeScript file
    #[arg(default_value = ".")]
    app: PathBuf,
    /// Where to put the binary [default: dist/NAME in the project]
    #[arg(long, short)]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub how: How,
    /// Also write a Dockerfile (scratch image, non-root) beside the project's package.json
    #[arg(long)]
    docker: bool,
    /// Also write a systemd unit beside the binary
    #[arg(long)]
    systemd: bool,
    #[command(flatten)]
    output: Output,
}

/// Options of every verb that builds.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct How {
    /// Optimise across crates and strip: smallest and fastest, slow to build
    #[arg(long, conflicts_with = "debug")]
    pub release: bool,
    /// Do not optimise: quick to build, slow to run
    #[arg(long)]
    pub debug: bool,
    /// Never use the network
    #[arg(long)]
    pub offline: bool,
    /// Skip type inference (every value boxed); for finding bugs of the compiler
    #[arg(long)]
    pub no_infer: bool,
    /// The profile of puremixc's own CI
    #[arg(long, hide = true, conflicts_with_all = ["release", "debug"])]
    pub ci: bool,
}

impl How {
    pub fn profile(self) -> Profile {
        match self {
            How { release: true, .. } => Profile::Release,
            How { debug: true, .. } => Profile::Debug,
            How { ci: true, .. } => Profile::Ci,
            _ => Profile::Build,
        }
    }
}

pub fn run(args: Args) -> ExitCode {
    let built = if args.app.is_file() {
        build_script(&args.app, args.out.as_deref(), args.how, args.output)
    } else {
        build_app(&args.app, args.out.as_deref(), args.how, args.output)
    };
    let Some(built) = built else { return ExitCode::FAILURE };
    if args.docker && !built.binary.starts_with(&built.project.root) {
        eprintln!("warning: {} lies outside the project, so `docker build` cannot copy it; leave `--out` out", built.binary.display());
    }
    let written = [
        (args.docker, built.project.root.join("Dockerfile"), dockerfile(&built)),
        (args.systemd, built.binary.with_extension("service"), systemd_unit(&built)),
    ];
    for (wanted, path, text) in written {
        if !wanted {
            continue;
        }
        if let Err(e) = std::fs::write(&path, text) {
            eprintln!("error: cannot write {}: {e}", path.display());
            return ExitCode::FAILURE;
        }
        args.output.say(format!("wrote {}", path.display()));
    }
    ExitCode::SUCCESS
}

/// A finished binary.
pub struct BuiltApp {
    pub project: Project,
    pub binary: PathBuf,
    /// It needs CPython when it runs.
    has_python: bool,
    /// Lists the packages that it needs then.
    requirements: Option<PathBuf>,
}

/// Compiles and builds; everything has been printed when it answers `None`.
pub fn build_app(app: &Path, out: Option<&Path>, how: How, output: Output) -> Option<BuiltApp> {
    let started = Instant::now();
    let compiled = driver::compile(app, &Options { infer: !how.no_infer, client: true });
    finish(compiled, out, how, output, started)
}

/// A script's binary is kept below `$PUREMIX_HOME`, by the file's path, unless `out` says where.
pub fn build_script(file: &Path, out: Option<&Path>, how: How, output: Output) -> Option<BuiltApp> {
    let started = Instant::now();
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    let place = cargo::skeleton::package_name("script", &file);
    let work_dir = cargo::Home::locate().dir.join("scripts").join(place);
    let binary = out.map_or_else(|| work_dir.join("run"), Path::to_path_buf);
    let compiled = driver::compile_script(&file, work_dir, &Options { infer: !how.no_infer, client: true });
    finish(compiled, Some(&binary), how, output, started)
}

fn finish(compiled: Compiled, out: Option<&Path>, how: How, output: Output, started: Instant) -> Option<BuiltApp> {
    if output.print(&compiled.diagnostics, &compiled.sources) {
        return None;
    }
    let (project, program) = (compiled.project?, compiled.program?);
    if let Err(e) = declarations::write(&project.root, &program) {
        output.say(format!("cannot write .puremix/puremix.d.ts: {e}"));
    }
    let generated = driver::generate(&program, &compiled.sources);
    let binary = out.map_or_else(|| project.root.join("dist").join(&project.name), Path::to_path_buf);
    let binary = std::path::absolute(&binary).unwrap_or(binary);
    let request = BuildRequest {
        name: &project.name,
        root: &project.root,
        work_dir: &project.work_dir,
        files: &generated.files,
        capabilities: &program.app.capabilities.iter().map(|c| c.name()).collect::<Vec<_>>(),
        lines: &|path, line| driver::source_of(&generated, path, line),
        profile: how.profile(),
        out: &binary,
        offline: how.offline,
        quiet: output.quiet || output.json,
    };
    match cargo::build(&request) {
        Err(diagnostics) => {
            output.print(&diagnostics, &compiled.sources);
            None
        }
        Ok(built) => {
            let shown = std::env::current_dir().ok().and_then(|d| binary.strip_prefix(d).map(Path::to_path_buf).ok());
            let shown = shown.as_deref().unwrap_or(&binary);
            let what = if built.unchanged { "unchanged" } else { "built" };
            output.say(format!(
                "{what} {} ({:.1} MB, {}, {} routes)",
                shown.display(),
                built.bytes as f64 / 1e6,
                duration_text(started.elapsed()),
                program.app.routes.len(),
            ));
            let has_python = program.app.capabilities.contains(&Capability::Python);
            if let Some(summary) = policy::summary(&program, &project) {
                output.say(summary);
            }
            if let Some(summary) = python::summary(&program, &compiled.python_packages) {
                output.say(summary);
            }
            let requirements = if has_python { python::write_requirements(&project, &binary, &compiled.python_packages, output) } else { Ok(None) };
            match requirements {
                Ok(requirements) => Some(BuiltApp { project, binary, has_python, requirements }),
                Err(e) => {
                    eprintln!("error: cannot write the list of Python packages: {e}");
                    None
                }
            }
        }
    }
}

fn dockerfile(built: &BuiltApp) -> String {
    let root = &built.project.root;
    let binary = built.binary.strip_prefix(root).unwrap_or(&built.binary);
    let packages = built.requirements.as_ref().map_or_else(String::new, |list| {
        let list = list.strip_prefix(root).unwrap_or(list).display();
        format!("COPY {list} /requirements.txt\nRUN pip install --no-cache-dir -r /requirements.txt\n")
    });
    let template = match built.has_python {
        true => include_str!("../../../templates/deploy/Dockerfile.python"),
        false => include_str!("../../../templates/deploy/Dockerfile"),
    };
    template
        .replace("{packages}", &packages)
        .replace("{binary}", &binary.display().to_string())
        .replace("{name}", &built.project.name)
}

fn systemd_unit(built: &BuiltApp) -> String {
    include_str!("../../../templates/deploy/app.service").replace("{name}", &built.project.name)
}
