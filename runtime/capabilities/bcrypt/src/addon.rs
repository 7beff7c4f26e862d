//! The package `bcrypt`, version 6.

use crate::hash::{Salt, matches};
use crate::later::{Job, run};
use puremix_js::ops;
use puremix_node::capability::object;
use puremix_value::{Args, Cx, ErrorKind, R, Thrown, Value};

pub const EXPORTS: &[&str] = &["compare", "compareSync", "default", "genSalt", "genSaltSync", "getRounds", "hash", "hashSync"];

const DATA_AND_SALT: &str = "data must be a string or Buffer and salt must either be a salt string or a number of rounds";
const BAD_SALT: &str = "Invalid salt. Salt must be in the form of: $Vers$log2(NumRounds)$saltvalue";

pub fn module(cx: Cx) -> R {
    Ok(object(cx, &[
        ("genSaltSync", 2, |cx, a| Ok(Value::from(new_salt(cx, a.get(0), a.get(1))?.text()))),
        ("genSalt", 3, gen_salt),
        ("hashSync", 2, |cx, a| Ok(Value::from((plan_hash(cx, a.get(0), a.get(1))?.work)()))),
        ("hash", 3, hash),
        ("compareSync", 2, |cx, a| {
            let job = plan_compare(cx, a.get(0), a.get(1))?;
            Ok((job.show)(&(job.work)()))
        }),
        ("compare", 3, compare),
        ("getRounds", 1, get_rounds),
    ])
    .into())
}

fn error(cx: Cx, message: &str) -> Thrown {
    cx.throw_error(ErrorKind::Error, message)
}

fn new_salt(cx: Cx, rounds: &Value, minor: &Value) -> R<Salt> {
    let rounds = match rounds {
        v if !ops::js_truthy(v) => 10.0,
        Value::Num(n) => *n,
        _ => return Err(error(cx, "rounds must be a number")),
    };
    let minor = match minor {
        v if !ops::js_truthy(v) => 'b',
        Value::Str(s) if s.as_str() == "b" => 'b',
        Value::Str(s) if s.as_str() == "a" => 'a',
        _ => return Err(error(cx, "minor must be either \"a\" or \"b\"")),
    };
    Salt::random(minor, rounds).map_err(|_| error(cx, "the system gives no random numbers"))
}

/// `genSalt([rounds], [minor], [callback])`
fn gen_salt(cx: Cx, a: &Args<'_>) -> R {
    let (rounds, minor, callback) = match (a.get(0), a.get(1)) {
        (f, _) if f.is_callable() => (&Value::Undefined, &Value::Undefined, f),
        (rounds, f) if f.is_callable() => (rounds, &Value::Undefined, f),
        (rounds, minor) => (rounds, minor, a.get(2)),
    };
    if ops::js_truthy(callback) && !callback.is_callable() {
        return refuse_callback(cx);
    }
    let salt = new_salt(cx, rounds, minor).map(|salt| Job::text(move || salt.text()));
    run(cx, callback, salt)
}

fn refuse_callback(cx: Cx) -> R {
    let refused = error(cx, "cb must be a function or null to return a Promise");
    run(cx, &Value::Undefined, Err(refused))
}

/// The bytes of a password.
fn password(v: &Value) -> Option<Vec<u8>> {
    match v {
        Value::Str(s) => Some(s.as_utf8().as_bytes().to_vec()),
        v => puremix_node::bytes_of(v),
    }
}

fn plan_hash(cx: Cx, data: &Value, salt: &Value) -> R<Job> {
    if data.is_nullish() || salt.is_nullish() {
        return Err(error(cx, "data and salt arguments required"));
    }
    let Some(password) = password(data) else { return Err(error(cx, DATA_AND_SALT)) };
    let salt = match salt {
        Value::Num(_) => new_salt(cx, salt, &Value::Undefined)?,
        Value::Str(text) => Salt::parse(&text.as_utf8()).map_err(|_| error(cx, BAD_SALT))?,
        _ => return Err(error(cx, DATA_AND_SALT)),
    };
    Ok(Job::text(move || salt.hash(&password)))
}

fn hash(cx: Cx, a: &Args<'_>) -> R {
    for early in [a.get(0), a.get(1)] {
        if early.is_callable() {
            let refused = error(cx, DATA_AND_SALT);
            return run(cx, early, Err(refused));
        }
    }
    if ops::js_truthy(a.get(2)) && !a.get(2).is_callable() {
        return refuse_callback(cx);
    }
    let planned = plan_hash(cx, a.get(0), a.get(1));
    run(cx, a.get(2), planned)
}

fn plan_compare(cx: Cx, data: &Value, hash: &Value) -> R<Job> {
    if data.is_nullish() || hash.is_nullish() {
        return Err(error(cx, "data and hash arguments required"));
    }
    match (password(data), hash) {
        (Some(password), Value::Str(hash)) => {
            let hash = hash.as_utf8().into_owned();
            Ok(Job::verdict(move || matches(&password, &hash)))
        }
        _ => Err(error(cx, "data must be a string or Buffer and hash must be a string")),
    }
}

fn compare(cx: Cx, a: &Args<'_>) -> R {
    for early in [a.get(0), a.get(1)] {
        if early.is_callable() {
            let refused = error(cx, "data and hash arguments required");
            return run(cx, early, Err(refused));
        }
    }
    if ops::js_truthy(a.get(2)) && !a.get(2).is_callable() {
        return refuse_callback(cx);
    }
    let planned = plan_compare(cx, a.get(0), a.get(1));
    run(cx, a.get(2), planned)
}

fn get_rounds(cx: Cx, a: &Args<'_>) -> R {
    match a.get(0) {
        v if v.is_nullish() => Err(error(cx, "hash argument required")),
        Value::Str(hash) => match Salt::parse(&hash.as_utf8()) {
            Ok(salt) => Ok(Value::Num(f64::from(salt.cost()))),
            Err(_) => Err(error(cx, "invalid hash provided")),
        },
        _ => Err(error(cx, "hash must be a string")),
    }
}
