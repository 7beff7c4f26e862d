//! The `fetch` function.

use crate::client::{self, Abort, Answer, Outgoing};
use crate::failure::Failure;
use crate::{headers, request, response};
use base64::Engine as _;
use bytes::Bytes;
use puremix_js::promise;
use puremix_node::capability::abort;
use puremix_value::{Args, Cx, R};
use std::rc::Rc;

pub fn fetch(cx: Cx, a: &Args<'_>) -> R {
    match start(cx, a) {
        Ok(promise) => Ok(promise),
        Err(_) => Ok(promise::rejected(cx, cx.take_exception()).into()),
    }
}

fn start(cx: Cx, a: &Args<'_>) -> R {
    let request = request::read(cx, a.get(0), a.get(1))?;
    if let Some(reason) = request.signal.as_ref().and_then(abort::reason_of) {
        return Err(cx.throw(reason));
    }
    match request.url.scheme() {
        "http" | "https" => {}
        "data" => return data_url(cx, request.url.as_str()),
        "about" | "blob" | "file" => {
            let error = Failure::Network("not implemented... yet...").fetch_failed(cx);
            return Err(cx.throw(error));
        }
        _ => {
            let error = Failure::Network("unknown scheme").fetch_failed(cx);
            return Err(cx.throw(error));
        }
    }
    let outgoing = Outgoing {
        method: request.method.clone(),
        url: request.url.clone(),
        headers: headers::list_of(&request.headers),
        body: request.body.bytes().map(|b| Bytes::from(b.to_vec())),
        redirect: request.redirect,
    };
    request.body.mark_used();
    let control = Rc::new(Abort::default());
    let signal = request.signal;
    if let Some(signal) = &signal {
        let control = control.clone();
        abort::on_abort(signal, move |_, _| control.abort());
    }
    let is_head = outgoing.method == "HEAD";
    let sent = client::send(outgoing, control.clone());
    puremix_node::spawn(cx, sent, move |cx, outcome: Result<Answer, Failure>| match outcome {
        Ok(answer) => {
            let has_body = !is_head && !matches!(answer.status, 101 | 204 | 205 | 304);
            Ok(response::received(cx, answer, has_body, control))
        }
        Err(Failure::Aborted) => {
            let reason = signal.as_ref().and_then(abort::reason_of).unwrap_or_default();
            Err(cx.throw(reason))
        }
        Err(failure) => {
            let error = failure.fetch_failed(cx);
            Err(cx.throw(error))
        }
    })
}

/// `data:text/plain;base64,aGk=` (Fetch Standard, §6).
fn data_url(cx: Cx, url: &str) -> R {
    let decoded = parse_data_url(url);
    let Some((kind, bytes)) = decoded else {
        let error = Failure::Network("invalid data: URL").fetch_failed(cx);
        return Err(cx.throw(error));
    };
    let made = response::of_bytes(cx, url, &kind, bytes);
    Ok(promise::promise_of(cx, Ok(made)))
}

fn parse_data_url(url: &str) -> Option<(String, Vec<u8>)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let data = data.split('#').next().unwrap_or_default();
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(data).collect();
    let (kind, is_base64) = match head.trim().strip_suffix("base64").map(str::trim_end).and_then(|h| h.strip_suffix(';')) {
        Some(kind) => (kind, true),
        None => (head.trim(), false),
    };
    let bytes = if is_base64 {
        let clean: Vec<u8> = bytes.into_iter().filter(|b| !b.is_ascii_whitespace()).collect();
        base64::prelude::BASE64_STANDARD_NO_PAD.decode(clean.strip_suffix(b"==").or_else(|| clean.strip_suffix(b"=")).unwrap_or(&clean)).ok()?
    } else {
        bytes
    };
    let kind = match kind {
        "" => "text/plain;charset=US-ASCII".to_owned(),
        kind if kind.starts_with(';') => format!("text/plain{kind}"),
        kind => kind.to_owned(),
    };
    Some((kind, bytes))
}

#[cfg(test)]
mod tests {
    use super::parse_data_url;

    #[test]
    fn data_urls() {
        for (url, kind, bytes) in [
            ("data:text/plain,a%20b", "text/plain", Some("a b")),
            ("data:;base64,aGk=", "text/plain;charset=US-ASCII", Some("hi")),
            ("data:text/html;charset=x;base64,aGk", "text/html;charset=x", Some("hi")),
            ("data:nothing", "", None),
        ] {
            let expected = bytes.map(|b| (kind.to_owned(), b.as_bytes().to_vec()));
            assert_eq!(parse_data_url(url), expected, "{url}");
        }
    }
}
