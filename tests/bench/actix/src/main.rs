//! The hand-written yardstick: what a careful Rust programmer would write for the same pages.
use actix_web::{App, HttpResponse, HttpServer, get, http::header, web};
use askama::Template;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

#[global_allocator]
static ALLOC: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone, Serialize)]
struct Product {
    id: u32,
    name: String,
    price: f64,
    stock: u32,
    active: bool,
    rating: u32,
    description: String,
}

struct Priced {
    product: Product,
    sale_price: f64,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    items: Vec<Priced>,
    total: String,
}

#[derive(Template)]
#[template(path = "tiny.html")]
struct TinyPage<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Envelope<'a> {
    success: bool,
    data: Option<&'a Product>,
}

fn products() -> Vec<Product> {
    let adjectives = ["Small", "Large", "Plain", "Fancy", "Old & New", "Bright"];
    let nouns = ["Desk", "Chair", "Lamp", "Shelf", "Table", "Stool", "Rack"];
    (0..120u32)
        .map(|i| Product {
            id: i + 1,
            name: format!("{} {} <{i}>", adjectives[i as usize % 6], nouns[i as usize % 7]),
            price: f64::from(10 + (i * 37) % 100) + 0.5,
            stock: (i * 7) % 13,
            active: i % 6 != 5,
            rating: i % 5 + 1,
            description: format!("Item number {i}: a \"fine\" {} for every home & office.", nouns[i as usize % 7].to_lowercase()),
        })
        .collect()
}

/// The policies that puremixc makes of the pages' markup.
const LIST_POLICY: &str = "base-uri 'self';frame-ancestors 'self';object-src 'none';script-src 'none';script-src-attr 'none';frame-src 'none';media-src 'none';connect-src 'none';style-src 'self' https:";
const TINY_POLICY: &str = "base-uri 'self';frame-ancestors 'self';object-src 'none';script-src 'none';script-src-attr 'none';frame-src 'none';media-src 'none';connect-src 'none';img-src 'self';font-src 'none';style-src 'none'";
const POLICY: &str = "base-uri 'self';frame-ancestors 'self';object-src 'none'";

fn html(text: String, policy: &'static str, vary: Option<&'static str>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(vary) = vary {
        response.insert_header((header::VARY, vary));
    }
    response
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header(("content-security-policy", policy))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("x-frame-options", "SAMEORIGIN"))
        .insert_header(("referrer-policy", "strict-origin-when-cross-origin"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .body(text)
}

#[get("/list")]
async fn list(all: web::Data<Vec<Product>>) -> HttpResponse {
    let mut items: Vec<Priced> = all
        .iter()
        .filter(|p| p.active)
        .map(|p| Priced { product: p.clone(), sale_price: p.price * 0.9 })
        .collect();
    items.sort_by(|a, b| a.product.price.total_cmp(&b.product.price).then(a.product.id.cmp(&b.product.id)));
    let total: f64 = items.iter().map(|p| p.sale_price).sum();
    html(ListPage { items, total: format!("{total:.2}") }.render().expect("template renders"), LIST_POLICY, Some("Accept-Encoding"))
}

#[derive(Deserialize)]
struct Lookup {
    id: Option<u32>,
}

#[get("/json")]
async fn json(all: web::Data<Vec<Product>>, query: web::Query<Lookup>) -> HttpResponse {
    let id = query.id.unwrap_or(1);
    let text = Envelope { success: true, data: all.iter().find(|p| p.id == id) };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json; charset=utf-8"))
        .insert_header(("content-security-policy", POLICY))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("x-frame-options", "SAMEORIGIN"))
        .insert_header(("referrer-policy", "strict-origin-when-cross-origin"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .json(text)
}

#[get("/tiny/{name}")]
async fn tiny(name: web::Path<String>) -> HttpResponse {
    html(TinyPage { name: &name }.render().expect("template renders"), TINY_POLICY, None)
}

/// Sends what a computation gave and how long it took.
fn timed<T: Serialize>(compute: impl FnOnce() -> T) -> HttpResponse {
    let started = std::time::Instant::now();
    let result = std::hint::black_box(compute());
    let ms = started.elapsed().as_secs_f64() * 1e3;
    HttpResponse::Ok().json(serde_json::json!({ "result": result, "ms": ms }))
}

#[get("/numeric")]
async fn numeric() -> HttpResponse {
    let n = std::hint::black_box(2_000_000u32);
    timed(|| (1..=n).map(|i| if i % 3 == 0 { f64::from(i).sqrt() } else { f64::from(i % 7) * 0.5 }).sum::<f64>())
}

#[get("/strings")]
async fn strings() -> HttpResponse {
    let n = std::hint::black_box(100_000u32);
    timed(|| {
        let mut text = String::new();
        for i in 0..n {
            let _ = write!(text, "item-{i}{}", if i % 2 == 0 { ',' } else { ';' });
        }
        let commas = text.bytes().filter(|b| *b == b',').count();
        format!("{}:{commas}:{}", text.len(), text[..12].to_uppercase())
    })
}

struct Row {
    group: String,
    value: u32,
}

#[get("/objects")]
async fn objects() -> HttpResponse {
    let n = std::hint::black_box(100_000u32);
    timed(|| {
        let rows: Vec<Row> = (0..n).map(|i| Row { group: format!("g{}", i % 17), value: i % 101 }).collect();
        let mut groups: IndexMap<&str, (u32, u32)> = IndexMap::new();
        for row in &rows {
            let entry = groups.entry(&row.group).or_default();
            entry.0 += 1;
            entry.1 += row.value;
        }
        groups.iter().map(|(name, (count, total))| format!("{name}={count}/{total};")).collect::<String>()
    })
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(3001);
    let all = web::Data::new(products());
    HttpServer::new(move || App::new().app_data(all.clone()).service(list).service(json).service(tiny).service(numeric).service(strings).service(objects))
        .workers(1)
        .bind(("127.0.0.1", port))?
        .run()
        .await
}
