//! What the operating system says of the machine and its user. Where `/proc` is missing (an empty root directory) the answers are empty.

use puremix_node::Machine;
use rustix::system::{sysinfo, uname};
use std::fs;

pub fn describe() -> Machine {
    let (names, info) = (uname(), sysinfo());
    let text = |s: &std::ffi::CStr| s.to_string_lossy().into_owned();
    let unit = f64::from(info.mem_unit.max(1));
    let load = |n: u64| n as f64 / 65_536.0;
    let loads = info.loads.map(|n| load(n as u64));
    let (user_name, home, shell) = user();
    Machine {
        host_name: text(names.nodename()),
        cores: cores(),
        total_memory: info.totalram as f64 * unit,
        free_memory: available().unwrap_or(info.freeram as f64 * unit),
        load: loads,
        uptime: info.uptime as f64,
        release: text(names.release()),
        version: text(names.version()),
        user_name,
        home,
        shell,
    }
}

/// Bytes that could be had, as Node counts free memory.
fn available() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kb| kb * 1024.0)
}

fn cores() -> Vec<(String, f64)> {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |block: &str, name: &str| {
        let line = block.lines().find(|l| l.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let blocks = text.split("\n\n").filter(|b| b.contains("processor"));
    blocks.map(|b| (field(b, "model name").unwrap_or_default(), field(b, "cpu MHz").and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0).trunc())).collect()
}

/// Name, home and shell of the user, from `/etc/passwd`, or the environment.
fn user() -> (String, String, String) {
    let id = rustix::process::getuid().as_raw().to_string();
    let entries = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let entry = entries.lines().map(|l| l.split(':').collect::<Vec<_>>()).find(|f| f.get(2) == Some(&id.as_str()));
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    match entry.as_deref() {
        Some([name, _, _, _, _, home, shell]) => ((*name).to_owned(), (*home).to_owned(), (*shell).to_owned()),
        _ => (var("USER"), var("HOME"), var("SHELL")),
    }
}

/// Microseconds of processor time, user and system, as `/proc` counts them.
pub fn cpu_times() -> (f64, f64) {
    /// Linux counts in hundredths of a second for programs.
    const TICK: f64 = 10_000.0;
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in parentheses may hold spaces.
    let mut fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11);
    let mut next = || fields.next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) * TICK;
    let user = next();
    (user, next())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_machine_has_a_kernel_and_memory() {
        let machine = super::describe();
        assert!(machine.total_memory > 1e6 && !machine.release.is_empty());
        assert!(!machine.cores.is_empty());
    }
}
