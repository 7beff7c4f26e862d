//! What a call of a server function says (docs/wire-protocol.md): which function, for which page, with which data. Plain data from plain data.

use crate::body::Kind;
use crate::upload;
use std::borrow::Cow;

/// Where calls are sent.
pub const PATH: &str = "/_puremix/action";

/// Which function a request calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    pub function: String,
    /// The component whose function it is, where the name alone does not say so.
    pub component: Option<String>,
    /// The component's place on the page.
    pub component_id: Option<String>,
    /// Whether the answer is to show the page as it is now.
    pub render: Render,
}

/// What the caller wants to see beside the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Render {
    #[default]
    Nothing,
    /// The page, or the component whose instance the call names.
    Page,
    /// The page in any case.
    WholePage,
    /// The caller's page, which is another than the function's.
    OtherPage,
}

impl Call {
    /// The name under which the page knows the function.
    pub fn name(&self) -> Cow<'_, str> {
        match &self.component {
            Some(component) => Cow::Owned(format!("{component}.{}", self.function)),
            None => Cow::Borrowed(&self.function),
        }
    }
}

/// A call as it was sent.
#[derive(Debug, Default)]
pub struct Envelope {
    pub call: Call,
    /// The page: path and query as in its URL. Without one the function is looked for in the whole app.
    pub route: Option<String>,
    /// JSON text; empty without data.
    pub data: Vec<u8>,
    /// The fields and files of a multipart call, under their own names.
    pub form: Option<upload::Form>,
}

/// Fields of a multipart call that belong to the function begin with this, so that a form's own field may be called `action`.
const DATA: &str = "data.";

/// Reads a multipart call: the fields `action`, `route`, `component`, `componentId`, `render` and `data` (JSON), and what the names `data.…` say.
///
/// # Errors
/// What is wrong, for the caller.
pub fn of_form(form: upload::Form) -> Result<Envelope, String> {
    let mut envelope = Envelope::default();
    let mut own = upload::Form::default();
    for (name, text) in form.pairs {
        match name.strip_prefix(DATA) {
            Some(name) => own.pairs.push((name.to_owned(), text)),
            None if name == "data" => envelope.data = text.into_bytes(),
            None => envelope.note(&name, text),
        }
    }
    for mut file in form.files {
        let Some(field) = file.field.strip_prefix(DATA) else { return Err(format!("the file `{}` must be called `data.{}`", file.field, file.field)) };
        file.field = field.to_owned();
        own.files.push(file);
    }
    envelope.form = Some(own);
    envelope.checked()
}

/// Reads a JSON call. The text of `data` is taken as it is: whoever parses it says what is wrong with it.
///
/// # Errors
/// What is wrong, for the caller.
pub fn of_json(body: &[u8]) -> Result<Envelope, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the JSON body is not UTF-8")?;
    let mut envelope = Envelope::default();
    for (name, value) in members(text.trim_start_matches('\u{feff}')).ok_or("the body is not a JSON object")? {
        match name {
            "data" if value == "null" => envelope.data = Vec::new(),
            "data" => envelope.data = value.as_bytes().to_vec(),
            "render" if value == "true" => envelope.call.render = Render::Page,
            "render" if value == "\"page\"" => envelope.call.render = Render::WholePage,
            "action" | "route" | "component" | "componentId" if value != "null" => {
                let text = string(value).ok_or_else(|| format!("`{name}` is not a string"))?;
                envelope.note(name, text);
            }
            _ => {}
        }
    }
    envelope.checked()
}

/// Whether a body of this kind can be a call.
pub fn is_readable(kind: Kind<'_>) -> bool {
    matches!(kind, Kind::Json | Kind::Multipart { .. })
}

impl Envelope {
    /// Members of later versions of the protocol are passed over.
    fn note(&mut self, name: &str, text: String) {
        let given = Some(text).filter(|text| !text.is_empty());
        match name {
            "action" => self.call.function = given.unwrap_or_default(),
            "route" => self.route = given,
            "component" => self.call.component = given,
            "componentId" => self.call.component_id = given,
            "render" if given.as_deref() == Some("true") => self.call.render = Render::Page,
            "render" if given.as_deref() == Some("page") => self.call.render = Render::WholePage,
            _ => {}
        }
    }

    fn checked(self) -> Result<Envelope, String> {
        if self.call.function.is_empty() { Err("`action` must name a function".to_owned()) } else { Ok(self) }
    }
}

/// The members of a JSON object: names (as written between their quotes) and the texts of the values. `None` where the text is no object.
/// Values are not judged.
fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut rest = text.trim_ascii().strip_prefix('{')?.strip_suffix('}')?.trim_ascii();
    let mut members = Vec::new();
    while !rest.is_empty() {
        let end = value_end(rest)?;
        let name = rest.get(..end)?.strip_prefix('"')?.strip_suffix('"')?;
        let after = rest.get(end..)?.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
        let end = value_end(after)?;
        members.push((name, after.get(..end)?.trim_ascii_end()));
        let after = after.get(end..)?.trim_ascii_start();
        rest = match after.strip_prefix(',') {
            Some(more) if !more.trim_ascii().is_empty() => more.trim_ascii_start(),
            Some(_) => return None,
            None if after.is_empty() => "",
            None => return None,
        };
    }
    Some(members)
}

/// Where the value at the beginning of the text ends: behind a string or the last bracket, or before a comma. `None` where it has no end or is empty.
fn value_end(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => {
                    in_string = false;
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' if depth == 0 && at > 0 => return None,
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b',' if depth == 0 => return Some(at).filter(|at| *at > 0),
            _ => {}
        }
    }
    (depth == 0 && !in_string && !text.is_empty()).then_some(text.len())
}

/// The text of a JSON string.
fn string(json: &str) -> Option<String> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(inner.to_owned());
    }
    let mut units: Vec<u16> = Vec::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
            continue;
        }
        units.push(match rest.next()? {
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => {
                let digits = rest.as_str().get(..4)?;
                rest = rest.as_str().get(4..)?.chars();
                u16::from_str_radix(digits, 16).ok()?
            }
            c @ ('"' | '\\' | '/') => c as u16,
            _ => return None,
        });
    }
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str) -> String {
        match of_json(body.as_bytes()) {
            Ok(e) => format!("{} {:?} {:?} {}", e.call.name(), e.call.component_id, e.route, String::from_utf8_lossy(&e.data)),
            Err(why) => why,
        }
    }

    #[test]
    fn json_calls() {
        let cases = [
            (r#"{"action":"save","data":{"a":[1,"}"],"b":"\"]"},"route":"/x?y=1"}"#, r#"save None Some("/x?y=1") {"a":[1,"}"],"b":"\"]"}"#),
            (" { \"data\" : 12.5 , \"action\" : \"s\\u0061ve\\ud83d\\ude00\" } ", "save😀 None None 12.5"),
            (r#"{"action":"bump","component":"Counter","componentId":"x","route":null,"more":[{}],"data":null}"#, "Counter.bump Some(\"x\") None "),
            (r#"{"action":"save","data":"text"}"#, "save None None \"text\""),
            // Whoever parses the data refuses it.
            (r#"{"action":"save","data":[}}"#, "save None None [}"),
            (r#"{"action":"save","data":nonsense}"#, "save None None nonsense"),
            (r#"{"action":5}"#, "`action` is not a string"),
            (r#"{"action":""}"#, "`action` must name a function"),
            (r#"{"action":"\x"}"#, "`action` is not a string"),
            (r#"{"action":"\u00"}"#, "`action` is not a string"),
            (r#"{"action":"\ud800"}"#, "`action` is not a string"),
            ("{}", "`action` must name a function"),
            ("", "the body is not a JSON object"),
            ("[]", "the body is not a JSON object"),
            ("{\"action\"}", "the body is not a JSON object"),
            ("{\"action\":}", "the body is not a JSON object"),
            ("{\"action\":,}", "the body is not a JSON object"),
            ("{\"action\":\"a\",}", "the body is not a JSON object"),
            ("{\"action\":\"a\" \"b\":1}", "the body is not a JSON object"),
            ("{\"action\":\"a}", "the body is not a JSON object"),
            ("{\"data\":[1,\"action\":\"a\"}", "the body is not a JSON object"),
            ("{a:1}", "the body is not a JSON object"),
        ];
        for (body, want) in cases {
            assert_eq!(shown(body), want, "{body}");
        }
        assert!(of_json(b"{\"action\":\"\xff\"}").is_err());
    }

    #[test]
    fn multipart_calls() {
        let pairs = [("action", "save"), ("route", "/x"), ("data", "{\"n\":1}"), ("data.action", "mine"), ("data.tags[]", "a"), ("data.tags[]", "b"), ("later", "?")];
        let pairs = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        let envelope = of_form(upload::Form { pairs, files: Vec::new() }).unwrap();
        assert_eq!((envelope.call.function.as_str(), envelope.route.as_deref(), envelope.data.as_slice()), ("save", Some("/x"), &b"{\"n\":1}"[..]));
        let own: Vec<String> = envelope.form.unwrap().pairs.into_iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(own, ["action=mine", "tags[]=a", "tags[]=b"]);
    }

    #[test]
    fn wishes_to_see_the_page() {
        let of_json = |member: &str| of_json(format!("{{\"action\":\"a\"{member}}}").as_bytes()).unwrap().call.render;
        let of_field = |text: &str| {
            let pairs = [("action", "a"), ("render", text)].map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
            of_form(upload::Form { pairs, files: Vec::new() }).unwrap().call.render
        };
        assert_eq!((of_json(",\"render\":true"), of_field("true")), (Render::Page, Render::Page));
        assert_eq!((of_json(",\"render\":\"page\""), of_field("page")), (Render::WholePage, Render::WholePage));
        for no in ["", ",\"render\":false", ",\"render\":null", ",\"render\":\"true\"", ",\"render\":1"] {
            assert_eq!(of_json(no), Render::Nothing, "{no}");
        }
        assert_eq!((of_field("false"), of_field("1")), (Render::Nothing, Render::Nothing));
    }
}
