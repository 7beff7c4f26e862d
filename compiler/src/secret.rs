//! The secret that `dev` and `run` use for an app without one: made once per project and kept in `.puremix/`, so that logins and open forms outlive
//! a restart.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The project's own secret. Where it cannot be kept, one that ends with the process.
pub fn of_project(root: &Path) -> [u8; 32] {
    let path = root.join(".puremix/secret");
    if let Some(secret) = read(&path) {
        return secret;
    }
    let made = puremix_runtime::sys::random_bytes::<32>();
    // Another process may make one at the same time: the first file counts.
    match write(&path, &made) {
        Ok(()) => made,
        Err(_) => read(&path).unwrap_or(made),
    }
}

fn read(path: &Path) -> Option<[u8; 32]> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(33).read_to_end(&mut bytes).ok()?;
    bytes.try_into().ok()
}

/// A file that only this user can read.
fn write(path: &Path, secret: &[u8; 32]) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(secret)
}

/// For the environment of a program that is started.
pub fn hex(secret: &[u8; 32]) -> String {
    secret.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_keeps_its_secret() {
        let directory = puremix_tests::TempDir::new("secret");
        let made = of_project(directory.path());
        assert_eq!(of_project(directory.path()), made);
        let other = puremix_tests::TempDir::new("secret");
        assert_ne!(of_project(other.path()), made);
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(directory.path().join(".puremix/secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
