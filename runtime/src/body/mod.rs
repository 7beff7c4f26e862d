//! Request bodies and query strings: bytes to trees of fields.
//!
//! In: bytes and a content type. Out: [`Field`] trees and the parts of multipart forms, plain data. What a field means to JavaScript is decided in `request`.

pub mod multipart;
pub mod urlencoded;

/// A value of a form or a query string, nested as the `qs` package nests `a[b][]=c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    Text(String),
    List(Vec<Field>),
    /// In order of first appearance; names are distinct.
    Map(Fields),
}

/// Named fields in order of first appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, Field)>);

impl Fields {
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, f)| f)
    }

    /// The text of that name: of a list, the first.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Field::Text(text) => Some(text),
            Field::List(list) => list.iter().find_map(|f| if let Field::Text(t) = f { Some(t.as_str()) } else { None }),
            Field::Map(_) => None,
        }
    }
}

/// How a body is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    Urlencoded,
    Json,
    Multipart { boundary: &'a str },
    Text,
    Other,
}

/// What a `Content-Type` header says of the body.
pub fn kind(content_type: Option<&str>) -> Kind<'_> {
    let Some(header) = content_type else { return Kind::Other };
    let (essence, parameters) = header.split_once(';').unwrap_or((header, ""));
    let essence = essence.trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Kind::Urlencoded,
        "multipart/form-data" => match multipart::boundary(parameters) {
            Some(boundary) => Kind::Multipart { boundary },
            None => Kind::Other,
        },
        "application/json" => Kind::Json,
        e if e.ends_with("+json") => Kind::Json,
        e if e.starts_with("text/") || e == "application/xml" || e.ends_with("+xml") => Kind::Text,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests;
