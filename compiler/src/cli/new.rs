//! `puremixc new DIR`: a new app from a template.

use crate::project::discover::cargo_name;
use clap::ValueEnum;
use include_dir::{Dir, DirEntry, include_dir};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../templates/new");

#[derive(clap::Args)]
pub struct Args {
    /// The directory to make; its name becomes the app's
    dir: PathBuf,
    /// How much to start with
    #[arg(long, short, value_enum, default_value_t = Template::Default)]
    template: Template,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Template {
    /// One page
    Minimal,
    /// A layout, pages with loaders and a form, a component, a style sheet
    Default,
}

pub fn run(args: Args) -> ExitCode {
    if args.dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        eprintln!("error: {} exists and is not empty", args.dir.display());
        return ExitCode::FAILURE;
    }
    let template = match args.template {
        Template::Minimal => "minimal",
        Template::Default => "default",
    };
    let absolute = std::path::absolute(&args.dir).unwrap_or_else(|_| args.dir.clone());
    let name = cargo_name(&absolute.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()));
    match write_template(template, &args.dir, &name) {
        Err(e) => {
            eprintln!("error: cannot write {}: {e}", args.dir.display());
            ExitCode::FAILURE
        }
        Ok(()) => {
            println!("made {} from the {template} template; next:\n  cd {}\n  puremixc start", name, args.dir.display());
            ExitCode::SUCCESS
        }
    }
}

/// Copies a template; `{name}` in `package.json` and pages named `*.tmpl` is the app's name.
fn write_template(template: &str, to: &Path, name: &str) -> io::Result<()> {
    let source = TEMPLATES.get_dir(template).expect("every variant has a template");
    write_dir(source, source.path(), to, name)
}

fn write_dir(dir: &Dir<'_>, base: &Path, to: &Path, name: &str) -> io::Result<()> {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => write_dir(dir, base, to, name)?,
            DirEntry::File(file) => {
                let relative = file.path().strip_prefix(base).unwrap_or(file.path());
                // cargo packaging and git would act on a real `.gitignore` inside the repository.
                let relative = if relative == Path::new("gitignore") { Path::new(".gitignore") } else { relative };
                let path = to.join(relative);
                fs::create_dir_all(path.parent().unwrap_or(to))?;
                match file.contents_utf8() {
                    Some(text) => fs::write(path, text.replace("{{app-name}}", name))?,
                    None => fs::write(path, file.contents())?,
                }
            }
        }
    }
    Ok(())
}
