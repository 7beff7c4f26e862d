//! Native modules in the place of npm packages, and packages of the guide that are compiled: every program of `tests/npm` prints under
//! `puremixc run --interpret` what it prints under Node with the real package, which `npm` installs. `NPM_CASE=name` runs one. What must be refused although the package accepts it is
//! below, without Node.

use puremix_tests::{TempDir, npm_packages};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The versions we are compared with.
const PACKAGES: &str = r#"{"private":true,"dependencies":{"bcryptjs":"3.0.2","cookie":"1.0.2","cookie-signature":"1.2.2","drizzle-orm":"0.45.4","express-rate-limit":"8.7.4",
"graphql":"16.11.0","jsonwebtoken":"9.0.2","mingo":"6.7.2","mongoose":"8.24.10","msgpack-lite":"0.1.26","nanoid":"5.1.5","protobufjs":"7.5.3","uuid":"11.1.0","xml2js":"0.6.2"}}"#;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/npm")
}

/// A directory with the packages installed, kept from run to run.
fn installed() -> &'static Path {
    static INSTALLED: LazyLock<PathBuf> = LazyLock::new(|| npm_packages(Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm"), PACKAGES));
    &INSTALLED
}

fn output(command: &mut Command) -> String {
    let output = command.env("KEYS", folder().join("keys")).output().unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn ours(program: &Path) -> String {
    output(Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["run", "--interpret"]).arg(program))
}

/// What both printed, line by line, where they differ.
fn compare(name: &str, expected: &str, found: &str) {
    let count = expected.lines().last().unwrap_or_default();
    assert!(count.ends_with(" cases"), "{name} did not reach its end under Node: {expected}");
    let differences: Vec<String> = expected.lines().zip(found.lines()).filter(|(a, b)| a != b).map(|(a, b)| format!("node {a}\nours {b}")).collect();
    assert!(differences.is_empty() && expected.lines().count() == found.lines().count(), "{name}\n{}\n{}", differences.join("\n"), found.lines().last().unwrap_or_default());
}

/// Runs a program of `tests/npm` under Node and under ours, in a folder below the packages: both look for them above the program.
fn both(name: &str, below: &str, environment: &[(&str, &str)]) -> (String, String) {
    let directory = installed().join(below);
    std::fs::create_dir_all(&directory).expect("a folder for programs");
    let program = directory.join(name);
    std::fs::copy(folder().join(name), &program).expect("the program is copied");
    let engine = |whose: &str| std::fs::copy(folder().join("engines").join(whose), directory.join("engine.mjs")).expect("the engine is copied");
    engine("node.mjs");
    let expected = output(Command::new("node").arg(&program));
    engine("ours.mjs");
    let ours = output(Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["run", "--interpret"]).arg(&program).envs(environment.iter().copied()));
    (expected, ours)
}

/// Filters, updates and pipelines mean on PostgreSQL what `mingo` says they mean.
#[test]
fn documents_in_postgres() {
    let name = "mongoose_mingo.mjs";
    if std::env::var("NPM_CASE").is_ok_and(|only| !name.contains(&only)) {
        return;
    }
    let Some(postgres) = puremix_tests::Postgres::start() else { return };
    let (expected, found) = both(name, "postgres", &[("DATABASE_URL", &postgres.database("documents"))]);
    compare(name, &expected, &found);
}

#[test]
fn native_modules_do_what_the_packages_do() {
    let only = std::env::var("NPM_CASE").ok();
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .expect("tests/npm exists")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".mjs") && only.as_ref().is_none_or(|only| name.contains(only.as_str())))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no program matches");
    for name in &names {
        let (expected, found) = both(name, "programs", &[]);
        compare(name, &expected, &found);
    }
}

/// A builder of queries is compiled from `node_modules`, over the native driver; under Node, with npm's better-sqlite3, it prints this.
#[test]
fn drizzle() {
    let program = installed().join("builders.mjs");
    let source = r#"
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { sqliteTable, integer, text } from 'drizzle-orm/sqlite-core';
import { eq, sql } from 'drizzle-orm';
const users = sqliteTable('users', { id: integer('id').primaryKey(), name: text('name').notNull() });
const db = drizzle(new Database(':memory:'));
db.run(sql`create table users (id integer primary key, name text not null unique)`);
db.insert(users).values([{ name: 'a' }, { name: 'b' }]).run();
console.log(db.select().from(users).where(eq(users.name, 'b')).all());
db.transaction((tx) => { tx.update(users).set({ name: 'z' }).where(eq(users.id, 1)).run(); });
console.log(await db.select().from(users));
"#;
    std::fs::write(&program, source).expect("written");
    assert_eq!(ours(&program), "[ { id: 2, name: 'b' } ]\n[ { id: 1, name: 'z' }, { id: 2, name: 'b' } ]\n");
}

/// Their users cannot change them: what they compute finds Node's modules, and fails when it is reached otherwise.
#[test]
fn packages_import_by_computed_names() {
    let directory = TempDir::new("computed");
    directory.write("node_modules/loads/package.json", r#"{"type":"module","main":"index.js"}"#);
    directory.write("node_modules/loads/index.js", "export const load = async (name) => import(`node:${name}`);");
    directory.write("main.mjs", "import { load } from 'loads';\nconsole.log((await load('path')).join('a', 'b'));\nawait load('nothing').catch((e) => console.log(e.code, e.message));\n");
    assert_eq!(ours(&directory.path().join("main.mjs")), "a/b\nMODULE_NOT_FOUND Cannot find module 'node:nothing'\n");
}

/// Tokens that the package accepts and RFC 7515 does not.
#[test]
fn tokens_are_read_strictly() {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("strict.mjs");
    let source = r#"
import jwt from 'jsonwebtoken';
import { createHmac } from 'node:crypto';
const b64 = (text) => Buffer.from(text).toString('base64url');
const sign = (header, payload) => { const s = `${b64(header)}.${b64(payload)}`; return `${s}.${createHmac('sha256', 'secret').update(s).digest('base64url')}`; };
const show = (token) => { try { console.log(JSON.stringify(jwt.verify(token, 'secret'))); } catch (e) { console.log(`${e.name}: ${e.message}`); } };
show(sign('{"alg":"HS256"}', '{"a":1}'));
show(sign('{"alg":"none","alg":"HS256"}', '{"a":1}'));
show(sign('{"alg":"none","\\u0061lg":"HS256"}', '{"a":1}'));
show(sign('{"alg":"HS256"}', '{"admin":false,"admin":true}'));
show(sign('{"alg":"HS256"}', '{"a":{"b":1},"b":{"b":2}}'));
show(sign('{"alg":"HS256","crit":["exp"],"exp":1}', '{"a":1}'));
show(sign('{"alg":"HS256","crit":[]}', '{"a":1}'));
show(sign('{"alg":"HS256","b64":false}', '{"a":1}'));
const good = sign('{"alg":"HS256"}', '{"a":1}');
const last = good.at(-1);
const twin = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
show(good.slice(0, -1) + twin[twin.indexOf(last) + 1]);
try { jwt.verify(sign('{"alg":"HS256","typ":"JWT"}', 'null'), 'secret'); console.log('accepted'); } catch (e) { console.log(e.name); }
"#;
    std::fs::write(&program, source).expect("the program is written");
    assert_eq!(
        ours(&program),
        "{\"a\":1}\n\
         JsonWebTokenError: invalid token\n\
         JsonWebTokenError: invalid token\n\
         JsonWebTokenError: invalid token\n\
         {\"a\":{\"b\":1},\"b\":{\"b\":2}}\n\
         JsonWebTokenError: unsupported critical header\n\
         JsonWebTokenError: unsupported critical header\n\
         JsonWebTokenError: unsupported unencoded payload\n\
         JsonWebTokenError: invalid signature\n\
         JsonWebTokenError\n"
    );
}

/// C2SP's vectors for JWS (tests/wycheproof/NOTICE): what is valid is accepted, all else refused.
#[test]
fn wycheproof() {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wycheproof.mjs");
    let source = r#"
import jwt from 'jsonwebtoken';
import { readFileSync } from 'node:fs';
let cases = 0;
for (const { comment, key, tests } of JSON.parse(readFileSync(process.env.KEYS + '/../../wycheproof/jws.json', 'utf8'))) {
  const secret = key.kty === 'oct' ? Buffer.from(key.k, 'base64url') : { key, format: 'jwk' };
  const algorithms = key.alg && [key.alg.replace('521', '512')];
  for (const [id, valid, token, what] of tests) {
    cases += 1;
    let verdict = true;
    let why = '';
    try { jwt.verify(token, secret, algorithms && { algorithms }); } catch (error) { verdict = false; why = error.message; }
    if (verdict !== valid) console.log(`${id} ${comment} ${what}: ${verdict ? 'accepted' : 'refused, ' + why}`);
  }
}
console.log(`${cases} cases`);
"#;
    std::fs::write(&program, source).expect("the program is written");
    // Nothing invalid is accepted: the texts of 367 and 370 are that of a valid one, 357. What is refused beside: empty payloads, which are no claims, and white space, as in the package; and
    // RFC 7520's figure 20, whose algorithm is not the one that its key names.
    let refused = "259 rs256 emptyPayload: refused, invalid token\n264 rs384 emptyPayload: refused, invalid token\n268 rs512 emptyPayload: refused, invalid token\n\
        272 ps256 emptyPayload: refused, invalid token\n320 ps384 emptyPayload: refused, invalid token\n325 ps512 emptyPayload: refused, invalid token\n\
        346 rfc7520 Figure20: refused, invalid algorithm\n350 rfc7520WithKeyOps Figure20: refused, invalid algorithm\n\
        367 base64 invalidBase64Padding: accepted\n370 base64 invalidBase64PaddingInPayload: accepted\n\
        372 base64 InvalidCharacterInsertedInHeader: refused, invalid token\n373 base64 InvalidCharacterInsertedInPayload: refused, invalid token\n401 cases\n";
    assert_eq!(ours(&program), refused);
}
