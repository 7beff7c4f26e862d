//! What closures capture.

mod common;

use common::linked;
use puremix_middle::{Captures, captures};

#[test]
fn captures_are_transitive_and_stop_at_the_owner() {
    let source = "export function outer(a, b) {
        let n = 0;
        function middle(c) { return () => { n++; return a + c; }; }
        return [middle, () => 1, () => b];
    }";
    let app = linked(&[("main.js", source)]);
    let module = &app.program.modules[0];
    let table = Captures::of(module);
    let mut lines = Vec::new();
    for (index, function) in module.functions.iter().enumerate() {
        let id = puremix_ir::FnId::from(index);
        let names: Vec<&str> = table.get(id).iter().map(|l| &*module.local(*l).name).collect();
        assert_eq!(captures(module, id), table.get(id));
        let owner = function.parent.map_or("", |p| &*module.function(p).name);
        lines.push(format!("{owner}/{}: {}", function.name, names.join(" ")));
    }
    lines.sort();
    assert_eq!(lines, ["/: ", "/outer: ", "middle/: a n c", "outer/: ", "outer/: b", "outer/middle: a n"]);
}
