use super::multipart::{Event, HEAD, Malformed, Parser, boundary};
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

/// What a body brings, fed in pieces of this length.
fn events(body: &[u8], piece: usize) -> Result<Vec<String>, Malformed> {
    let mut parser = Parser::new("XX");
    let mut seen: Vec<String> = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    for piece in body.chunks(piece.max(1)) {
        parser.feed(piece, |event| {
            match event {
                Event::Begin(head) => seen.push(format!("{} {:?} {:?}", head.field, head.file_name, head.content_type)),
                Event::Data(bytes) => data.extend_from_slice(bytes),
                Event::End => seen.push(format!("{:?}", String::from_utf8_lossy(&std::mem::take(&mut data)))),
            }
            Ok::<(), Malformed>(())
        })?;
    }
    parser.finish()?;
    Ok(seen)
}

#[test]
fn multipart_parts_however_they_are_cut() {
    let body = form(&[
        "Content-Disposition: form-data; name=\"title\"\r\n\r\nHällo\r\nthere",
        "Content-Disposition: form-data; name=\"doc\"; filename=\"..\\..\\a \\\"b\\\".txt\"\r\nContent-Type: text/plain\r\n\r\n--X\r\n--\r\n--XY",
        "content-disposition: form-data; name=doc; filename*=UTF-8''na%C3%AFve.txt\r\n\r\nx",
        "Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n",
        "Content-Disposition: form-data; name=\"empty\"\r\n\r\n",
        "Content-Disposition: form-data; name=\"rtl\"; filename=\"a\u{202E}gpj.exe..\"\r\n\r\n",
    ]);
    let whole = events(&body, body.len()).unwrap();
    expect![[r#"
        title None None
        "Hällo\r\nthere"
        doc Some("a \"b\".txt") Some("text/plain")
        "--X\r\n--\r\n--XY"
        doc Some("naïve.txt") None
        "x"
        none Some("") Some("application/octet-stream")
        ""
        empty None None
        ""
        rtl Some("agpj.exe") None
        """#]]
    .assert_eq(&whole.join("\n"));
    for piece in 1..70 {
        assert_eq!(events(&body, piece).as_ref(), Ok(&whole), "pieces of {piece}");
    }
}

#[test]
fn malformed_multipart_is_refused() {
    let fails = |body: &[u8]| events(body, 7).unwrap_err();
    assert_eq!(events(b"", 1), Err(Malformed::NoBoundary));
    assert_eq!(fails(b"--XY\r\n"), Malformed::NoBoundary);
    assert_eq!(fails(b"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx"), Malformed::Unterminated);
    assert_eq!(fails(b"--XX\r\n\r\n\r\nx\r\n--XX--"), Malformed::NoName);
    assert_eq!(fails(b"--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--"), Malformed::NoName);
    assert_eq!(fails(&[b"--XX\r\nA: ".as_slice(), &[b'x'; HEAD]].concat()), Malformed::LongHead);
    assert_eq!(events(b"--XX--", 1), Ok(Vec::new()));
}

#[test]
fn every_cut_and_every_byte_of_a_form_is_survived() {
    let body = form(&["Content-Disposition: form-data; name=\"a\"; filename=\"b\"\r\nContent-Type: c\r\n\r\nd", "Content-Disposition: form-data; name=e\r\n\r\nf"]);
    for i in 0..body.len() {
        let _ = events(&body[..i], 5);
        for b in [b'\r', b'\n', b'"', b'-', 0xff] {
            let mut changed = body.clone();
            changed[i] = b;
            let (small, whole) = (events(&changed, 3), events(&changed, changed.len()));
            assert_eq!(small, whole);
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
