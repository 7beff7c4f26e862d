//! `dist`: a static `puremixc` in an archive, with checksum and install script.

use crate::shell::{self, Outcome, command, root};
use puremixc::cargo::skeleton::{RUSTFLAGS, TARGET};
use std::fs;

#[derive(clap::Args)]
pub struct Args {
    /// Where to put the archive, relative to the repository
    #[arg(long, default_value = "target/archive")]
    out: String,
}

const INSTALL: &str = include_str!("../../templates/dist/install.sh");

pub fn run(args: &Args) -> Outcome {
    let io = |what: &'static str| move |e: std::io::Error| format!("{what}: {e}");
    let mut build = command("cargo", &["build", "--locked", "--profile", "dist", "--package", "puremixc", "--target", TARGET]);
    build.env("CARGO_ENCODED_RUSTFLAGS", RUSTFLAGS).env("CARGO_TARGET_DIR", root().join("target"));
    shell::run(build)?;
    let binary = root().join("target").join(TARGET).join("dist/puremixc");

    let name = format!("puremixc-{}-{TARGET}", puremixc::VERSION);
    let out = root().join(&args.out);
    let staging = out.join(&name);
    let _ = fs::remove_dir_all(&staging);
    fs::create_dir_all(&staging).map_err(io("dist"))?;
    fs::copy(&binary, staging.join("puremixc")).map_err(io("puremixc"))?;
    for file in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(root().join(file), staging.join(file)).map_err(io(file))?;
    }
    fs::write(staging.join("install.sh"), INSTALL).map_err(io("install.sh"))?;
    let archive = format!("{name}.tar.gz");
    let mut tar = command("tar", &["--owner=0", "--group=0", "--numeric-owner", "-czf", &archive, &name]);
    tar.current_dir(&out);
    shell::run(tar)?;
    let mut sum = command("sha256sum", &[&archive]);
    let output = sum.current_dir(&out).output().map_err(io("sha256sum"))?;
    fs::write(out.join(format!("{archive}.sha256")), &output.stdout).map_err(io("checksum"))?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    println!("{}", out.join(archive).display());
    Ok(())
}
