//! A panic of the compiler is our bug; say so, and say what to send.

use std::panic::PanicHookInfo;

/// Replaces Rust's message by one a user of the compiler can act on.
pub fn install_hook() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let why = info.payload();
        let why = why
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| why.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        let place = info.location().map_or_else(String::new, ToString::to_string);
        eprintln!(
            "error[PMX9003]: this is a bug in puremixc\n  {why}\n  at {place}\n\n\
             Please report it with\n  - this message and `puremixc --version`: puremixc {} ({}, {})\n  \
             - the command line: {}\n  - the file it was compiling, or the smallest part of it that still fails\n\
             RUST_BACKTRACE=1 adds a backtrace.",
            crate::VERSION,
            std::env::consts::OS,
            std::env::consts::ARCH,
            std::env::args().collect::<Vec<_>>().join(" "),
        );
        if std::env::var_os("RUST_BACKTRACE").is_some_and(|v| v != "0") {
            eprintln!("{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}
