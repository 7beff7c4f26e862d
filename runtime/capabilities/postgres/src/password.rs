//! Passwords that the URL does not name, as libpq and node-pg find them: `PGPASSWORD`, then the file `~/.pgpass`.

use crate::options::{ConnectOptions, Host};
use std::path::PathBuf;

/// Fills in the password, where one is found. `environment`: variables by name.
pub fn complete(mut options: ConnectOptions, environment: impl Fn(&str) -> Option<String>) -> ConnectOptions {
    if options.password.is_empty() {
        let named = environment("PGPASSWORD").filter(|password| !password.is_empty());
        options.password = named.or_else(|| find(&readable_file(environment)?, &options)).unwrap_or_default();
    }
    options
}

/// The file's text. One that others may read is left alone, as libpq does.
fn readable_file(environment: impl Fn(&str) -> Option<String>) -> Option<String> {
    let home = || environment("HOME").map(|home| PathBuf::from(home).join(".pgpass"));
    let path = environment("PGPASSFILE").map(PathBuf::from).or_else(home)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).ok()?.permissions().mode();
        if mode & 0o077 != 0 {
            eprintln!("WARNING: the password file {} is not used: others may read it (chmod 600)", path.display());
            return None;
        }
    }
    std::fs::read_to_string(path).ok()
}

/// The password of the first line `host:port:database:user:password` that fits; `*` fits all.
fn find(text: &str, options: &ConnectOptions) -> Option<String> {
    let host = match &options.host {
        Host::Tcp(host) => host,
        Host::Unix(_) => "localhost",
    };
    let wanted = [host, &options.port.to_string(), &options.database, &options.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = split(line);
        let (password, names) = fields.split_last()?;
        let fits = names.len() == wanted.len() && names.iter().zip(wanted).all(|(name, wanted)| name == "*" || name == wanted);
        fits.then(|| password.clone())
    })
}

/// Fields between colons; a backslash keeps the character after it.
fn split(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, fields.last_mut()) {
            (':', _) => fields.push(String::new()),
            ('\\', Some(field)) => field.extend(chars.next()),
            (c, Some(field)) => field.push(c),
            (_, None) => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::options::parse_url;

    #[test]
    fn lines() {
        let file = "# a comment\nh:5432:other:al:no\nh:*:d:al:p\\:w\\\\d\n*:*:*:*:last\n";
        let of = |url: &str| find(file, &parse_url(url).expect("reads"));
        assert_eq!(of("postgres://al@h/d").as_deref(), Some("p:w\\d"));
        assert_eq!(of("postgres://al@h:6000/d").as_deref(), Some("p:w\\d"));
        assert_eq!(of("postgres://bo@h/d").as_deref(), Some("last"));
        assert_eq!(find("h:5432:d:al", &parse_url("postgres://al@h/d").expect("reads")), None);
        assert_eq!(find("localhost:5432:d:al:sock", &parse_url("postgres://al@/d?host=/run").expect("reads")).as_deref(), Some("sock"));
    }
}
