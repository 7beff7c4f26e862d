//! `.puremix/puremix.d.ts` under the real TypeScript compiler, which `npm` installs: a project's browser scripts are checked with what the build has written.

use expect_test::{Expect, expect};
use puremix_tests::{TempDir, npm_packages};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The version we are checked by.
const PACKAGES: &str = r#"{"private":true,"dependencies":{"typescript":"5.9.3"}}"#;

/// Where `tsc` is, kept from run to run.
fn tsc() -> &'static Path {
    static INSTALLED: LazyLock<PathBuf> =
        LazyLock::new(|| npm_packages(Path::new(env!("CARGO_TARGET_TMPDIR")).join("tsc"), PACKAGES).join("node_modules/typescript/bin/tsc"));
    &INSTALLED
}

/// The project: pages in TypeScript, JavaScript and Python, a component, types of their own and of another file.
const APP: &[(&str, &str)] = &[
    ("app/lib/types.ts", "export interface Shared<T> { of: T; since: Date }\n"),
    ("app/routes/index.puremix", concat!(
        "<imports>\nimport { Shared } from '../lib/types'\nimport { Thing } from 'somewhere'\nimport Card from '../components/Card.puremix'\n</imports>\n",
        "<script server lang=\"ts\">\n",
        "class Store { items = 1 }\n",
        "interface Item { id: number; tags?: string[]; store?: Store }\n",
        "type Page<T> = { rows: T[]; next: number | null; at: Date; label(): string };\n",
        "export type Kind = 'draft' | 'done';\n",
        "interface Odd extends Store { x: number }\n",
        "export async function list(data: { page?: number }): Promise<Page<Item>> { return { rows: [], next: null, at: new Date(), label: () => '' } }\n",
        "async function save(data: Item & { kind: Kind }, request: any): Promise<{ success: boolean; saved?: Item }> { return { success: true } }\n",
        "const shared = async (data: { name: string }): Promise<Shared<Item>> => { throw new Error() };\n",
        "function unknown(data: Thing): Odd { return data }\n",
        "function nothing(): void {}\n",
        "async function upload(form: FormData): Promise<number[]> { return [] }\n",
        "function untyped(data) { return 1 }\n",
        "</script>\n<Card id={1} />\n",
        "<form onsubmit=\"save\"></form>\n",
    )),
    ("app/components/Card.puremix", "<script server lang=\"ts\">\nfunction rename(data: { name: string }): { name: string } { return data }\n</script>\n<div><p>x</p></div>\n"),
    ("app/routes/users.puremix", "<script server>\nfunction remove(data) { return {} }\nfunction twice(data) { return 2 }\n</script>\n<p>x</p>\n"),
    ("app/routes/a.puremix", "<script server lang=\"ts\">\nfunction both(data: { a: string }): { a: string } { return data }\ninterface Item { other: string }\nfunction other(data: Item): Item { return data }\n</script>\n"),
    ("app/routes/b.puremix", "<script server lang=\"ts\">\nfunction both(data: { b: string }): { b: string } { return data }\n</script>\n"),
    ("app/routes/stats.puremix", "<script server lang=\"python\">\ndef totals(data: dict[str, float]) -> list[int]:\n    return []\n</script>\n"),
    ("tsconfig.json", r#"{"compilerOptions":{"strict":true,"noEmit":true,"target":"ES2022","lib":["ES2022"],"module":"ESNext","moduleResolution":"bundler","types":[]},"include":["app",".puremix/puremix.d.ts"]}"#),
];

/// Checks a browser script of the project: what `tsc` says of it, line by line.
fn check(script: &str, expected: &Expect) {
    let app = TempDir::new("declarations");
    for (path, text) in APP {
        app.write(path, text);
    }
    app.write("app/client/main.ts", script);
    let puremixc = Command::new(env!("CARGO_BIN_EXE_puremixc")).arg("check").arg(app.path()).output().expect("puremixc runs");
    assert!(puremixc.status.success(), "{}", String::from_utf8_lossy(&puremixc.stderr));
    let found = Command::new("node").arg(tsc()).args(["--pretty", "false"]).current_dir(app.path()).output().expect("node runs");
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    let lines: Vec<&str> = script.lines().collect();
    let shown: String = found
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| {
            let at = line.strip_prefix("app/client/main.ts(").and_then(|rest| rest.split(',').next()?.parse::<usize>().ok());
            let (place, said) = line.split_once(": ").unwrap_or(("", line));
            match at {
                Some(at) => format!("{}\n  {said}\n", lines[at - 1]),
                None => format!("{place}: {said}\n"),
            }
        })
        .collect();
    expected.assert_eq(&shown);
}

#[test]
fn right_uses_pass() {
    check(
        r#"const { rows, next, at } = await PureMix.call('list', { page: 2 });
const first: number = rows[0]!.id;
const page: number | null = next;
const text: string = at;
await PureMix.call('list');
await PureMix.call('list', undefined, { update: true, signal: new AbortController().signal, onprogress: ({ loaded }) => loaded * 2 });
const saved = await window.PureMix.call('save', { id: 1, kind: 'draft', store: new Map() });
if (saved.success) saved.saved?.tags?.map((tag) => tag.trim());
const of: number = (await PureMix.call('shared', { name: 'x' })).of.id;
const since: string = (await PureMix.call('shared', new FormData())).since;
(await PureMix.call('unknown', 1)).whatever.there.is;
const nothing: null = await PureMix.call('nothing');
const sizes: number[] = await PureMix.call('upload', { photo: new File([], 'x') });
(await PureMix.call('untyped')).x;
(await PureMix.call('remove', { id: 1 })).anything;
const name: string = (await PureMix.call('Card.rename', { name: 'x' })).name;
await PureMix.call('rename', { name: 'x' });
const both = await PureMix.call('both', { a: 'x' });
if ('a' in both) both.a.trim(); else both.b.trim();
const other: string = (await PureMix.call('other', { other: 'x' })).other;
const totals: number[] = await PureMix.call('totals', { a: 1.5 });
const dynamic: string = document.body.dataset.fn!;
(await PureMix.call(dynamic, { x: 1 }, { route: '/x' })).anything;
const stop = PureMix.on('formError', ({ error, element }, event) => { if (error.status === 422) element.reset(); event.preventDefault(); });
stop();
PureMix.on('mine', (detail) => detail.x);
if (!PureMix.emit('mine', { x: 1 })) PureMix.off('mine');
PureMix.navigate('/x'); PureMix.updateData({ load: 1 }); PureMix.setLoading(true);
PureMix.data.load.user; PureMix.data.results.load; PureMix.state.loading;
try { await PureMix.fetch<{ id: number }>('/api', { method: 'POST' }); } catch (e) { if (e instanceof PureMix.Error) e.requestId?.trim(); }
const known: PureMix.Error | undefined = undefined;
export {};
"#,
        &expect![[""]],
    );
}

#[test]
fn wrong_uses_are_errors() {
    check(
        r#"await PureMix.call('lost', {});
await PureMix.call('Card.remove', {});
await PureMix.call('save', { id: 1 });
await PureMix.call('save');
await PureMix.call('save', { id: 1, kind: 'other' });
await PureMix.call('list', { page: 'two' });
await PureMix.call('list', { pages: 2 });
(await PureMix.call('list')).at.getTime();
(await PureMix.call('list')).label();
(await PureMix.call('save', { id: 1, kind: 'done' })).sucess;
const n: number = await PureMix.call('nothing');
await PureMix.call('both', { c: 1 });
await PureMix.call('totals', { a: 'x' });
await PureMix.call('list', {}, { sgnal: 1 });
PureMix.on('formError', ({ eror }) => eror);
PureMix.data.results = 1;
PureMix.version = '2';
PureMix.nothing();
const of: string = (await PureMix.call('shared', { name: 'x' })).of.id;
export {};
"#,
        &expect![[r#"
            await PureMix.call('lost', {});
              error TS2345: Argument of type '"lost"' is not assignable to parameter of type 'keyof Functions'.
            await PureMix.call('Card.remove', {});
              error TS2345: Argument of type '"Card.remove"' is not assignable to parameter of type 'keyof Functions'.
            await PureMix.call('save', { id: 1 });
              error TS2345: Argument of type '{ id: number; }' is not assignable to parameter of type 'FormData | (Item & { kind: Kind; })'.
            await PureMix.call('save');
              error TS2554: Expected 2-3 arguments, but got 1.
            await PureMix.call('save', { id: 1, kind: 'other' });
              error TS2322: Type '"other"' is not assignable to type 'Kind'.
            await PureMix.call('list', { page: 'two' });
              error TS2322: Type 'string' is not assignable to type 'number'.
            await PureMix.call('list', { pages: 2 });
              error TS2353: Object literal may only specify known properties, and 'pages' does not exist in type 'FormData | { page?: number | undefined; }'.
            (await PureMix.call('list')).at.getTime();
              error TS2339: Property 'getTime' does not exist on type 'string'.
            (await PureMix.call('list')).label();
              error TS2339: Property 'label' does not exist on type '{ rows: { id: number; tags?: string[] | undefined; store?: any; }[]; next: number | null; at: string; }'.
            (await PureMix.call('save', { id: 1, kind: 'done' })).sucess;
              error TS2551: Property 'sucess' does not exist on type '{ success: boolean; saved?: { id: number; tags?: string[] | undefined; store?: any; } | undefined; }'. Did you mean 'success'?
            const n: number = await PureMix.call('nothing');
              error TS2322: Type 'null' is not assignable to type 'number'.
            await PureMix.call('both', { c: 1 });
              error TS2353: Object literal may only specify known properties, and 'c' does not exist in type 'FormData | { a: string; } | { b: string; }'.
            await PureMix.call('totals', { a: 'x' });
              error TS2322: Type 'string' is not assignable to type 'number'.
            await PureMix.call('list', {}, { sgnal: 1 });
              error TS2561: Object literal may only specify known properties, but 'sgnal' does not exist in type 'CallOptions'. Did you mean to write 'signal'?
            PureMix.on('formError', ({ eror }) => eror);
              error TS2339: Property 'eror' does not exist on type '{ error: Error; name: string; element: HTMLFormElement; }'.
            PureMix.data.results = 1;
              error TS2540: Cannot assign to 'results' because it is a read-only property.
            PureMix.version = '2';
              error TS2540: Cannot assign to 'version' because it is a read-only property.
            PureMix.nothing();
              error TS2339: Property 'nothing' does not exist on type 'Client'.
            const of: string = (await PureMix.call('shared', { name: 'x' })).of.id;
              error TS2322: Type 'number' is not assignable to type 'string'.
        "#]],
    );
}
