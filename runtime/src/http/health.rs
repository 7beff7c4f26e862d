//! The endpoints for supervisors: health, ready, live. An app's own `/health` comes first.

use super::message::{Reply, RequestParts};
use crate::site::Site;

/// The answer to a supervisor's question; `None` for other paths.
pub fn answer(site: &Site, parts: &RequestParts) -> Option<Reply> {
    if parts.method() != "GET" {
        return None;
    }
    match parts.path() {
        "/_puremix/health" | "/health" => Some(no_store(Reply::json(200, status(site)))),
        "/_puremix/live" => Some(no_store(Reply::text(200, "ok\n".to_owned()))),
        "/_puremix/ready" if site.is_draining() => Some(no_store(Reply::text(503, "draining\n".to_owned()))),
        "/_puremix/ready" => Some(no_store(Reply::text(200, "ok\n".to_owned()))),
        _ => None,
    }
}

fn no_store(reply: Reply) -> Reply {
    reply.with("cache-control", "no-store")
}

/// What may be public: versions and counts, no names of files or variables.
fn status(site: &Site) -> String {
    let mut text = String::from("{\"status\":\"ok\"");
    push_text(&mut text, "version", site.app.version);
    push_text(&mut text, "puremixc", site.app.puremixc);
    push_text(&mut text, "env", &site.settings.mode);
    let uptime = (site.started.elapsed().as_millis() as f64) / 1e3;
    text.push_str(&format!(",\"uptime\":{uptime},\"routes\":{},\"requests\":{}", site.app.routes.len(), site.requests()));
    if let Some(python) = crate::python::status(site.app) {
        text.push_str(&format!(",\"python\":{python}"));
    }
    text.push('}');
    text
}

fn push_text(out: &mut String, key: &str, value: &str) {
    out.push_str(&format!(",\"{key}\":\""));
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
