//! `puremixc explain CODE`: the page of a diagnostic.

use include_dir::{Dir, include_dir};
use puremix_diag::codes;
use std::process::ExitCode;

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../docs/errors");

#[derive(clap::Args)]
pub struct Args {
    /// The code, as PMX0605 or 605
    code: String,
}

pub fn run(args: Args) -> ExitCode {
    let digits = args.code.trim_start_matches(|c: char| !c.is_ascii_digit());
    let code = format!("PMX{digits:0>4}");
    match page(&code) {
        Some(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("error: there is no code `{}`; codes run from {} to {}", args.code, codes::ALL[0].0, codes::ALL[codes::ALL.len() - 1].0);
            ExitCode::FAILURE
        }
    }
}

fn page(code: &str) -> Option<&'static str> {
    PAGES.get_file(format!("{code}.md"))?.contents_utf8()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_with_the_parts_readers_expect() {
        let mut wrong = Vec::new();
        for (code, name) in codes::ALL {
            match page(code) {
                None => wrong.push(format!("{code} ({name}) has no page")),
                Some(text) => {
                    if !text.starts_with(&format!("# {code}: ")) {
                        wrong.push(format!("{code} does not begin with `# {code}: `"));
                    }
                    if text.matches("```").count() < 2 {
                        wrong.push(format!("{code} shows no example"));
                    }
                }
            }
        }
        for file in PAGES.files() {
            let stem = file.path().file_stem().unwrap_or_default().to_string_lossy();
            if !codes::ALL.iter().any(|(code, _)| *code == stem) {
                wrong.push(format!("{stem} is the page of no code"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
