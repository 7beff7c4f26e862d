//! `session: { enabled: false }`: no cookie, no store, and `request.session` is undefined, as in Express without express-session.

use puremix_tests::server::free_port;
use puremix_tests::{Server, TempDir};
use serde_json::json;
use std::process::Command;

const API: &str = r#"
export default function (request, response) {
  request.session = { ignored: true };
  let flash;
  try {
    request.flash('info', 'x');
  } catch (error) {
    flash = error.message;
  }
  response.json({ session: typeof request.session, id: typeof request.sessionID, user: request.user ?? null, flash });
}
"#;
const PAGE: &str = r#"<loader>
  function load(request) { return { who: request.session?.who ?? 'nobody' }; }
</loader>
<script server>
  function save(formData, request) { return { kept: Boolean(request.session) }; }
</script>
<h1>{load.who}</h1><form onsubmit="save"><button>Save</button></form>"#;

#[test]
fn sessions_that_are_switched_off() {
    let app = TempDir::new("no-sessions");
    app.write("app/routes/api/seen.js", API);
    app.write("app/routes/index.puremix", PAGE);
    // The store cannot be opened: nothing must try.
    app.write("puremix.config.js", "export default { session: { enabled: false, store: 'sqlite:/proc/none/sessions.db', saveUninitialized: true } };");
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_puremixc"));
    command.args(["run", "--interpret"]).arg(app.path()).args(["--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]).current_dir(app.path());
    let server = Server::start_command(command, port).expect("the app starts");
    let mut client = server.client();
    let seen = client.get("/api/seen").expect("an answer");
    assert_eq!(seen.json(), json!({ "session": "undefined", "id": "undefined", "user": null, "flash": "req.flash() requires sessions" }));
    assert_eq!(seen.headers_named("set-cookie"), Vec::<&str>::new());
    // A cookie from the time when they were on is not looked at.
    client.set_cookie("sid", "aaaa.bbbb");
    let page = client.get("/").expect("a page");
    assert!(page.status == 200 && page.text().contains("<h1>nobody</h1>"), "{page:?}");
    assert!(page.headers_named("set-cookie").iter().all(|line| !line.starts_with("sid=")), "{page:?}");
    assert!(!app.path().join("data/sessions.db").exists());
}
