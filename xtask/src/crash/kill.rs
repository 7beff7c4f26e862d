//! SIGKILL under load.

use super::{acknowledged, database, program};
use crate::shell::Outcome;
use puremix_tests::TempDir;
use std::collections::HashSet;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Kills a writer so often, each time on the database that the last one left.
pub fn check(puremixc: &Path, kills: usize) -> Outcome {
    let data = TempDir::new("crash-kill");
    let file = data.path().join("app.db");
    let mut all = HashSet::new();
    let mut found = HashSet::new();
    for round in 0..kills {
        let first = round * 1_000_000 + 1;
        let output = write_until_killed(puremixc, data.path(), first, delay(round))?;
        let acks: Vec<i64> = acknowledged(&output).collect();
        all.extend(&acks);
        found = database::ids(&file)?;
        let lost: Vec<&i64> = all.iter().filter(|id| !found.contains(id)).collect();
        if !lost.is_empty() {
            return Err(format!("kill {round}: {} acknowledged rows are gone: {lost:?}", lost.len()));
        }
    }
    if all.len() < kills * 5 {
        return Err(format!("only {} rows were acknowledged before {kills} kills: this proves nothing", all.len()));
    }
    println!("crash: {kills} kills, {} rows acknowledged, {} found, none lost, the database whole each time", all.len(), found.len());
    Ok(())
}

/// Starts a writer and kills it some time after its first word; what it printed.
fn write_until_killed(puremixc: &Path, data: &Path, first: usize, after: Duration) -> Result<String, String> {
    let mut command = Command::new(puremixc);
    command.args(["run", "--quiet", "--interpret"]).arg(program()).args([&first.to_string(), "0", "16"]);
    command.env("PUREMIX_DATA", data).stdout(Stdio::piped());
    let mut writer: Child = command.spawn().map_err(|e| format!("{}: {e}", puremixc.display()))?;
    let mut pipe = writer.stdout.take().ok_or("no pipe")?;
    let mut output = vec![0; 6];
    let ready = pipe.read_exact(&mut output);
    let reader = std::thread::spawn(move || {
        let read = pipe.read_to_end(&mut output);
        read.map(|_| output)
    });
    if ready.is_ok() {
        std::thread::sleep(after);
    }
    // `kill` sends SIGKILL.
    let killed = writer.kill().and_then(|()| writer.wait());
    let output = reader.join().map_err(|_| "the reader ended".to_owned())?.map_err(|e| e.to_string())?;
    killed.map_err(|e| e.to_string())?;
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// Between 5 and 255 ms, different each time.
fn delay(round: usize) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    Duration::from_millis(5 + (u64::from(now) / 1000 + round as u64 * 7919) % 250)
}
