//! HTML that the development server adds to the app's.

use puremix_runtime::http::message::{Body, Reply, RequestParts};

pub const CLIENT_URL: &str = "/__dev/client.js";
pub const OVERVIEW_URL: &str = "/__dev";
pub const EVENTS_URL: &str = "/__dev/events";
const CLIENT: &str = include_str!("client.js");
const TAG: &str = "<script src=\"/__dev/client.js\"></script>";

/// The script of open pages.
pub fn client() -> Reply {
    Reply::of(200, "text/javascript; charset=utf-8", Body::Static(CLIENT.as_bytes())).with("cache-control", "no-cache")
}

/// Whether the answer becomes a page in a browser, as far as the request tells: what a script fetches is no page.
pub fn is_for_page(parts: &RequestParts) -> bool {
    parts.header("sec-fetch-dest").is_none_or(|dest| matches!(dest, "document" | "iframe" | "frame"))
}

/// Adds the client's script to HTML: to what a page answers, and to a whole document that an API route sends (`is_api`). Such a route's fragments stay
/// as they are, because a script puts them into a page that has the client.
pub fn with_client(mut reply: Reply, is_api: bool) -> Reply {
    if !reply.header("content-type").is_some_and(|media| media.starts_with("text/html")) {
        return reply;
    }
    let added = |text: String| if is_api && !is_document(&text) { text } else { inserted(text) };
    reply.body = match reply.body {
        Body::Text(text) => Body::Text(added(text)),
        Body::Bytes(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Body::Text(added(text)),
            Err(e) => Body::Bytes(e.into_bytes()),
        },
        other => other,
    };
    reply
}

fn is_document(text: &str) -> bool {
    let begins = text.trim_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
    begins || ["</body>", "</html>", "</BODY>", "</HTML>"].iter().any(|end| text.contains(end))
}

/// The document with the client's script.
pub fn inserted(mut text: String) -> String {
    let end = text.rfind("</body>").or_else(|| text.rfind("</BODY>")).unwrap_or(text.len());
    text.insert_str(end, TAG);
    text
}

/// What is shown while no version of the app runs: the client shows the error over it.
pub fn nothing_runs() -> Reply {
    let text = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>The app has errors</title></head>\
         <body><noscript>The app has errors; they are in the terminal.</noscript>{TAG}</body></html>"
    );
    Reply::html(500, text).with("cache-control", "no-store")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_of_api_routes_stay_as_they_are() {
        let text = |html: &str| if let Body::Text(text) = with_client(Reply::html(200, html.into()), true).body { text } else { String::new() };
        assert_eq!(text("<b>hi</b>"), "<b>hi</b>");
        assert_eq!(text(""), "");
        assert_eq!(text("<body>a</body>"), format!("<body>a{TAG}</body>"));
        assert_eq!(text("<p>a</html>"), format!("<p>a</html>{TAG}"));
        assert_eq!(text("\n<!DOCTYPE html><p>a"), format!("\n<!DOCTYPE html><p>a{TAG}"));
    }

    #[test]
    fn the_script_stands_at_the_end_of_the_body() {
        let text = |reply: Reply| if let Body::Text(text) = with_client(reply, false).body { text } else { String::new() };
        assert_eq!(text(Reply::html(200, "<body>a</body></html>".into())), format!("<body>a{TAG}</body></html>"));
        assert_eq!(text(Reply::html(200, "<p>a".into())), format!("<p>a{TAG}"));
        assert_eq!(text(Reply::json(200, "{}".into())), "{}");
        assert!(CLIENT.len() < 12 * 1024, "{}", CLIENT.len());
    }
}
