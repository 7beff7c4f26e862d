//! `bless`: accept what the tests now see. Read the diff before committing it.

use crate::shell::{self, Outcome, command};

pub fn run() -> Outcome {
    let mut tests = command("cargo", &["test", "--workspace"]);
    tests.env("UPDATE_EXPECT", "1");
    shell::run(tests)?;
    shell::run(command("git", &["--no-pager", "diff", "--stat"]))
}
