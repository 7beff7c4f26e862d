use super::*;
use crate::config::Settings;
use crate::config::upload::Upload;

fn upload(change: impl FnOnce(&mut Upload)) -> &'static Upload {
    let mut upload = Settings::default().upload;
    change(&mut upload);
    Box::leak(Box::new(upload))
}

fn part(name: &str, file: Option<(&str, &str)>, content: &[u8]) -> Vec<u8> {
    let file = file.map(|(n, t)| format!("; filename=\"{n}\"\r\nContent-Type: {t}")).unwrap_or_default();
    [b"--XX\r\nContent-Disposition: form-data; name=\"", name.as_bytes(), b"\"", file.as_bytes(), b"\r\n\r\n", content, b"\r\n"].concat()
}

fn collect(parts: &[Vec<u8>], upload: &'static Upload) -> Result<Form, Refused> {
    Collector::collect(&[parts.concat(), b"--XX--\r\n".to_vec()].concat(), "XX", upload)
}

/// Whether a file is taken, or why not.
fn check(name: &str, mimetype: &str, content: &[u8], upload: &'static Upload) -> String {
    match collect(&[part("f", Some((name, mimetype)), content)], upload) {
        Ok(form) => format!("taken as {}", form.files[0].detected.unwrap_or("unknown")),
        Err(e) => format!("{} {}", e.status, e.reason),
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj";
const ZIP_END: &[u8] = b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x20\0\0\0\x30\0\0\0\0\0";

#[test]
fn the_content_has_the_last_word() {
    let any = upload(|_| {});
    let taken = |name: &str, mimetype: &str, content: &[u8]| check(name, mimetype, content, any);
    assert_eq!(taken("a.png", "image/png", PNG), "taken as image/png");
    assert_eq!(taken("a.png", "image/png", b"not really"), "taken as unknown");
    assert_eq!(taken("a.png", "image/jpeg", JPEG), "taken as image/jpeg");
    assert_eq!(taken("a.txt", "text/plain", b"<b>bold</b>"), "taken as text/html");
    assert_eq!(taken("a.svg", "image/svg+xml", b" <svg onload=alert(1)>"), "taken as image/svg+xml");
    assert_eq!(taken("a.zip", "application/zip", &[b"PK\x03\x04abc", ZIP_END].concat()), "taken as application/zip");
    assert_eq!(taken("a.html", "text/html", b"<html><body>"), "taken as text/html");
    assert_eq!(taken("a.png", "image/png", b"<html><script>x</script>"), "415 a.png: it says that it is image/png, but its content is text/html");
    assert_eq!(taken("a.png", "text/html", b"<html><script>x</script>"), "415 a.png: it says that it is image/png, but its content is text/html");
    assert_eq!(taken("a.bin", "image/gif", b"MZ\x90\0\x03"), "415 a.bin: it says that it is image/gif, but its content is application/vnd.microsoft.portable-executable");
    assert_eq!(taken("a.pdf", "application/pdf", b"#!/bin/sh\nrm"), "415 a.pdf: it says that it is application/pdf, but its content is text/x-shellscript");
    let gifar = [b"GIF89a\x01\0\x01\0".as_slice(), ZIP_END].concat();
    assert_eq!(taken("a.gif", "image/gif", &gifar), "415 a.gif: an archive is hidden at its end");
    assert_eq!(taken("a.pdf", "application/pdf", &[PDF, ZIP_END].concat()), "415 a.pdf: an archive is hidden at its end");
    assert_eq!(taken("setup.EXE", "image/png", PNG), "415 setup.EXE: files of type .exe are not taken (fileUpload.security.blockedExtensions)");
    assert_eq!(check("x.js", "text/javascript", b"1", upload(|u| u.blocked_extensions.clear())), "taken as unknown");
}

#[test]
fn allowed_types_must_fit_in_name_claim_and_content() {
    let images = upload(|u| u.allowed_types = vec!["image/*".into(), ".pdf".into()]);
    let taken = |name: &str, mimetype: &str, content: &[u8]| check(name, mimetype, content, images);
    assert_eq!(taken("a.png", "image/png", PNG), "taken as image/png");
    assert_eq!(taken("a.png", "application/octet-stream", PNG), "taken as image/png");
    assert_eq!(taken("a.pdf", "application/pdf", PDF), "taken as application/pdf");
    assert_eq!(taken("a.png", "image/png", b"not really"), "415 a.png: its content is not image/png");
    assert_eq!(taken("a.png", "image/png", PDF), "taken as application/pdf");
    assert_eq!(taken("a.txt", "text/plain", b"hello"), "415 a.txt: only image/*, .pdf is taken");
    let word = upload(|u| u.allowed_types = vec![".docx".into()]);
    assert_eq!(check("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04abc", word), "taken as application/zip");
    let strict = upload(|u| {
        u.allowed_extensions = vec!["png".into()];
        u.require_extension = true;
    });
    assert_eq!(check("a", "image/png", PNG, strict), "415 a: a file name needs an extension (fileUpload.security.requireExtension)");
    assert_eq!(check("a.gif", "image/gif", b"GIF89a", strict), "415 a.gif: only files of type png are taken");
}

#[test]
fn limits_name_what_is_too_much() {
    let small = upload(|u| (u.max_file, u.max_total, u.max_files, u.max_fields, u.max_fields_size) = (10, 15, 2, 2, 20));
    let refused = |parts: &[Vec<u8>]| collect(parts, small).map(|_| ()).unwrap_err().reason.into_owned();
    let file = |n: usize| part("f", Some(("a.bin", "x/y")), &vec![0; n]);
    assert!(collect(&[file(10), file(5)], small).is_ok());
    assert_eq!(refused(&[file(11)]), "a.bin: a file may have 10 bytes");
    assert_eq!(refused(&[file(10), file(6)]), "the files of a form may have 15 bytes together");
    assert_eq!(refused(&[file(1), file(1), file(1)]), "the form has more than 2 files");
    assert_eq!(refused(&[part("a", None, b""), part("b", None, b""), part("c", None, b"")]), "the form has more than 2 fields");
    assert_eq!(refused(&[part("a", None, &[b'x'; 20])]), "the fields of a form may have 20 bytes together");
    assert_eq!(collect(&[part("f", Some(("", "application/octet-stream")), b"")], small).map(|f| f.files.len()), Ok(0));
}

#[test]
fn long_files_go_to_disk_and_leave_with_their_last_reference() {
    let usual = upload(|_| {});
    let mut collector = Collector::new("XX", usual);
    let content: Vec<u8> = (0..300_000u32).map(|i| (i % 251) as u8).collect();
    let body = [part("a", Some(("big.bin", "x/y")), &content), part("b", Some(("small.bin", "x/y")), b"s"), b"--XX--".to_vec()].concat();
    for piece in body.chunks(10_000) {
        collector.feed(piece).unwrap();
        if collector.wants_spill() {
            collector.spill().unwrap();
        }
    }
    let mut form = collector.finish().unwrap();
    let (big, small) = (form.files.remove(0), form.files.remove(0));
    assert_eq!((big.size, big.content.read().unwrap() == content), (300_000, true));
    assert!(small.content.path().is_none());
    let path = big.content.path().unwrap();
    assert!(path.ends_with(&big.unique_name) && big.unique_name.ends_with(".bin"));
    let copy = big.clone();
    drop(big);
    assert!(path.exists());
    drop(copy);
    assert!(!path.exists());

    let folder = crate::sys::temp_dir("uploads").unwrap();
    let kept = small.content.to_disk(&small.unique_name).unwrap();
    let to = folder.path().join("kept.bin");
    kept.move_to(&to).unwrap();
    drop(kept);
    assert_eq!(std::fs::read(&to).unwrap(), b"s");
}

#[test]
fn a_refused_upload_leaves_nothing() {
    let folder = crate::sys::temp_dir("refused").unwrap();
    let dir = folder.path().join("in");
    let tiny = upload(|u| (u.dir, u.max_file) = (Some(dir.clone()), 200_000));
    let mut collector = Collector::new("XX", tiny);
    let refused = part("a", Some(("big.bin", "x/y")), &vec![7; 300_000]).chunks(50_000).find_map(|piece| {
        let refused = collector.feed(piece).err();
        collector.spill().unwrap();
        refused
    });
    assert_eq!(refused.map(|e| e.status), Some(413));
    drop(collector);
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
    // A folder of the app's keeps what was taken.
    let form = collect(&[part("a", Some(("x.bin", "x/y")), b"1")], tiny).unwrap();
    let path = form.files[0].content.path().unwrap();
    drop(form);
    assert!(path.exists());
}
