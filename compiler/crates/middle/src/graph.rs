//! The graph of modules: order of evaluation and cycles.

use puremix_ir::*;

/// Who needs whom: static imports in text order, then `require`, then `import()`; a page needs its components.
pub(crate) struct ModuleGraph {
    edges: Vec<Vec<usize>>,
    /// Those that must run before: static imports and components. What is required or imported dynamically runs when the call is reached.
    static_edges: Vec<Vec<usize>>,
}

impl ModuleGraph {
    pub fn of(program: &Program) -> ModuleGraph {
        let needs = |module: &Module, kind: RequestKind| -> Vec<usize> {
            let of_kind = module.requests.iter().filter(|r| r.kind == kind);
            of_kind
                .filter_map(|r| match &r.target {
                    Target::Module(id) | Target::Component(id) => Some(id.index()),
                    Target::Unresolved | Target::Native(_) => None,
                })
                .collect()
        };
        let kinds = [RequestKind::Static, RequestKind::Require, RequestKind::Dynamic];
        let edges = program.modules.iter().map(|m| kinds.iter().flat_map(|k| needs(m, *k)).collect()).collect();
        let static_edges = program.modules.iter().map(|m| needs(m, RequestKind::Static)).collect();
        ModuleGraph { edges, static_edges }
    }

    /// Those that need of the roots leads to, and the roots.
    pub fn reachable(&self, roots: impl Iterator<Item = usize>) -> Vec<usize> {
        post_order(&self.edges, &roots.collect::<Vec<_>>())
    }

    /// Depth-first, dependencies first, as ECMAScript evaluates modules. What runs later follows in the order in which it is needed.
    pub fn post_order(&self, entries: &[usize]) -> Vec<usize> {
        let all: Vec<usize> = entries.iter().copied().chain(0..self.edges.len()).collect();
        // A script's entry is its first module.
        let first = if entries.is_empty() { 0..self.edges.len().min(1) } else { 0..0 };
        let roots: Vec<usize> = entries.iter().copied().chain(first).chain(post_order(&self.edges, &all)).collect();
        post_order(&self.static_edges, &roots)
    }

    /// The number of the cycle each module lies in; modules that lie in none have numbers of their own.
    pub fn components(&self) -> Vec<usize> {
        let count = self.edges.len();
        let all: Vec<usize> = (0..count).collect();
        let mut reversed = vec![Vec::new(); count];
        for (from, targets) in self.edges.iter().enumerate() {
            for &to in targets {
                reversed[to].push(from);
            }
        }
        let mut component = vec![usize::MAX; count];
        for &root in post_order(&self.edges, &all).iter().rev() {
            let mut work = vec![root];
            while let Some(node) = work.pop() {
                if component[node] == usize::MAX {
                    component[node] = root;
                    work.extend(&reversed[node]);
                }
            }
        }
        component
    }
}

fn post_order(edges: &[Vec<usize>], roots: &[usize]) -> Vec<usize> {
    let mut entered = vec![false; edges.len()];
    let mut order = Vec::new();
    for &root in roots {
        if std::mem::replace(&mut entered[root], true) {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(&target) = edges[*node].get(*next) else {
                order.push(*node);
                path.pop();
                continue;
            };
            *next += 1;
            if !std::mem::replace(&mut entered[target], true) {
                path.push((target, 0));
            }
        }
    }
    order
}
