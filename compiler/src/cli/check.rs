//! `puremixc check APP`: every diagnostic, and what becomes of each dependency.

use super::check_watch;
use super::report::Output;
use crate::declarations;
use crate::driver::{self, Options};
use crate::project::package_json::{Dependency, Treatment, report};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// The project's directory, or its app/
    #[arg(default_value = ".")]
    app: PathBuf,
    /// Check again at each save
    #[arg(long, short)]
    watch: bool,
    #[command(flatten)]
    output: Output,
}

pub fn run(args: Args) -> ExitCode {
    if args.watch {
        return check_watch::run(&args.app, args.output);
    }
    let compiled = driver::compile(&args.app, &Options { infer: true, client: false });
    let failed = args.output.print(&compiled.diagnostics, &compiled.sources);
    if let (Some(project), Some(program)) = (&compiled.project, &compiled.program) {
        // Help for editors: a project that cannot be written to is checked all the same.
        let _ = declarations::write(&project.root, program);
    }
    if let Some(project) = &compiled.project {
        for dependency in report(&project.root, &compiled.package_uses) {
            if args.output.json {
                println!("{}", dependency_json(&dependency));
            } else {
                args.output.say(dependency_text(&dependency));
            }
        }
        for (package, places) in &compiled.python_packages {
            if args.output.json {
                println!("{}", serde_json::json!({ "python": package, "uses": places }));
            } else {
                args.output.say(format!("{package} (PyPI): run by CPython{}", places.iter().map(|place| format!("\n    used at {place}")).collect::<String>()));
            }
        }
        if !failed {
            args.output.say(format!("{}: {} routes, no errors", project.name, project.routes.len()));
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn treatment_text(treatment: &Treatment) -> (&'static str, &'static str) {
    match treatment {
        Treatment::Native(api) => ("native", api),
        Treatment::Compiled => ("compiled", "with the app"),
        Treatment::Unused => ("not used", "in server code"),
        Treatment::BrowserOnly => ("browser-only", "nothing to compile"),
        Treatment::Unsupported(why) => ("unsupported", why),
        Treatment::Missing => ("missing", "from node_modules; run `npm install`"),
    }
}

fn dependency_text(dependency: &Dependency) -> String {
    let (word, more) = treatment_text(&dependency.treatment);
    let mut text = format!("{} ({}): {word}, {more}", dependency.name, dependency.range);
    for place in &dependency.uses {
        text.push_str(&format!("\n    used at {place}"));
    }
    text
}

fn dependency_json(dependency: &Dependency) -> String {
    let (word, more) = treatment_text(&dependency.treatment);
    serde_json::json!({
        "dependency": dependency.name, "range": dependency.range,
        "treatment": word, "detail": more, "uses": dependency.uses,
    })
    .to_string()
}
