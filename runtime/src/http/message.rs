//! A request and a reply as plain data, between the actix server and the isolate.

/// One request after routing; the body is whole (limits were applied while reading).
#[derive(Clone, Debug)]
pub struct RequestParts {
    /// Upper case.
    pub method: String,
    /// Path and query as sent (`/a?b=1`).
    pub url: String,
    /// Percent-decoded path.
    pub path: String,
    /// Without `?`, undecoded; empty when absent.
    pub query: String,
    /// Names in lower case, in order, repeated headers repeated.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Route parameters in pattern order, percent-decoded; a catch-all is the raw remainder.
    pub params: Vec<(&'static str, Param)>,
    /// The peer's address, after trusted proxies.
    pub remote_addr: String,
    /// `http` or `https`, after trusted proxies.
    pub protocol: &'static str,
    /// Host without port, validated.
    pub hostname: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Param {
    One(String),
    /// `[...path]`: the decoded segments, and the remainder as one string (`params[0]`).
    Rest(Vec<String>, String),
}

impl RequestParts {
    /// The first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What goes back.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

#[derive(Clone, Debug, Default)]
pub enum Body {
    #[default]
    Empty,
    Bytes(Vec<u8>),
    Text(String),
    Static(&'static [u8]),
    /// A file of the working directory, streamed, with range support.
    File(std::path::PathBuf),
}
