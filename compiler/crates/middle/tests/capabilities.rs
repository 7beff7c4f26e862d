//! Which capabilities a program links.

mod common;

use common::linked;
use puremix_ir::{CAPABILITIES, Capability, CapabilityUse, Role};

/// A capability that a name, a module and an operation ask for.
const TABLE: &[CapabilityUse] = &[CapabilityUse {
    capability: Capability::Sqlite,
    name: "sqlite",
    role: Role::Field,
    runtime_ops: &["raw"],
    globals: &["fetch"],
    natives: &["lru-cache"],
}];

fn is_linked(source: &str) -> bool {
    !puremix_middle::capabilities(&linked(&[("main.js", source)]).program, TABLE).is_empty()
}

#[test]
fn every_way_to_reach_it() {
    for source in [
        "export function f() { return fetch('/'); }",
        "export const has = typeof fetch === 'function';",
        "export const f = () => () => globalThis.fetch;",
        "const { fetch: get } = globalThis; export { get };",
        "const name = 'fetch'; export const f = globalThis[name];",
        "export const f = () => global.fetch('/');",
        "import { LRUCache } from 'lru-cache'; export const cache = LRUCache;",
    ] {
        assert!(is_linked(source), "{source}");
    }
}

#[test]
fn what_only_looks_like_it() {
    for source in [
        "export function f() { return 1; }",
        "export function f(repository) { return repository.fetch(1); }",
        "export function f() { const fetch = () => 1; return fetch(); }",
        "export const word = 'fetch';",
        "export const zone = globalThis.process;",
    ] {
        assert!(!is_linked(source), "{source}");
    }
}

#[test]
fn python_is_linked_by_its_member_of_the_request() {
    let links = |source: &str| puremix_middle::capabilities(&linked(&[("main.js", source)]).program, CAPABILITIES).contains(&Capability::Python);
    assert!(links("export const f = (request) => request.python.call('f', 1);"));
    assert!(links("export const f = ({ python }) => python.version;"));
    assert!(!links("export const languages = ['python']; export const f = (o) => o[languages[0]];"));
}
