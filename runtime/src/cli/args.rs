//! The built binary's command line, as data.

use crate::config::Flags;
use crate::config::suggest;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Serve(Flags),
    Health(Flags),
    Config(Flags),
    Routes,
    Migrate(Migrate),
    Db(Db),
    Version,
    Help,
}

/// What `migrate` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Migrate {
    Status,
    Up { dry_run: bool },
}

/// What `db` does, and to which database if not the app's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Db {
    /// The collection is the file's name unless it is given.
    Import { file: String, collection: Option<String>, url: Option<String> },
    Export { collection: String, url: Option<String> },
}

const VERBS: &[&str] = &["serve", "health", "config", "routes", "migrate", "db", "version", "help"];
const FLAGS: &[&str] = &["--host", "--port", "--workers", "--version", "--help"];

/// Reads the arguments after the program's name. Errors say what to write instead.
pub fn parse(args: &[String]) -> Result<Command, String> {
    if args.first().is_some_and(|verb| verb == "migrate") {
        return parse_migrate(&args[1..]).map(Command::Migrate);
    }
    if args.first().is_some_and(|verb| verb == "db") {
        return parse_db(&args[1..]).map(Command::Db);
    }
    let mut verb = None;
    let mut flags = Flags::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if !arg.starts_with('-') {
            if let Some(first) = verb.replace(arg.as_str()) {
                return Err(format!("`{first}` takes no argument `{arg}`"));
            }
            continue;
        }
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        let slot = match name {
            "--host" => &mut flags.host,
            "--port" | "-p" => &mut flags.port,
            "--workers" => &mut flags.workers,
            "--version" | "-V" => return Ok(Command::Version),
            "--help" | "-h" => return Ok(Command::Help),
            _ => {
                let hint = suggest::nearest(name, FLAGS.iter().copied()).map(|n| format!("; did you mean `{n}`?"));
                return Err(format!("unknown option `{name}`{}", hint.unwrap_or_default()));
            }
        };
        let value = inline.or_else(|| args.next().cloned()).filter(|v| !v.is_empty());
        *slot = Some(value.ok_or_else(|| format!("`{name}` needs a value"))?);
    }
    match verb {
        None | Some("serve") => Ok(Command::Serve(flags)),
        Some("health") => Ok(Command::Health(flags)),
        Some("config") => Ok(Command::Config(flags)),
        Some("routes") => Ok(Command::Routes),
        Some("version") => Ok(Command::Version),
        Some("help") => Ok(Command::Help),
        Some(other) => {
            let hint = suggest::nearest(other, VERBS.iter().copied()).map(|n| format!("; did you mean `{n}`?"));
            Err(format!("unknown command `{other}`{}", hint.unwrap_or_default()))
        }
    }
}

/// `migrate [status | up [--dry-run]]`
fn parse_migrate(args: &[String]) -> Result<Migrate, String> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words[..] {
        [] | ["status"] => Ok(Migrate::Status),
        ["up"] => Ok(Migrate::Up { dry_run: false }),
        ["up", "--dry-run"] => Ok(Migrate::Up { dry_run: true }),
        _ => Err(format!("`migrate {}`: it is `migrate status`, `migrate up` or `migrate up --dry-run`", words.join(" "))),
    }
}

/// `db import FILE [--collection NAME] [--url URL]`, `db export COLLECTION [--url URL]`
fn parse_db(args: &[String]) -> Result<Db, String> {
    let (mut words, mut collection, mut url) = (Vec::new(), None, None);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let slot = match arg.as_str() {
            "--collection" => &mut collection,
            "--url" => &mut url,
            word if word.starts_with("--") => return Err(format!("unknown option `{word}` of `db`")),
            word => {
                words.push(word);
                continue;
            }
        };
        *slot = Some(args.next().cloned().filter(|v| !v.is_empty()).ok_or_else(|| format!("`{arg}` needs a value"))?);
    }
    match words[..] {
        ["import", file] => Ok(Db::Import { file: file.to_owned(), collection, url }),
        ["export", name] if collection.is_none() => Ok(Db::Export { collection: name.to_owned(), url }),
        _ => Err(format!("`db {}`: it is `db import FILE [--collection NAME] [--url URL]` or `db export COLLECTION [--url URL]`", words.join(" "))),
    }
}

/// The text of `--help`.
pub fn help(app: &str) -> String {
    format!(
        "\
Usage: {app} [serve] [--host HOST] [--port PORT] [--workers N]
       {app} migrate [status | up [--dry-run]]
       {app} db import FILE [--collection NAME] | export COLLECTION [--url URL]
       {app} health | config | routes | --version | --help

  serve      Serve the app (the default).
  health     Ask the running server how it is; exit status 0 if it answers.
  config     Show the effective configuration and where each value comes from.
  routes     List the routes.
  migrate    Show the migrations, or apply those that are pending; serving applies them too.
  db         Move documents: what mongoexport wrote, in; a collection, out.

  --host HOST    Address to listen on (HOST, `host`).
  --port, -p N   Port to listen on (PORT, `port`).
  --workers N    Number of isolates (WORKERS, `workers`).

A flag wins over the environment, that over .env.<mode>, .env and puremix.config.js.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Result<Command, String> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn commands_and_flags() {
        let flags = |host: Option<&str>, port: Option<&str>| Flags { host: host.map(str::to_owned), port: port.map(str::to_owned), workers: None };
        assert_eq!(ask(""), Ok(Command::Serve(flags(None, None))));
        assert_eq!(ask("--port 80 --host=::"), Ok(Command::Serve(flags(Some("::"), Some("80")))));
        assert_eq!(ask("migrate"), Ok(Command::Migrate(Migrate::Status)));
        assert_eq!(ask("migrate up --dry-run"), Ok(Command::Migrate(Migrate::Up { dry_run: true })));
        assert!(ask("migrate down").is_err_and(|e| e.contains("migrate up")));
        assert_eq!(ask("db export users"), Ok(Command::Db(Db::Export { collection: "users".to_owned(), url: None })));
        let import = Db::Import { file: "a.json".to_owned(), collection: Some("b".to_owned()), url: None };
        assert_eq!(ask("db import a.json --collection b"), Ok(Command::Db(import)));
        assert!(ask("db import").is_err_and(|e| e.contains("db import FILE")));
        assert_eq!(ask("db import a --collection"), Err("`--collection` needs a value".to_owned()));
        assert_eq!(ask("health -p 81"), Ok(Command::Health(flags(None, Some("81")))));
        assert_eq!(ask("serve --version"), Ok(Command::Version));
        assert_eq!(ask("routse"), Err("unknown command `routse`; did you mean `routes`?".to_owned()));
        assert_eq!(ask("--prot 80"), Err("unknown option `--prot`; did you mean `--port`?".to_owned()));
        assert_eq!(ask("--port"), Err("`--port` needs a value".to_owned()));
        assert_eq!(ask("--port="), Err("`--port` needs a value".to_owned()));
        assert_eq!(ask("serve twice"), Err("`serve` takes no argument `twice`".to_owned()));
    }
}
