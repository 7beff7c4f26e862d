//! `depth`: deep structures, recursion through every operation, callbacks that misbehave, each in a process of its own and deeper than
//! `cargo test` goes. None may end its process; what they answer is compared with Node by `tests/js`, at a smaller depth.

use crate::shell::{Outcome, command, root, run};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// How deep; some cases go ten or a hundred times as deep (a list of 100 × this)
    #[arg(long, default_value_t = 100_000)]
    depth: u64,
    /// Interpret the program instead of compiling it
    #[arg(long)]
    interpret: bool,
    /// Only the case of this name
    case: Option<String>,
}

const PROGRAM: &str = "tests/js/hostile_depth_more.mjs";

pub fn run_verb(args: &Args) -> Outcome {
    run(command("cargo", &["build", "--workspace", "--locked", "--quiet", "--bin", "puremixc"]))?;
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let puremixc = root().join(target).join("debug/puremixc");
    let home = std::env::var_os("PUREMIX_HOME").map_or_else(|| puremixc.with_file_name("depth-home"), Into::into);
    let mut arguments = vec!["run", "--quiet"];
    arguments.extend(args.interpret.then_some("--interpret"));
    arguments.push(PROGRAM);
    let answer = |case: &str| {
        let mut program = command(&puremixc.to_string_lossy(), &arguments);
        program.env("PUREMIX_RUNTIME", root()).env("PUREMIX_HOME", &home).env("CASE", case).env("DEPTH", args.depth.to_string());
        program.output().map_err(|e| format!("{}: {e}", puremixc.display()))
    };
    let names = String::from_utf8_lossy(&answer("?")?.stdout).into_owned();
    let mut failed = Vec::new();
    let mut passed = 0;
    for name in names.lines().filter(|name| args.case.as_ref().is_none_or(|only| only == name)) {
        let started = Instant::now();
        let output = answer(name)?;
        let text = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        println!("{:>8} ms  {}", started.elapsed().as_millis(), text.lines().next().unwrap_or(name));
        if output.status.success() && text.starts_with(name) && !text.contains(" bad") {
            passed += 1;
        } else {
            failed.push(format!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
    }
    if passed == 0 {
        failed.push("no case passed".to_owned());
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}
