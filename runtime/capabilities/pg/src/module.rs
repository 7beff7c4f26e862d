//! The functions below `pg`.

use puremix_js::builtins::error::make_error;
use puremix_js::ops;
use puremix_node::capability::{member, object, put_all, text_of};
use puremix_postgres::{Answer, Ask, Client, ConnectOptions, Failure, Host, Identity, Notification, Pem, Reply, SESSION, Tls, complete, parse_url, tls_mode};
use puremix_value::{Args, Class, Cx, ErrorKind, Intrinsic, Obj, Payload, R, Value};
use std::time::Duration;

pub const EXPORTS: &[&str] = &["connect", "default", "end", "hear", "isAlive", "query"];

pub fn module(cx: Cx) -> R {
    Ok(object(cx, &[("connect", 1, connect), ("query", 4, query), ("isAlive", 1, is_alive), ("hear", 1, hear), ("end", 1, end)]).into())
}

struct Handle(Client);

impl Payload for Handle {}

fn client<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Client> {
    let given = a.get(0).as_obj().and_then(|o| o.payload::<Handle>());
    given.map(|handle| &handle.0).ok_or_else(|| cx.throw_error(ErrorKind::Type, "not a client"))
}

fn promised<T: Send + 'static>(cx: Cx, reply: Reply<T>, show: impl FnOnce(Cx, T) -> R + 'static) -> R {
    puremix_node::spawn(cx, reply, move |cx, outcome: Result<T, Failure>| match outcome {
        Ok(answer) => show(cx, answer),
        Err(failure) => {
            let error = error_of(cx, &failure);
            Err(cx.throw(error))
        }
    })
}

/// `connect({connectionString, host, port, user, password, database, ssl, …})`
fn connect(cx: Cx, a: &Args<'_>) -> R {
    let options = match read_options(cx, a.get(0))? {
        Ok(options) => options,
        Err(e) => return Err(cx.throw_error(ErrorKind::Error, &e)),
    };
    promised(cx, Client::connect(options), |cx, client| {
        Ok(Obj::native(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Class::Other, Handle(client)).into())
    })
}

fn read_options(cx: Cx, given: &Value) -> R<Result<ConnectOptions, String>> {
    let text = |name: &str| -> R<Option<String>> {
        match member(cx, given, name)? {
            v if v.is_nullish() => Ok(None),
            v => text_of(cx, &v).map(Some),
        }
    };
    let url = text("connectionString")?.unwrap_or_else(|| "postgres://".to_owned());
    let mut options = match parse_url(&url) {
        Ok(options) => options,
        Err(e) => return Ok(Err(e)),
    };
    if !url.contains("sslmode=") && !url.contains("ssl=") {
        if let Err(e) = read_tls(cx, &member(cx, given, "ssl")?, &mut options)? {
            return Ok(Err(e));
        }
    }
    for name in SESSION {
        // `false` and 0 are the server's own setting.
        if let Some(value) = text(name)?.filter(|value| !matches!(value.as_str(), "false" | "0")) {
            options.session.retain(|(known, _)| known != name);
            options.session.push(((*name).to_owned(), value));
        }
    }
    if let Some(host) = text("host")? {
        options.host = if host.starts_with('/') { Host::Unix(host) } else { Host::Tcp(host) };
    }
    if let Some(port) = text("port")? {
        match port.parse() {
            Ok(port) => options.port = port,
            Err(_) => return Ok(Err(format!("`{port}` is no port"))),
        }
    }
    if let Some(user) = text("user")? {
        options.user = user;
    }
    if let Some(password) = text("password")? {
        options.password = password;
    }
    if let Some(database) = text("database")? {
        options.database = database;
    }
    if let Some(name) = text("application_name")? {
        options.application_name = name;
    }
    if let Some(Ok(ms)) = text("connectionTimeoutMillis")?.map(|t| t.parse::<u64>())
        && ms > 0
    {
        options.connect_timeout = Duration::from_millis(ms);
    }
    // As the program sees its environment.
    let environment = member(cx, given, "environment")?;
    let mut variables = Vec::new();
    for name in ["PGPASSWORD", "PGPASSFILE", "HOME"] {
        let value = member(cx, &environment, name)?;
        if !value.is_nullish() {
            variables.push((name, text_of(cx, &value)?));
        }
    }
    Ok(Ok(complete(options, |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))))
}

/// `ssl`: `true`, a mode of `PGSSLMODE`, or `{rejectUnauthorized, ca, cert, key, servername}`, the latter PEM as text or bytes.
fn read_tls(cx: Cx, ssl: &Value, options: &mut ConnectOptions) -> R<Result<(), String>> {
    let pem = |name: &str| -> R<Option<Pem>> {
        let given = member(cx, ssl, name)?;
        if given.is_nullish() {
            return Ok(None);
        }
        let parts = if ops::is_array(cx, &given)? { ops::array_like_to_vec(cx, &given)? } else { vec![given] };
        let mut all = Vec::new();
        for part in &parts {
            all.extend(match puremix_node::bytes_of(part) {
                Some(bytes) => bytes,
                None => text_of(cx, part)?.into_bytes(),
            });
            all.push(b'\n');
        }
        Ok(Some(Pem::Text(all)))
    };
    match ssl {
        Value::Str(mode) => match tls_mode(&mode.as_utf8()) {
            Ok(mode) => options.tls = mode,
            Err(e) => return Ok(Err(e)),
        },
        Value::Obj(_) => {
            let verifies = !matches!(member(cx, ssl, "rejectUnauthorized")?, Value::Bool(false));
            options.tls = if verifies { Tls::Require } else { Tls::Unverified };
            options.identity = Identity { roots: pem("ca")?, certificate: pem("cert")?, key: pem("key")?, server_name: None };
            let name = member(cx, ssl, "servername")?;
            if !name.is_nullish() {
                options.identity.server_name = Some(text_of(cx, &name)?);
            }
        }
        ssl if ops::js_truthy(ssl) => options.tls = Tls::Require,
        _ => {}
    }
    Ok(Ok(()))
}

/// `query(client, text, values, isPrepared)`: a promise for a list of answers. Without values the text may hold several statements.
fn query(cx: Cx, a: &Args<'_>) -> R {
    let sql = text_of(cx, a.get(1))?;
    let ask = match a.get(2) {
        v if v.is_nullish() => Ask::Script(sql),
        values => {
            let values = ops::array_like_to_vec(cx, values)?;
            let params = values.iter().map(|v| parameter(cx, v)).collect::<R<_>>()?;
            if ops::js_truthy(a.get(3)) { Ask::Prepared(sql, params) } else { Ask::Once(sql, params) }
        }
    };
    promised(cx, client(cx, a)?.ask(ask), |cx, answers: Vec<Answer>| {
        let shown = answers.iter().map(|answer| show(cx, answer)).collect();
        Ok(Obj::array(cx, shown).into())
    })
}

/// `pg.cjs` has made text of everything but null and bytes.
fn parameter(cx: Cx, v: &Value) -> R<Option<Vec<u8>>> {
    if v.is_nullish() {
        return Ok(None);
    }
    match puremix_node::bytes_of(v) {
        Some(bytes) => Ok(Some(puremix_postgres::hex(&bytes))),
        None => Ok(Some(text_of(cx, v)?.into_bytes())),
    }
}

/// `{tag, fields, rows}`, the rows as lists of texts.
fn show(cx: Cx, answer: &Answer) -> Value {
    let field = |f: &puremix_postgres::Field| {
        let o = Obj::plain(cx);
        let number = |n: f64| Value::Num(n);
        put_all(cx, &o, [
            ("name", Value::str(&f.name)),
            ("tableID", number(f.table_id.into())),
            ("columnID", number(f.column_id.into())),
            ("dataTypeID", number(f.type_id.into())),
            ("dataTypeSize", number(f.type_size.into())),
            ("dataTypeModifier", number(f.type_modifier.into())),
            ("format", Value::str("text")),
        ]);
        Value::Obj(o)
    };
    let cell = |text: &Option<bytes::Bytes>| text.as_ref().map_or(Value::Null, |t| Value::str(&String::from_utf8_lossy(t)));
    let rows = answer.rows.iter().map(|row| Obj::array(cx, row.iter().map(cell).collect()).into()).collect();
    let o = Obj::plain(cx);
    let fields = answer.fields.iter().map(field).collect();
    put_all(cx, &o, [("tag", Value::str(&answer.tag)), ("fields", Obj::array(cx, fields).into()), ("rows", Obj::array(cx, rows).into())]);
    o.into()
}

/// The letters of an error's fields and the names that `pg` gives them.
const FIELDS: &[(u8, &str)] = &[
    (b'S', "severity"), (b'C', "code"), (b'D', "detail"), (b'H', "hint"), (b'P', "position"), (b'p', "internalPosition"), (b'q', "internalQuery"),
    (b'W', "where"), (b's', "schema"), (b't', "table"), (b'c', "column"), (b'd', "dataType"), (b'n', "constraint"), (b'F', "file"), (b'L', "line"),
    (b'R', "routine"),
];

fn error_of(cx: Cx, failure: &Failure) -> Value {
    let message = match failure {
        Failure::Refused(fields) => fields.get(b'M').unwrap_or_default().to_owned(),
        Failure::Lost(why) | Failure::Unreached(_, why) => why.clone(),
    };
    let error = make_error(cx, ErrorKind::Error, &message);
    if let (Value::Obj(o), Failure::Unreached(code, _)) = (&error, failure) {
        o.put(cx, &cx.key_of("code"), Value::str(code));
    }
    if let (Value::Obj(o), Failure::Lost(_)) = (&error, failure) {
        o.put(cx, &cx.key_of("isLost"), Value::Bool(true));
    }
    if let (Value::Obj(o), Failure::Refused(fields)) = (&error, failure) {
        // The length of the server's message: its fields, each with a letter and an end, and the length itself.
        let length: usize = fields.0.iter().map(|(_, text)| text.len() + 2).sum::<usize>() + 6;
        o.put(cx, &cx.key_of("length"), Value::Num(length as f64));
        o.put(cx, &cx.key_of("isServers"), Value::Bool(true));
        for (letter, name) in FIELDS {
            let value = fields.get(*letter).map_or(Value::Undefined, Value::str);
            o.put(cx, &cx.key_of(name), value);
        }
    }
    error
}

fn is_alive(cx: Cx, a: &Args<'_>) -> R {
    promised(cx, client(cx, a)?.is_alive(), |_, alive| Ok(Value::Bool(alive)))
}

/// `hear(client)`: a promise for the next notifications, as `pg` shows them; an empty list after the end.
fn hear(cx: Cx, a: &Args<'_>) -> R {
    promised(cx, client(cx, a)?.hear(), |cx, heard| {
        let shown = |n: &Notification| {
            let o = Obj::plain(cx);
            // The message's own length: itself, the sender, and two texts with their ends.
            let length = 10 + n.channel.len() + n.payload.len();
            put_all(cx, &o, [
                ("length", Value::Num(length as f64)),
                ("processId", Value::Num(n.process_id.into())),
                ("channel", Value::str(&n.channel)),
                ("payload", Value::str(&n.payload)),
                ("name", Value::str("notification")),
            ]);
            Value::Obj(o)
        };
        Ok(Obj::array(cx, heard.iter().map(shown).collect()).into())
    })
}

fn end(cx: Cx, a: &Args<'_>) -> R {
    promised(cx, client(cx, a)?.end(), |_, ()| Ok(Value::Undefined))
}
