//! What assembly asks of a module as a whole: what each function captures, which variables live in cells.

use puremix_ir::visit::{Mention, Node, mentions, walk};
use puremix_ir::*;
use std::collections::{BTreeSet, HashSet};

pub(super) struct Facts {
    /// Locals each function needs from its surroundings, sorted.
    captures: Vec<Vec<LocalId>>,
    /// Bindings of classes: set while the class is made, and read before by what it holds.
    class_locals: HashSet<LocalId>,
}

impl Facts {
    pub fn captures(&self, f: FnId) -> &[LocalId] {
        &self.captures[f.index()]
    }

    pub fn is_class_local(&self, local: LocalId) -> bool {
        self.class_locals.contains(&local)
    }

    pub fn is_cell(&self, m: &Module, local: LocalId) -> bool {
        let l = m.local(local);
        l.is_cell() || l.captured && self.is_class_local(local)
    }

    /// Reads must ask whether it has its value.
    pub fn is_checked(&self, m: &Module, local: LocalId) -> bool {
        m.local(local).checked || self.is_class_local(local)
    }
}

/// The locals that making a class gives their values.
pub(super) fn locals_of_class(class: &Class) -> impl Iterator<Item = LocalId> {
    let members = class.members.iter().filter_map(|member| match &member.kind {
        MemberKind::FieldKey(local, _) | MemberKind::FieldInit(local, _) => Some(*local),
        _ => None,
    });
    [class.binding, class.home_static, class.home_proto].into_iter().flatten().chain(members)
}

pub(super) fn of_module(m: &Module) -> Facts {
    let mut needed: Vec<BTreeSet<LocalId>> = vec![BTreeSet::new(); m.functions.len()];
    let mut makes: Vec<Vec<FnId>> = vec![Vec::new(); m.functions.len()];
    let mut class_locals = HashSet::new();
    for (index, function) in m.functions.iter().enumerate() {
        let mut see = |mention| match mention {
            Mention::Local(local, _) => {
                if m.local(local).owner.index() != index {
                    needed[index].insert(local);
                }
            }
            Mention::Function(f) => makes[index].push(f),
            Mention::Global(..) | Mention::Import(_) => {}
        };
        walk(&function.body, &mut |node| {
            mentions(node, &mut see);
            if let Node::Expr(Expr { kind: ExprKind::Class(class), .. }) = node {
                class_locals.extend(locals_of_class(class));
            }
        });
    }
    // What a nested function captures passes through the functions around it.
    loop {
        let mut changed = false;
        for index in 0..makes.len() {
            for f in &makes[index] {
                let more: Vec<LocalId> = needed[f.index()].iter().copied().filter(|l| m.local(*l).owner.index() != index).collect();
                for local in more {
                    changed |= needed[index].insert(local);
                }
            }
        }
        if !changed {
            break;
        }
    }
    Facts { captures: needed.into_iter().map(|set| set.into_iter().collect()).collect(), class_locals }
}
