//! `abandon`: things that nobody can reach any more, however they hold themselves, must not take memory: generators suspended mid-way,
//! async functions that wait for ever, cycles of all kinds. The program is `tests/abandon/abandon.mjs`; it runs as one process.

use crate::shell::{Outcome, command, root, run};
use std::path::Path;

#[derive(clap::Args)]
pub struct Args {
    /// How many of each kind
    #[arg(long, default_value_t = 1_000_000)]
    count: u64,
    /// Interpret the program instead of compiling it
    #[arg(long)]
    interpret: bool,
}

/// KiB a kind may grow by: what the allocator and the collector's lists keep. A leak of the smallest object would show at a hundred
/// thousand.
const SLACK: i64 = 12 * 1024;

pub fn run_verb(args: &Args) -> Outcome {
    run(command("cargo", &["build", "--workspace", "--locked", "--quiet", "--bin", "puremixc"]))?;
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let puremixc = root().join(target).join("debug/puremixc");
    let count = args.count.to_string();
    let mut arguments = vec!["run", "--quiet"];
    arguments.extend(args.interpret.then_some("--interpret"));
    arguments.push("tests/abandon/abandon.mjs");
    let mut program = command(&puremixc.to_string_lossy(), &arguments);
    program.env("PUREMIX_RUNTIME", root()).env("PUREMIX_HOME", home(&puremixc)).env("ABANDON", &count);
    let output = program.output().map_err(|e| format!("{}: {e}", puremixc.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    }
    let mut grown = Vec::new();
    println!("{:<38}{:>12}{:>12}{:>10}", format!("{} of each kind", args.count), "KiB before", "KiB after", "grown");
    let (table, made) = text.trim_end().rsplit_once('\n').ok_or_else(|| format!("the program printed `{text}`"))?;
    for line in table.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, before, after] = fields[..] else { return Err(format!("the program printed `{line}`")) };
        let number = |text: &str| text.parse::<i64>().map_err(|e| format!("`{line}`: {e}"));
        let (before, after) = (number(before)?, number(after)?);
        println!("{name:<38}{before:>12}{after:>12}{:>10}", after - before);
        if after - before > SLACK {
            grown.push(format!("{name}: {} KiB", after - before));
        }
    }
    let expected = format!("made {}", args.count * table.lines().count() as u64);
    if made != expected {
        return Err(format!("the program printed `{made}`, not `{expected}`"));
    }
    if grown.is_empty() { Ok(()) } else { Err(format!("memory grew by more than {SLACK} KiB: {}", grown.join(", "))) }
}

/// Where the runtime is built for it, beside the compiler; or the home that the caller named.
fn home(puremixc: &Path) -> std::path::PathBuf {
    std::env::var_os("PUREMIX_HOME").map_or_else(|| puremixc.with_file_name("abandon-home"), Into::into)
}
