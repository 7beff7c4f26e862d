//! Signals by Node's names.

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// Names and Linux numbers.
pub const SIGNALS: &[(&str, i32)] = &[
    ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGILL", 4), ("SIGTRAP", 5), ("SIGABRT", 6), ("SIGBUS", 7), ("SIGFPE", 8), ("SIGKILL", 9),
    ("SIGUSR1", 10), ("SIGSEGV", 11), ("SIGUSR2", 12), ("SIGPIPE", 13), ("SIGALRM", 14), ("SIGTERM", 15), ("SIGCHLD", 17), ("SIGCONT", 18),
    ("SIGSTOP", 19), ("SIGTSTP", 20), ("SIGTTIN", 21), ("SIGTTOU", 22), ("SIGURG", 23), ("SIGXCPU", 24), ("SIGXFSZ", 25), ("SIGVTALRM", 26),
    ("SIGPROF", 27), ("SIGWINCH", 28), ("SIGIO", 29), ("SIGPWR", 30), ("SIGSYS", 31),
];

pub fn number(name: &str) -> Option<i32> {
    SIGNALS.iter().find(|(n, _)| *n == name).map(|(_, number)| *number)
}

/// Sends a signal by name or number; number 0 only asks whether the process exists. The error is a code.
pub fn send(pid: i32, signal: &str) -> Result<(), &'static str> {
    let number = number(signal).or_else(|| signal.parse().ok()).ok_or("UNKNOWN")?;
    let pid = Pid::from_raw(pid).ok_or("EINVAL")?;
    let sent = match number {
        0 => test_kill_process(pid),
        n => kill_process(pid, Signal::from_named_raw(n).ok_or("UNKNOWN")?),
    };
    sent.map_err(|e| match e {
        rustix::io::Errno::SRCH => "ESRCH",
        rustix::io::Errno::PERM => "EPERM",
        _ => "EINVAL",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_asked_for() {
        assert_eq!(send(std::process::id() as i32, "0"), Ok(()));
        assert_eq!(send(std::process::id() as i32, "SIGNOTHING"), Err("UNKNOWN"));
        assert_eq!(send(i32::MAX - 7, "0"), Err("ESRCH"));
    }
}
