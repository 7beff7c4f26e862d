//! Which capabilities a linked program uses.
//!
//! Linking one too many costs build time; one too few would be a feature that is missing when it is reached. So names count wherever the
//! program can reach them: `fetch`, `typeof fetch`, and any `.fetch` once the global object itself is mentioned.

use puremix_ir::visit::{Node, walk};
use puremix_ir::*;
use std::collections::BTreeSet;

/// Names of the global object.
const GLOBAL_OBJECT: [&str; 3] = ["globalThis", "global", "self"];

/// What the program mentions, as far as capabilities go.
#[derive(Default)]
struct Mentions<'p> {
    runtime_ops: BTreeSet<&'p str>,
    globals: BTreeSet<&'p str>,
    members: BTreeSet<&'p str>,
    natives: BTreeSet<&'p str>,
    /// `request.python`, or any other member of that name.
    python: bool,
}

/// The capabilities of `table` that `program` needs, each once, in the table's order.
pub fn capabilities(program: &Program, table: &[CapabilityUse]) -> Vec<Capability> {
    let mut mentions = Mentions::default();
    for module in &program.modules {
        for request in &module.requests {
            if let Target::Native(name) = &request.target {
                mentions.natives.insert(name);
            }
        }
        for function in &module.functions {
            walk(&function.body, &mut |node| mentions.add(node));
        }
    }
    let stores = if crate::sessions::MEMBERS.iter().any(|name| *name != "user" && mentions.members.contains(name)) { session_stores(program) } else { Vec::new() };
    if GLOBAL_OBJECT.iter().any(|name| mentions.globals.contains(name)) {
        let members = std::mem::take(&mut mentions.members);
        mentions.globals.extend(members);
    }
    let has = |used: &BTreeSet<&str>, wanted: &[&str]| wanted.iter().any(|name| used.contains(name));
    let needs = |row: &&CapabilityUse| {
        has(&mentions.runtime_ops, row.runtime_ops) || has(&mentions.globals, row.globals) || has(&mentions.natives, row.natives) || row.capability == Capability::Python && mentions.python || stores.contains(&row.capability)
    };
    table.iter().filter(needs).map(|row| row.capability).collect()
}

/// The engines that the stores in the configuration's texts need: `store: 'postgres'`, or a URL (Redis may need TLS). Without any, sessions are in SQLite.
fn session_stores(program: &Program) -> Vec<Capability> {
    let mut texts = Vec::new();
    for function in program.app.config.iter().flat_map(|id| &program.module(*id).functions) {
        walk(&function.body, &mut |node| {
            if let Node::Expr(Expr { kind: ExprKind::Str(Text::Utf8(text)), .. }) = node {
                texts.push(&**text);
            }
        });
    }
    // npm's packages of stores, as the compiler has them.
    let imports = |name: &str| program.modules.iter().any(|m| m.path.strip_prefix("puremix:connect-").is_some_and(|rest| rest == name));
    let names = |word: &str| texts.iter().any(|text| *text == word || text.starts_with(&format!("{word}:")));
    let mut stores = Vec::new();
    if names("postgres") || names("postgresql") || imports("pg-simple.cjs") {
        stores.push(Capability::Postgres);
    }
    if names("redis") || names("rediss") || imports("redis.cjs") {
        stores.push(Capability::Tls);
    }
    if names("sqlite") || imports("sqlite3.cjs") || stores.is_empty() && !names("memory") {
        stores.push(Capability::Sqlite);
    }
    stores
}

impl<'p> Mentions<'p> {
    fn add(&mut self, node: Node<'p>) {
        let Node::Expr(e) = node else { return };
        // Not the text "python", which says nothing of a member.
        self.python |= matches!(&e.kind, ExprKind::Get(_, name) | ExprKind::GetSafe(_, name) if &**name == "python");
        match &e.kind {
            ExprKind::Runtime(name, _) => self.runtime_ops.insert(name),
            ExprKind::Builtin(name) | ExprKind::TypeofBuiltin(name) => self.globals.insert(name),
            ExprKind::Get(_, name) | ExprKind::GetSafe(_, name) | ExprKind::CallMethod { name, .. } => self.members.insert(name),
            // `globalThis[key]` with a key from a constant.
            ExprKind::Str(Text::Utf8(text)) => self.members.insert(text),
            _ => return,
        };
    }
}
