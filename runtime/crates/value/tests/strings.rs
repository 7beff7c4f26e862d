//! Strings as JavaScript sees them.

use puremix_value::*;

static EURO: Lit = Lit::new("a€😀b");

#[test]
fn code_units() {
    for s in [Str::lit(&EURO), Str::from("a€😀b"), Str::from("a€").concat(&Str::from("😀b"))] {
        assert_eq!(s.len_utf16(), 5);
        assert_eq!((0..6).map(|i| s.code_unit_at(i)).collect::<Vec<_>>(), [Some(0x61), Some(0x20AC), Some(0xD83D), Some(0xDE00), Some(0x62), None]);
        assert_eq!(s.code_point_at(2), Some((0x1F600, 2)));
        assert_eq!(s.slice(1, 2), "€");
        assert!(!s.slice(0, 3).is_well_formed());
        assert_eq!(s.slice(0, 3).concat(&s.slice(3, 5)), s);
        assert_eq!(s.slice(2, 3).as_str(), "\u{FFFD}");
        assert_eq!(s.index_of(&Str::from("b"), 0), Some(4));
    }
}

#[test]
fn appending_shares_and_never_disturbs() {
    let base = Str::from("a string beyond the inline size");
    let grown = base.concat(&Str::from("1"));
    let left = grown.concat(&Str::from("-left"));
    let right = grown.concat(&Str::from("-right"));
    assert_eq!(base, "a string beyond the inline size");
    assert_eq!(left, "a string beyond the inline size1-left");
    assert_eq!(right, "a string beyond the inline size1-right");
    let mut own = grown.clone();
    own.push(&grown);
    assert_eq!(own, "a string beyond the inline size1a string beyond the inline size1");
    assert_eq!(grown.slice(0, 20), "a string beyond the ");
}

#[test]
fn appending_to_itself_in_a_loop() {
    let mut s = Str::EMPTY;
    let mut expected = String::new();
    for i in 0..5000 {
        let piece = format!("<li>{i}é</li>");
        s = s.concat(&Str::from(&piece));
        expected.push_str(&piece);
    }
    assert_eq!(s, expected.as_str());
    assert_eq!(s.len_utf16(), expected.encode_utf16().count());
}

#[test]
fn deep_ropes_flatten_and_drop_without_recursion() {
    let piece = Str::from("x".repeat(300));
    let mut s = piece.clone();
    for _ in 0..200_000 {
        s = piece.concat(&s);
    }
    drop(s);
    let mut s = piece.clone();
    for _ in 0..1000 {
        s = piece.concat(&s);
    }
    let t = s.concat(&s);
    assert_eq!(t.len_utf16(), 2 * 1001 * 300);
    assert!(t.as_bytes().iter().all(|b| *b == b'x'));
    assert_eq!(s.as_bytes().len(), 1001 * 300);
}

#[test]
fn order_is_by_code_units() {
    let (private_use, astral) = (Str::from("\u{E000}"), Str::from("\u{10000}"));
    assert!(astral < private_use);
    assert!(Str::from("a") < Str::from("é"));
    assert!(Str::from("a") < Str::from("ab"));
}

#[test]
fn equality_ignores_representation() {
    use std::hash::{BuildHasher, RandomState};
    let h = RandomState::new();
    let long = Str::from("0123456789abcdefghij");
    let joined = Str::from("0123456789").concat(&Str::from("abcdefghij"));
    assert_eq!(long, joined);
    assert_eq!(h.hash_one(&long), h.hash_one(&joined));
    assert_ne!(Str::from_unit(0xD800), Str::from("\u{FFFD}"));
}
