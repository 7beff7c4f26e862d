//! The hand-written yardstick: what a careful Rust programmer would write for the same pages.
use actix_web::{App, HttpResponse, HttpServer, get, http::header, web};
use askama::Template;
use serde::{Deserialize, Serialize};

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

fn html(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("x-frame-options", "SAMEORIGIN"))
        .insert_header(("referrer-policy", "strict-origin-when-cross-origin"))
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
    html(ListPage { items, total: format!("{total:.2}") }.render().expect("template renders"))
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
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("x-frame-options", "SAMEORIGIN"))
        .insert_header(("referrer-policy", "strict-origin-when-cross-origin"))
        .json(text)
}

#[get("/tiny/{name}")]
async fn tiny(name: web::Path<String>) -> HttpResponse {
    html(TinyPage { name: &name }.render().expect("template renders"))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(3001);
    let all = web::Data::new(products());
    HttpServer::new(move || App::new().app_data(all.clone()).service(list).service(json).service(tiny))
        .workers(1)
        .bind(("127.0.0.1", port))?
        .run()
        .await
}
