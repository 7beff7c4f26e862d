//! Names of headers that are met in every request, known without parsing.

use actix_http::header::{self, HeaderName};

const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// The name; `None` for what HTTP does not allow. Usual ones, in small letters, are quick.
pub fn header_name(name: &str) -> Option<HeaderName> {
    Some(match name {
        "accept" => header::ACCEPT,
        "accept-encoding" => header::ACCEPT_ENCODING,
        "authorization" => header::AUTHORIZATION,
        "cache-control" => header::CACHE_CONTROL,
        "content-length" => header::CONTENT_LENGTH,
        "content-security-policy" => header::CONTENT_SECURITY_POLICY,
        "content-type" => header::CONTENT_TYPE,
        "cookie" => header::COOKIE,
        "etag" => header::ETAG,
        "host" => header::HOST,
        "if-modified-since" => header::IF_MODIFIED_SINCE,
        "if-none-match" => header::IF_NONE_MATCH,
        "if-range" => header::IF_RANGE,
        "location" => header::LOCATION,
        "origin" => header::ORIGIN,
        "range" => header::RANGE,
        "referer" => header::REFERER,
        "sec-fetch-site" => FETCH_SITE,
        "set-cookie" => header::SET_COOKIE,
        "vary" => header::VARY,
        "x-csrf-token" => CSRF_TOKEN,
        "x-requested-with" => REQUESTED_WITH,
        name => HeaderName::from_bytes(name.as_bytes()).ok()?,
    })
}
