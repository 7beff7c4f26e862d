use super::multipart::{Malformed, boundary, parse as parse_multipart};
use super::*;
use expect_test::expect;

/// Fields in a JSON-like spelling.
fn show(fields: &Fields) -> String {
    fn one(field: &Field) -> String {
        match field {
            Field::Text(t) => format!("{t:?}"),
            Field::List(l) => format!("[{}]", l.iter().map(one).collect::<Vec<_>>().join(",")),
            Field::Map(m) => show(m),
        }
    }
    format!("{{{}}}", fields.0.iter().map(|(n, f)| format!("{n}:{}", one(f))).collect::<Vec<_>>().join(","))
}

fn check(query: &str, expected: &str) {
    assert_eq!(show(&urlencoded::parse(query.as_bytes())), expected, "{query}");
}

#[test]
fn flat_fields() {
    check("", "{}");
    check("a=1&b=x+y%21", r#"{a:"1",b:"x y!"}"#);
    check("a&b=&=c", r#"{a:"",b:"",:"c"}"#);
    check("a=1&a=2&a=3", r#"{a:["1","2","3"]}"#);
    check("x=%zz%4", r#"{x:"%zz%4"}"#);
    check("x=%ff", r#"{x:"�"}"#);
    check("a=b=c", r#"{a:"b=c"}"#);
}

#[test]
fn nested_fields() {
    check("a[b]=1&a[c][d]=2", r#"{a:{b:"1",c:{d:"2"}}}"#);
    check("a[]=1&a[]=2", r#"{a:["1","2"]}"#);
    check("a[]=1", r#"{a:["1"]}"#);
    check("a[0]=x&a[1]=y", r#"{a:["x","y"]}"#);
    check("a[0][n]=x&a[0][m]=y&a[1][n]=z", r#"{a:[{n:"x",m:"y"},{n:"z"}]}"#);
    check("a[999]=x", r#"{a:{999:"x"}}"#);
    check("a=1&a[]=2", r#"{a:["1","2"]}"#);
    check("a[]=1&a[k]=2", r#"{a:{0:"1",k:"2"}}"#);
    check("a[b=1", r#"{a[b:"1"}"#);
    check("a%5Bb%5D=1", r#"{a:{b:"1"}}"#);
}

#[test]
fn prototypes_cannot_be_reached() {
    check("__proto__[x]=1&constructor=2&a[__proto__][y]=3&a[toString]=4&ok=5", r#"{ok:"5"}"#);
}

#[test]
fn many_pairs_and_deep_names_are_bounded() {
    let many = "a=1&".repeat(5000);
    assert_eq!(urlencoded::parse_pairs(many.as_bytes()).len(), 1000);
    let deep = format!("a{}=1", "[b]".repeat(100_000));
    assert_eq!(urlencoded::parse(deep.as_bytes()).0.len(), 1);
}

fn form(parts: &[&str]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(b"--XX\r\n");
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XX--\r\n");
    body
}

#[test]
fn multipart_fields_and_files() {
    let body = form(&[
        "Content-Disposition: form-data; name=\"title\"\r\n\r\nHällo\r\nthere",
        "Content-Disposition: form-data; name=\"doc\"; filename=\"..\\..\\a \\\"b\\\".txt\"\r\nContent-Type: text/plain\r\n\r\n--X\r\n-",
        "content-disposition: form-data; name=doc; filename*=UTF-8''na%C3%AFve.txt\r\n\r\nx",
        "Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n",
        "Content-Disposition: form-data; name=\"empty\"\r\n\r\n",
    ]);
    let parsed = parse_multipart(&body, "XX").unwrap();
    expect![[r#"
        [("title", "Hällo\r\nthere"), ("empty", "")]
        doc a "b".txt text/plain "--X\r\n-"
        doc naïve.txt application/octet-stream "x""#]]
    .assert_eq(&std::iter::once(format!("{:?}", parsed.pairs))
        .chain(parsed.files.iter().map(|f| format!("{} {} {} {:?}", f.field, f.name, f.mimetype, String::from_utf8_lossy(&f.data))))
        .collect::<Vec<_>>()
        .join("\n"));
}

#[test]
fn malformed_multipart_is_refused() {
    assert_eq!(parse_multipart(b"", "XX"), Err(Malformed::NoBoundary));
    assert_eq!(parse_multipart(b"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "XX"), Err(Malformed::Unterminated));
    assert_eq!(parse_multipart(b"--XX\r\n\r\n\r\nx\r\n--XX--", "XX"), Err(Malformed::NoName));
    assert_eq!(parse_multipart(b"--XX\r\n--XX--", "XX"), Err(Malformed::NoName));
    assert_eq!(parse_multipart(b"--XX--", "XX"), Ok(Multipart::default()));
}

#[test]
fn every_cut_and_every_byte_of_a_form_is_survived() {
    let body = form(&["Content-Disposition: form-data; name=\"a\"; filename=\"b\"\r\nContent-Type: c\r\n\r\nd", "Content-Disposition: form-data; name=e\r\n\r\nf"]);
    for i in 0..body.len() {
        let _ = parse_multipart(&body[..i], "XX");
        for b in [b'\r', b'\n', b'"', b'-', 0xff] {
            let mut changed = body.clone();
            changed[i] = b;
            let _ = parse_multipart(&changed, "XX");
        }
    }
}

#[test]
fn content_types() {
    assert_eq!(kind(Some("application/json; charset=utf-8")), Kind::Json);
    assert_eq!(kind(Some("application/problem+JSON")), Kind::Json);
    assert_eq!(kind(Some("Application/X-WWW-Form-urlencoded")), Kind::Urlencoded);
    assert_eq!(kind(Some("multipart/form-data; boundary=\"a b\"")), Kind::Multipart { boundary: "a b" });
    assert_eq!(kind(Some("multipart/form-data")), Kind::Other);
    assert_eq!(kind(None), Kind::Other);
    assert_eq!(boundary(" charset=x; Boundary=abc"), Some("abc"));
}
