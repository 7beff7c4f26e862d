//! Migrations as data: files of SQL, numbered, with checksums.

use crate::app::AppDef;
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// The folder of an app, and the beginning of the names of embedded files.
pub const FOLDER: &str = "migrations";

/// One step of a schema's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    pub version: i64,
    /// The file's name, `001_users.sql`.
    pub name: String,
    /// What is run: the file up to a line `-- down`.
    pub up: String,
    /// Of `up`, in hexadecimal; line ends count alike.
    pub checksum: String,
}

/// Reads a file. The error is for people.
fn parse(name: &str, text: &str) -> Result<Migration, String> {
    let number = name.split('_').next().unwrap_or_default();
    let version = number.parse().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()));
    let version = version.ok_or_else(|| format!("{FOLDER}/{name}: a migration is named NUMBER_NAME.sql, such as 001_users.sql"))?;
    let is_down = |line: &&str| line.trim().eq_ignore_ascii_case("-- down");
    let text = text.trim_start_matches('\u{feff}');
    let mut up: String = text.lines().take_while(|line| !is_down(line)).flat_map(|line| [line, "\n"]).collect();
    up.truncate(up.trim_end().len());
    if up.lines().all(|line| line.trim().is_empty() || line.trim().starts_with("--")) {
        // Applied as it is it could never be filled in: a file that was applied must not change.
        return Err(format!("{FOLDER}/{name} is empty: write its SQL, or delete it"));
    }
    let checksum = Sha256::digest(&up).iter().map(|b| format!("{b:02x}")).collect();
    Ok(Migration { version, name: name.to_owned(), up, checksum })
}

/// Files in the order of their numbers.
fn ordered(files: impl IntoIterator<Item = (String, String)>) -> Result<Vec<Migration>, String> {
    let mut all: Vec<Migration> = files.into_iter().map(|(name, text)| parse(&name, &text)).collect::<Result<_, _>>()?;
    all.sort_by_key(|m| m.version);
    match all.windows(2).find(|pair| pair[0].version == pair[1].version) {
        Some(pair) => Err(format!("{FOLDER}/{} and {FOLDER}/{} have the same number", pair[0].name, pair[1].name)),
        None => Ok(all),
    }
}

/// Those that the binary has.
pub fn embedded(app: &AppDef) -> Result<Vec<Migration>, String> {
    let files = app.assets.iter().filter(|asset| !asset.public).filter_map(|asset| {
        let name = asset.url.strip_prefix(FOLDER)?.strip_prefix('/')?;
        (name.ends_with(".sql") && !name.contains('/')).then(|| (name.to_owned(), String::from_utf8_lossy(asset.bytes).into_owned()))
    });
    ordered(files)
}

/// Those in a project's folder; none when there is no folder.
pub fn of_project(root: &Path) -> Result<Vec<Migration>, String> {
    let folder = root.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            files.push((name, std::fs::read_to_string(&path).map_err(failed)?));
        }
    }
    ordered(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[(&str, &str)]) -> Result<Vec<(i64, String)>, String> {
        let all = ordered(files.iter().map(|(n, t)| (n.to_string(), t.to_string())))?;
        Ok(all.into_iter().map(|m| (m.version, m.up)).collect())
    }

    #[test]
    fn files() {
        assert_eq!(names(&[("10_b.sql", "B"), ("9_a.sql", "A;\n-- Down\nDROP")]), Ok(vec![(9, "A;".to_owned()), (10, "B".to_owned())]));
        assert!(names(&[("users.sql", "A")]).is_err_and(|e| e.contains("001_users.sql")));
        assert!(names(&[("-1_a.sql", "A")]).is_err());
        assert!(names(&[("1_a.sql", "A"), ("001_b.sql", "B")]).is_err_and(|e| e.contains("same number")));
        assert!(names(&[("1_a.sql", "-- To do\n\n")]).is_err());
        assert!(names(&[("1_a.sql", "-- down\nA")]).is_err_and(|e| e.contains("empty")));
        let unix = parse("1_a.sql", "A;\nB;\n").expect("reads");
        assert_eq!(parse("1_a.sql", "\u{feff}A;\r\nB;\r\n\r\n").expect("reads").checksum, unix.checksum);
    }
}
