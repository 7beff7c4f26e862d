//! The guide's upload page.

use crate::e2e::check::Checks;
use puremix_tests::Server;

fn body(fields: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, file, content) in fields {
        let file = file.map(|name| format!("; filename=\"{name}\"\r\nContent-Type: application/octet-stream")).unwrap_or_default();
        body.extend_from_slice(format!("--part\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--part--\r\n");
    body
}

pub fn check(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("the upload page", client.get("/upload"), 200, &["<form", "enctype=\"multipart/form-data\"", "url: "]);
    let mut send = |what: &str, fields: &[(&str, Option<&str>, &[u8])], texts: &[&str]| {
        let headers = [("Content-Type", "multipart/form-data; boundary=part"), ("Sec-Fetch-Site", "same-origin")];
        checks.page(what, client.request("POST", "/upload", &headers, &body(fields)), 200, texts);
    };
    let action: (&str, Option<&str>, &[u8]) = ("_action", None, b"uploadFile");
    send("a file", &[action, ("file", Some("notes.txt"), b"a few words")], &["File uploaded: /uploads/notes.txt", "<li>notes.txt</li>"]);
    send("a long one", &[action, ("file", Some("long.bin"), &vec![7; 400_000])], &["/uploads/long.bin"]);
    send("a name that climbs", &[action, ("file", Some("../../../out.txt"), b"x")], &["File uploaded: /uploads/out.txt"]);
    send("no file", &[action], &["No file provided"]);
    send("nothing chosen", &[action, ("file", Some(""), b"")], &["No file provided"]);
    checks.equal("is served", server.client().get("/uploads/notes.txt").map(|r| r.text()).ok(), Some("a few words".to_owned()));
    checks.equal("whole", server.client().get("/uploads/long.bin").map(|r| r.body.len()).ok(), Some(400_000));
}
