#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    puremixc::cli::run()
}
