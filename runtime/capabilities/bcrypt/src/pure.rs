//! The package `bcryptjs`, version 3: the same hashes, other words. Its progress callbacks are not called: there is nothing to yield to.

use crate::hash::{BadSalt, SALT_LENGTH, Salt, matches};
use crate::later::{Job, run};
use puremix_js::ops;
use puremix_node::capability::{object, text_of};
use puremix_value::{Args, Cx, ErrorKind, R, Thrown, Value};

pub const EXPORTS: &[&str] =
    &["compare", "compareSync", "default", "genSalt", "genSaltSync", "getRounds", "getSalt", "hash", "hashSync", "truncates"];

/// What `hash` and `genSalt` take where no number is given.
const ROUNDS: f64 = 10.0;
/// Of a whole hash.
const HASH_LENGTH: usize = 60;

pub fn module(cx: Cx) -> R {
    Ok(object(cx, &[
        ("genSaltSync", 2, |cx, a| Ok(Value::from(new_salt(cx, a.get(0), a.get(1))?.text()))),
        ("genSalt", 3, gen_salt),
        ("hashSync", 2, |cx, a| Ok(Value::from((plan_hash(cx, a.get(0), a.get(1), true)?.work)()))),
        ("hash", 4, |cx, a| {
            let planned = plan_hash(cx, a.get(0), a.get(1), false);
            run(cx, callback(cx, a.get(2))?, planned)
        }),
        ("compareSync", 2, |cx, a| {
            let job = plan_compare(cx, a.get(0), a.get(1))?;
            Ok((job.show)(&(job.work)()))
        }),
        ("compare", 4, |cx, a| {
            let planned = plan_compare(cx, a.get(0), a.get(1));
            run(cx, callback(cx, a.get(2))?, planned)
        }),
        ("getRounds", 1, get_rounds),
        ("getSalt", 1, get_salt),
        ("truncates", 1, |cx, a| match a.get(0) {
            Value::Str(s) => Ok(Value::Bool(s.as_utf8().len() > 72)),
            v => Err(illegal(cx, &[v])),
        }),
    ])
    .into())
}

/// `Illegal arguments: undefined, number`
fn illegal(cx: Cx, args: &[&Value]) -> Thrown {
    let kinds: Vec<&str> = args.iter().map(|v| ops::typeof_lit(v).text()).collect();
    cx.throw_error(ErrorKind::Error, &format!("Illegal arguments: {}", kinds.join(", ")))
}

/// A callback, or nothing for a promise.
fn callback(cx: Cx, v: &Value) -> R<&Value> {
    if !v.is_nullish() && !v.is_callable() {
        return Err(cx.throw_error(ErrorKind::Error, &format!("Illegal callback: {}", ops::typeof_lit(v).text())));
    }
    Ok(v)
}

fn new_salt(cx: Cx, rounds: &Value, other: &Value) -> R<Salt> {
    let rounds = match rounds {
        Value::Undefined | Value::Null => ROUNDS,
        Value::Num(n) => *n,
        _ => return Err(illegal(cx, &[rounds, other])),
    };
    Salt::random('b', rounds).map_err(|_| cx.throw_error(ErrorKind::Error, "the system gives no random numbers"))
}

/// `genSalt([rounds], [seedLength], [callback])`
fn gen_salt(cx: Cx, a: &Args<'_>) -> R {
    let (rounds, back) = match (a.get(0), a.get(1)) {
        (f, _) if f.is_callable() => (&Value::Undefined, f),
        (rounds, f) if f.is_callable() => (rounds, f),
        (rounds, _) => (rounds, a.get(2)),
    };
    let salt = match rounds {
        Value::Undefined | Value::Num(_) => new_salt(cx, rounds, &Value::Undefined).map(|salt| Job::text(move || salt.text())),
        // Thrown, unlike everything else that is wrong with arguments.
        v => return Err(cx.throw_error(ErrorKind::Error, &format!("illegal arguments: {}", ops::typeof_lit(v).text()))),
    };
    run(cx, callback(cx, back)?, salt)
}

fn plan_hash(cx: Cx, password: &Value, salt: &Value, defaults: bool) -> R<Job> {
    let given = salt;
    let salt = match salt {
        Value::Undefined if defaults => new_salt(cx, &Value::Undefined, &Value::Undefined)?,
        Value::Num(_) => new_salt(cx, salt, &Value::Undefined)?,
        Value::Str(text) if matches!(password, Value::Str(_)) => Salt::parse(&text.as_utf8()).map_err(|bad| bad_salt(cx, &bad))?,
        _ => return Err(illegal(cx, &[password, given])),
    };
    let Value::Str(password) = password else {
        // The package has made a salt of the number by then.
        let made = Value::str("");
        return Err(illegal(cx, &[password, if defaults { &made } else { given }]));
    };
    let password = password.as_utf8().as_bytes().to_vec();
    Ok(Job::text(move || salt.hash(&password)))
}

fn bad_salt(cx: Cx, bad: &BadSalt) -> Thrown {
    let message = match bad {
        BadSalt::Version(text) => format!("Invalid salt version: {text}"),
        BadSalt::Revision(text) => format!("Invalid salt revision: {text}"),
        BadSalt::Rounds => "Missing salt rounds".to_owned(),
        BadSalt::Cost(cost) => format!("Illegal number of rounds (4-31): {cost}"),
        BadSalt::Bytes => "Illegal salt".to_owned(),
    };
    cx.throw_error(ErrorKind::Error, &message)
}

fn plan_compare(cx: Cx, password: &Value, hash: &Value) -> R<Job> {
    let (Value::Str(password), Value::Str(hash)) = (password, hash) else { return Err(illegal(cx, &[password, hash])) };
    let (password, hash) = (password.as_utf8().as_bytes().to_vec(), hash.as_utf8().into_owned());
    Ok(Job::verdict(move || hash.len() == HASH_LENGTH && matches(&password, &hash)))
}

fn get_rounds(cx: Cx, a: &Args<'_>) -> R {
    let Value::Str(hash) = a.get(0) else { return Err(illegal(cx, &[a.get(0)])) };
    let rounds = hash.as_utf8().split('$').nth(2).and_then(|digits| {
        let digits: &str = &digits[..digits.bytes().take_while(u8::is_ascii_digit).count()];
        digits.parse::<f64>().ok()
    });
    Ok(Value::Num(rounds.unwrap_or(f64::NAN)))
}

fn get_salt(cx: Cx, a: &Args<'_>) -> R {
    let Value::Str(_) = a.get(0) else { return Err(illegal(cx, &[a.get(0)])) };
    let hash = text_of(cx, a.get(0))?;
    let length = hash.encode_utf16().count();
    match hash.get(..SALT_LENGTH) {
        Some(salt) if length == HASH_LENGTH => Ok(Value::str(salt)),
        _ => Err(cx.throw_error(ErrorKind::Error, &format!("Illegal hash length: {length} != {HASH_LENGTH}"))),
    }
}
