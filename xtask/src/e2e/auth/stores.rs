//! What is the stores' matter: requests at once, instances that share a store, stores that fail, secrets, packages of npm.

use super::{SAME, act, read, set_cookie};
use crate::e2e::Builder;
use crate::e2e::check::Checks;
use puremix_tests::{Client, Postgres, Redis, Server, TempDir};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Duration;

/// 200 clients add to one session; readers never wait.
pub fn counting(checks: &mut Checks, server: &Server) {
    const CLIENTS: usize = 200;
    const EACH: usize = 3;
    let mut client = server.client();
    act(&mut client, "set", json!({ "count": 0, "other": 1 })).ok();
    let value = client.cookie("sid").unwrap_or_default().to_owned();
    let with_session = || {
        let mut one = server.client();
        one.set_cookie("sid", &value);
        one
    };
    let answered: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let mut one = with_session();
                scope.spawn(move || (0..EACH).filter(|_| act(&mut one, "add", json!({})).is_ok_and(|r| r.status == 200)).count())
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap_or(0)).sum()
    });
    checks.equal("all were answered", answered, CLIENTS * EACH);
    checks.equal("200 clients add exactly", read(&mut client), json!({ "count": CLIENTS * EACH, "other": 1 }));
    let (mut slow, mut reader) = (with_session(), with_session());
    let elapsed = std::thread::scope(|scope| {
        let writer = scope.spawn(move || act(&mut slow, "slow", json!({})).map(|r| r.status).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(50));
        let started = std::time::Instant::now();
        read(&mut reader);
        let elapsed = started.elapsed();
        (elapsed, writer.join().unwrap_or(0))
    });
    checks.that("a reader waits for no writer", elapsed.0 < Duration::from_millis(200) && elapsed.1 == 200);
    // Safe requests do not wait: what two of them change of different names is merged, and a logout is not undone.
    let (mut slow, mut quick) = (with_session(), with_session());
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || slow.get("/api/session?do=slow").map(|r| r.status).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(50));
        act(&mut quick, "set", json!({ "meanwhile": 1 })).ok();
        writer.join().unwrap_or(0)
    });
    checks.equal("changes of different names are merged", read(&mut client), json!({ "count": CLIENTS * EACH, "other": 1, "slow": 2, "meanwhile": 1 }));
    let (mut slow, mut quick) = (with_session(), with_session());
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || slow.get("/api/session?do=slow").map(|r| r.status).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(50));
        act(&mut quick, "logout", json!({})).ok();
        writer.join().unwrap_or(0)
    });
    checks.equal("a logout is not undone by a request that began before", read(&mut client), json!({}));
}

/// Two instances, one store: what each changes of one session is merged by name, and a logout at one is one at the other.
pub fn shared(checks: &mut Checks, binary: &Path, env: &[(&str, &str)]) -> Result<(), String> {
    const CLIENTS: usize = 20;
    let directories = [TempDir::new("auth-one"), TempDir::new("auth-two")];
    let servers = [Server::start(binary, directories[0].path(), env)?, Server::start(binary, directories[1].path(), env)?];
    let mut client = servers[0].client();
    act(&mut client, "set", json!({ "from": "one" })).ok();
    let value = client.cookie("sid").unwrap_or_default().to_owned();
    let at = |i: usize| {
        let mut client = servers[i].client();
        client.set_cookie("sid", &value);
        client
    };
    checks.equal("another instance has the session", read(&mut at(1)), json!({ "from": "one" }));
    std::thread::scope(|scope| {
        for i in 0..CLIENTS {
            let mut client = at(i % 2);
            scope.spawn(move || act(&mut client, "set", Map::from_iter([(format!("name{i}"), json!(i))]).into()));
        }
    });
    let mut expected: Map<String, Value> = (0..CLIENTS).map(|i| (format!("name{i}"), json!(i))).collect();
    expected.insert("from".to_owned(), json!("one"));
    checks.equal("changes at both are merged by name", read(&mut at(0)), expected.into());
    act(&mut at(1), "logout", json!({})).ok();
    checks.equal("a logout at one holds at the other", read(&mut at(0)), json!({}));
    Ok(())
}

/// How often the store is asked: once for a request that looks, never for one of a route that does not.
pub fn asked(checks: &mut Checks, binary: &Path, redis: &Redis) -> Result<(), String> {
    const REQUESTS: usize = 10;
    let directory = TempDir::new("auth-asked");
    let server = Server::start(binary, directory.path(), &[("STORE", &redis.url())])?;
    let mut client = server.client();
    act(&mut client, "set", json!({ "a": 1 })).ok();
    let mut cost = |method: &str, path: &str| {
        let (loads, writes) = (redis.calls("eval"), redis.calls("set") + redis.calls("pexpire") + redis.calls("del"));
        for _ in 0..REQUESTS {
            client.request(method, path, &[SAME], b"").ok();
        }
        (redis.calls("eval") - loads, redis.calls("set") + redis.calls("pexpire") + redis.calls("del") - writes)
    };
    checks.equal("a route without sessions asks nothing", cost("GET", "/api/plain"), (0, 0));
    checks.equal("nor when it is posted to", cost("POST", "/api/plain"), (0, 0));
    checks.equal("a session that is looked at is read once", cost("GET", "/api/session?do=read"), (REQUESTS, 0));
    checks.equal("one that was not changed is not written", cost("POST", "/api/session?do=read"), (REQUESTS, 0));
    checks.equal("a name made at run time costs the same", cost("GET", "/api/hidden"), (REQUESTS, 0));
    checks.equal("a public file asks nothing", cost("GET", "/hello.txt"), (0, 0));
    let mut nobody = server.client();
    let before = redis.calls("eval");
    read(&mut nobody);
    checks.equal("nobody's request asks nothing", redis.calls("eval"), before);
    Ok(())
}

/// What holds while a store is away, and when it is back.
fn failing(checks: &mut Checks, server: &Server, client: &mut Client, log: &str, resume: impl FnOnce()) {
    let away = checks.page("without the store, a session is 503", client.get("/api/session?do=read"), 503, &["not available"]);
    checks.equal("and the cookie stays", set_cookie(&away), String::new());
    checks.page("also where no compiler saw it", client.get("/api/hidden"), 503, &[]);
    checks.page("routes without sessions are answered", client.get("/api/plain"), 200, &["plain"]);
    checks.page("nobody's request is answered", server.client().get("/api/session?do=read"), 200, &["{}"]);
    let login = checks.page("a login that cannot be kept is none", act(&mut server.client(), "login", json!({ "name": "x" })), 503, &[]);
    checks.equal("and sends no cookie", set_cookie(&login), String::new());
    checks.that("the log says why", server.output().contains(log));
    resume();
    let mut found = read(client);
    for _ in 0..50 {
        if found != Value::Null {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        found = read(client);
    }
    checks.equal("when it is back, all is well", found, json!({ "kept": 1 }));
}

pub fn failing_redis(checks: &mut Checks, binary: &Path, redis: &mut Redis, url: &str) -> Result<(), String> {
    let directory = TempDir::new("auth-failing");
    let server = Server::start(binary, directory.path(), &[("STORE", url)])?;
    let mut client = server.client();
    act(&mut client, "set", json!({ "kept": 1 })).ok();
    redis.stop();
    failing(checks, &server, &mut client, "cannot load the session: redis 127.0.0.1:", || redis.resume());
    Ok(())
}

pub fn failing_postgres(checks: &mut Checks, binary: &Path, postgres: &mut Postgres, env: &[(&str, &str)]) -> Result<(), String> {
    let directory = TempDir::new("auth-failing");
    let server = Server::start(binary, directory.path(), env)?;
    let mut client = server.client();
    act(&mut client, "set", json!({ "kept": 1 })).ok();
    let value = client.cookie("sid").unwrap_or_default().to_owned();
    postgres.stop();
    failing(checks, &server, &mut client, "cannot load the session: ", || postgres.resume());
    // A start without the server: sessions come when it does.
    postgres.stop();
    let server = Server::start(binary, directory.path(), env)?;
    checks.that("a start without the store warns", server.output().contains("the store of sessions is not there yet"));
    let mut client = server.client();
    client.set_cookie("sid", &value);
    failing(checks, &server, &mut client, "cannot load the session: ", || postgres.resume());
    Ok(())
}

/// `rediss://` with a certificate that is trusted, and with one that is not.
pub fn over_tls(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    let Some(redis) = Redis::start_encrypted() else {
        println!("auth: Redis or openssl is not installed; Redis over TLS was not tried");
        return Ok(());
    };
    let directory = TempDir::new("auth-tls");
    let (url, certificate) = (redis.url(), redis.certificate());
    let server = Server::start(binary, directory.path(), &[("STORE", "redis"), ("REDIS_URL", &url), ("NODE_EXTRA_CA_CERTS", &certificate.to_string_lossy())])?;
    let mut client = server.client();
    checks.page("a session in Redis over TLS", act(&mut client, "set", json!({ "a": 1 })), 200, &[]);
    checks.equal("is read there", read(&mut client), json!({ "a": 1 }));
    let value = client.cookie("sid").unwrap_or_default().to_owned();
    let server = Server::start(binary, directory.path(), &[("STORE", &url)])?;
    let mut client = server.client();
    client.set_cookie("sid", &value);
    checks.page("a certificate that nobody vouches for is refused", client.get("/api/session?do=read"), 503, &[]);
    checks.that("as the log says", server.output().contains("TLS: "));
    Ok(())
}

pub fn settings(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    let directory = TempDir::new("auth-settings");
    let start = |env: &[(&str, &str)]| Server::start(binary, directory.path(), &[&[("STORE", "memory")], env].concat());
    let server = start(&[("ROLLING", "1"), ("SAVE_EMPTY", "1"), ("NODE_ENV", "development")])?;
    let mut client = server.client();
    let first = client.get("/api/session?do=nothing").map(|r| set_cookie(&r)).unwrap_or_default();
    checks.that("saveUninitialized gives every visitor a session", first.starts_with("sid="));
    let next = client.get("/api/session?do=read").map(|r| set_cookie(&r)).unwrap_or_default();
    checks.that("rolling sends the cookie each time", next.starts_with("sid="));
    let https = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7")];
    let proxied = |server: &Server, headers: &[(&str, &str)]| server.client().request("GET", "/api/session?do=nothing", headers, b"").map(|r| set_cookie(&r)).unwrap_or_default();
    checks.that("behind a proxy that speaks HTTPS the cookie is secure", proxied(&server, &https).contains("; Secure"));
    checks.that("behind one that does not, it is not", !proxied(&server, &https[1..]).contains("; Secure"));
    checks.that("in memory is no warning outside production", !server.output().contains("sessions are in memory"));

    let server = start(&[("SECURE", "1"), ("SAVE_EMPTY", "1"), ("TRUST_PROXY", "false")])?;
    checks.that("secure: true works over plain HTTP on the loopback", !proxied(&server, &[]).contains("; Secure"));
    checks.that("under another name it does not", proxied(&server, &[("Host", "shop.example")]).contains("; Secure"));

    let server = start(&[("UNSET", "destroy"), ("NODE_ENV", "production")])?;
    let mut client = server.client();
    act(&mut client, "set", json!({ "a": 1 })).ok();
    let left = checks.page("unset: 'destroy' makes null the end", act(&mut client, "leave", json!({})), 200, &[]);
    checks.that("takes the cookie back", set_cookie(&left).starts_with("sid=; Path=/; Max-Age=0"));
    checks.equal("and the data", read(&mut client), json!({}));
    checks.that("memory in production is a warning", server.output().contains("sessions are in memory"));
    Ok(())
}

/// Secrets are changed by putting the new one first.
pub fn secrets(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    const OLD: &str = "the-old-secret-of-more-than-32-bytes-1";
    const NEW: &str = "the-new-secret-of-more-than-32-bytes-2";
    let directory = TempDir::new("auth-secrets");
    let start = |secrets: &str| Server::start(binary, directory.path(), &[("SECRETS", secrets)]);
    let with = |server: &Server, cookie: &str| {
        let mut client = server.client();
        client.set_cookie("sid", cookie);
        client
    };
    let signed_before = {
        let server = start(OLD)?;
        let mut client = server.client();
        act(&mut client, "set", json!({ "a": 1 })).ok();
        client.cookie("sid").unwrap_or_default().to_owned()
    };
    let signed_anew = {
        let server = start(&format!("{NEW},{OLD}"))?;
        let mut client = with(&server, &signed_before);
        checks.equal("a cookie signed with the old secret opens its session", read(&mut client), json!({ "a": 1 }));
        client.cookie("sid").unwrap_or_default().to_owned()
    };
    checks.that("and is signed anew", signed_anew != signed_before && signed_anew.split('.').next() == signed_before.split('.').next());
    let server = start(NEW)?;
    checks.equal("which holds without the old secret", read(&mut with(&server, &signed_anew)), json!({ "a": 1 }));
    checks.equal("where the old cookie does not", read(&mut with(&server, &signed_before)), json!({}));
    Ok(())
}

/// npm's middleware and its stores in the configuration: what they become.
pub fn packages(checks: &mut Checks, builder: &Builder) -> Result<(), String> {
    let directory = TempDir::new("auth-packages");
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text)).map_err(|e| format!("{}: {e}", path.display()))
    };
    write("package.json", "{\"name\":\"packages\"}")?;
    write("app/routes/index.js", "export const GET = (request) => request.session.n ?? 0;")?;
    let printed = |imports: &str, options: &str| -> Result<String, String> {
        write("puremix.config.js", &format!("import session from 'express-session';\n{imports}\nexport default {{ middleware: [session({{ secret: 'a-secret-of-more-than-32-bytes-000', {options} }})] }};\n"))?;
        let app = directory.path().to_string_lossy().into_owned();
        let output = builder.command(&["run", "--interpret", &app, "--", "config"]).output().map_err(|e| e.to_string())?;
        Ok(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
    };
    let postgres = "import connect from 'connect-pg-simple';\nconst Store = connect(session);";
    for (what, imports, options, expected) in [
        ("express-session", "", "resave: false, cookie: { maxAge: 60000 }", &["session.name = connect.sid", "session.cookie.maxAge = 60000"][..]),
        ("connect-redis", "import { RedisStore } from 'connect-redis';", "store: new RedisStore({ url: 'redis://cache:6379' })", &["session.store = redis://cache:6379"]),
        ("connect-redis with a client", "import { RedisStore } from 'connect-redis';", "store: new RedisStore({ client: {} })", &["a client is not needed", "REDIS_URL"]),
        ("connect-pg-simple", postgres, "store: new Store({ conString: 'postgres://db/app', tableName: 'x' })", &["session.store = postgres://db/app", "`tableName` has no effect"]),
        ("connect-pg-simple with a pool", postgres, "store: new Store({ pool: {} })", &["`pool` is not needed", "DATABASE_URL"]),
        ("connect-sqlite3", "import connect from 'connect-sqlite3';", "store: new (connect(session))({ db: 'sessions', dir: './var' })", &["session.store = sqlite:./var/sessions.db"]),
        ("memorystore", "import memory from 'memorystore';", "store: new (memory(session))({ checkPeriod: 1 })", &["session.store = memory"]),
        ("MemoryStore", "", "store: new session.MemoryStore()", &["session.store = memory"]),
        ("a store of somebody else's", "", "store: { get() {}, set() {} }", &["is not one of the server's"]),
        ("genid", "", "genid: () => 'x'", &["`genid` has no effect; ids are 192 random bits"]),
    ] {
        let printed = printed(imports, options)?;
        let missing: Vec<&&str> = expected.iter().filter(|part| !printed.contains(**part)).collect();
        checks.that(&format!("{what}: {missing:?} in {printed}"), missing.is_empty());
    }
    Ok(())
}
