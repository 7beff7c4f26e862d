//! A container's first process inherits every process whose parent has ended, and must wait for it; otherwise they stay as
//! zombies until the container's process table is full.

use rustix::process::{WaitOptions, wait};
use tokio::signal::unix::{SignalKind, signal};

/// Waits for inherited processes for ever, if this is the first process of its namespace. Runs inside a tokio runtime.
///
/// As first process it takes the exit code of any child; code that starts children of its own has to expect that.
pub async fn reap_if_first() {
    if std::process::id() != 1 {
        return;
    }
    let Ok(mut ended) = signal(SignalKind::child()) else { return };
    loop {
        // One signal may stand for several children, also for ones that ended before we listened.
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
        if ended.recv().await.is_none() {
            return;
        }
    }
}
