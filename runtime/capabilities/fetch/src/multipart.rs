//! `multipart/form-data` as undici writes it.

use crate::blob::Blob;
use crate::form_data::Entry;

/// A boundary that no body of the program's is likely to hold.
pub fn boundary() -> String {
    let mut bytes = [0u8; 8];
    // Random bytes make it unlikely; zeros would only make it likelier.
    let _ = getrandom::fill(&mut bytes);
    format!("----formdata-undici-0{:011}", u64::from_le_bytes(bytes) % 100_000_000_000)
}

pub fn write(entries: &[(String, Entry)], boundary: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in entries {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", escape(&lines(name)));
        out.extend_from_slice(head.as_bytes());
        match value {
            Entry::Text(text) => {
                out.extend_from_slice(b"\r\n\r\n");
                out.extend_from_slice(lines(text).as_bytes());
            }
            Entry::File(file) => {
                let Blob { bytes, kind, file } = &**file;
                let name = file.as_ref().map_or("blob", |(name, _)| name.as_str());
                let kind = if kind.is_empty() { "application/octet-stream" } else { kind };
                out.extend_from_slice(format!("; filename=\"{}\"\r\nContent-Type: {kind}\r\n\r\n", escape(name)).as_bytes());
                out.extend_from_slice(bytes);
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

fn escape(text: &str) -> String {
    text.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22")
}

/// Every line end as CR LF.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_end_their_header() {
        let body = write(&[("a\"\r\nX: y".to_owned(), Entry::Text("1\n2".to_owned()))], "B");
        let text = String::from_utf8(body).expect("text");
        assert_eq!(text, "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"\r\n\r\n1\r\n2\r\n--B--\r\n");
    }
}
