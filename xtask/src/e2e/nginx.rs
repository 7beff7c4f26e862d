//! The guide's nginx file (`tests/run/nginx/my-app`, verbatim) in front of a built binary, with Debian's nginx.

use super::Builder;
use super::check::Checks;
use crate::shell::root;
use puremix_tests::server::free_port;
use puremix_tests::{Client, Server, TempDir};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

const PAGE: &str = "<loader>
  function load(request, actionResult) {
    return { data: { url: request.url, ip: request.ip, protocol: request.protocol, said: actionResult?.said } };
  }
</loader>
<p>{load.data.protocol} {load.data.ip} {load.data.url} said {load.data.said}</p>
<form onsubmit=\"say\"><input name=\"word\"></form>
<script server>
  function say(formData) { return { said: formData.word }; }
</script>
";

pub fn check(checks: &mut Checks, builder: &Builder) -> Result<(), String> {
    let app = TempDir::with_files("nginx-app", &[("app/routes/index.puremix", PAGE), ("package.json", "{\"name\": \"behind\"}\n")]);
    let binary = app.path().join("dist/behind");
    builder.build(app.path(), &binary)?;
    let server = Server::start(&binary, app.path(), &[])?;
    let port = free_port();
    let site = site(app.path(), port, server.address.port())?;
    app.write("public/file.txt", "from the disk\n");
    app.write("nginx.conf", &site);
    let mut command = Command::new("nginx");
    command.arg("-p").arg(app.path()).arg("-c").arg(app.path().join("nginx.conf"));
    let mut nginx = Server::start_command(command, port).map_err(|e| format!("{e}\nnginx is needed: apt-get install nginx-light"))?;

    let mut client = Client::new(SocketAddr::from(([127, 0, 0, 1], port)));
    client.host = "example.com".to_owned();
    let page = client.request("GET", "/?a=b", &[], b"");
    checks.page("a page through nginx", page, 200, &["http 127.0.0.1 /?a=b said"]);
    // nginx adds the address it sees, which here is loopback too: a proxy before the proxy.
    let forwarded = [("X-Forwarded-For", "203.0.113.9")];
    checks.page("the client's address is passed on", client.request("GET", "/", &forwarded, b""), 200, &["http 203.0.113.9 / said"]);
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "http://example.com")];
    checks.page("a form of the site's own origin", client.request("POST", "/", &form, b"_action=say&word=hello"), 200, &["said hello"]);
    let foreign = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "http://evil.example")];
    checks.page("a form of another origin", client.request("POST", "/", &foreign, b"_action=say&word=hello"), 403, &[]);
    let big = format!("_action=say&word={}", "x".repeat(500_000));
    checks.page("a large form", client.request("POST", "/", &form, big.as_bytes()), 200, &["xxxxxxxx"]);
    checks.page("HEAD through nginx", client.request("HEAD", "/", &[], b""), 200, &[]);
    checks.page("a file that nginx serves", client.request("GET", "/public/file.txt", &[], b""), 200, &["from the disk"]);
    for _ in 0..200 {
        if !client.request("GET", "/", &[], b"").is_ok_and(|r| r.status == 200) {
            checks.that("two hundred requests in a row", false);
            break;
        }
    }
    checks.that("nginx and the server go on", nginx.is_alive());
    Ok(())
}

/// A whole configuration around the guide's `server` block, with this test's ports and directory.
fn site(directory: &Path, port: u16, upstream: u16) -> Result<String, String> {
    let file = root().join("tests/run/nginx/my-app");
    let guide = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let server = guide
        .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
        .replace("localhost:3000", &format!("127.0.0.1:{upstream}"))
        .replace("/var/www/my-app/public", &directory.join("public").display().to_string());
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("  {kind}_temp_path {}/{kind};\n", directory.display()))
        .collect();
    Ok(format!(
        "daemon off;\nmaster_process off;\npid {0}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n  access_log off;\n{temporary}{server}}}\n",
        directory.display()
    ))
}
