//! The hand-written yardstick for state: tokens, sessions, SQLite through sqlx (and, under `/sync`, through rusqlite on the worker's thread).
use actix_web::{App, HttpRequest, HttpResponse, HttpResponseBuilder, HttpServer, cookie::Cookie, get, http::header, post, web};
use askama::Template;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Mutex;

#[global_allocator]
static ALLOC: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Product {
    id: u32,
    name: String,
    price: f64,
    in_stock: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct User {
    id: u32,
    name: String,
    email: String,
}

struct State {
    products: Vec<Product>,
    key: DecodingKey,
    validation: Validation,
    session_key: Vec<u8>,
    sessions: Mutex<HashMap<String, User>>,
    pool: SqlitePool,
    path: String,
}

mod filters {
    #[askama::filter_fn]
    pub fn fixed(price: &f64, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(format!("{price:.2}"))
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    user: User,
}

#[derive(Template)]
#[template(path = "items.html")]
struct Items {
    items: Vec<Item>,
}

#[derive(sqlx::FromRow)]
struct Item {
    id: i64,
    name: String,
    note: String,
    price: f64,
}

/// What `puremixc` sends by default; nothing of it where the server is asked to be bare.
const HEADERS: [(&str, &str); 5] = [
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

const POLICY: &str = "base-uri 'self';frame-ancestors 'self';object-src 'none'";
const PAGE_POLICY: &str = "base-uri 'self';frame-ancestors 'self';object-src 'none';script-src 'none';script-src-attr 'none';frame-src 'none';media-src 'none';connect-src 'none';img-src 'self';font-src 'none';style-src 'none'";

fn is_bare() -> bool {
    static BARE: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *BARE.get_or_init(|| std::env::var_os("BARE").is_some())
}

fn ok(content_type: &'static str, policy: &'static str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, content_type));
    if !is_bare() {
        response.insert_header(("content-security-policy", policy));
        for line in HEADERS {
            response.insert_header(line);
        }
    }
    response
}

fn html(text: String) -> HttpResponse {
    ok("text/html; charset=utf-8", PAGE_POLICY).body(text)
}

/// JSON with the ETag that Express makes.
fn json(value: &impl Serialize) -> HttpResponse {
    let text = serde_json::to_vec(value).expect("serialises");
    let mut response = ok("application/json; charset=utf-8", POLICY);
    if !is_bare() {
        let hash = base64::engine::general_purpose::STANDARD_NO_PAD.encode(Sha1::digest(&text));
        response.insert_header((header::ETAG, format!("W/\"{:x}-{hash}\"", text.len())));
        if text.len() >= 1024 {
            response.insert_header((header::VARY, "Accept-Encoding"));
        }
    }
    response.body(text)
}

#[derive(Serialize)]
struct Listed<'a> {
    id: u32,
    name: &'a str,
    price: f64,
}

#[derive(Serialize)]
struct List<'a> {
    success: bool,
    data: Vec<Listed<'a>>,
    total: usize,
}

#[get("/api/list")]
async fn list(state: web::Data<State>) -> HttpResponse {
    let data: Vec<Listed> = state.products.iter().filter(|p| p.in_stock).map(|p| Listed { id: p.id, name: &p.name, price: p.price }).collect();
    let total = data.len();
    json(&List { success: true, data, total })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    user_id: String,
    email: String,
    role: String,
}

#[get("/api/me")]
async fn me(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let token = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    match token.map(|t| jsonwebtoken::decode::<Claims>(t, &state.key, &state.validation)) {
        Some(Ok(data)) => json(&data.claims),
        _ => HttpResponse::Unauthorized().body("{\"error\":\"Invalid or expired token\"}"),
    }
}

impl State {
    fn sign(&self, id: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.session_key).expect("any length");
        mac.update(id.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

#[get("/login")]
async fn login(state: web::Data<State>) -> HttpResponse {
    let id = format!("{:032x}", std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos()));
    let value = format!("{id}.{}", URL_SAFE_NO_PAD.encode(state.sign(&id)));
    state.sessions.lock().expect("sessions").insert(id, User { id: 7, name: "Ada & Co".into(), email: "ada@example.com".into() });
    HttpResponse::Ok().cookie(Cookie::build("sid", value).http_only(true).path("/").finish()).body("{\"ok\":true}")
}

#[get("/account")]
async fn account(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    let user = request.cookie("sid").and_then(|cookie| {
        let (id, signature) = cookie.value().split_once('.')?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&state.session_key).ok()?;
        mac.update(id.as_bytes());
        mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        state.sessions.lock().ok()?.get(id).cloned()
    });
    match user {
        Some(user) => html(Account { user }.render().expect("renders")),
        None => HttpResponse::Found().insert_header((header::LOCATION, "/login")).finish(),
    }
}

const SELECT: &str = "SELECT id, name, note, price FROM items ORDER BY id";

fn page(mut rows: Vec<Item>) -> HttpResponse {
    rows.push(Item { id: 0, name: "Added".into(), note: "in the loader".into(), price: 0.0 });
    rows.sort_by(|a, b| a.price.total_cmp(&b.price));
    html(Items { items: rows }.render().expect("renders"))
}

#[get("/items")]
async fn items(state: web::Data<State>) -> HttpResponse {
    page(sqlx::query_as::<_, Item>(SELECT).fetch_all(&state.pool).await.expect("rows"))
}

thread_local!(static CONNECTION: RefCell<Option<rusqlite::Connection>> = const { RefCell::new(None) });

fn with<T>(state: &State, f: impl FnOnce(&rusqlite::Connection) -> T) -> T {
    CONNECTION.with_borrow_mut(|slot| {
        f(slot.get_or_insert_with(|| {
            let connection = rusqlite::Connection::open(&state.path).expect("opens");
            connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000").expect("pragmas");
            connection
        }))
    })
}

#[get("/sync/items")]
async fn items_sync(state: web::Data<State>) -> HttpResponse {
    page(with(&state, |c| {
        let mut statement = c.prepare_cached(SELECT).expect("prepares");
        let rows = statement.query_map([], |r| Ok(Item { id: r.get(0)?, name: r.get(1)?, note: r.get(2)?, price: r.get(3)? })).expect("rows");
        rows.map(|r| r.expect("row")).collect()
    }))
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

#[post("/api/notes")]
async fn add_note(state: web::Data<State>, note: web::Json<Note>) -> HttpResponse {
    sqlx::query("INSERT INTO notes (text) VALUES (?)").bind(&note.text).execute(&state.pool).await.expect("inserts");
    ok("application/json", POLICY).body("{\"ok\":true}")
}

#[post("/sync/api/notes")]
async fn add_note_sync(state: web::Data<State>, body: web::Json<Note>) -> HttpResponse {
    with(&state, |c| c.prepare_cached("INSERT INTO notes (text) VALUES (?)").and_then(|mut s| s.execute([&body.text]))).expect("inserts");
    ok("application/json", POLICY).body("{\"ok\":true}")
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let port: u16 = variable("PORT").parse().unwrap_or(3001);
    let path = variable("BENCH_DB");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await.expect("opens");
    for statement in include_str!("../../state/migrations/001_items.sql").split_inclusive(';').filter(|s| !s.trim().is_empty()) {
        sqlx::query(statement).execute(&pool).await.expect("migrates");
    }
    let state = web::Data::new(State {
        products: (0..60)
            .map(|i| Product { id: i + 1, name: format!("Product {} & more", i + 1), price: f64::from(10 + i * 37 % 100) + 0.5, in_stock: i % 6 != 5 })
            .collect(),
        key: DecodingKey::from_secret(variable("JWT_SECRET").as_bytes()),
        validation: Validation::new(Algorithm::HS256),
        session_key: variable("SESSION_SECRET").into_bytes(),
        sessions: Mutex::default(),
        pool,
        path,
    });
    HttpServer::new(move || {
        App::new().app_data(state.clone()).service(list).service(me).service(login).service(account).service(items).service(items_sync).service(add_note).service(add_note_sync)
    })
    .workers(1)
    .bind(("127.0.0.1", port))?
    .run()
    .await
}
