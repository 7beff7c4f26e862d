//! The form of buttons that stand in no form, for browsers that run no scripts: it has nothing but the token, the button names its function.

use crate::csrf;
use crate::request::{Exchange, host};
use memchr::memmem;
use puremix_value::Cx;

/// What such buttons say in their tags.
const MARK: &[u8] = b"form=\"puremix-form\"";

/// Puts the form at the end of a document that has such a button.
pub(super) fn add_form(cx: Cx, exchange: &Exchange, text: &mut String) {
    if memmem::find(text.as_bytes(), MARK).is_none() {
        return;
    }
    let token = host(cx).services.csrf_token(exchange);
    let form = format!("<form id=\"puremix-form\" method=\"post\" hidden><input type=\"hidden\" name=\"{}\" value=\"{token}\"></form>", csrf::FIELD);
    text.insert_str(end_of_body(text), &form);
}

/// Before the last `</body>`; the end of a text that has none.
fn end_of_body(text: &str) -> usize {
    let bytes = text.as_bytes();
    memchr::memrchr_iter(b'<', bytes).find(|at| bytes[*at..].get(..7).is_some_and(|tag| tag.eq_ignore_ascii_case(b"</body>"))).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::end_of_body;

    #[test]
    fn ends() {
        for (text, want) in [("<body>a</body></html>", "</body></html>"), ("<BODY>a</BODY >", ""), ("a</Body>\n", "</Body>\n"), ("</body>b</body>", "</body>"), ("a", ""), ("", "")] {
            assert_eq!(&text[end_of_body(text)..], want, "{text}");
        }
    }
}
