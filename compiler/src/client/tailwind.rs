//! Style sheets that ask for Tailwind (`@import "tailwindcss"` of version 4, `@tailwind …` of version 3) are made by its own program, which looks for class
//! names in the app's files.

use super::tool::Tool;
use super::{FOLDER, Mode, short_hash};
use crate::project::Project;
use crate::project::discover::walk;
use puremix_diag::{Diagnostic, Severity, codes};
use puremix_front_page::ClientFile;
use std::path::{Path, PathBuf};

const TAILWIND: Tool = Tool { name: "tailwindcss", packages: "tailwindcss @tailwindcss/cli", wanted_by: "a style sheet that imports Tailwind" };

/// A style sheet to be made.
pub struct Sheet {
    pub source: PathBuf,
    /// As authors write it.
    pub url: String,
    /// It is one of `app/client`, whose names get a hash.
    is_entry: bool,
}

/// The style sheets among public files and entry files that ask for Tailwind.
pub fn sheets(public: &[(String, PathBuf)], entries: &[PathBuf]) -> Vec<Sheet> {
    let of_public = public.iter().map(|(url, source)| Sheet { source: source.clone(), url: url.clone(), is_entry: false });
    let url = |entry: &PathBuf| format!("/{FOLDER}/{}", entry.file_name().unwrap_or_default().to_string_lossy());
    let of_entries = entries.iter().map(|entry| Sheet { source: entry.clone(), url: url(entry), is_entry: true });
    of_public.chain(of_entries).filter(|sheet| sheet.url.ends_with(".css") && asks(&std::fs::read_to_string(&sheet.source).unwrap_or_default())).collect()
}

fn asks(css: &str) -> bool {
    css.lines().map(str::trim_start).any(|line| {
        let imports = line.strip_prefix("@import").is_some_and(|rest| rest.trim_start().trim_start_matches(['"', '\'']).starts_with("tailwindcss"));
        imports || ["base", "components", "utilities"].iter().any(|layer| line.strip_prefix("@tailwind").is_some_and(|rest| rest.trim_start().starts_with(layer)))
    })
}

/// The files whose class names count, and the configuration.
pub fn scanned(project: &Project) -> Vec<PathBuf> {
    let config = ["js", "cjs", "mjs", "ts"].map(|end| project.root.join(format!("tailwind.config.{end}")));
    walk(&project.app_dir).into_iter().chain(config).chain([project.root.join("package.json")]).collect()
}

/// Makes one style sheet; what is written into pages, and where it lies.
pub fn run(project: &Project, mode: Mode, sheet: &Sheet, out: &Path) -> Result<(ClientFile, PathBuf), Diagnostic> {
    let program = TAILWIND.find(&project.root)?;
    let made = out.join(sheet.url.trim_start_matches('/'));
    let broken = |e: std::io::Error| Diagnostic::project(codes::CLIENT_BUILD_FAILED, Severity::Error, format!("{}: {e}", made.display()));
    std::fs::create_dir_all(made.parent().unwrap_or(out)).map_err(broken)?;
    let mut arguments = vec!["-i".to_owned(), sheet.source.to_string_lossy().into_owned(), "-o".to_owned(), made.to_string_lossy().into_owned()];
    if mode == Mode::Build {
        arguments.push("--minify".to_owned());
    }
    TAILWIND.run(&program, &project.root, &arguments)?;
    let bytes = std::fs::read(&made).map_err(broken)?;
    let url = match mode {
        Mode::Build if sheet.is_entry => sheet.url.replace(".css", &format!(".{}.css", short_hash(&bytes))),
        Mode::Build | Mode::Dev => sheet.url.clone(),
    };
    Ok((ClientFile { url, styles: Vec::new(), preloads: Vec::new() }, made))
}

#[cfg(test)]
mod tests {
    use super::asks;

    #[test]
    fn directives() {
        for yes in ["@import \"tailwindcss\";", "@import 'tailwindcss/utilities';", "/* x */\n  @tailwind base;", "@import  \"tailwindcss\" prefix(tw);"] {
            assert!(asks(yes), "{yes}");
        }
        for no in ["a { color: red }", "@import 'other.css';", ".tailwindcss {}", "@tailwindish x;"] {
            assert!(!asks(no), "{no}");
        }
    }
}
