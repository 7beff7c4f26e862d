//! Two hundred clients at once: what they add and move must be exact.

use super::send;
use crate::e2e::check::Checks;
use puremix_tests::{Client, Server};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

const CLIENTS: usize = 200;
/// What each of two accounts begins with.
const MONEY: u64 = 1_000;

pub fn check(checks: &mut Checks, server: &Server) {
    for (what, how) in [("$inc", "inc"), ("findOneAndUpdate", "find"), ("read, change, save", "save")] {
        counted(checks, server, what, how);
    }
    pushed(checks, server);
    upserted(checks, server);
    transactions(checks, server);
    moved(checks, server);
}

/// Every client once, all at the same time; how many were answered 200, and the answers.
fn all_at_once(server: &Server, ask: impl Fn(&mut Client, usize) -> std::io::Result<puremix_tests::Reply> + Sync) -> (usize, Vec<Value>) {
    let failures = AtomicUsize::new(0);
    let answers = std::thread::scope(|scope| {
        let (ask, failures) = (&ask, &failures);
        let threads: Vec<_> = (0..CLIENTS)
            .map(|i| {
                let mut client = server.client();
                client.set_timeout(std::time::Duration::from_secs(60));
                scope.spawn(move || match ask(&mut client, i) {
                    Ok(reply) if reply.status == 200 => reply.json(),
                    other => {
                        // One of them is enough to see why.
                        if failures.fetch_add(1, Ordering::Relaxed) == 0 {
                            println!("a client was refused: {:?}", other.map(|r| (r.status, r.text())));
                        }
                        Value::Null
                    }
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap_or_default()).collect()
    });
    (CLIENTS - failures.load(Ordering::Relaxed), answers)
}

fn counter(server: &Server, name: &str) -> Value {
    server.client().get(&format!("/api/counters?name={name}")).map(|r| r.json()).unwrap_or_default()
}

fn counted(checks: &mut Checks, server: &Server, what: &str, how: &str) {
    checks.page(&format!("a counter for {what}"), send(&mut server.client(), "PUT", &format!("/api/counters?name={how}"), &json!({})), 201, &[]);
    let (answered, answers) = all_at_once(server, |client, _| client.request("POST", &format!("/api/counters?how={how}&name={how}"), &[], b""));
    checks.equal(&format!("{what}: all were answered"), answered, CLIENTS);
    checks.equal(&format!("{what}: the sum is exact"), counter(server, how)["n"].clone(), json!(CLIENTS));
    if how == "find" {
        let mut seen: Vec<u64> = answers.iter().filter_map(|a| a["n"].as_u64()).collect();
        seen.sort_unstable();
        checks.that("each saw a count of its own", seen.into_iter().eq(1..=CLIENTS as u64));
    }
    if how == "save" {
        checks.equal("the version counts the saves", counter(server, how)["version"].clone(), json!(CLIENTS));
    }
}

fn pushed(checks: &mut Checks, server: &Server) {
    send(&mut server.client(), "PUT", "/api/counters?name=list", &json!({})).ok();
    let (answered, _) = all_at_once(server, |client, i| client.request("POST", &format!("/api/counters?how=push&name=list&value={i}"), &[], b""));
    checks.equal("$push: all were answered", answered, CLIENTS);
    let list = counter(server, "list");
    checks.equal("$push: every value is there once", json!([list["list"], list["different"]]), json!([CLIENTS, CLIENTS]));
}

/// All make the document at once: one does, the others find it, as MongoDB has it where the key is unique.
fn upserted(checks: &mut Checks, server: &Server) {
    let (answered, _) = all_at_once(server, |client, _| client.request("POST", "/api/counters?how=upsert&name=upserted", &[], b""));
    checks.equal("upsert: all were answered", answered, CLIENTS);
    checks.equal("upsert: the sum is exact", counter(server, "upserted")["n"].clone(), json!(CLIENTS));
}

fn balances(server: &Server) -> Value {
    server.client().get("/api/accounts").map(|r| r.json()).unwrap_or_default()
}

fn transfer(client: &mut Client, query: &str, from: &str, to: &str, amount: u64) -> std::io::Result<puremix_tests::Reply> {
    send(client, "POST", &format!("/api/accounts?{query}"), &json!({ "from": from, "to": to, "amount": amount }))
}

/// One after the other: what commits, and what leaves nothing.
fn transactions(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    for name in ["a", "b"] {
        checks.page("an account", send(&mut client, "PUT", "/api/accounts", &json!({ "name": name, "balance": MONEY })), 201, &[]);
    }
    for by in ["hand", "session", "connection"] {
        for how in ["inc", "save"] {
            checks.page(&format!("a transaction by {by}, {how}"), transfer(&mut client, &format!("how={how}&by={by}"), "a", "b", 10), 200, &["{\"moved\":10}"]);
        }
        // The payee has been saved when the payer is refused.
        let refused = transfer(&mut client, &format!("how=save&by={by}"), "a", "b", MONEY);
        checks.page(&format!("one that throws, by {by}"), refused, 422, &["Account validation failed: balance: Overdrawn"]);
    }
    let undone = client.request("PATCH", "/api/accounts?try=undone", &[], b"");
    checks.page("a document of a transaction that was undone is new again", undone, 200, &["{\"isNew\":true,\"before\":0,\"after\":1}"]);
    checks.equal("what threw was undone, what did not was not", balances(server), json!({ "a": MONEY - 60, "b": MONEY + 60 }));
}

/// What a transaction read was changed by another: it cannot commit. SQLite has one writer at a time, so this does not happen there.
pub fn conflicts(checks: &mut Checks, server: &Server) {
    let told = server.client().request("PATCH", "/api/accounts?try=conflict", &[], b"");
    let expected = "{\"code\":112,\"codeName\":\"WriteConflict\",\"errorLabels\":[\"TransientTransactionError\"],\"conflict\":true}";
    checks.page("a conflict is MongoDB's", told, 200, &[expected]);
    let before = balances(server);
    let nested = server.client().request("PATCH", "/api/accounts?try=nested", &[], b"");
    checks.page("transactions within transactions begin again too", nested, 200, &["{\"outer\":2,\"inner\":2}"]);
    checks.equal("and move nothing", balances(server), before);
}

/// Both ways at once, so that transactions meet in either order; half of them with what the program read.
fn moved(checks: &mut Checks, server: &Server) {
    let before = balances(server);
    for how in ["inc", "save"] {
        let (answered, _) = all_at_once(server, |client, i| {
            let by = if i % 3 == 0 { "session" } else { "connection" };
            let (from, to) = if i % 2 == 0 { ("a", "b") } else { ("b", "a") };
            transfer(client, &format!("how={how}&by={by}"), from, to, 1)
        });
        checks.equal(&format!("transactions, {how}: all were answered"), answered, CLIENTS);
        checks.equal(&format!("transactions, {how}: nothing is lost or made"), balances(server), before.clone());
    }
}

pub fn check_kept(checks: &mut Checks, server: &Server) {
    checks.equal("balances outlive the process", balances(server), json!({ "a": MONEY - 60, "b": MONEY + 60 }));
    checks.equal("counts too", counter(server, "inc")["n"].clone(), json!(CLIENTS));
    let mut client = server.client();
    client.request("POST", "/api/counters?how=inc&name=inc", &[], b"").ok();
    checks.equal("and go on", counter(server, "inc")["n"].clone(), json!(CLIENTS + 1));
}
