//! What a Parsley handler sees of the server: the `basil` object, and what its value means as a response.

use crate::{lang, request};
use puremix_parsley::{database_object, parsley_text};
use puremix_value::{Cx, ErrorKind, Obj, R, Value};

/// The project's database, at the path `basil.yaml` names.
pub fn parsley_database(cx: Cx, path: &Value) -> R {
    let path = substitute(&lang::to_string(cx, path)?.as_utf8());
    let opened = puremix_sql::open(&format!("sqlite:{path}"));
    Ok(database_object(cx, opened.map_err(|e| cx.throw_error(ErrorKind::Error, &e))?))
}

/// `basil`: the request, and the project's database, which is null when it has none.
pub fn parsley_basil(cx: Cx, request: &Value, database: &Value) -> R {
    let basil = Obj::plain(cx);
    if !matches!(database, Value::Null) {
        lang::put(cx, &basil, "sqlite", database.clone());
    }
    let view = Obj::plain(cx);
    for name in ["method", "path", "query", "headers", "cookies", "params"] {
        lang::put(cx, &view, name, lang::get(cx, request, name)?);
    }
    lang::put(cx, &view, "form", lang::get(cx, request, "body")?);
    lang::put(cx, &view, "host", lang::get(cx, request, "hostname")?);
    lang::put(cx, &view, "remoteAddr", lang::get(cx, request, "ip")?);
    let http = Obj::plain(cx);
    lang::put(cx, &http, "request", Value::Obj(view));
    lang::put(cx, &basil, "http", Value::Obj(http));
    debug_assert!(request::of(request).is_some(), "handlers are called with a request object");
    Ok(Value::Obj(basil))
}

/// A handler's value: lists of markup and text are joined, everything else answers as it is.
pub fn parsley_response(cx: Cx, value: &Value) -> R {
    let is_page = value.as_obj().is_some_and(Obj::is_array) && has_markup(cx, value)?;
    if is_page { parsley_text(cx, value) } else { Ok(value.clone()) }
}

fn has_markup(cx: Cx, list: &Value) -> R<bool> {
    let items = puremix_js::array_like_to_vec(cx, list)?;
    Ok(items.iter().any(|v| matches!(v.as_obj().map(Obj::kind), Some(puremix_value::Kind::Html(_)))))
}

/// `${NAME}` and `${NAME:-default}` from the environment, as `basil.yaml` allows.
fn substitute(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inside, tail)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        let (name, default) = inside.split_once(":-").unwrap_or((inside, ""));
        out.push_str(&std::env::var(name).unwrap_or_else(|_| default.to_owned()));
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::substitute;

    #[test]
    fn environment_in_paths() {
        assert_eq!(substitute("./a.db"), "./a.db");
        assert_eq!(substitute("${PMX_NOT_SET:-./b}/c.db"), "./b/c.db");
        assert_eq!(substitute("${broken"), "${broken");
    }
}
